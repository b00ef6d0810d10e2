"""A Callfloor of its own for each journey."""

import contextlib
import http.client
import os
import random
import re
import resource
import signal
import socket
import subprocess
import threading
import time

from phones import WORKER, WORKERS_MAX, authority, family, free_port
from seat import Seat

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("CALLFLOOR_BINARY", os.path.join(ROOT, ".build", "debug", "callfloor"))
START_DEADLINE = 30.0
STOP_DEADLINE = 20.0
MEDIA_PORTS = 200


class Server:
    """`callfloor serve` on ports of its own with the data folder `folder`/data; SIP and sound are at `address`."""

    def __init__(
        self, folder, *, prompts=None, recording=None, media_ports=None, drain_seconds=0, environment=None, address="127.0.0.1",
        log_level="info", certificate=None, https=False, https_certificate=None, customer_page=False, host="127.0.0.1",
        public_address=None, private_webhooks=False
    ):
        """With `environment` beside what this process has; with a `certificate` and its key over TCP and TLS, too.

        With the page by which anyone can call, if `customer_page`; to browsers known at `public_address`, too. `https`: pages over TLS, too, by `https_certificate` and its key or by one that the server makes.
        Webhooks lead to this machine only with `private_webhooks`.
        """
        self.folder = str(folder)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "server.log")
        self.prompts = prompts
        self.recording = recording
        self.drain_seconds = drain_seconds
        self.environment = environment or {}
        self.address = address
        self.log_level = log_level
        self.sip = authority(address, free_port(address))
        self.certificate = certificate
        self.https = f"127.0.0.1:{free_port('127.0.0.1', socket.SOCK_STREAM)}" if https else None
        self.https_certificate = https_certificate
        self.customer_page = customer_page
        self.host = host
        self.public_address = public_address
        self.private_webhooks = private_webhooks
        self.sip_tcp, self.sip_tls = (authority(address, free_port(address, socket.SOCK_STREAM)) for _ in range(2))
        self.media_ports = media_ports or free_media_ports(address)
        self.port = None
        self.started_at = None
        self._process = None
        self.start()

    def start(self, port=0):
        """Starts, with what the data folder holds; HTTP on a port of the system's choice unless one is wanted."""
        arguments = [
            BINARY, "serve", "--data", self.data, "--host", self.host, "--port", str(port), "--sip", self.sip, "--media", self.address,
            "--media-ports", self.media_ports, "--web", os.path.join(ROOT, "Web"), "--log", self.log_level,
            "--sip-tcp", self.sip_tcp if self.certificate else "off", "--drain-seconds", str(self.drain_seconds)]
        if self.certificate:
            certificate, key = self.certificate
            arguments += [
                "--sip-tls", self.sip_tls, "--tls-certificate", certificate, "--tls-key", key, "--tls-authorities", certificate]
        if self.https:
            arguments += ["--https", self.https]
        if self.https_certificate:
            arguments += ["--tls-certificate", self.https_certificate[0], "--tls-key", self.https_certificate[1]]
        if self.customer_page:
            arguments += ["--customer-page"]
        if self.private_webhooks:
            arguments += ["--private-webhooks"]
        if self.public_address:
            arguments += ["--media-public-address", self.public_address]
        if self.prompts:
            arguments += ["--prompts", self.prompts]
        if self.recording:
            arguments += ["--record", self.recording]
        with open(self.log, "ab") as log:
            self.started_at = time.monotonic()
            # Signals stay ignored as Python has them: so a write beyond `fail_disk`'s limit is an error and not the end.
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, restore_signals=False,
                env={**os.environ, **self.environment})
        said = first_line(self._process, START_DEADLINE)
        match = re.search(r"http://(?:[0-9.]+|\[[0-9a-f:]+\]):(\d+)", said)
        if not match:
            self.kill()
            raise AssertionError(f"the server did not say where it is: {said!r}\n{self.end_of_log()}")
        self.port = int(match[1])

    @property
    def pid(self):
        return self._process.pid

    def sip_over(self, transport):
        """Where it is reached by "udp", "tcp" or "tls"."""
        return {"udp": self.sip, "tcp": self.sip_tcp, "tls": self.sip_tls}[transport]

    @property
    def origin(self):
        return f"http://{authority(self.reached_at, self.port)}"

    @property
    def reached_at(self):
        """The address of HTTP as this machine's own programs use it."""
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def apply(self, yaml):
        """`callfloor admin apply`; returns what it printed."""
        path = os.path.join(self.folder, "set-up.yaml")
        with open(path, "w") as file:
            file.write(yaml)
        done = self.command("admin", "apply", path, "--data", self.data)
        assert done.returncode == 0, f"admin apply: {done.stdout}{done.stderr}"
        return done.stdout

    def command(self, *arguments, deadline=120):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=deadline, cwd=ROOT)

    def sign_in(self, login, password):
        return Seat(self, login, password)

    def fail_disk(self):
        """From now on nothing can be written to any file, the server's own log included."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]))

    def mend_disk(self):
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def stop(self):
        """Asks it to end, by its own pid; not to end in order is a failure."""
        self.tell_to_stop()
        self.wait_for_end()

    def tell_to_stop(self):
        self._process.send_signal(signal.SIGTERM)

    def wait_for_end(self):
        try:
            code = self._process.wait(STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end within {STOP_DEADLINE} s of SIGTERM\n{self.end_of_log()}") from None
        finally:
            self._process.stdout.close()
        assert code == 0, f"the server ended with {code}\n{self.end_of_log()}"

    def hand_over(self):
        """Asks it to end and to leave its calls to the next start."""
        self._process.send_signal(signal.SIGUSR2)
        self._process.wait(STOP_DEADLINE)
        self._process.stdout.close()

    def kill(self):
        """As a power cut would end it."""
        if self.is_running:
            self._process.kill()
        self._process.wait(STOP_DEADLINE)
        self._process.stdout.close()

    def figures(self):
        """What `/metrics` says now: values by name, and by name with labels where there are any."""
        pairs = (line.rsplit(" ", 1) for line in self.exposition().splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def exposition(self):
        """The text of `/metrics`."""
        with contextlib.closing(http.client.HTTPConnection(self.reached_at, self.port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            text = answer.read().decode()
        assert answer.status == 200, f"GET /metrics: {answer.status} {text}"
        return text

    def end_of_log(self, lines=60):
        with open(self.log, errors="replace") as file:
            return f"--- the end of {self.log}\n" + "".join(file.readlines()[-lines:])


def first_line(process, deadline):
    """The first line on standard output that names an address; what came until then if it does not come."""
    lines = []
    seen = threading.Event()

    def read():
        for line in iter(process.stdout.readline, b""):
            lines.append(line.decode(errors="replace"))
            if b"http://" in line:
                break
        seen.set()

    threading.Thread(target=read, daemon=True).start()
    seen.wait(deadline)
    return "".join(lines)


def free_media_ports(address):
    """A stretch below the ports that the system hands out, so that no phone gets one of them meanwhile; workers have stretches in turn."""
    for _ in range(100):
        first = random.randrange(16_384 + WORKER * MEDIA_PORTS, 32_768 - MEDIA_PORTS, WORKERS_MAX * MEDIA_PORTS)
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for port in range(first, first + MEDIA_PORTS):
                probe = probes.enter_context(contextlib.closing(socket.socket(family(address), socket.SOCK_DGRAM)))
                probe.bind((address, port))
            return f"{first}-{first + MEDIA_PORTS - 1}"
    raise AssertionError("no free ports for sound")
