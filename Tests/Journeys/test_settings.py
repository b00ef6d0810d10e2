"""Whoever sets up a centre on its screens: from nothing to a first administrator, settings read, changed, taken back and taken away."""

import contextlib
import os
import re
import socket
import stat
import threading

import pytest

from phones import STRANGERS
from seat import Client, HTTPProblem
from server import Server

PASSWORD = "first-password"
OUTSIDE = "127.0.0.5"
CENTRE = {
    "trunks": {"line": {"addresses": [STRANGERS]}},
    "teams": {"day": {"name": {"en": "Day", "ka": "დღე"}}},
    "phones": {"101": {"secret": "long-enough-secret"}},
    "projects": {
        "desk": {
            "name": "Desk", "timeZone": "Asia/Tbilisi", "queues": {"help": {"name": "Help"}, "spare": {"name": "Spare"}},
            "entryPoints": {"+995322550000": {"queue": "help"}}, "dispositions": [{"key": "done", "name": "Done"}],
        },
    },
    "users": {"ana": {"name": "Ana", "password": PASSWORD, "role": "agent", "projects": ["desk"], "queues": {"help": {}, "spare": None}}},
}


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    if server.is_running:
        server.stop()


def begin(server):
    """The first administrator, signed in."""
    with open(os.path.join(server.data, "welcome-token")) as file:
        token = file.read()
    client = Client(server)
    client.post("/api/first-administrator", {"token": token, "login": "ada", "name": "Ada", "password": PASSWORD, "language": "en"})
    return client


def refusal(client, path, body):
    with pytest.raises(HTTPProblem) as refused:
        client.post(path, body)
    return refused.value


def test_the_first_administrator_comes_in_once(server):
    path = os.path.join(server.data, "welcome-token")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    who = {"token": "guessed", "login": "ada", "name": "Ada", "password": PASSWORD, "language": "ka"}
    assert refusal(Client(server), "/api/first-administrator", who).status == 403
    ada = begin(server)
    assert ada.get("/api/session")["permissions"]["manageSetUp"] == "all"
    assert refusal(Client(server), "/api/first-administrator", who).status == 404
    assert not os.path.exists(path)
    server.stop()
    server.start()
    assert not os.path.exists(path)


def test_a_centre_is_set_up_read_and_taken_back(server):
    ada = begin(server)
    before = ada.get("/api/set-up")
    made = ada.post("/api/set-up", CENTRE)
    assert "queue help" in made["changed"]
    seen = ada.get("/api/set-up")
    assert seen["version"] == made["version"] != before["version"]
    assert seen["setUp"]["projects"]["desk"]["queues"]["help"]["ringTimeout"] == 20
    assert seen["facts"]["users"]["ana"]["hasPassword"] and "password" not in seen["setUp"]["users"]["ana"]
    assert {"code": "noProject", "path": "projects"} not in seen["warnings"]

    # What the file says is what is there: from the screens and from the command line.
    exported = server.command("admin", "export", "--data", server.data).stdout
    assert PASSWORD not in exported
    assert re.search(r"^0 changed, \d+ unchanged$", server.apply(exported), re.MULTILINE)

    # One setting changes one setting; tried first, it changes none.
    part = {"projects": {"desk": {"queues": {"help": {"ringTimeout": 30}}}}}
    tried = ada.post("/api/set-up?check=true", part)
    assert tried["changed"] == ["queue help"] and tried["change"] is None
    changed = ada.post("/api/set-up", part)
    assert changed["changed"] == ["queue help"]
    assert ada.get("/api/set-up")["setUp"]["projects"]["desk"]["queues"]["help"]["wrapUp"] == 60
    newest = ada.get("/api/set-up/changes?limit=1")
    assert newest["more"] and newest["changes"][0]["by"] == {"login": "ada", "name": "Ada"}
    assert newest["changes"][0]["parts"][0]["before"]["ringTimeout"] == 20
    undone = ada.post(f"/api/set-up/changes/{changed['change']}/undo")
    assert undone["changed"] == ["queue help"]
    assert ada.get("/api/set-up")["setUp"] == seen["setUp"]
    assert refusal(ada, f"/api/set-up/changes/{changed['change']}/undo", None).code == "changedSince"

    # And it is all there after a restart.
    server.stop()
    server.start()
    assert ada.get("/api/set-up")["setUp"] == seen["setUp"]


