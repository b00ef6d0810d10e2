"""The set-up of a small centre as the server keeps it: tells it, takes changes, refuses some, and takes changes back."""

import copy
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

from catalogue import t
from conftest import shots
from playwright.sync_api import expect

languages = ["en", "ur", "ka", "hi", "tr", "cy"]
roles = {
    "agent": {"handleContacts": "own", "viewContacts": "own", "viewFigures": "own", "readAPI": "all"},
    "senior": {"handleContacts": "own", "viewContacts": "team", "viewFloor": "team", "viewFigures": "team", "readAPI": "all"},
    "supervisor": {"handleContacts": "own", "viewContacts": "project", "viewFloor": "project", "viewFigures": "project", "readAPI": "all"},
    "manager": {"viewContacts": "project", "viewFloor": "project", "viewFigures": "project", "readAPI": "all"},
    "administrator": {"viewContacts": "all", "viewFloor": "all", "viewFigures": "all", "manageSetUp": "all", "readAPI": "all"},
}


def names(en, ur):
    return {"en": en, "ur": ur}


def queue(en, ur, **how):
    return {"name": names(en, ur), "ringTimeout": 20, "wrapUp": 60, "serviceLevel": 20, "shortAbandon": 5, "waitingMax": 500,
            "reasonTimeout": 20, **how}


def small_centre():
    week = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": ["09:00-13:00"], "sun": []}
    return {
        "callfloor": 1,
        "reasons": {"break": {"name": names("Break", "وقفہ")}, "training": {"name": names("Training", "تربیت")}},
        "teams": {"day": {"name": names("Day team", "دن کی ٹیم")}},
        "trunks": {"provider": {"addresses": ["192.0.2.1"], "server": "sip.provider.example", "callers": "assertedIdentity",
                                "login": {"user": "442079460100", "registers": True, "expires": 600}}},
        "phones": {"101": {}, "102": {"address": "127.0.0.3:5060"}},
        "projects": {
            "home-internet": {
                "name": names("Home internet", "گھریلو انٹرنیٹ"), "timeZone": "Europe/London", "language": "en",
                "numbers": {"countryCode": "44", "trunkPrefix": "0"},
                "outbound": {"trunk": "provider", "callerNumber": "+442079460100", "allowed": ["+44", "!+4490"], "callsAtOnce": 20,
                             "callsPerHour": 60},
                "hours": {"week": week, "days": {"2026-12-25": []}},
                "recording": {"calls": "none", "announce": "yes", "mayPause": "yes", "days": 90},
                "quotas": {"calls": {"counts": "handled", "per": "hour", "by": "agent", "target": 8}},
                "wallboards": {"hall": {"name": names("Hall", "ہال"), "language": "ur", "figures": [
                    {"measure": "waiting", "queue": "support", "good": 2, "warn": 5}, {"measure": "answeredOfOffered", "good": 80, "warn": 60},
                    {"measure": "averageSpeedOfAnswer"}]}},
                "alerts": {"long-wait": {"name": names("Long wait", "لمبا انتظار"), "measure": "waitingLongest", "queue": "support", "side": "above",
                                         "threshold": 60, "clears": 30, "lasting": 30, "webhook": {"address": "https://hooks.example/callfloor"}}},
                "queues": {"support": queue("Technical support", "تکنیکی مدد", escalation={"user": "deniz"}),
                           "billing": queue("Bills and contracts", "بل اور معاہدے", wrapUp=45)},
                "dispositions": [
                    {"key": "solved", "name": names("Solved", "حل ہو گیا"), "below": [
                        {"key": "guided", "name": names("With our help", "ہماری مدد سے"), "meanings": ["reached", "resolved"]},
                        {"key": "remote", "name": names("Put right from here", "یہیں سے ٹھیک کیا"), "meanings": ["reached", "resolved"]}]},
                    {"key": "sale", "name": names("Sale", "فروخت"), "meanings": ["reached", "sale"]},
                    {"key": "silent", "name": names("Nobody spoke", "کوئی نہیں بولا"), "meanings": []}],
                "entryPoints": {"+442079460100": {"queue": "support", "priority": 50, "language": "en"}},
            }
        },
        "users": {
            "ana": {"name": "Ana Beridze", "role": "agent", "language": "en", "team": "day", "projects": ["home-internet"], "phone": "101",
                    "queues": {"support": {"priority": 1, "delay": 0}, "billing": {"priority": 2, "delay": 20}}},
            "bilal": {"name": "Bilal Ahmed", "role": "agent", "language": "ur", "team": "day", "projects": ["home-internet"],
                      "queues": {"support": {"priority": 1, "delay": 0}}},
            "deniz": {"name": "Deniz Yılmaz", "role": "supervisor", "language": "tr", "projects": ["home-internet"], "queues": {}},
            "admin": {"name": "Priya Sharma", "role": "administrator", "language": "en", "projects": ["home-internet"]},
        },
    }


