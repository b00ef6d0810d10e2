"""What kill -9 under load costs the people on the phone, Callfloor and Asterisk 22 in turns; script/bench restart.

50 calls in talk, 50 callers who wait with music, and 20 calls a second that go on arriving. The server is killed and started again at
once on the same data. Counted from the kill, at the telephones:

    SIP served         the first answer to an OPTIONS (one every 10 ms)
    HTTP healthy       the first 200 from /health
    invited anew       the first and the last re-INVITE to a leg that was in a call
    heard again        the first and the last of these that receives sound again
    kept               how many were invited anew and hear again, of those that heard before
    lost               calls that were answered with 200 and do not stand in the contact list; Asterisk has none
"""

import argparse
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "Tests", "Journeys"), os.path.join(ROOT, "script", "bench.d")]
sys.dont_write_bytecode = True

import crowd  # noqa: E402
import server as journeys  # noqa: E402
from many_phones import ManyPhones  # noqa: E402
from phones import AGENTS_FIXED, CUSTOMERS  # noqa: E402
from seat import Client  # noqa: E402

TALKING = WAITING = 50
ARRIVALS_PER_SECOND = 20
ARRIVALS_BEFORE_SECONDS = 1.0
PROBE_SECONDS = 0.01
HEARD_AGAIN_MAX = 10.0
ASTERISK_PORT = 5070
MEDIA_PORTS = "16384-32767"
COLUMNS = (
    "who,round,telephones in a call,kept,answered calls,lost,SIP served ms,HTTP healthy ms,"
    "invited anew first ms,last ms,heard again first ms,last ms")


def main():
    parser = argparse.ArgumentParser(description="kill -9 under load.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--asterisk", help="the folder that script/peers/asterisk set up")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    journeys.BINARY = os.path.abspath(options.binary)
    crowd.raise_open_files()
    print(COLUMNS, flush=True)
    for number in range(1, options.rounds + 1):
        for centre in (Callfloor,) + ((Asterisk,) if options.asterisk else ()):
            with tempfile.TemporaryDirectory(prefix="callfloor-bench-") as folder, contextlib.closing(centre(folder, options)) as made:
                made.begin()
                one_round(made, number)


class Callfloor:
    name = "Callfloor"
    number = crowd.NUMBER

    def __init__(self, folder, options):
        self.server = journeys.Server(folder, media_ports=MEDIA_PORTS, log_level="notice")
        self.phones = ManyPhones(self.server.sip, CUSTOMERS, AGENTS_FIXED)
        self.healthy_at = None

    def begin(self):
        crowd.set_up(self.server, TALKING, f"{AGENTS_FIXED}:{self.phones.agents_port}", wrap_up="none")
        crowd.make_ready(self.server, TALKING)

    def kill(self):
        self.server.kill()

    def start(self):
        """Starts on the same HTTP port as before and asks for its health from the first moment."""
        watching = threading.Thread(target=self._watch, args=(self.server.port,))
        watching.start()
        self.server.start(port=self.server.port)
        watching.join()

    def _watch(self, port):
        until = time.monotonic() + HEARD_AGAIN_MAX
        while self.healthy_at is None and time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException), \
                    contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    self.healthy_at = time.monotonic()
            time.sleep(PROBE_SECONDS)  # polling

    def lost(self, answered):
        supervisor = Client(self.server)
        supervisor.post("/api/session", {"login": "sofia", "password": crowd.PASSWORD})
        stored = {row["number"] for row in crowd.all_contacts(supervisor)}
        return sum(number not in stored for number in answered)

    def close(self):
        self.phones.close()
        if self.server.is_running:
            self.server.kill()


class Asterisk:
    name = "Asterisk 22"
    number = "bench"
    healthy_at = None

    def __init__(self, folder, options):
        self.folder = options.asterisk
        self.phones = ManyPhones(f"127.0.0.1:{ASTERISK_PORT}", CUSTOMERS, AGENTS_FIXED)

    def begin(self):
        self.start()

    def start(self):
        self._command(
            "start", "--members", str(TALKING), "--agent-port", str(self.phones.agents_port), "--agent-step", "0", "--port",
            str(ASTERISK_PORT), "--rtp", MEDIA_PORTS)

    def kill(self):
        with open(os.path.join(self.folder, "bench.pid")) as file:
            pid = int(file.read())
        os.kill(pid, signal.SIGKILL)
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(PROBE_SECONDS)  # polling

    def lost(self, answered):
        """It has no contact list to compare with."""
        return ""

    def close(self):
        self.phones.close()
        self._command("stop")

    def _command(self, action, *arguments):
        subprocess.run(
            [os.path.join(ROOT, "script", "peers", "asterisk"), action, self.folder, *arguments], check=True, stdout=sys.stderr)


def one_round(centre, number):
    phones = centre.phones
    for _ in range(TALKING):
        phones.call(centre.number, "talking")
    agents = lambda: [leg for leg in phones.legs if leg.kind == "agent" and leg.state == "talking"]  # noqa: E731
    assert phones.run(lambda: len(agents()) == TALKING and all_hear(phones), 30), f"only {len(agents())} calls were answered"
    for _ in range(WAITING):
        phones.call(centre.number, "waiting")
    assert phones.run(lambda: all_hear(phones), 30), f"only {sum(leg.packets > 0 for leg in phones.legs)} telephones hear something"
    confirmed = [leg for leg in phones.legs if leg.state == "talking"]
    assert len(confirmed) == 2 * TALKING + WAITING, f"{len(confirmed)} legs are in a call"

    arrivals = Arrivals(centre)
    phones.run(arrivals.after(ARRIVALS_BEFORE_SECONDS), ARRIVALS_BEFORE_SECONDS + 1)
    killed_at = time.monotonic()
    centre.kill()
    answered = [leg.number for leg in phones.legs if leg.answered_at and leg.kind != "agent"]
    # Packets that the dead server had sent before still lie in the sockets: they do not count.
    phones.run(lambda: False, 0.001)
    phones.listen_anew()
    phones.probe(PROBE_SECONDS)
    starting = threading.Thread(target=centre.start)
    starting.start()
    phones.run(lambda: arrivals.go_on() and not starting.is_alive() and all(leg.heard_at for leg in confirmed), HEARD_AGAIN_MAX)
    starting.join()
    phones.probe(None)
    anew = [leg.invited_anew_at for leg in confirmed if leg.invited_anew_at]
    # Sound alone does not count: it may be a stranger's, from a port that was given out a second time.
    heard = [leg.heard_at for leg in confirmed if leg.heard_at and leg.invited_anew_at]
    lost = centre.lost(answered)
    moments = [phones.served_at, centre.healthy_at, min(anew, default=None), max(anew, default=None)]
    moments += [min(heard, default=None), max(heard, default=None)]
    shown = ",".join(f"{(at - killed_at) * 1000:.0f}" if at else "" for at in moments)
    print(f"{centre.name},{number},{len(confirmed)},{len(heard)},{len(answered)},{lost},{shown}", flush=True)


def all_hear(phones):
    return all(leg.packets > 5 for leg in phones.legs)


class Arrivals:
    """Customers who go on calling, whatever becomes of the server."""

    def __init__(self, centre):
        self.centre = centre
        self.next_at = self.began = time.monotonic()

    def go_on(self):
        now = time.monotonic()
        while now >= self.next_at:
            self.centre.phones.call(self.centre.number, "arriving")
            self.next_at += 1 / ARRIVALS_PER_SECOND
        return True

    def after(self, seconds):
        return lambda: self.go_on() and time.monotonic() >= self.began + seconds


main()
