"""A whole demo: its keeper with customers and colleagues, and its server, which is a process of its own."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from phones import ANA_TONE, CUSTOMER_TONE, WORKER, free_port
from seat import Client, wait_until
from sound import write_tone

ROOT = Path(__file__).resolve().parent.parent.parent
# Not from the journeys' server.py: the browser tests have one of their own.
BINARY = os.environ.get("CALLFLOOR_BINARY", ROOT / ".build/debug/callfloor")
CUSTOMERS, COLLEAGUES = f"127.0.1.{10 + 2 * WORKER}", f"127.0.1.{11 + 2 * WORKER}"
START_DEADLINE = 120.0
# The server drains, and its keeper gives it some time more.
STOP_DEADLINE = 60.0
# Nobody says anything for longer.
SPEECH = 20.0
PROJECTS = ("home-internet", "bank-loans", "taxi", "it-desk")


class DemoCentre:
    """`callfloor demo` on ports and addresses of its own, without the weeks of before; its people say tones."""

    reached_at = "127.0.0.1"

    def __init__(self, folder, *, is_played=True, has_contents=False):
        """If it is not played, nobody calls and no colleague answers but those of the test."""
        self.folder = Path(folder)
        self.data = self.folder / "data"
        prompts = self.folder / "prompts"
        prompts.mkdir(exist_ok=True)
        for number in (1, 2, 3):
            for who, tone in (("customer", CUSTOMER_TONE), ("agent", ANA_TONE)):
                write_tone(str(prompts / f"{who}{number}.en.wav"), tone, SPEECH)
        for name in (*PROJECTS, "demo-colleagues"):
            text = (ROOT / f"examples/{name}.yaml").read_text()
            (self.folder / f"{name}.yaml").write_text(text.replace("127.0.0.2", CUSTOMERS).replace("127.0.0.3:", f"{COLLEAGUES}:"))
        for name in PROJECTS if has_contents else []:
            shutil.copytree(ROOT / "examples" / name, self.folder / name)
        set_ups = [*PROJECTS, *([] if is_played else ["demo-colleagues"])]
        first = 33_000 - 1_000 * (WORKER + 1)
        self.sip = f"127.0.0.1:{free_port('127.0.0.1')}"
        self._command = [
            BINARY, "demo", "--port", "0", "--sip", self.sip, "--media-ports", f"{first}-{first + 999}",
            "--web", ROOT / "Web", "--data", str(self.data), "--prompts", str(prompts),
            *(part for name in set_ups for part in ("--set-up", str(self.folder / f"{name}.yaml"))),
            *(["--colleagues", str(self.folder / "demo-colleagues.yaml")] if is_played else ["--empty"]), "--no-history"]
        self.start()

    def start(self):
        with open(self.folder / "demo.log", "ab") as log:
            self.keeper = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, text=True)
        lines = []
        told = threading.Event()

        def read():
            # To its end: whoever has nobody to read what he says stops.
            for line in self.keeper.stdout:
                lines.append(line)
                if "http://localhost:" in line:
                    told.set()

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        assert told.wait(START_DEADLINE), f"the demo did not say where it is: {lines}\n{self.end_of_log()}"
        self.port = int(re.search(r"http://localhost:(\d+)", "".join(lines))[1])

    @property
    def origin(self):
        return f"http://localhost:{self.port}"

    def origin_of(self, seat):
        return f"http://{seat}.localhost:{self.port}"

    def seat(self, name):
        """Whoever opens the page of a seat."""
        return DemoSeat(self, name)

    def servers(self):
        """The processes of the server that the keeper has."""
        found = subprocess.run(["pgrep", "-P", str(self.keeper.pid)], capture_output=True, text=True).stdout.split()
        return [int(pid) for pid in found]

    def answers(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(self.reached_at, self.port, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/health")
                return connection.getresponse().status == 200
        return False

    def stop(self, how=signal.SIGTERM):
        """Returns with what status it ended."""
        if self.keeper.poll() is None:
            self.keeper.send_signal(how)
        status = self.keeper.wait(STOP_DEADLINE)
        self._reader.join(5)
        self.keeper.stdout.close()
        return status

    def clean(self):
        if self.keeper.poll() is None:
            self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def log(self):
        return (self.folder / "demo.log").read_text(errors="replace")

    def end_of_log(self):
        return self.log()[-4000:]


class DemoSeat(Client):
    """The browser of one of the demo's seats, which nobody signs in to."""

    def __init__(self, demo, name):
        super().__init__(demo)
        self.origin = demo.origin_of(name)
        self.session = self.get("/api/session")

    def headers(self, method="GET", body=None, key=None):
        headers = super().headers(method, body, key)
        if "Origin" in headers:
            headers["Origin"] = self.origin
        return {**headers, "Host": self.origin.removeprefix("http://")}

    def waiting(self):
        return sum(queue["waiting"] for queue in self.get("/api/floor")["queues"])

    def states(self):
        return [agent["state"] for agent in self.get("/api/floor")["agents"]]

    def wait(self, satisfied, what, deadline=30.0):
        return wait_until(lambda: satisfied(self), what, deadline, pause=0.2)
