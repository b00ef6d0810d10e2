"""Many telephones in one process: they speak just enough SIP, send a packet of sound every 20 ms, answer whoever invites them anew,
and know to the millisecond when each of them heard something. sipp can do the first, but does not say when a call hears again."""

import dataclasses
import random
import re
import select
import socket
import struct
import time
import uuid

FRAME_SECONDS = 0.02
FRAME = bytes([0xFF]) * 160
# RFC 3261 section 17.1.1.2: T1, and Timer B at 64*T1.
T1, TIMER_B = 0.5, 32.0


@dataclasses.dataclass(eq=False)
class Leg:
    """One telephone in one call."""

    kind: str
    call: str
    sip: socket.socket
    sound: socket.socket
    state: str = "calling"  # calling, talking (confirmed, with sound or without), ended
    number: str = ""
    local: str = ""
    remote: str = ""
    target: str = ""
    there: tuple = None
    invite: bytes = b""
    send_again_at: float = float("inf")
    called_at: float = 0.0
    packets: int = 0
    heard_at: float = None  # the first packet since `listen_anew`
    invited_anew_at: float = None
    answered_at: float = None
    sequence: int = 0
    source: int = dataclasses.field(default_factory=lambda: random.getrandbits(32))


class ManyPhones:
    def __init__(self, server, customers, agents):
        """`customers` and `agents` are the addresses from which the one call and at which the others are called."""
        host, port = server.rsplit(":", 1)
        self.server = (host, int(port))
        self.customers, self.agents = _bound(customers), _bound(agents)
        self.agents_port = self.agents.getsockname()[1]
        self.legs, self._by_call, self._by_file = [], {}, {}
        self._poll = select.epoll()
        for sip in (self.customers, self.agents):
            self._poll.register(sip, select.EPOLLIN)
            self._by_file[sip.fileno()] = sip
        self.served_at = None  # the first answer of any kind since `listen_anew`
        self._next_frame = time.monotonic()
        self._next_probe = None

    def close(self):
        for leg in self.legs:
            leg.sound.close()
        for sip in (self.customers, self.agents):
            sip.close()
        self._poll.close()

    # What is measured

    def listen_anew(self):
        """From now on `heard_at`, `invited_anew_at` and `served_at` count afresh."""
        self.served_at = None
        for leg in self.legs:
            leg.heard_at = leg.invited_anew_at = None
            leg.packets = 0

    def probe(self, every):
        """Asks the server with OPTIONS whether it is there; None: no more."""
        self._probe_seconds = every
        self._next_probe = time.monotonic() if every else None

    # What happens

    def call(self, number, kind):
        """A customer dials."""
        leg = self._leg(kind, uuid.uuid4().hex, self.customers)
        leg.number = f"+99532{len(self.legs):06}"
        here = "%s:%d" % self.customers.getsockname()
        leg.local = f"<sip:{leg.number}@{here}>;tag={leg.call[:8]}"
        leg.remote = f"<sip:{number}@{self.server[0]}:{self.server[1]}>"
        leg.target = f"sip:{number}@{self.server[0]}:{self.server[1]}"
        leg.invite = self._request(leg, "INVITE", _branch(), _offer(leg))
        leg.called_at = time.monotonic()
        leg.send_again_at, leg.pause = leg.called_at, T1
        self._by_call[leg.call] = leg
        return leg

    def run(self, until, deadline):
        """Lets everything happen until `until()` is true; returns whether it became so within `deadline` seconds."""
        deadline += time.monotonic()
        while not (done := until()) and time.monotonic() < deadline:
            self._once()
        return bool(done)

    def _once(self):
        now = time.monotonic()
        if now >= self._next_frame:
            self._send_sound()
            self._send_again(now)
            # What was missed is not made up for.
            self._next_frame = max(self._next_frame + FRAME_SECONDS, now)
        if self._next_probe and now >= self._next_probe:
            self._next_probe = now + self._probe_seconds
            self._send(self.customers, self._options())
        for file, _ in self._poll.poll(max(0, min(self._next_frame, self._next_probe or self._next_frame) - time.monotonic())):
            owner = self._by_file[file]
            if isinstance(owner, Leg):
                self._hear(owner)
            else:
                self._receive(owner)

    def _send_sound(self):
        for leg in self.legs:
            if leg.there and leg.state == "talking":
                leg.sequence = (leg.sequence + 1) & 0xFFFF
                head = struct.pack(">BBHII", 0x80, 0, leg.sequence, (leg.sequence * 160) & 0xFFFFFFFF, leg.source)
                try:
                    leg.sound.sendto(head + FRAME, leg.there)
                except OSError:
                    pass  # nobody listens there at the moment: the server is down

    def _send_again(self, now):
        for leg in self.legs:
            if now >= leg.send_again_at:
                if now - leg.called_at > TIMER_B:
                    self._end(leg)
                    continue
                self._send(leg.sip, leg.invite)
                leg.send_again_at, leg.pause = now + leg.pause, leg.pause * 2

    def _hear(self, leg):
        try:
            while True:
                leg.sound.recv(2048)
                leg.packets += 1
                if leg.heard_at is None:
                    leg.heard_at = time.monotonic()
        except OSError:
            return

    # SIP

    def _receive(self, sip):
        try:
            text = sip.recv(65_535).decode(errors="replace")
        except OSError:
            return
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields.setdefault(name.lower(), []).append(value.strip())
        if self.served_at is None:
            self.served_at = time.monotonic()
        leg = self._by_call.get(fields["call-id"][0])
        if first.startswith("SIP/2.0 "):
            if leg:
                self._answered(leg, int(first[8:11]), fields, body)
        else:
            self._asked(leg, sip, first.split()[0], fields, body)

    def _answered(self, leg, status, fields, body):
        if "INVITE" not in fields["cseq"][0]:
            return
        leg.send_again_at = float("inf")
        if status < 200:
            return
        if status < 300:
            leg.remote, leg.target = fields["to"][0], _uri(fields["contact"][0])
            leg.there = _media(body)
            if leg.state == "calling":
                leg.state, leg.answered_at = "talking", time.monotonic()
            self._send(leg.sip, self._request(leg, "ACK", _branch()))
        else:
            self._end(leg)

    def _asked(self, leg, sip, method, fields, body):
        if method == "INVITE":
            if leg is None:
                leg = self._leg("agent", fields["call-id"][0], sip)
                leg.state = "talking"
                leg.answered_at = time.monotonic()
                self._by_call[leg.call] = leg
            elif leg.state == "talking" and leg.invited_anew_at is None:
                leg.invited_anew_at = time.monotonic()
            # Without an offer ours stands in the answer, and theirs comes with the ACK (RFC 3264 section 4).
            leg.there = _media(body) or leg.there
            self._reply(leg, sip, fields, _offer(leg))
        elif method == "ACK":
            if leg:
                leg.there = _media(body) or leg.there
        else:
            if leg and method in ("BYE", "CANCEL"):
                self._end(leg)
            self._reply(leg, sip, fields)

    def _reply(self, leg, sip, fields, body=""):
        to = fields["to"][0]
        if ";tag=" not in to:
            to += f";tag={(leg.call if leg else uuid.uuid4().hex)[-8:]}"
        lines = [f"Via: {via}" for via in fields["via"]] + [f"Record-Route: {route}" for route in fields.get("record-route", [])]
        lines += [f"From: {fields['from'][0]}", f"To: {to}", f"Call-ID: {fields['call-id'][0]}", f"CSeq: {fields['cseq'][0]}"]
        lines += ["Contact: <sip:phone@%s:%d>" % sip.getsockname()]
        self._send(sip, _message("SIP/2.0 200 OK", lines, body))

    def _request(self, leg, method, branch, body=""):
        here = "%s:%d" % leg.sip.getsockname()
        return _message(f"{method} {leg.target} SIP/2.0", [
            f"Via: SIP/2.0/UDP {here};branch={branch}", f"From: {leg.local}", f"To: {leg.remote}", f"Call-ID: {leg.call}",
            f"CSeq: 1 {method}", f"Contact: <sip:phone@{here}>", "Max-Forwards: 70"], body)

    def _options(self):
        here, call = "%s:%d" % self.customers.getsockname(), uuid.uuid4().hex
        return _message("OPTIONS sip:%s:%d SIP/2.0" % self.server, [
            f"Via: SIP/2.0/UDP {here};branch={_branch()}", f"From: <sip:probe@{here}>;tag={call[:8]}", "To: <sip:%s:%d>" % self.server,
            f"Call-ID: {call}", "CSeq: 1 OPTIONS", f"Contact: <sip:probe@{here}>", "Max-Forwards: 70"])

    def _leg(self, kind, call, sip):
        sound = _bound(sip.getsockname()[0])
        leg = Leg(kind, call, sip, sound)
        self._by_file[sound.fileno()] = leg
        self._poll.register(sound, select.EPOLLIN)
        self.legs.append(leg)
        return leg

    def _end(self, leg):
        leg.state, leg.there, leg.send_again_at = "ended", None, float("inf")

    def _send(self, sip, message):
        try:
            sip.sendto(message, self.server)
        except OSError:
            pass  # the server is down; whoever needs an answer sends again


def _bound(address):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    made.bind((address, 0))
    made.setblocking(False)
    return made


def _branch():
    return "z9hG4bK" + uuid.uuid4().hex


def _message(first, lines, body=""):
    if body:
        lines = [*lines, "Content-Type: application/sdp"]
    return "\r\n".join([first, *lines, f"Content-Length: {len(body)}", "", body]).encode()


def _offer(leg):
    host, port = leg.sound.getsockname()
    return f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"


def _media(body):
    host, port = re.search(r"^c=IN IP4 (\S+)", body, re.M), re.search(r"^m=audio (\d+)", body, re.M)
    return (host[1], int(port[1])) if host and port else None


def _uri(contact):
    found = re.search(r"<([^>]+)>", contact)
    return found[1] if found else contact.split(";")[0]
