"""A person who is signed in and watches the screen; and any other client of the server by HTTP."""

import contextlib
import http.client
import json
import threading
import time
import uuid

from phones import DEADLINE, Timeout


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
        connection = http.client.HTTPConnection(self.server.reached_at, self.server.port, timeout=30)
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
        connection = http.client.HTTPConnection(self.server.reached_at, self.server.port, timeout=60)
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
            elif name == "lines" and self.desk:
                changed = {row["id"]: row for row in content["queues"]}
                queues = [changed.get(row["id"], row) for row in self.desk["queues"]]
                self.desk = {**self.desk, "now": content["now"], "queues": queues, "quotas": content["quotas"] or self.desk["quotas"]}
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


def wait_until(satisfied, what, deadline=DEADLINE, pause=0.05):
    """For what nobody announces."""
    until = time.monotonic() + deadline
    while not (found := satisfied()):
        if time.monotonic() > until:
            raise Timeout(f"{what} did not come about within {deadline} s")
        time.sleep(pause)  # polling
    return found
