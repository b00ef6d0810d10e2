"""A floor with people who talk, as the server keeps it: takes what a supervisor and an agent do there, and tells the screens."""

import re
import time
from urllib.parse import urlsplit

from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious

ana, bilal, carys, deniz = "agent-ana", "agent-bilal", "agent-carys", "agent-deniz"
team, project = {"id": "team-day", "name": "Day team"}, {"id": "project-home", "name": "Home internet"}

# As if the stream had said so; what it does say, then or later, would take that back.
tell = """async ({ desk, floor }) => {
    const stores = [["/features/desk/desk-store.js", "deskStore", desk], ["/features/floor/floor-store.js", "floorStore", floor]];
    for (const [path, name, value] of stores) {
        if (value === null) continue;
        const store = (await import(path))[name];
        store.set = () => {};
        Object.getPrototypeOf(store).set.call(store, value);
    }
}"""


def ago(seconds):
    return int((time.time() - seconds) * 1000)


def agent(id, name, state, since, **more):
    return {"id": id, "name": name, "state": state, "since": ago(since), "reason": None, "next": None, "queue": None, "contact": None,
            "colleague": None, "quotas": [], "help": None, "supervisors": [], "mayBeSupervised": False, "team": team, "projects": [project],
            **more}


def talking(id, name, since, **more):
    return agent(id, name, "talking", since, queue="Technical support", contact=f"contact-{id}", mayBeSupervised=True, **more)


def queue():
    return {"id": "queue-support", "name": "Technical support", "project": "Home internet", "closed": False, "waiting": 2,
            "oldestSince": ago(31), "offered": 40, "answered": 36, "abandoned": 2, "averageSpeedOfAnswer": 12_000, "since": None, "until": None,
            "serviceLevel": {"percent": 81.5, "within": 20, "variant": "answeredOfOffered"}, "ready": 1, "signedIn": 4}


def desk(**more):
    return {
        "position": 1, "now": ago(0), "agent": {"id": deniz, "name": "Deniz Yılmaz", "phone": {"name": "110", "reachable": True}},
        "presence": {"state": "ready", "reason": None, "since": ago(600), "next": None}, "routing": {"state": "idle", "since": ago(60)},
        "audio": None, "contact": None, "writeUp": None, "consulted": None, "internal": None, "supervising": None, "supervisors": [],
        "messages": [], "helpWanted": None, "queues": [], "quotas": [],
        "reasons": [{"id": "reason-break", "name": "Break"}, {"id": "reason-training", "name": "Training"}], **more}


class Centre:
    """The server's part of supervision. `refusal` is the code with which it refuses the next command."""

    def __init__(self, page, permissions=("superviseCalls", "directAgents"), language="en"):
        self.page, self.language, self.permissions = page, language, permissions
        self.commands, self.refusal, self.rings, self.held = [], None, False, []
        self.desk = desk()
        self.agents = [
            talking(ana, "Ana Beridze", 125), talking(bilal, "Bilal Ahmed", 48),
            agent(carys, "Carys Evans", "wrapUp", 300, queue="Bills and contracts", contact="contact-old"),
            agent("agent-kavya", "Kavya Iyer", "idle", 12), agent(deniz, "Deniz Yılmaz", "idle", 60)]
        page.route("**/api/session", self._session)
        page.route(re.compile(r"/api/(floor/(contacts|agents|messages)|desk/(help|messages))"), self._command)
        page.reload()
        expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()
        self.tell()

    def _session(self, route):
        answer = route.fetch()
        if not answer.ok or answer.status == 204:
            return route.fulfill(response=answer)
        session = answer.json()
        others = {name: reach for name, reach in session["permissions"].items() if name not in ("superviseCalls", "directAgents")}
        session["permissions"] = others | {name: "project" for name in self.permissions}
        session["user"]["agent"] = True
        return route.fulfill(response=answer, json=session)

    def tell(self, at=None, **changes):
        """Tells the screens how it is; `changes` are those of the desk."""
        self.desk |= changes
        floor = {"position": 1, "now": ago(0), "whole": True, "queues": [queue()], "agents": self.agents, "quotas": [], "gone": []}
        (at or self.page).evaluate(tell, {"desk": self.desk, "floor": floor})

    def row(self, id):
        return next(agent for agent in self.agents if agent["id"] == id)

    def change(self, id, **changes):
        self.row(id).update(changes)
        self.tell()

    def _command(self, route):
        path = urlsplit(route.request.url).path.removeprefix("/api/")
        body = route.request.post_data_json
        self.commands.append((path, body))
        if self.refusal:
            refusal, self.refusal = self.refusal, None
            return route.fulfill(status=409, json={"code": refusal}, content_type="application/problem+json")
        if self.held is not None and path.endswith("microphone") and self.held:
            return self.held.pop(0)(route)
        self.obey(path, body)
        return route.fulfill(json={"position": 2})

    def obey(self, path, body):
        words = path.split("/")
        now = self.desk["supervising"]
        if words[:2] == ["floor", "contacts"]:
            row = next(agent for agent in self.agents if agent["contact"] == words[2])
            if words[3:] == ["supervise"]:
                same = now and now["contact"] == words[2]
                state = now["state"] if same else "ringing" if self.rings else "on"
                self.supervise(row, body["mode"], since=now["since"] if same else ago(0), state=state)
            elif words[-1] == "microphone":
                self.supervise(row, now["mode"], now["since"], open=body["open"])
            elif words[-1] == "end":
                self.supervise(None)
            elif words[-1] == "take-over":
                self.supervise(None)
        elif words[:2] == ["desk", "messages"]:
            self.tell(messages=[message for message in self.desk["messages"] if message["id"] != words[2]])
        elif words == ["desk", "help"]:
            self.tell(helpWanted=ago(0) if body["wanted"] else None)

    def supervise(self, row, mode=None, since=None, open=False, state="on"):
        for agent in self.agents:
            agent["supervisors"] = []
        if row is None:
            return self.tell(supervising=None, routing={"state": "idle", "since": ago(0)})
        row["supervisors"] = [{"name": "Deniz Yılmaz", "mode": mode, "microphoneOpen": open}]
        row["help"] = None
        self.tell(
            routing={"state": "handling", "since": since},
            supervising={"contact": row["contact"], "agent": row["name"], "agentId": row["id"], "mode": mode, "microphoneOpen": open,
                         "state": state, "since": since, "keptOut": False})

    @property
    def last(self):
        return self.commands[-1]

    def hears(self, path, body):
        """Waits for this to be the last command: a key is pressed before its request is sent."""
        deadline = time.monotonic() + 10
        while self.commands[-1:] != [(path, body)]:
            assert time.monotonic() < deadline, f"the last command is {self.commands[-1:]}"
            self.page.wait_for_timeout(10)  # polling


def look(page, name):
    page.evaluate("document.fonts.ready")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"supervision-{name}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []


def strip(page, language="en"):
    return page.get_by_role("region", name=t("supervise.strip", language), exact=True)


def opener(page, name):
    """The name of an agent on the board."""
    return page.get_by_role("button", name=re.compile(f"^{name}")).and_(page.locator("[aria-haspopup]"))


def microphone(page, state, language="en"):
    return strip(page, language).get_by_role("button", name=re.compile(f"^{t(f'supervise.microphone.{state}', language)}"))


def said(page):
    return page.locator("[aria-live=assertive]")
