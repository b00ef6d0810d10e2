"""A call at the desk, as people see it: who talks there, where its buttons are, and how a test leaves it."""

import re
import uuid

from catalogue import languages, t
from conftest import choose, shots
from screens import overflows
from test_accessibility import serious

# examples/home-internet.yaml
agent_name, colleague_name = "Ana Beridze", "Bilal Ahmed"


def tell(page, method, path, body=None, late=False):
    """A command of whoever is signed in on the page; one that may come too late, for the customer may be gone by then, may be refused."""
    origin = re.match(r"https?://[^/]+", page.url)[0]
    answer = page.request.fetch(
        path, method=method, data=body or {}, headers={"Origin": origin, "Idempotency-Key": str(uuid.uuid4())})
    assert answer.ok or (late and answer.status == 409), f"{method} {path}: {answer.status} {answer.text()}"


def complete(page):
    """Ends whatever is in the agent's slot, and the work."""
    tell(page, "PUT", "/api/desk/presence", {"state": "notReady"})
    contact = page.request.get("/api/desk").json()["contact"]
    if contact and contact["state"] == "dialling":
        tell(page, "POST", f"/api/desk/contacts/{contact['id']}/end", late=True)
        contact = page.request.get("/api/desk").json()["contact"]
    if contact and contact["state"] == "talking":
        tell(page, "POST", f"/api/desk/contacts/{contact['id']}/end", {"reason": "test"}, late=True)
        contact = page.request.get("/api/desk").json()["contact"]
    contact = contact or page.request.get("/api/desk").json()["writeUp"]
    if contact and contact["state"] in ("wrapUp", "writeUp"):
        leaf = next(leaf for leaf in leaves(contact["dispositions"]))
        tell(page, "POST", f"/api/desk/contacts/{contact['id']}/complete", {"disposition": leaf["id"]})


def leaves(dispositions):
    for one in dispositions:
        yield from leaves(one["children"]) if one["children"] else [one]


def contact(page, language="en"):
    return page.get_by_role("region", name=t("desk.currentContact", language))


def bar(page, language="en"):
    return page.get_by_role("region", name=t("call.bar", language))


def button(page, key, language="en"):
    """A button of the bar."""
    return bar(page, language).get_by_role("button", name=t(key, language), exact=True)


def window(page, key, language="en"):
    return page.get_by_role("dialog", name=t(key, language))


def has_room_in_every_language(page):
    """What is shown now, in one language after the other; the page ends as it was."""
    before = page.locator("html").get_attribute("lang")
    for language in [*(one for one in languages if one != before), before]:
        choose(page, language)
        found = page.evaluate(overflows)
        assert found == [], (language, found)


def look(page, name):
    """A picture, and what the screen must keep to in every state."""
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"call-{name}.png")
    found = page.evaluate(overflows)
    assert found == [], found
    assert serious(page) == []
    assert page.evaluate("document.querySelector('main').scrollHeight <= document.querySelector('main').clientHeight")
