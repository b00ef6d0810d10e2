"""Agents at work on their desks, who remember what was acknowledged; for script/durability."""

import contextlib
import http.client
import threading

import crowd
from phones import Timeout
from seat import HTTPProblem

# A command that could not be stored is sent again, with its key, after so long.
PATIENCE = 0.3


class Agent:
    """One agent at work; remembers what the server acknowledged, and the commands whose answer did not come: they may count or not."""

    def __init__(self, server, index, chance):
        self.seat = server.sign_in(f"agent{index}", crowd.PASSWORD)
        self.chance = chance
        self.acknowledged = []
        self.unanswered = []
        # Answers of 503, by the kind of command.
        self.turned_away = []
        self.in_flight = None
        self.completed = set()
        self.notes = 0
        self.sent = 0
        self.fault = None

    def work(self, stop):
        self.in_flight = None
        try:
            while not stop.is_set():
                self.step(stop)
        except (OSError, http.client.HTTPException):
            # The server was killed; what was in flight stays noted.
            if self.in_flight:
                self.unanswered.append(self.in_flight)
        except Exception as fault:  # noqa: BLE001  shown by the main thread
            self.fault = fault

    def step(self, stop):
        with contextlib.suppress(Timeout):
            self.seat.wait(self.has_work, "work", deadline=0.2)
        contact = (self.seat.desk or {}).get("contact")
        if contact and contact["state"] == "wrapUp" and contact["id"] not in self.completed:
            self.notes += 1
            note = f"note {self.notes} of {self.seat.login}"
            disposition = self.chance.choice(contact["dispositions"])
            path = f"/api/desk/contacts/{contact['id']}"
            self.command(stop, "draft", "PUT", f"{path}/draft", contact=contact["id"], disposition=disposition, note=note + " as draft")
            if self.chance.random() < 0.9:
                taken = self.command(
                    stop, "complete", "POST", f"{path}/complete", contact=contact["id"], disposition=disposition, note=note)
                if taken:
                    self.completed.add(contact["id"])
        elif self.seat.desk["routing"]["state"] == "notResponding":
            # His phone could not answer while the server was gone: he is there again.
            self.command(stop, "presence", "PUT", "/api/desk/presence", state="ready")
        elif self.chance.random() < 0.2 or self.seat.desk["presence"]["state"] != "ready":
            state = "notReady" if self.seat.desk["presence"]["state"] == "ready" and self.chance.random() < 0.5 else "ready"
            self.command(stop, "presence", "PUT", "/api/desk/presence", state=state)

    def has_work(self, seat):
        contact = (seat.desk or {}).get("contact")
        return contact and contact["state"] == "wrapUp" and contact["id"] not in self.completed

    def command(self, stop, kind, method, path, disposition=None, **details):
        """Whether the server took it."""
        body = {"state": details["state"], "reason": None} if kind == "presence" else {
            "disposition": disposition["id"], "note": details["note"]}
        key = f"{self.chance.getrandbits(32):08x}-0000-4000-8000-{self.chance.getrandbits(48):012x}"
        self.sent += 1
        command = dict(kind=kind, method=method, path=path, body=body, key=key, sent=self.sent, **details)
        if disposition:
            command["disposition"] = disposition["name"]
        self.in_flight = command
        try:
            while not self.send(command):
                if stop.wait(PATIENCE):
                    self.unanswered.append(command)
                    break
        except HTTPProblem as problem:
            # The contact may have moved on; the rate of commands is limited. Anything else is a fault.
            if problem.status not in (409, 429):
                raise
        self.in_flight = None
        return "position" in command

    def send(self, command):
        """Whether it need not be sent again."""
        try:
            command["position"] = self.seat.request(command["method"], command["path"], command["body"], command["key"])["position"]
        except HTTPProblem as problem:
            if problem.status != 503:
                raise
            assert problem.code == "unavailable" and problem.retry_after, f"503 without saying why and until when: {problem}"
            self.turned_away.append(command["kind"])
            return False
        self.acknowledged.append(command)
        return True


@contextlib.contextmanager
def at_work(agents):
    """Lets the agents work as long as it lasts; gives the event that ends it."""
    stop = threading.Event()
    threads = [threading.Thread(target=agent.work, args=(stop,)) for agent in agents]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    for agent in agents:
        assert agent.fault is None, f"{agent.seat.login}: {agent.fault}"


def check(agents, supervisor, answered):
    """Everything that was acknowledged so far is there."""
    contacts = {row["id"]: row for row in crowd.all_contacts(supervisor)}
    numbers = {row["number"] for row in contacts.values()}
    lost = [number for number in answered if number not in numbers]
    assert not lost, f"answered calls are not in the contact list: {lost}"
    position = supervisor.get("/health")["position"]
    for agent in agents:
        for command in agent.acknowledged:
            assert command["position"] <= position, f"the log ends at {position}, but {command} was acknowledged"
        check_contacts(agent, contacts)
        check_presence(agent)
        check_repetition(agent)


def check_contacts(agent, contacts):
    completed = {command["contact"]: command for command in agent.acknowledged if command["kind"] == "complete"}
    drafts = {command["contact"]: command for command in agent.acknowledged if command["kind"] == "draft"}
    for contact, command in completed.items():
        row = contacts.get(contact)
        assert row, f"the contact of {command} is gone"
        found = (row["outcome"], row["disposition"], row["note"])
        assert found == ("handled", command["disposition"], command["note"]), f"{command} was acknowledged, but there is {found}"
    desk = agent.seat.get("/api/desk")
    for contact, command in drafts.items():
        if contact in completed:
            continue
        possible = [(command["disposition"], command["note"])]
        possible += [(other["disposition"], other["note"]) for other in agent.unanswered if other.get("contact") == contact]
        row = contacts[contact]
        if row["closedAt"] is not None:
            found = (row["disposition"], row["note"])
        else:
            assert desk["contact"] and desk["contact"]["id"] == contact, f"the wrap-up of {command} is not on the desk: {desk['contact']}"
            names = {leaf["id"]: leaf["name"] for leaf in desk["contact"]["dispositions"]}
            found = (names.get(desk["contact"]["draft"]["disposition"]), desk["contact"]["draft"]["note"])
        assert found in possible, f"{command} was acknowledged, but there is {found}"


def check_presence(agent):
    wishes = [command for command in agent.acknowledged if command["kind"] == "presence"]
    if not wishes:
        return
    # What came after it without an answer may have counted.
    later = [command for command in agent.unanswered if command["kind"] == "presence" and command["sent"] > wishes[-1]["sent"]]
    possible = {wishes[-1]["state"], *(command["state"] for command in later)}
    presence = agent.seat.get("/api/desk")["presence"]
    wanted = (presence["next"] or presence)["state"]
    assert wanted in possible, f"{wishes[-1]} was acknowledged, but {agent.seat.login}'s presence is {presence}"


def check_repetition(agent):
    """The last command repeated with its key gets its old answer and does nothing again."""
    commands = [command for command in agent.acknowledged if command["kind"] != "draft"]
    if not commands:
        return
    last = commands[-1]
    position = agent.seat.request(last["method"], last["path"], last["body"], last["key"])["position"]
    assert position == last["position"], f"{last} repeated after the restart was answered with position {position}"
