"""A telephone over IPv6, which the library of the other phones was built without: it calls or is called, and talks in PCMU."""

import contextlib
import math
import os
import re
import socket
import struct
import threading
import time
import uuid

from phones import Phone, authority
from sound import RATE, WINDOW

PACKET = WINDOW / RATE
HEADER = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", 0)


def _decoded(code):
    """A sample of µ-law (G.711)."""
    code = ~code & 0xFF
    size = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -size if code & 128 else size


SAMPLES = [_decoded(code) for code in range(256)]


def _tone(frequency):
    """One packet, which holds whole periods."""
    wanted = (8000 * math.sin(2 * math.pi * frequency * index / RATE) for index in range(WINDOW))
    return bytes(min(range(256), key=lambda code: abs(SAMPLES[code] - sample)) for sample in wanted)


class PlainPhone(Phone):
    """One call at a time, at a fixed address. It trusts its line: nothing is sent twice."""

    def __init__(self, name, folder, *, address, tone, user=None, port=0):
        self.name = name
        self.tone = tone
        self.transport = "udp"
        self.log = os.path.join(folder, f"{name}.log")
        self._folder = folder
        self._user = user or name
        self._address = address
        self._events = []
        self._changed = threading.Condition()
        self._calls = 0
        self._dialog = None
        self._sound = None
        self._signalling = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._signalling.bind((address, port))
        self.port = self._signalling.getsockname()[1]
        self.here = authority(address, self.port)
        self._is_stopped = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _tell(self, event, **details):
        with self._changed:
            self._events.append({"event": event, "at": time.monotonic(), **details})
            self._changed.notify_all()

    # Orders

    def call(self, number, server):
        self._calls += 1
        self._sound = _Sound(self, self._calls)
        self._dialog = {
            "call": self._calls, "id": uuid.uuid4().hex, "peer": _address(server), "target": f"sip:{number}@{server}", "sequence": 1,
            "us": f"<sip:{self._user}@{self.here}>;tag={uuid.uuid4().hex[:8]}", "them": f"<sip:{number}@{server}>"}
        self._tell("calling", call=self._calls)
        self._request("INVITE", self._sound.description)
        return self._calls

    def answer(self, call=None):
        at = time.monotonic()
        self._respond(self._dialog["invitation"], 200, "OK", self._sound.description)
        self._sound.start()
        self._tell("answering", call=self._calls)
        return at

    def hang_up(self, call=None):
        self._dialog["sequence"] += 1
        self._request("BYE")
        self._end(200)

    def stop(self):
        self._is_stopped = True
        self._end(None)
        # Closing alone would not wake the thread that waits for something to come.
        with contextlib.suppress(OSError):
            self._signalling.shutdown(socket.SHUT_RDWR)
        self._signalling.close()

    # What comes

    def _listen(self):
        with contextlib.suppress(OSError), open(self.log, "w") as log:
            while not self._is_stopped:
                message, source = self._signalling.recvfrom(65536)
                print(message.decode(), file=log, flush=True)
                if message.startswith(b"SIP/2.0 "):
                    self._take_response(message.decode())
                elif message.strip():
                    self._take_request(message.decode(), source)

    def _take_response(self, message):
        status, method = int(message[8:11]), _field(message, "CSeq").split()[1]
        if method != "INVITE" or _field(message, "Call-ID") != self._dialog["id"]:
            return
        if status < 200:
            return self._tell("progress", call=self._calls, code=status)
        self._dialog["them"] = _field(message, "To")
        if status >= 300:
            self._request("ACK")
            return self._end(status)
        self._dialog["target"] = _uri(_field(message, "Contact"))
        self._request("ACK")
        self._sound.send_to(message)
        self._sound.start()
        self._tell("confirmed", call=self._calls)

    def _take_request(self, message, source):
        method = message.split(" ", 1)[0]
        invitation = {"message": message, "source": source}
        if method == "INVITE" and ";tag=" in _field(message, "To"):
            self._sound.send_to(message)
            self._respond(invitation, 200, "OK", self._sound.description)
        elif method == "INVITE":
            self._calls += 1
            self._sound = _Sound(self, self._calls)
            self._sound.send_to(message)
            us = f"{_field(message, 'To')};tag={uuid.uuid4().hex[:8]}"
            self._dialog = {
                "call": self._calls, "id": _field(message, "Call-ID"), "peer": source, "target": _uri(_field(message, "Contact")),
                "sequence": 1, "us": us, "them": _field(message, "From"), "invitation": invitation}
            self._respond(invitation, 180, "Ringing")
            self._tell("rings", call=self._calls, caller=_field(message, "From"), called=_field(message, "To"))
        elif method == "ACK":
            self._tell("confirmed", call=self._calls)
        else:
            self._respond(invitation, 200, "OK")
            if method == "CANCEL":
                self._respond(self._dialog["invitation"], 487, "Request Terminated")
                self._end(487)
            elif method == "BYE":
                self._end(200)

    def _end(self, code):
        dialog, self._dialog = self._dialog, None
        if dialog:
            self._sound.stop()
            self._tell("ended", call=dialog["call"], code=code)

    # What goes out

    def _request(self, method, body=""):
        lines = [
            f"{method} {self._dialog['target']} SIP/2.0", f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bK{uuid.uuid4().hex};rport",
            "Max-Forwards: 70", f"From: {self._dialog['us']}", f"To: {self._dialog['them']}", f"Call-ID: {self._dialog['id']}",
            f"CSeq: {self._dialog['sequence']} {method}"]
        self._send(lines, body, self._dialog["peer"])

    def _respond(self, invitation, status, words, body=""):
        message = invitation["message"]
        vias = re.findall(r"^(Via: .*)\r$", message, re.MULTILINE)
        to = self._dialog["us"] if self._dialog and "CSeq" in message and ";tag=" not in _field(message, "To") else _field(message, "To")
        lines = [f"SIP/2.0 {status} {words}", *vias, f"From: {_field(message, 'From')}", f"To: {to}"]
        lines += [f"{name}: {_field(message, name)}" for name in ("Call-ID", "CSeq")]
        self._send(lines, body, invitation["source"])

    def _send(self, lines, body, peer):
        lines += [f"Contact: <sip:{self._user}@{self.here}>", "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS"]
        if body:
            lines.append("Content-Type: application/sdp")
        self._signalling.sendto("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode(), peer)


class _Sound:
    """Sends the phone's tone to the other side, records what comes."""

    def __init__(self, phone, call):
        self._socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._socket.bind((phone._address, 0))
        self._socket.settimeout(1)
        self._payload = _tone(phone.tone)
        self._peer = None
        self._ending = threading.Event()
        self._has_started = False
        self._tell = lambda path: phone._tell("media", call=call, recording=path)
        self._path = os.path.join(phone._folder, f"{phone.name}-{call}.wav")
        self.description = (
            f"v=0\r\no=- 1 1 IN IP6 {phone._address}\r\ns=-\r\nc=IN IP6 {phone._address}\r\nt=0 0\r\n"
            f"m=audio {self._socket.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")

    def send_to(self, message):
        """Where a description wants it."""
        host, port = re.search(r"^c=IN IP6 (\S+)", message, re.MULTILINE), re.search(r"^m=audio (\d+)", message, re.MULTILINE)
        self._peer = (host[1], int(port[1]))

    def start(self):
        """Once, however often an answer comes."""
        if self._has_started:
            return
        self._has_started = True
        for task in (self._send, self._record):
            threading.Thread(target=task, daemon=True).start()

    def stop(self):
        self._ending.set()

    def _send(self):
        began = time.monotonic()
        for count in range(1 << 16):
            packet = struct.pack("!BBHII", 0x80, 0, count, count * WINDOW, 7) + self._payload
            with contextlib.suppress(OSError):
                self._socket.sendto(packet, self._peer)
            if self._ending.wait(max(0, began + (count + 1) * PACKET - time.monotonic())):
                return

    def _record(self):
        with open(self._path, "wb", buffering=0) as file:
            file.write(HEADER)
            self._tell(self._path)
            while not self._ending.is_set():
                with contextlib.suppress(TimeoutError):
                    packet = self._socket.recv(2048)
                    if packet[1] & 0x7F == 0:
                        file.write(struct.pack(f"<{len(packet) - 12}h", *(SAMPLES[code] for code in packet[12:])))
        self._socket.close()


def _field(message, name):
    return re.search(rf"^{name}: (.*)\r$", message, re.MULTILINE)[1]


def _uri(value):
    """Of a Contact."""
    return re.search(r"<([^>]*)>", value)[1]


def _address(server):
    host, port = server.rsplit(":", 1)
    return host.strip("[]"), int(port)
