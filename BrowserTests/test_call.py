"""A call from its first ring to the list of contacts."""

import re

from catalogue import languages, t
from conftest import choose, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious

# examples/home-internet.yaml
project = {
    "en": "Home internet",
    "ur": "گھریلو انٹرنیٹ",
    "ka": "სახლის ინტერნეტი",
    "hi": "घरेलू इंटरनेट",
    "tr": "Ev interneti",
    "cy": "Rhyngrwyd cartref",
}
phone_number = re.compile(r"\+\d[\d ]{6,}")


def set_ready(page):
    page.keyboard.press("F2")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()


def test_an_agent_takes_a_call_and_wraps_it_up(visit, server):
    page = open_screen(visit, "desk", "en")
    set_ready(page)
    server.place_call(ring=8, talk=14)

    contact = page.get_by_role("region", name=t("desk.currentContact"))
    link = page.get_by_role("link", name=t("common.screen.contacts"))
    link.focus()
    expect(contact.get_by_text(t("common.state.offered"))).to_be_visible(timeout=30_000)
    expect(page.locator("[aria-live=assertive]")).to_have_text(re.compile(r"\+\d"))
    expect(link).to_be_focused()
    expect(page).to_have_title(re.compile(f"^{t('common.state.offered')}"))
    expect(contact.get_by_text(phone_number).first).to_be_visible()
    expect(contact.get_by_role("heading", name=t("desk.whyMe"))).to_be_visible()
    expect(page.get_by_role("button", name=t("desk.decline"))).to_be_enabled()
    look(page, "ringing")

    expect(contact.get_by_text(t("common.state.talking"), exact=True)).to_be_visible(timeout=30_000)
    complete = page.get_by_role("button", name=t("desk.complete"))
    expect(complete).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("F8")
    expect(page.get_by_role("treeitem").first).to_be_focused()
    page.keyboard.press("F8")
    note = page.get_by_role("textbox", name=t("desk.note"))
    expect(note).to_be_focused()
    # Who types without a pause is saved too.
    drafts = []
    page.on("request", lambda request: drafts.append(request.post_data_json["note"]) if request.url.endswith("/draft") else None)
    page.keyboard.type("Line was down; ", delay=100)
    assert drafts
    expect(page.get_by_text(t("desk.draft.saved"), exact=True)).to_be_visible()

    # What cannot be saved is kept, said, and saved when it can be.
    page.route("**/draft", lambda route: route.abort())
    page.keyboard.type("reset from here.")
    expect(page.get_by_text(t("desk.draft.unsaved"))).to_be_visible()
    page.unroute("**/draft")
    expect(page.get_by_text(t("desk.draft.saved"), exact=True)).to_be_visible()
    look(page, "talking")

    expect(contact.get_by_role("paragraph").get_by_text(t("common.state.wrapUp"), exact=True)).to_be_visible(timeout=40_000)
    expect(note).to_be_focused()
    expect(note).to_have_value("Line was down; reset from here.")
    for language in languages:
        choose(page, language)
        expect(page.get_by_role("textbox", name=t("desk.note", language))).to_have_value("Line was down; reset from here.")
        expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()
        assert page.evaluate(overflows) == [], language
        if language == "ur":
            page.screenshot(path=shots / "wrap-up-ur.png")
    choose(page, "en")
    look(page, "wrap-up")

    page.keyboard.press("F9")
    expect(page.get_by_role("alert").filter(has_text=t("desk.dispositionMissing"))).to_be_visible()
    expect(page.get_by_role("treeitem").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("1")
    page.keyboard.press("Space")
    chosen = page.get_by_role("treeitem", checked=True)
    expect(chosen).to_have_count(1)
    page.keyboard.press("F9")
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()

    page.get_by_role("link", name=t("common.screen.contacts")).click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text(phone_number)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name=phone_number)).to_be_visible()
    expect(page.get_by_role("heading", name=t("contacts.course"))).to_be_visible()
    look(page, "story")
    for language in languages:
        choose(page, language)
        expect(page.get_by_role("heading", name=t("contacts.course", language))).to_be_visible()
        expect(page.get_by_role("main").get_by_text(project[language], exact=True)).to_be_visible()
        assert page.evaluate(overflows) == [], language
        if language == "ur":
            page.screenshot(path=shots / "story-ur.png")


def test_words_that_come_too_late_are_said_to_be_lost(visit):
    page = open_screen(visit, "desk", "en")
    page.route("**/draft", lambda route: route.fulfill(status=409, json={"code": "staleState"}))
    page.evaluate(
        """async () => {
            const { draftOf } = await import("/features/desk/draft.js");
            draftOf({ id: "ended", draft: { disposition: null, note: "" } }).write({ note: "the last words" });
        }"""
    )
    expect(page.get_by_role("alert").get_by_text(t("errors.code.draftLost"))).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def look(page, name):
    """A picture, and what the screen must keep to in every state."""
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"{name}-en.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []


def test_an_offered_call_can_be_declined(visit, server):
    page = open_screen(visit, "desk", "en")
    set_ready(page)
    server.place_call(ring=15, talk=1)
    contact = page.get_by_role("region", name=t("desk.currentContact"))
    expect(contact.get_by_text(t("common.state.offered"))).to_be_visible(timeout=30_000)
    page.keyboard.press("F4")
    expect(contact.get_by_text(t("common.state.offered"))).to_have_count(0)
    # Who lets a call pass gets no more until he says so.
    expect(page.get_by_role("button", name=t("common.state.notResponding"))).to_be_visible()
    set_ready(page)
