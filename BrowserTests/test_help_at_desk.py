"""What a supervisor does, seen from the agent's desk: it covers nothing, takes no focus, and is heard by whoever cannot see it."""

import re

import pytest
from calls import bar, button, complete, look, tell as send
from catalogue import t
from playwright.sync_api import expect
from screens import open_screen
from supervision import ago, tell

both = pytest.mark.parametrize("language", ["en", "ur"])


class Desk:
    """A real desk, with what supervisors do to it."""

    def __init__(self, page):
        self.page, self.commands, self.refusal = page, [], None
        self.desk = page.request.get("/api/desk").json() | {"supervisors": [], "messages": [], "helpWanted": None, "supervising": None}
        page.route(re.compile(r"/api/desk/(help|messages/)"), self._command)
        self.tell()

    def tell(self, **changes):
        self.desk |= changes
        self.page.evaluate(tell, {"desk": self.desk, "floor": None})

    def _command(self, route):
        path = route.request.url.split("/api/")[1]
        self.commands.append((path, route.request.post_data_json))
        if self.refusal:
            refusal, self.refusal = self.refusal, None
            return route.fulfill(status=409, json={"code": refusal}, content_type="application/problem+json")
        if path == "desk/help":
            self.tell(helpWanted=ago(0) if route.request.post_data_json["wanted"] else None)
        else:
            self.tell(messages=[message for message in self.desk["messages"] if message["id"] != path.split("/")[2]])
        return route.fulfill(json={"position": 2})


def message(id, text, seconds=30):
    return {"id": id, "from": "Deniz Yılmaz", "text": text, "at": ago(seconds)}


def polite(page):
    return page.locator("[data-announce=polite]")


def flag(page, key, language="en"):
    return bar(page, language).get_by_role("button", name=re.compile(f"^{t(key, language)}"))


@both
def test_help_is_asked_for_and_taken_back_by_one_key_while_typing(talk, language):
    page = talk(language)
    desk = Desk(page)
    expect(flag(page, "desk.help", language)).to_have_attribute("aria-pressed", "false")
    note = page.get_by_role("textbox", name=t("desk.note", language))
    note.focus()
    page.keyboard.press("Alt+h")
    expect(flag(page, "desk.help.asked", language)).to_have_attribute("aria-pressed", "true")
    expect(polite(page)).to_have_text(t("desk.help.asked", language))
    expect(note).to_be_focused()
    expect(note).to_have_value("")
    look(page, f"help-asked-{language}")
    page.keyboard.press("Alt+h")
    expect(flag(page, "desk.help", language)).to_have_attribute("aria-pressed", "false")
    expect(polite(page)).to_have_text(t("desk.help.over", language))
    assert desk.commands == [("desk/help", {"wanted": True}), ("desk/help", {"wanted": False})]
    desk.refusal = "unavailable"
    page.keyboard.press("Alt+h")
    expect(bar(page, language).get_by_role("alert").get_by_text(t("errors.code.unavailable", language))).to_be_visible()
    # It is one key away on every screen.
    page.get_by_role("link", name=t("common.screen.contacts", language), exact=True).click()
    expect(page.get_by_role("heading", name=t("common.screen.contacts", language), exact=True)).to_be_attached()
    page.keyboard.press("Alt+h")
    expect(polite(page)).to_have_text(t("desk.help.asked", language))
    page.keyboard.press("d")


