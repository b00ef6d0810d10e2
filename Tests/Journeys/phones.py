"""Real SIP phones for the journeys: agents' phones and customers, each a process of its own (phone_process.py)."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time

from sound import Recording

HERE = os.path.dirname(os.path.abspath(__file__))
# On loopback a trunk "by address" would be everybody: customers, agents' fixed phones and strangers have addresses of their own.
AGENTS_REGISTERED = "127.0.0.1"
CUSTOMERS = "127.0.0.2"
AGENTS_FIXED = "127.0.0.3"
STRANGERS = "127.0.0.4"

# Multiples of 50 Hz, which a window of 20 ms tells apart; none is a note of the hold music or a part of the ring-back tone.
CUSTOMER_TONE, OTHER_CUSTOMER_TONE, ANA_TONE, BILAL_TONE, GREETING_TONE = 750, 1250, 1850, 2350, 2850
CLOSED_TONE, RECORDED_TONE = 3150, 3350

DEADLINE = 10.0

# Tests run side by side (pytest-xdist): which of so many at most this process is.
WORKER, WORKERS_MAX = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")), 4


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def authority(address, port):
    """As it stands in a URI."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def free_port(address, kind=socket.SOCK_DGRAM):
    """A port that nobody has at the moment."""
    with contextlib.closing(socket.socket(family(address), kind)) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Timeout(AssertionError):
    """What was waited for did not happen."""


