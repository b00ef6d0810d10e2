"""SIP as text over a socket, for what no proper phone would send."""

import contextlib
import re
import socket
import uuid


class Sender:
    """A UDP socket at `address` that speaks to one server."""

    def __init__(self, address, server):
        host, port = server.rsplit(":", 1)
        self.server = (host, int(port))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(5)
        self.here = "%s:%d" % self.socket.getsockname()

    def close(self):
        self.socket.close()

    def send(self, message):
        self.socket.sendto(message if isinstance(message, bytes) else message.encode(), self.server)

    def status(self):
        """The status of the next answer that is final."""
        while True:
            status = int(re.match(rb"SIP/2\.0 (\d{3}) ", self.socket.recv(65536))[1])
            if status >= 200:
                return status

    def hears_nothing(self):
        """Whether no answer has come so far."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            return not self.socket.recv(65536)
        return True

    def request(self, method, user, body="", without=(), **fields):
        """A request outside any dialog; header fields can be replaced or left out."""
        server = "%s:%d" % self.server
        lines = {
            "Via": f"SIP/2.0/UDP {self.here};branch=z9hG4bK{uuid.uuid4().hex};rport",
            "Max-Forwards": "70",
            "From": f"<sip:caller@{self.here}>;tag={uuid.uuid4().hex[:8]}",
            "To": f"<sip:{user}@{server}>",
            "Call-ID": uuid.uuid4().hex,
            "CSeq": f"1 {method}",
            "Contact": f"<sip:caller@{self.here}>",
            "Content-Type": "application/sdp",
            "Content-Length": str(len(body.encode())),
        }
        lines.update({name.replace("_", "-"): value for name, value in fields.items()})
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if name not in without)
        return f"{method} sip:{user}@{server} SIP/2.0\r\n{head}\r\n{body}"

    def invite(self, user, **changes):
        host = self.here.split(":")[0]
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")
        return self.request("INVITE", user, **{"body": body, **changes})


class Provider(Sender):
    """A provider's registrar at `address`, which takes whoever comes."""

    def __init__(self, address):
        super().__init__(address, f"{address}:0")
        self.taken = set()

    def takes_registration(self):
        """Answers the next REGISTER, and copies of earlier ones on the way; returns for how many seconds it asked."""
        while True:
            message, source = self.socket.recvfrom(65536)
            text = message.decode()
            assert text.startswith("REGISTER "), text
            names = ("Via", "From", "Call-ID", "CSeq", "Expires")
            field = {name: re.search(rf"^{name}: (.*)\r$", text, re.MULTILINE)[1] for name in (*names, "To")}
            lines = [f"{name}: {field[name]}" for name in names]
            lines += [f"To: {field['To']};tag=provider", "Content-Length: 0", "", ""]
            self.socket.sendto("\r\n".join(["SIP/2.0 200 OK", *lines]).encode(), source)
            if field["Via"] not in self.taken:
                self.taken.add(field["Via"])
                return int(field["Expires"])