def test_without_a_contact_there_is_nothing_to_ask_help_for(visit):
    page = open_screen(visit, "desk", "en")
    complete(page)
    expect(page.get_by_role("heading", name=t("desk.empty.notReady.title"))).to_be_visible()
    desk = Desk(page)
    expect(flag(page, "desk.help")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Alt+h")
    assert desk.commands == []


@both
def test_the_agent_sees_and_hears_who_listens_where_the_project_says_so(talk, language):
    page = talk(language)
    desk = Desk(page)
    listeners = page.get_by_role("list", name=t("desk.supervisors", language))
    expect(listeners).to_have_count(0)
    note = page.get_by_role("textbox", name=t("desk.note", language))
    note.focus()
    for mode in ("monitor", "whisper", "barge"):
        desk.tell(supervisors=[{"name": "Deniz Yılmaz", "mode": mode}])
        text = t(f"supervise.by.{mode}", language, name="Deniz Yılmaz")
        expect(listeners.get_by_text(text)).to_be_visible()
        expect(polite(page)).to_have_text(text)
    expect(note).to_be_focused()
    look(page, f"listened-{language}")
    desk.tell(supervisors=[{"name": "Deniz Yılmaz", "mode": "barge"}, {"name": "Carys Evans", "mode": "monitor"}])
    expect(listeners.get_by_role("listitem")).to_have_count(2)
    look(page, f"listened-by-two-{language}")
    desk.tell(supervisors=[])
    expect(listeners).to_have_count(0)


@both
def test_a_message_takes_no_focus_moves_nothing_and_goes_by_one_key(talk, language):
    page = talk(language)
    desk = Desk(page)
    note = page.get_by_role("textbox", name=t("desk.note", language))
    note.focus()
    page.keyboard.type("Router ")
    places = [button(page, "call.hold", language), note, page.get_by_role("region", name=t("desk.currentContact", language))]
    before = [place.bounding_box() for place in places]
    long = "The line of Tbilisi is down until four. " * 12
    desk.tell(messages=[message("one", "Ask for the serial number, please.", 60), message("two", long.strip())])
    card = page.get_by_role("region", name=t("desk.message", language, **{"from": "Deniz Yılmaz"}))
    expect(card.get_by_text("Ask for the serial number, please.")).to_be_visible()
    expect(polite(page)).to_contain_text("Ask for the serial number, please.")
    expect(note).to_be_focused()
    assert [place.bounding_box() for place in places] == before
    look(page, f"message-{language}")
    page.keyboard.press("Alt+g")
    expect(card.get_by_text("The line of Tbilisi")).to_be_visible()
    assert [place.bounding_box() for place in places] == before
    look(page, f"message-long-{language}")
    desk.refusal = "unavailable"
    page.keyboard.press("Alt+g")
    expect(card.get_by_role("alert").get_by_text(t("errors.code.unavailable", language))).to_be_visible()
    page.keyboard.press("Alt+g")
    expect(card).to_have_count(0)
    expect(note).to_have_value("Router ")
    assert [path for path, _ in desk.commands] == ["desk/messages/one/read", "desk/messages/two/read", "desk/messages/two/read"]


@both
def test_a_message_stands_over_other_screens_without_covering_them(talk, language):
    page = talk(language)
    desk = Desk(page)
    page.get_by_role("link", name=t("common.screen.contacts", language), exact=True).click()
    expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
    desk.tell(messages=[message("one", "آج چار بجے میٹنگ ہے۔" if language == "ur" else "Meeting at four today.")])
    card = page.get_by_role("region", name=t("desk.message", language, **{"from": "Deniz Yılmaz"}))
    expect(card).to_be_visible()
    main = page.get_by_role("main").bounding_box()
    assert card.bounding_box()["y"] + card.bounding_box()["height"] <= main["y"] + 1
    look(page, f"message-over-contacts-{language}")
    card.get_by_role("button").click()
    expect(card).to_have_count(0)
    page.keyboard.press("d")


def test_an_offer_is_never_covered_by_a_message(visit, server):
    page = open_screen(visit, "desk", "en")
    complete(page)
    send(page, "PUT", "/api/desk/presence", {"state": "ready"})
    server.place_call(ring=2, talk=1)
    answer = button(page, "call.answer")
    expect(page.get_by_text(t("common.state.offered"), exact=True).first).to_be_visible(timeout=30_000)
    desk = Desk(page)
    desk.tell(messages=[message("one", "Meeting at four today.")], supervisors=[{"name": "Deniz Yılmaz", "mode": "monitor"}])
    card = page.get_by_role("region", name=t("desk.message", **{"from": "Deniz Yılmaz"}))
    expect(card).to_be_visible()
    for one in (answer, page.get_by_role("region", name=t("desk.currentContact"))):
        mine, theirs = card.bounding_box(), one.bounding_box()
        assert mine["x"] + mine["width"] <= theirs["x"] or mine["y"] + mine["height"] <= theirs["y"]
    look(page, "message-and-offer-en")
    page.reload()
    complete(page)
