"""Customers are sent to numbers outside, and numbers are asked: what the desk offers, sends and says."""

import re

import pytest
from calls import bar, button, complete, contact, look, window
from catalogue import t
from conftest import in_every_language, shots
from playwright.sync_api import expect
from screens import overflows

outside = "+995 322 550 777"
said = f"\u2068?{re.escape(outside)}\u2069?"

# As the server says it of a contact in the slot. What it does say, with a new language for instance, would take that back.
change = """(change) => import("/features/desk/desk-store.js").then(({ deskStore }) => {
    deskStore.set = () => {};
    const contact = { ...deskStore.value.contact, ...change };
    Object.getPrototypeOf(deskStore).set.call(deskStore, { ...deskStore.value, contact });
})"""


def calling_out(page, calls_out=True):
    """The targets of a project that calls out, or does not."""

    def answer(route):
        route.fulfill(json={**route.fetch().json(), "numbers": calls_out})

    page.route("**/targets", answer)


def open_transfer(page, language="en"):
    page.keyboard.press("F10")
    panel = window(page, "call.transfer.title", language)
    expect(panel.get_by_role("combobox")).to_be_focused()
    return panel


def wish(page, deed):
    """What is sent to the server, which takes it."""
    sent = []

    def answer(route):
        sent.append(route.request.post_data_json)
        route.fulfill(json={"position": 1})

    page.route(f"**/{deed}", answer)
    return sent


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_number_that_is_typed_can_be_transferred_to_and_asked_by_keyboard_alone(talk, language):
    page = talk(language)
    calling_out(page)
    for key, deed in (("call.transfer.ask", "consult"), ("call.transfer.now", "transfer")):
        sent = wish(page, deed)
        panel = open_transfer(page, language)
        expect(panel.get_by_role("combobox", name=t("call.transfer.searchNumber", language))).to_be_visible()
        panel.get_by_role("combobox").fill("")
        page.keyboard.type("0322 55-07 77")
        expect(panel.get_by_role("option")).to_have_count(1)
        expect(panel.get_by_role("combobox")).to_have_css("direction", "ltr")
        expect(panel.get_by_role("option", name="0322 55-07 77", selected=True)).to_be_visible()
        look(page, f"transfer-number-{language}")
        page.keyboard.press("Enter")
        if deed == "transfer":
            page.keyboard.press("Tab")
        expect(panel.get_by_role("button", name=t(key, language))).to_be_focused()
        page.keyboard.press("Enter")
        expect(panel).to_be_hidden()
        assert sent == [{"number": "0322 55-07 77"}]


def test_no_number_is_offered_where_none_is_called(talk):
    page = talk()
    calling_out(page, calls_out=False)
    panel = open_transfer(page)
    expect(panel.get_by_role("option").first).to_be_visible()
    page.keyboard.type("+995 322 550")
    expect(panel.get_by_role("option")).to_have_count(0)


def test_a_number_that_is_refused_is_said_in_the_window_and_stays(talk):
    page = talk("ur")
    calling_out(page)
    page.route("**/transfer", lambda route: route.fulfill(
        status=422, json={"code": "invalid", "errors": [{"field": "number", "rule": "malformed"}]}))
    panel = open_transfer(page, "ur")
    page.keyboard.type("+1 2 3")
    panel.get_by_role("button", name=t("call.transfer.now", "ur")).click()
    expect(panel.get_by_role("alert").get_by_text(t("errors.rule.malformed", "ur"))).to_be_visible()
    expect(panel.get_by_role("combobox")).to_have_value("+1 2 3")


def test_a_number_that_is_asked_has_the_row_of_a_colleague_in_every_language(talk):
    page = talk()
    number = "+995322550777"
    for language in in_every_language(page):
        for stage, text in (("ringing", "calling"), ("colleague", "colleague"), ("conference", "conference")):
            page.evaluate(change, {"consult": {"agent": None, "number": number, "stage": stage}, "consultResult": None})
            row = page.get_by_role("region", name=t("call.consult.title", language, agent=outside))
            expect(row.get_by_text(t(f"call.consult.stage.{text}", language, agent=outside, number=outside))).to_be_visible()
            assert page.evaluate(overflows) == [], (language, stage)
        expect(row.get_by_role("button", name=t("call.consult.outside", language), exact=True)).to_be_visible()
        expect(row.get_by_role("button", name=t("call.consult.complete", language, agent=outside))).to_be_enabled()
        if language in ("en", "ur"):
            look(page, f"consult-number-{language}")
        page.evaluate(change, {"consult": None, "consultResult": "busy"})
        refused = t("call.consult.refused", language, result=t("contacts.dialResult.busy", language))
        expect(bar(page, language).get_by_text(refused)).to_be_visible()
        expect(page.get_by_role("status").filter(has_text=refused)).to_be_attached()
        expect(button(page, "call.hold", language)).to_be_enabled()
        assert page.evaluate(overflows) == [], language


def test_who_has_sent_a_customer_outside_sees_whether_it_is_answered_in_every_language(server, talk):
    page = talk()
    server.customer.hang_up()
    expect(contact(page).get_by_role("paragraph").get_by_text(t("common.state.wrapUp"), exact=True)).to_be_visible()
    for language in in_every_language(page):
        panel = contact(page, language).get_by_role("region", name=re.compile(said))
        for answered, text in ((False, "rings"), (True, "talks")):
            page.evaluate(change, {"outside": {"number": "+995322550777", "answered": answered}})
            expect(panel.get_by_role("status").get_by_text(t(f"call.outside.{text}", language))).to_be_visible()
            assert page.evaluate(overflows) == [], (language, text)
            if language in ("en", "ur"):
                look(page, f"outside-{text}-{language}")


def test_a_number_is_asked_and_gets_the_customer(server, talk):
    page = talk()
    panel = open_transfer(page)
    page.keyboard.type("00995 322 55 07 77")
    expect(panel.get_by_role("option", selected=True)).to_have_text("00995 322 55 07 77")
    since = server.outside.mark
    panel.get_by_role("button", name=t("call.transfer.ask")).click()
    server.outside.rings(since=since)
    row = page.get_by_role("region", name=t("call.consult.title", agent=outside))
    expect(row.get_by_text(t("call.consult.stage.calling", number=outside))).to_be_visible()
    server.outside.refuse(486)
    refused = t("call.consult.refused", result=t("contacts.dialResult.busy"))
    expect(bar(page).get_by_text(refused)).to_be_visible()
    panel = open_transfer(page)
    panel.get_by_role("combobox").fill("+995322550777")
    since = server.outside.mark
    panel.get_by_role("button", name=t("call.transfer.now")).click()
    server.outside.rings(since=since)
    sent = contact(page).get_by_role("region", name=t("call.outside.sent", number=outside))
    expect(sent.get_by_text(t("call.outside.rings"))).to_be_visible()
    server.outside.answer()
    expect(sent.get_by_text(t("call.outside.talks"))).to_be_visible()
    server.outside.hang_up()
    expect(sent).to_have_count(0)
    complete(page)
    page.get_by_role("link", name=t("common.screen.contacts")).click()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    events = page.get_by_role("region", name=t("contacts.events"))
    expect(events.get_by_text(f"{t('contacts.event.consultRefused')}: {t('contacts.dialResult.busy')}")).to_be_visible()
    expect(events.get_by_text(f"{t('contacts.event.sentOutside')}: {outside}")).to_be_visible()
    expect(events.get_by_text(f"{t('contacts.event.outsideEnded')}: {t('call.transfer.number')}")).to_be_visible()
    page.screenshot(path=shots / "outside-story-en.png")
