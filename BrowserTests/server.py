"""The server under test: the one place that knows how it is started, who signs in, and how a customer calls."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.append(str(root / "Tests/Journeys"))
from outside import OUTSIDE_TONE  # noqa: E402
from phones import (  # noqa: E402
    AGENTS_FIXED, AGENTS_REGISTERED, ANA_TONE, BILAL_TONE, CUSTOMER_TONE, CUSTOMERS, WORKER, Phone, Timeout, free_port)

start_timeout = 60
# Below those that the system hands out.
media_ports = 30_000 + 500 * WORKER
binary = os.environ.get("CALLFLOOR_BINARY", root / ".build/debug/callfloor")

# examples/home-internet.yaml
users = {"agent": ("ana", "demo-agent"), "colleague": ("bilal", "demo-agent"), "supervisor": ("deniz", "demo-supervisor"),
         "administrator": ("admin", "demo-administrator"), "client": ("kim", "demo-client")}
phone_user, phone_secret, number = "101", "take-the-first-call", "+442079460100"
outside_number = "+995322550777"

# What the example leaves open: a port of the system's choice for the phone at a fixed address, a line to call out by, somebody
# to hand over to, and one for whom the work is done.
additions = """
callfloor: 1
phones:
  "102": {address: "%s"}
trunks:
  provider: {addresses: [%s], server: "%s"}
projects:
  home-internet:
    outbound: {trunk: provider, callerNumber: "%s", allowed: [+44, +995, "!+4490"], callsPerHour: 1000}
    queues:
      support: {ringTimeout: 20, reasonTimeout: 20, escalation: supervisors, wrapUp: 60, serviceLevel: 20}
      supervisors: {name: Supervisors}
users:
  kim: {name: Kim Client, role: client, password: demo-client, projects: [home-internet]}
"""


class Server:
    """The demo's centre without its simulated people, on free ports with empty data, and real phones."""

    def __init__(self):
        self.users = users
        self.calls = []
        self.ending = threading.Event()
        self.data = tempfile.TemporaryDirectory(prefix="callfloor-")
        self.url = self._start() or self._start()
        with urllib.request.urlopen(f"{self.url}/health", timeout=start_timeout) as answer:
            assert json.load(answer)["status"] == "ok"
        self.colleague = Phone(
            "bilal", self.data.name, user="102", address=AGENTS_FIXED, port=free_port(AGENTS_FIXED), tone=BILAL_TONE)
        self.outside = Phone("outside", self.data.name, user=outside_number, address=CUSTOMERS, tone=OUTSIDE_TONE)
        self.apply(additions % (f"{AGENTS_FIXED}:{self.colleague.port}", CUSTOMERS, f"{CUSTOMERS}:{self.outside.port}", number))
        self.phone = Phone(
            phone_user, self.data.name, address=AGENTS_REGISTERED, tone=ANA_TONE, domain=self.sip, secret=phone_secret)
        self.customer = Phone("+447700900042", self.data.name, address=CUSTOMERS, tone=CUSTOMER_TONE)

    def _start(self):
        """Where it listens; None if somebody else has taken one of the ports that were free a moment ago."""
        self.sip = f"127.0.0.1:{free_port('127.0.0.1')}"
        self.https = f"127.0.0.1:{free_port('127.0.0.1', socket.SOCK_STREAM)}"
        # Without the folder of contents that lies beside the example: each test publishes what it needs.
        set_up = shutil.copy(root / "examples/home-internet.yaml", self.data.name)
        command = [
            binary, "demo", "--empty", "--set-up", set_up, "--port", "0", "--https", self.https, "--sip", self.sip,
            "--media-ports", f"{media_ports}-{media_ports + 499}",
            "--web", root / "Web", "--data", Path(self.data.name) / "data"]
        with open(Path(self.data.name) / "server.log", "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://[\w.]+:\d+", line):
                return found[0]
        said = (Path(self.data.name) / "server.log").read_text(errors="replace")[-2000:]
        if "Address already in use" in said:
            return None
        raise RuntimeError(f"the server did not say where it listens; it ended with {self.process.wait()}: {said}")

    def apply(self, yaml):
        """Takes a set-up, or a part of one."""
        path = Path(self.data.name) / "additions.yaml"
        path.write_text(yaml)
        subprocess.run([binary, "admin", "apply", path, "--data", Path(self.data.name) / "data"], check=True, capture_output=True)

    def connect(self):
        """A customer calls and the agent, who is ready, picks up: they talk until somebody ends it. Returns the customer's call."""
        since = self.phone.mark
        call = self.customer.call(number, self.sip)
        self.phone.rings(deadline=30, since=since)
        self.phone.answer()
        return call

    def place_call(self, *, ring, talk):
        """A customer calls; the agent's phone rings for `ring` seconds and answers, and after `talk` seconds the customer hangs up.

        If the phone stops ringing before that, the customer gives up.
        """
        since = self.phone.mark
        self.customer.call(number, self.sip)

        def go_on():
            self.phone.rings(deadline=30, since=since)
            try:
                self.phone.wait_for("ended", deadline=ring, since=since)
            except Timeout:
                self.phone.answer()
                self.ending.wait(talk)
            self.customer.hang_up()

        call = threading.Thread(target=go_on, daemon=True)
        call.start()
        self.calls.append(call)

    def stop(self):
        self.ending.set()
        for call in self.calls:
            call.join(5)
        for phone in (self.phone, self.colleague, self.outside, self.customer):
            phone.stop()
        self.process.terminate()
        self.process.wait(timeout=start_timeout)
        self.data.cleanup()
