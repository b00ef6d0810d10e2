"""A Callfloor of its own for each journey, and seats in it: people who are signed in and watch their screen."""

import contextlib
import http.client
import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import threading
import time
import uuid

from phones import DEADLINE, Timeout, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("CALLFLOOR_BINARY", os.path.join(ROOT, ".build", "debug", "callfloor"))
START_DEADLINE = 30.0
STOP_DEADLINE = 20.0
MEDIA_PORTS = 200


class Server:
    """`callfloor serve` on ports of its own with the data folder `folder`/data; SIP and sound are at `address`."""

    def __init__(
        self, folder, *, prompts=None, recording=None, media_ports=None, drain_seconds=0, environment=None, address="127.0.0.1",
        log_level="info", certificate=None
    ):
        """With `environment` beside what this process has; with a `certificate` and its key over TCP and TLS, too."""
        self.folder = str(folder)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "server.log")
        self.prompts = prompts
        self.recording = recording
        self.drain_seconds = drain_seconds
        self.environment = environment or {}
        self.address = address
        self.log_level = log_level
        self.sip = f"{address}:{free_port(address)}"
        self.certificate = certificate
        self.sip_tcp, self.sip_tls = (f"{address}:{free_port(address, socket.SOCK_STREAM)}" for _ in range(2))
        self.media_ports = media_ports or _free_media_ports(address)
        self.port = None
        self.started_at = None
        self._process = None
        self.start()

    def start(self, port=0):
        """Starts, with what the data folder holds; HTTP on a port of the system's choice unless one is wanted."""
        arguments = [
            BINARY, "serve", "--data", self.data, "--host", "127.0.0.1", "--port", str(port), "--sip", self.sip, "--media", self.address,
            "--media-ports", self.media_ports, "--web", os.path.join(ROOT, "Web"), "--log", self.log_level,
            "--sip-tcp", self.sip_tcp if self.certificate else "off", "--drain-seconds", str(self.drain_seconds)]
        if self.certificate:
            certificate, key = self.certificate
            arguments += [
                "--sip-tls", self.sip_tls, "--tls-certificate", certificate, "--tls-key", key, "--tls-authorities", certificate]
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
        said = _first_line(self._process, START_DEADLINE)
        match = re.search(r"http://127\.0\.0\.1:(\d+)", said)
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
        return f"http://127.0.0.1:{self.port}"

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
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            text = answer.read().decode()
        assert answer.status == 200, f"GET /metrics: {answer.status} {text}"
        return text

    def end_of_log(self, lines=60):
        with open(self.log, errors="replace") as file:
            return f"--- the end of {self.log}\n" + "".join(file.readlines()[-lines:])


class HTTPProblem(AssertionError):
    def __init__(self, status, problem, what, retry_after=None):
        super().__init__(f"{what}: {status} {problem}")
        self.status = status
        self.problem = problem
        self.code = problem.get("code") if isinstance(problem, dict) else None
        self.retry_after = retry_after


class Client:
    """Speaks HTTP to the server as a browser's page does: with its cookie, its origin and a key for each command."""

    def __init__(self, server):
        self.server = server
        self.cookie = None

    def request(self, method, path, body=None, key=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body).encode(), self.headers(method, body, key))
            answer = connection.getresponse()
            content = answer.read()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self.cookie = value.split(";")[0]
            parsed = json.loads(content) if content else None
            if answer.status >= 300:
                raise HTTPProblem(answer.status, parsed, f"{method} {path}", answer.getheader("Retry-After"))
            return parsed

    def headers(self, method="GET", body=None, key=None):
        headers = {}
        if method != "GET":
            headers["Origin"] = self.server.origin
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.cookie:
            headers["Cookie"] = self.cookie
        return headers

    def get(self, path):
        return self.request("GET", path)

    def health(self):
        """The status of its answer, and what it says."""
        try:
            return 200, self.get("/health")
        except HTTPProblem as problem:
            return problem.status, problem.problem

    def post(self, path, body=None, key=None):
        return self.request("POST", path, {} if body is None else body, key)

    def put(self, path, body, key=None):
        return self.request("PUT", path, body, key)