def test_what_is_taken_away_strands_nobody_and_comes_back(server):
    ada = begin(server)
    ada.post("/api/set-up", CENTRE)
    ana = server.sign_in("ana", PASSWORD)
    flaw = refusal(ada, "/api/set-up", {"remove": {"queues": ["help"]}}).problem["errors"][0]
    assert (flaw["field"], flaw["rule"], flaw["value"]) == ("remove.queues[0]", "inUse", "entry point +995322550000")
    assert refusal(ada, "/api/set-up", {"remove": {"users": ["ada"]}}).problem["errors"][0]["rule"] in ("ownAccount", "lastAdministrator")

    seen = ada.get("/api/set-up")["setUp"]
    gone = ada.post("/api/set-up", {"remove": {"queues": ["spare"], "users": ["ana"], "phones": ["101"]}})
    assert set(gone["changed"]) == {"queue spare, removed", "user ana, removed", "phone 101, removed"}
    # She is out at once.
    with pytest.raises(HTTPProblem) as refused:
        ana.get("/api/session")
    assert refused.value.status == 401
    with pytest.raises(HTTPProblem):
        server.sign_in("ana", PASSWORD)
    assert "ana" not in ada.get("/api/set-up")["setUp"]["users"]
    assert [queue["name"] for queue in ada.get("/api/floor")["queues"]] == ["Help"]
    assert {"code": "queueWithoutPeople", "path": "projects.desk.queues.help", "name": "Help"} in ada.get("/api/floor/warnings")["warnings"]

    # A restart knows what is gone, and what comes back is what it was.
    server.stop()
    server.start()
    assert "spare" not in ada.get("/api/set-up")["setUp"]["projects"]["desk"]["queues"]
    ada.post(f"/api/set-up/changes/{gone['change']}/undo")
    assert ada.get("/api/set-up")["setUp"] == seen
    server.sign_in("ana", PASSWORD)


class Answerer:
    """A provider that answers every request with one status, or with none."""

    def __init__(self, status):
        self.status = status
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((OUTSIDE, 0))
        self.methods = []
        threading.Thread(target=self._answer, daemon=True).start()

    @property
    def here(self):
        return "%s:%d" % self.socket.getsockname()

    def _answer(self):
        while True:
            try:
                data, source = self.socket.recvfrom(65536)
            except OSError:
                return
            self.methods.append(data.split()[0].decode())
            if self.status is None:
                continue
            lines = data.decode().split("\r\n")
            kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
            # The server signs off when the story is over.
            with contextlib.suppress(OSError):
                self.socket.sendto("\r\n".join([f"SIP/2.0 {self.status}", *kept, "Content-Length: 0", "", ""]).encode(), source)

    def close(self):
        self.socket.close()


@pytest.mark.parametrize(
    ("status", "login", "outcome", "method"), [
        ("200 Fine", None, "answered", "OPTIONS"),
        (None, None, "noAnswer", "OPTIONS"),
        ("403 Forbidden", {"user": "acc", "password": "wrong"}, "loginRefused", "REGISTER"),
        ("200 OK", {"user": "acc", "password": "right"}, "answered", "REGISTER"),
    ])
def test_a_trunk_is_tested_and_says_what_the_provider_answered(server, status, login, outcome, method):
    ada = begin(server)
    provider = Answerer(status)
    try:
        trunk = {"server": provider.here, **({"login": login} if login else {})}
        ada.post("/api/set-up", {"trunks": {"my line": trunk}})
        answer = ada.post("/api/set-up/trunks/my%20line/test")
        assert (answer["outcome"], answer["request"]) == (outcome, method)
        assert answer["address"] == provider.here
        if status:
            assert answer["status"] == int(status[:3]) and answer["reason"] == status[4:] and 0 <= answer["milliseconds"] < 5000
        assert method in provider.methods
    finally:
        provider.close()


def test_a_provider_that_does_not_exist_is_told_as_that(server):
    ada = begin(server)
    ada.post("/api/set-up", {"trunks": {"line": {"server": "nowhere.invalid"}}})
    assert ada.post("/api/set-up/trunks/line/test")["outcome"] == "nameUnknown"
    assert refusal(ada, "/api/set-up/trunks/other/test", None).status == 404


def test_whoever_comes_by_a_file_ends_the_link_too(server):
    path = os.path.join(server.data, "welcome-token")
    assert os.path.exists(path)
    server.apply(f"callfloor: 1\nusers: {{ada: {{password: {PASSWORD}, role: administrator}}}}\n")
    assert not os.path.exists(path)
    server.sign_in("ada", PASSWORD)
