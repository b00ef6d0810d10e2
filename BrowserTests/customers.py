"""Customers as the server keeps them: answers what the desk and the screen of customers ask, and remembers what they said."""

import re
import time
from urllib.parse import parse_qs, urlsplit

from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious

number = "+995555123456"


def ago(seconds):
    return int((time.time() - seconds) * 1000)


def address(**parts):
    names = ["label", "street", "houseNumber", "unit", "postcode", "city", "region", "country", "directions"]
    return {name: "" for name in names} | parts


def customer(id, name, **more):
    return {
        "id": id, "project": "project-home", "kind": "person", "name": name, "languages": ["ka", "en"],
        "numbers": [{"number": number, "label": "home"}], "emails": ["nino@example.org"],
        "addresses": [address(label="home", street="Rustaveli Avenue", houseNumber="12", postcode="0108", city="Tbilisi", country="Georgia")],
        "note": "Prefers the afternoon.", "consents": [{"channel": "call", "state": "refused", "at": ago(86_400), "by": "Bilal Ahmed"}],
        "revision": 1, "createdAt": ago(90_000), "changedAt": ago(3_600), "changedBy": "Bilal Ahmed", "mergedInto": None, "mayEdit": True,
        "mayManage": True, **more}


class Customers:
    """The server's part. `matches` are the ids that have the number of the contact; `clash` is what somebody else saves beforehand."""

    def __init__(self, page, *, chosen=None, matches=(), language="en", path=None, manages=True):
        self.page, self.chosen, self.matches, self.manages = page, chosen, list(matches), manages
        self.kept = {one["id"]: one for one in (
            customer("nino", "Nino Gelashvili"), customer("nodar", "Nodar Gelashvili", consents=[]),
            customer("bold", "<b onmouseover=alert(1)>Bold</b> & Sons", kind="company", consents=[], note="<script>alert(1)</script>"))}
        self.commands, self.clash, self.others, self.refusal, self.joined = [], {}, [], None, []
        page.route("**/api/session", self._session)
        page.route(re.compile(r"/api/customers(/|\?|$)"), self._customers)
        page.route(re.compile(r"/api/desk/contacts/[^/]+/customer$"), self._desk)
        page.reload() if page.url.startswith("http") else page.goto("/contacts")
        expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()
        if path:
            page.evaluate("async (path) => (await import('/base/router.js')).go(path)", path)

    def _session(self, route):
        answer = route.fetch()
        if not answer.ok or answer.status == 204:
            return route.fulfill(response=answer)
        session = answer.json()
        session["permissions"] |= {"viewCustomers": "project", "editCustomers": "project"}
        if self.manages:
            session["permissions"] |= {"manageCustomers": "project"}
        return route.fulfill(response=answer, json=session)

    def listed(self, id):
        one = self.kept[id]
        return {"id": id, "project": one["project"], "kind": one["kind"], "name": one["name"],
                "numbers": [each["number"] for each in one["numbers"]], "city": one["addresses"][0]["city"] if one["addresses"] else "",
                "lastContactAt": ago(9_000), "open": 1 if id == "nino" else 0}

    def _desk(self, route):
        if route.request.method == "PUT":
            self.chosen = route.request.post_data_json["customer"]
            self.commands.append(("choose", self.chosen))
            return route.fulfill(json={"position": 2})
        return route.fulfill(json={
            "chosen": self.kept.get(self.chosen), "matches": [self.listed(id) for id in self.matches], "number": number})

    def _customers(self, route):
        request = route.request
        url = urlsplit(request.url)
        words = url.path.removeprefix("/api/customers").strip("/").split("/")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if words == [""] and request.method == "GET":
            text = query.get("text", "").lower()
            found = [self.listed(id) for id, one in self.kept.items() if text in one["name"].lower()]
            return route.fulfill(json={"customers": found, "next": None, "projects": [{"id": "project-home", "name": "Home internet"}]})
        if words == ["import"]:
            self.commands.append(("import", query, request.post_data))
            refused = [{"row": 3, "field": "name", "rule": "required"}]
            return route.fulfill(json={"rows": 3, "added": 1, "changed": 1, "unchanged": 0, "refused": refused, "refusedCount": 1, "imported": query["preview"] == "false"})
        if request.method == "GET":
            return self._read(route, words)
        body = request.post_data_json
        if words[-1] == "open":
            return route.fulfill(json={"others": self.others})
        self.commands.append((request.method, "/".join(words), body))
        if self.refusal:
            refusal, self.refusal = self.refusal, None
            return route.fulfill(status=422, json={"code": "invalid", "errors": [refusal]}, content_type="application/problem+json")
        if words == [""]:
            self.kept["made"] = customer("made", body["name"], kind=body["kind"], numbers=body["numbers"], languages=[], emails=[], addresses=[],
                                         note="", consents=[])
            return route.fulfill(json={"id": "made", "position": 2})
        return self._change(route, words, body)

    def _read(self, route, words):
        if words[0] not in self.kept:
            return route.fulfill(status=404, json={"code": "notFound"}, content_type="application/problem+json")
        if words[1:] == ["timeline"]:
            return route.fulfill(json={"next": None, "entries": [*self.joined, *self.timeline()]})
        return route.fulfill(json=self.kept[words[0]])

    def timeline(self):
        contact = {"kind": "contact", "direction": "inbound", "queue": "Technical support", "agent": "Ana Beridze"}
        return [
            contact | {"at": ago(90_000), "id": "contact-2", "outcome": None, "disposition": None, "note": "Waits for a technician.", "open": True},
            contact | {"at": ago(9_000), "id": "contact-1", "outcome": "handled", "disposition": "Repaired", "note": "<i>all well</i>",
                       "open": False},
            {"kind": "consent", "at": ago(86_400), "by": "Bilal Ahmed", "channel": "call", "state": "refused"}]

    def _change(self, route, words, body):
        one = self.kept[words[0]]
        if words[1:] == []:
            one |= self.clash
            self.clash = {}
            conflicts = {field: one[field] for field, change in body["fields"].items() if one[field] not in (change["was"], change["now"])}
            if conflicts:
                return route.fulfill(status=409, json={"code": "changedMeanwhile", "conflicts": conflicts},
                                     content_type="application/problem+json")
            one |= {field: change["now"] for field, change in body["fields"].items()} | {"revision": one["revision"] + 1}
            return route.fulfill(json={"id": one["id"], "revision": one["revision"]})
        if words[1] == "consents":
            others = [each for each in one["consents"] if each["channel"] != words[2]]
            one["consents"] = [*others, {"channel": words[2], "state": body["state"], "at": ago(0), "by": "Ana Beridze"}]
        elif words[1] == "erase":
            del self.kept[words[0]]
        elif words[1] == "merge":
            self.joined = [{"kind": "merged", "at": ago(0), "by": "Deniz Yılmaz", "other": body["other"], "into": words[0]}]
        elif words[1] == "unmerge":
            self.joined = []
        return route.fulfill(json={"position": 2})

    @property
    def last(self):
        return self.commands[-1]


def look(page, name):
    page.evaluate("document.fonts.ready")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"customers-{name}.png")
    found = page.evaluate(overflows)
    assert found == [], found
    wrong = serious(page)
    assert wrong == [], wrong


def card(page, language="en"):
    return page.get_by_role("region", name=t("customers.card", language), exact=True)


def record(page, language="en"):
    return page.get_by_role("region", name=t("customers.record", language), exact=True)


def field(page, key, language="en"):
    return record(page, language).get_by_role("textbox", name=t(f"customers.field.{key}", language), exact=True)