class Seat(Client):
    """A user who is signed in and whose screen is kept up to date by the event stream."""

    def __init__(self, server, login, password=None, cookie=None):
        """With a password to sign in, or the cookie of a session that was begun before."""
        super().__init__(server)
        self.login = login
        self.cookie = cookie
        if cookie:
            self.session = self.get("/api/session")
        else:
            self.session = self.post("/api/session", {"login": login, "password": password})
        self.desk = None
        self.queues = {}
        self.agents = {}
        self.troubles = []
        self.contacts_changed = []
        self._changed = threading.Condition()
        self._stream = None
        self.watch()

    # What the screen shows

    def watch(self):
        """Opens the event stream; once more after the server was started again."""
        self.desk, self.queues, self.agents, self.troubles = None, {}, {}, []
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("GET", "/api/stream", headers={**self.headers(), "Accept": "text/event-stream"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise HTTPProblem(answer.status, answer.read().decode(errors="replace"), "GET /api/stream")
        threading.Thread(target=self._listen, args=(connection, answer), daemon=True).start()
        if self.session["user"]["agent"]:
            self.wait(lambda seat: seat.desk is not None, "a desk")

    def _listen(self, connection, answer):
        name, data = None, []
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError), contextlib.closing(connection):
            for line in answer:
                line = line.decode().rstrip("\r\n")
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    data.append(line[5:].strip())
                elif not line and data:
                    self._take(name, json.loads("\n".join(data)))
                    name, data = None, []

    def _take(self, name, content):
        with self._changed:
            if name == "desk":
                self.desk = content
            elif name == "floor":
                if content["whole"]:
                    self.queues, self.agents = {}, {}
                self.queues.update({row["id"]: row for row in content["queues"]})
                self.agents.update({row["id"]: row for row in content["agents"]})
                for gone in content["gone"]:
                    self.queues.pop(gone, None)
                    self.agents.pop(gone, None)
            elif name == "troubles":
                self.troubles = [trouble["code"] for trouble in content["troubles"]]
            elif name == "contact":
                self.contacts_changed.append(content["id"])
            self._changed.notify_all()

    def wait(self, satisfied, what, deadline=DEADLINE):
        """Waits until the screen shows something; returns what `satisfied` returned."""
        with self._changed:
            self._changed.wait_for(lambda: satisfied(self), deadline)
            found = satisfied(self)
            if not found:
                raise Timeout(
                    f"{self.login}'s screen does not show {what} after {deadline} s.\ndesk: {json.dumps(self.desk, ensure_ascii=False)}\n"
                    f"floor: {json.dumps([*self.queues.values(), *self.agents.values()], ensure_ascii=False)}")
            return found

    def wait_for_contact(self, state, deadline=DEADLINE, not_id=None):
        """The desk's contact once it is in `state`."""

        def found(seat):
            contact = (seat.desk or {}).get("contact")
            return contact if contact and contact["state"] == state and contact["id"] != not_id else None

        return self.wait(found, f"a contact that is {state}", deadline)

    def wait_for_routing(self, state, deadline=DEADLINE):
        return self.wait(lambda seat: seat.desk and seat.desk["routing"]["state"] == state, f"the routing state {state}", deadline)

    def wait_for_queue(self, deadline=DEADLINE, **figures):
        """The floor's first queue that shows these figures."""
        return self.wait(
            lambda seat: next(
                (row for row in seat.queues.values() if all(row[key] == value for key, value in figures.items())), None),
            f"a queue with {figures}", deadline)

    def wait_for_troubles(self, *codes, deadline=DEADLINE):
        return self.wait(lambda seat: seat.troubles == list(codes), f"the troubles {codes}", deadline)

    def wait_for_reachable(self, reachable, deadline=DEADLINE):
        return self.wait(
            lambda seat: seat.desk and seat.desk["agent"]["phone"]["reachable"] == reachable, f"a phone reachable: {reachable}", deadline)

    # What the user does

    def set_presence(self, state, reason=None):
        return self.put("/api/desk/presence", {"state": state, "reason": reason})

    def ready(self):
        return self.set_presence("ready")

    def decline(self, contact):
        return self.post(f"/api/desk/offers/{contact['offer']}/decline")

    def end(self, contact, reason):
        """Ends the call of a customer who is still there."""
        return self.command(contact, "end", reason=reason)

    def command(self, contact, deed, **body):
        """Does something with the call in the slot."""
        return self.post(f"/api/desk/contacts/{contact['id']}/{deed}", body)

    def save_draft(self, contact, disposition, note):
        return self.put(f"/api/desk/contacts/{contact['id']}/draft", {"disposition": disposition, "note": note})

    def complete(self, contact, disposition, note):
        return self.post(f"/api/desk/contacts/{contact['id']}/complete", {"disposition": disposition, "note": note})

    def contacts(self, **filters):
        query = "&".join(f"{key}={value}" for key, value in filters.items())
        return self.get(f"/api/contacts?{query}")["contacts"]

    def closed_contact(self, contact_id, deadline=DEADLINE):
        """One contact in full, once it is closed."""
        self.wait(lambda seat: contact_id in seat.contacts_changed, f"that the contact {contact_id} was closed", deadline)
        return self.get(f"/api/contacts/{contact_id}")


def leaves(dispositions):
    """The dispositions that a contact can end with."""
    for disposition in dispositions:
        below = disposition.get("children") or []
        yield from leaves(below) if below else [disposition]


def _first_line(process, deadline):
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


def _free_media_ports(address):
    """A stretch below the ports that the system hands out, so that no phone gets one of them meanwhile."""
    for _ in range(100):
        first = random.randrange(16_384, 32_768 - MEDIA_PORTS, MEDIA_PORTS)
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for port in range(first, first + MEDIA_PORTS):
                probe = probes.enter_context(contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
                probe.bind((address, port))
            return f"{first}-{first + MEDIA_PORTS - 1}"
    raise AssertionError("no free ports for sound")


def wait_until(satisfied, what, deadline=DEADLINE, pause=0.05):
    """For what nobody announces."""
    until = time.monotonic() + deadline
    while not (found := satisfied()):
        if time.monotonic() > until:
            raise Timeout(f"{what} did not come about within {deadline} s")
        time.sleep(pause)  # polling
    return found