def things(fragment):
    """Every thing of a fragment: (kind, key, project, where it stands, its settings)."""
    for word, kind in (("reasons", "reason"), ("teams", "team"), ("trunks", "trunk"), ("phones", "phone"), ("users", "user")):
        for key, settings in fragment.get(word, {}).items():
            yield kind, key, None, [word, key], settings
    for project, settings in fragment.get("projects", {}).items():
        own = {name: value for name, value in settings.items() if name not in ("queues", "entryPoints", "quotas", "wallboards", "alerts", "dispositions")}
        if own:
            yield "project", project, None, ["projects", project], own
        for word, kind in (("queues", "queue"), ("entryPoints", "entryPoint"), ("quotas", "quota"), ("wallboards", "wallboard"),
                           ("alerts", "alert")):
            for key, inner in settings.get(word, {}).items():
                yield kind, key, project, ["projects", project, word, key], inner
        if "dispositions" in settings:
            yield "dispositions", project, project, ["projects", project], {"dispositions": settings["dispositions"]}


class SetUp:
    """The server's part of the settings. `others` is what somebody else does before the next change is taken."""

    def __init__(self, page, set_up=None, warnings=()):
        self.set_up = small_centre() if set_up is None else set_up
        self.version, self.changes, self.posted, self.files = 1, [], [], []
        self.warnings, self.others, self.refusals, self.test = list(warnings), None, [], None
        self.administrator = None
        page.route(re.compile(r"/api/set-up(\?|$)"), self._all)
        page.route("**/api/set-up/changes*", self._history)
        page.route("**/api/set-up/changes/*/undo", self._undo)
        page.route("**/api/set-up/trunks/*/test", self._test)
        page.route("**/api/wallboards", self._wallboards)

    # What is read

    def _facts(self):
        users = {phone: login for login, user in self.set_up["users"].items() if (phone := user.get("phone"))}
        return {
            "phones": {key: {"registers": "address" not in phone, "reachable": key == "101", "user": users.get(key)}
                       for key, phone in self.set_up["phones"].items()},
            "users": {login: {"hasPassword": True} for login in self.set_up["users"]},
            "trunks": {key: {"state": "registered", "used": True} for key in self.set_up["trunks"]},
            "sip": [{"transport": "udp", "port": 5060}, {"transport": "tls", "port": 5061}],
        }

    def _all(self, route):
        if route.request.method == "POST":
            return self._post(route)
        return route.fulfill(json={
            "version": str(self.version), "setUp": self.set_up, "facts": self._facts(), "warnings": self.warnings, "roles": roles,
            "timeZones": ["UTC", "Asia/Karachi", "Asia/Tbilisi", "Europe/London"], "meanings": []})

    def _history(self, route):
        query = parse_qs(urlsplit(route.request.url).query)
        limit = int(query.get("limit", ["50"])[0])
        newest = list(reversed(self.changes))
        if before := query.get("before"):
            newest = [change for change in newest if int(change["id"]) < int(before[0])]
        return route.fulfill(json={"changes": newest[:limit], "more": len(newest) > limit})

    # What is changed

    def change(self, fragment, by="Priya Sharma"):
        """Changes the set-up and keeps what was before; returns what changed."""
        before = copy.deepcopy(self.set_up)
        parts, changed = [], []
        for kind, key, project, where, settings in things(fragment):
            place = self.set_up
            for word in where[:-1]:
                place = place.setdefault(word, {})
            old = copy.deepcopy(place.get(where[-1]))
            new = {**(old or {}), **{name: value for name, value in settings.items() if name not in ("password", "secret")}}
            new = {name: value for name, value in new.items() if value is not None}
            if "login" in new:
                new["login"] = {name: value for name, value in new["login"].items() if name != "password"}
            place[where[-1]] = new
            if new != old or "password" in settings or "secret" in settings:
                changed.append(f"{kind} {key}")
                tree = kind == "dispositions"
                parts.append({
                    "kind": kind, "key": key, "project": project, "secretChanged": "password" in settings or "secret" in settings,
                    "before": old["dispositions"] if tree else old, "after": copy.deepcopy(new["dispositions"] if tree else new)})
        for kind, key, project, where in self._removed(fragment.get("remove", {})):
            place = self.set_up
            for word in where[:-1]:
                place = place[word]
            parts.append({"kind": kind, "key": key, "project": project, "before": place.pop(where[-1]), "after": None})
            changed.append(f"{kind} {key}")
        if changed:
            self.version += 1
            self.changes.append({
                "id": str(len(self.changes) + 1), "at": int(time.time() * 1e6), "by": {"login": "x", "name": by}, "parts": parts,
                "undoes": None, "undoneBy": None, "before": before})
        return changed

    def _removed(self, remove):
        for word, kind in (("reasons", "reason"), ("teams", "team"), ("trunks", "trunk"), ("phones", "phone"), ("users", "user"),
                           ("projects", "project")):
            for key in remove.get(word, []):
                yield kind, key, None, [word, key]
        for word, kind in (("queues", "queue"), ("entryPoints", "entryPoint")):
            for key in remove.get(word, []):
                project = next(name for name, value in self.set_up["projects"].items() if key in value[word])
                yield kind, key, project, ["projects", project, word, key]

    def _post(self, route):
        request = route.request
        if self.others:
            others, self.others = self.others, None
            self.change(others, by="Deniz Yılmaz")
        if "application/yaml" in request.headers["content-type"]:
            return self._file(route)
        self.posted.append(json.loads(request.post_data))
        if request.headers.get("if-match") not in (None, f'"{self.version}"'):
            return self._refuse(route, 412, "changedMeanwhile")
        if self.refusals:
            return self._refuse(route, 422, "invalid", self.refusals.pop(0))
        changed = self.change(self.posted[-1])
        return route.fulfill(json={"changed": changed, "unchanged": 0, "change": self.changes[-1]["id"] if changed else None,
                                   "version": str(self.version)})

    def _file(self, route):
        self.files.append((route.request.url, route.request.post_data))
        if self.refusals:
            return self._refuse(route, 422, "invalid", self.refusals.pop(0))
        check = "check=true" in route.request.url
        return route.fulfill(json={"changed": ["queue support", "user ana"], "unchanged": 11, "change": None if check else "1",
                                   "version": str(self.version)})

    def _undo(self, route):
        last = self.changes[-1]
        wanted = route.request.url.split("/")[-2]
        if wanted != last["id"]:
            return self._refuse(route, 409, "changedSince")
        self.set_up = last["before"]
        self.version += 1
        undoing = {**last, "id": str(len(self.changes) + 1), "undoes": last["id"], "before": copy.deepcopy(self.set_up),
                   "parts": [{**part, "before": part["after"], "after": part["before"]} for part in last["parts"]]}
        last["undoneBy"] = undoing["id"]
        self.changes.append(undoing)
        return route.fulfill(json={"changed": [], "unchanged": 0, "change": undoing["id"], "version": str(self.version)})

    def _wallboards(self, route):
        return route.fulfill(json={"wallboards": [
            {"id": "0197", "project": project, "key": key, "linkedAt": int(time.time() * 1000), "screens": 2}
            for project, value in self.set_up["projects"].items() for key in value.get("wallboards", {})]})

    def _test(self, route):
        return route.fulfill(json=self.test)

    def _refuse(self, route, status, code, errors=()):
        return route.fulfill(status=status, json={"code": code, "errors": list(errors)}, content_type="application/problem+json")


def go(page, path, language="en"):
    page.evaluate("path => import('/base/router.js').then(({ go }) => go(path))", path)
    arrive(page, language)


def arrive(page, language="en"):
    """Waits until the settings are there."""
    expect(page.get_by_role("heading", name=t("common.screen.settings", language), exact=True)).to_be_visible()
    expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
    expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()


def look(page, name):
    page.evaluate("document.fonts.ready")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"settings-{name}.png")


def field(page, key, language="en"):
    return page.get_by_label(re.compile(f"^{re.escape(t(key, language))}"))


def said(page, text):
    return page.get_by_role("alert").filter(has_text=text)