class Phone:
    """A phone at `address`.

    It registers if it has a `secret`. `manner` is what it does when it rings: "ring" until told, "answer" or "busy". With
    `session_expires`, in seconds, it wants its calls to be refreshed (RFC 4028). `within` is what comes before its command, to
    start it in a network of its own; its ports must be told then, because only it can know which are free. Over a `transport` with
    connections, "tcp" or "tls" with a `certificate` and its key, its Contact names the port on which it `listens`, or that of its
    connection, as phones behind NAT do. In place of its tone it `speaks` a WAV file, from its first call on.
    """

    def __init__(
        self, name, folder, *, address, tone, user=None, domain=None, secret=None, port=0, media_port=None, codecs=("PCMA", "PCMU"),
        manner="ring", session_expires=None, within=(), transport="udp", listens=True, certificate=None, speaks=None
    ):
        self.name = name
        self.tone = tone
        self.transport = transport
        self.log = os.path.join(folder, f"{name}.log")
        self._events = []
        self._changed = threading.Condition()
        # pjsua counts up from here by twos until one is free.
        media_port = media_port or free_port(address) & ~1
        plan = dict(
            name=name, user=user or name, domain=domain or address, secret=secret, address=address, port=port, media_port=media_port,
            frequency=tone, codecs=list(codecs), manner=manner, session_expires=session_expires, recordings=folder, log=self.log,
            transport=transport, listens=listens, certificate=certificate, speaks=speaks)
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*within, sys.executable, os.path.join(HERE, "phone_process.py"), str(theirs.fileno()), json.dumps(plan)],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=open(os.path.join(folder, f"{name}.err"), "wb"))
        self._socket = ours
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self.port = self.wait_for("ready")["port"]
            if secret:
                self.wait_for("registered")
        except Timeout:
            self.stop()
            raise

    # What happened

    def _listen(self):
        for line in self._socket.makefile("rb"):
            with self._changed:
                self._events.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._events.append({"event": "gone", "at": time.monotonic()})
            self._changed.notify_all()

    def events(self, name=None):
        """What happened so far: all, or what is called `name` or one of these names."""
        names = (name,) if isinstance(name, str) else name
        with self._changed:
            return [event for event in self._events if names is None or event["event"] in names]

    @property
    def mark(self):
        """Now, for `wait_for(…, since=mark)`."""
        with self._changed:
            return len(self._events)

    def wait_for(self, name, deadline=DEADLINE, since=0, **details):
        """The first event called `name`, or one of these names, with these `details` after `since`; waited for if it has not come yet."""
        names = (name,) if isinstance(name, str) else name

        def found():
            for event in self._events[since:]:
                if event["event"] in names and all(event.get(key) == value for key, value in details.items()):
                    return event
            return None

        with self._changed:
            self._changed.wait_for(lambda: found() or self._has_gone(), deadline)
            event = found()
            if event is None:
                told = "\n".join(map(str, self._events)) or "nothing"
                raise Timeout(f"{self.name}: no '{name}' {details or ''} within {deadline} s; its log is {self.log}; it told\n{told}")
            return event

    def _has_gone(self):
        return bool(self._events) and self._events[-1]["event"] == "gone"

    def heard(self, call=None):
        """The recording of what was heard in a call (the last one) that has ended."""
        media = self._media(call or self._latest_call())
        self.wait_for("recorded", call=media["call"])
        return Recording(media["recording"], media["at"])

    def hears(self, frequency, deadline=DEADLINE, call=None):
        """Waits until a tone is heard in the call that goes on; returns the recording so far."""
        return self._listens_until(lambda recording: recording.first_heard(frequency) is not None, f"{frequency} Hz", deadline, call)

    def hears_anew(self, frequency, deadline=DEADLINE, call=None):
        """Waits until a tone is heard from now on; returns how long that took."""
        call = call or self._latest_call()
        since, began = self.recording(call).seconds, time.monotonic()
        self._listens_until(
            lambda recording: recording.first_heard(frequency, since) is not None, f"{frequency} Hz from now on", deadline, call, since)
        return time.monotonic() - began

    def recording(self, call=None, skip=0.0):
        """What was heard so far in the call that goes on, without its first `skip` seconds."""
        media = self._media(call or self._latest_call())
        return Recording(media["recording"], media["at"], skip)

    def seconds_recorded(self, call=None):
        """How much of a call that goes on has been recorded."""
        return self.recording(call).seconds

    def hears_sound(self, seconds=0.5, since=0.0, deadline=DEADLINE, call=None):
        """Waits until anything but silence has been heard for so long, from a moment of the recording on."""
        return self._listens_until(lambda recording: recording.seconds_audible(since) >= seconds, "sound", deadline, call)

    def _listens_until(self, satisfied, what, deadline, call, skip=0.0):
        until = time.monotonic() + deadline
        call = call or self._latest_call()
        self.wait_for("media", deadline, call=call)
        while True:
            recording = self.recording(call, skip)
            if satisfied(recording):
                return recording
            if time.monotonic() > until:
                raise Timeout(f"{self.name}: no {what} within {deadline} s, {recording.seconds_audible():.1f} s audible: {recording.path}")
            time.sleep(0.1)  # polling

    def _media(self, call):
        """When the sound of a call began, and its file."""
        for event in self.events("media"):
            if event["call"] == call:
                return event
        raise AssertionError(f"{self.name} had no sound in its call {call}")

    def _latest_call(self):
        calls = [event["call"] for event in self.events() if event["event"] in ("calling", "rings")]
        if not calls:
            raise AssertionError(f"{self.name} had no call")
        return calls[-1]

    # Orders

    def _order(self, order, **details):
        self._socket.sendall(json.dumps({"order": order, **details}).encode() + b"\n")

    def call(self, number, server):
        """Calls; returns the call's number, for `wait_for(…, call=)`."""
        since = self.mark
        self._order("call", uri=f"sip:{number}@{server}")
        return self.wait_for("calling", since=since)["call"]

    def rings(self, deadline=DEADLINE, since=0):
        return self.wait_for("rings", deadline, since)

    # Without a call's number the latest that lives is meant.

    def answer(self, call=None):
        """Picks up; returns the moment."""
        since = self.mark
        self._order("answer", call=call)
        return self.wait_for("answering", since=since)["at"]

    def refuse(self, code, call=None):
        self._order("refuse", code=code, call=call)

    def hang_up(self, call=None):
        self._order("hang up", call=call)

    def hold(self, call=None):
        self._order("hold", call=call)

    def take_back(self, call=None):
        self._order("take back", call=call)

    def transfer(self, uri, call=None):
        """Asks to send the other side on (REFER)."""
        self._order("transfer", uri=uri, call=call)

    def join(self, call, other):
        """Asks to put the other sides of its two calls through to each other (REFER with Replaces)."""
        self._order("join", call=call, **{"with": other})

    def dial(self, digits):
        self._order("dial", digits=digits)

    def on_ring(self, manner):
        self._order("manner", manner=manner)

    def register(self):
        since = self.mark
        self._order("register", wanted=True)
        self.wait_for("registered", since=since)

    def unregister(self):
        since = self.mark
        self._order("register", wanted=False)
        self.wait_for("unregistered", since=since)

    def stop(self):
        """Ends the process; a phone that registered goes without a word, as a cut cable would."""
        with contextlib.suppress(OSError):
            self._order("stop")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._socket.close()
