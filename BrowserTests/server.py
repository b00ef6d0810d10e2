"""The server under test: the one place that knows how it is started, who signs in, and how a customer calls.

CALLFLOOR_URL        a server that runs already; without it the demo is started on a free port with empty data
CALLFLOOR_PASSWORDS  JSON, {"agent": ["login", "password"], "supervisor": [...]}, where they differ from the example
CALLFLOOR_CALL       a command that places a call: see `place_call`
"""

import json
import os
import re
import shlex
import subprocess
import tempfile
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parent.parent
start_timeout = 60
binary = root / ".build/debug/callfloor"

# examples/home-internet.yaml
users = {"agent": ("ana", "demo-agent"), "supervisor": ("deniz", "demo-supervisor")}


class Server:
    """A running server and the people who use it."""

    def __init__(self):
        self.process = None
        self.calls = []
        self.users = users | {who: tuple(pair) for who, pair in json.loads(os.environ.get("CALLFLOOR_PASSWORDS", "{}")).items()}
        self.url = os.environ.get("CALLFLOOR_URL") or self._start()
        with urllib.request.urlopen(f"{self.url}/health", timeout=start_timeout) as answer:
            assert json.load(answer)["status"] == "ok"

    def _start(self):
        self.data = tempfile.TemporaryDirectory(prefix="callfloor-")
        command = [binary, "demo", "--port", "0", "--web", root / "Web", "--prompts", root / ".build/prompts", "--data", self.data.name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://[\w.]+:\d+", line):
                return found[0]
        raise RuntimeError(f"the server did not say where it listens; it ended with {self.process.wait()}")

    def place_call(self, *, ring, talk):
        """A customer calls; the agent's phone rings for `ring` seconds and answers, and after `talk` seconds the customer hangs up.

        The command gets both as its arguments, and the server's address in CALLFLOOR_URL.
        """
        command = os.environ.get("CALLFLOOR_CALL")
        assert command, "CALLFLOOR_CALL names no command that places a call"
        environment = os.environ | {"CALLFLOOR_URL": self.url}
        self.calls.append(subprocess.Popen([*shlex.split(command), str(ring), str(talk)], env=environment))

    def stop(self):
        for process in [*self.calls, self.process]:
            if process and process.poll() is None:
                process.terminate()
                process.wait(timeout=start_timeout)
