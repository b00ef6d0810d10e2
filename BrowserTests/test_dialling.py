"""An agent calls numbers outside: from the desk, and from the record of an earlier contact. Real phones ring."""

import re

import pytest
from calls import bar, button, complete, contact, has_room_in_every_language, look, tell
from catalogue import t
from conftest import in_every_language, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious

shown_number = "+995 322 550 777"  # server.outside_number, as people read it


@pytest.fixture
def desk(visit, server):
    """Opens the desk of an agent who takes no calls of others; at the end nobody is called."""
    pages = []

    def desk(language="en"):
        page = open_screen(visit, "desk", language)
        pages.append(page)
        complete(page)
        return page

    yield desk
    server.outside.hang_up()
    for page in pages:
        complete(page)


def number(page, language="en"):
    return page.get_by_role("textbox", name=re.compile(f"^{t('call.dial.title', language)}"))


def wrapping_up(page, language="en"):
    return contact(page, language).get_by_role("paragraph").get_by_text(t("common.state.wrapUp", language), exact=True)


def call(page, server, language="en"):
    """Dials by keyboard alone, and picks up: the number rings."""
    since, outside = server.phone.mark, server.outside.mark
    page.keyboard.press("Alt+d")
    expect(number(page, language)).to_be_focused()
    page.keyboard.type("00995 (322) 55-07-77")
    page.keyboard.press("Enter")
    server.phone.rings(since=since)
    expect(contact(page, language).get_by_text(t("call.dial.stage.phone", language))).to_be_visible()
    server.phone.answer()
    server.outside.rings(since=outside)
    expect(contact(page, language).get_by_text(t("call.dial.stage.number", language))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_number_is_dialled_by_keyboard_alone_and_given_up_without_a_reason(server, desk, language):
    page = desk(language)
    look(page, f"dial-{language}")
    call(page, server, language)
    panel = contact(page, language)
    expect(panel).to_be_focused()
    expect(panel.get_by_text(shown_number)).to_be_visible()
    expect(panel.get_by_text(t("common.direction.outbound", language), exact=True)).to_be_visible()
    expect(panel.get_by_role("progressbar", name=t("desk.timeToAnswer", language))).to_be_visible()
    look(page, f"dialling-{language}")
    page.keyboard.press("Alt+e")
    server.outside.wait_for("ended")
    expect(panel.get_by_text(t("contacts.dialResult.cancelled", language))).to_be_visible()
    expect(wrapping_up(page, language)).to_be_visible()
    look(page, f"not-reached-{language}")


def test_a_dial_has_room_in_every_language_from_the_number_to_the_record(server, desk):
    page = desk()
    has_room_in_every_language(page)
    call(page, server)
    has_room_in_every_language(page)
    server.outside.refuse(486)
    expect(wrapping_up(page)).to_be_visible()
    has_room_in_every_language(page)
    complete(page)
    page.get_by_role("link", name=t("common.screen.contacts")).click()
    back = page.get_by_role("button", name=f"{t('call.dial.back')} {shown_number}").first
    expect(back).to_be_visible()
    has_room_in_every_language(page)
    page.get_by_role("row").filter(has=back).get_by_role("link").first.click()
    expect(page.get_by_role("definition").get_by_text(t("common.direction.outbound"), exact=True)).to_be_visible()
    has_room_in_every_language(page)


def test_whoever_answers_is_talked_with(server, desk):
    page = desk()
    call(page, server)
    server.outside.answer()
    panel = contact(page)
    expect(panel.get_by_text(t("common.state.talking"), exact=True)).to_be_visible()
    for name in ("call.hold", "call.mute", "call.transfer", "call.end"):
        expect(button(page, name)).to_be_enabled()
    look(page, "dialled-en")
    server.outside.hang_up()
    expect(wrapping_up(page)).to_be_visible()


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (603, "declined"), (404, "noSuchNumber")])
def test_why_nobody_was_reached_is_said(server, desk, code, result):
    page = desk()
    call(page, server)
    server.outside.refuse(code)
    said = t(f"contacts.dialResult.{result}")
    expect(contact(page).get_by_text(re.compile(f": {said}$"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile(f": {said}$"))).to_be_attached()


def test_a_number_that_is_not_called_is_said_at_its_field_and_stays(desk):
    page = desk()
    for language in in_every_language(page):
        for typed, text in (("ask for Ana", "errors.rule.malformed"), ("0909 879 0000", "errors.code.destinationNotAllowed")):
            number(page, language).fill(typed)
            page.keyboard.press("Enter")
            expect(contact(page, language).get_by_role("alert").get_by_text(t(text, language))).to_be_visible()
            expect(number(page, language)).to_have_value(typed)
            expect(number(page, language)).to_be_focused()
            expect(number(page, language)).to_have_attribute("aria-invalid", "true")
            assert page.evaluate(overflows) == [], language
        page.keyboard.type("1")
        expect(contact(page, language).get_by_role("alert")).to_have_text("")


def test_what_is_typed_outlasts_an_offer(server, desk):
    page = desk()
    number(page).fill("+44 20 79")
    tell(page, "PUT", "/api/desk/presence", {"state": "ready"})
    server.connect()
    expect(contact(page).get_by_text(t("common.state.talking"), exact=True)).to_be_visible(timeout=30_000)
    expect(number(page)).to_have_count(0)
    server.customer.hang_up()
    expect(wrapping_up(page)).to_be_visible()
    complete(page)
    expect(number(page)).to_have_value("+44 20 79")


def test_the_last_customer_is_called_back_from_the_desk(server, desk):
    page = desk()
    call(page, server)
    server.outside.refuse(486)
    expect(wrapping_up(page)).to_be_visible()
    complete(page)
    since = server.phone.mark
    page.get_by_role("button", name=f"{t('call.dial.back')} {shown_number}").click()
    server.phone.rings(since=since)
    expect(contact(page).get_by_text(t("call.dial.stage.phone"))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_an_earlier_contact_is_called_back_from_its_record(server, desk, visit, language):
    page = desk(language)
    call(page, server, language)
    server.outside.refuse(486)
    expect(wrapping_up(page, language)).to_be_visible()
    complete(page)
    page.get_by_role("link", name=t("common.screen.contacts", language)).click()
    back = page.get_by_role("button", name=f"{t('call.dial.back', language)} {shown_number}").first
    expect(back).to_be_visible()
    row = page.get_by_role("row").filter(has=back)
    expect(row.get_by_text(t("common.direction.outbound", language), exact=True).first).to_be_visible()
    picture(page, f"contacts-{language}")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("definition").get_by_text(t("common.direction.outbound", language), exact=True)).to_be_visible()
    picture(page, f"story-{language}")
    since = server.phone.mark
    back.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk$"))
    server.phone.rings(since=since)
    expect(contact(page, language).get_by_text(shown_number)).to_be_visible()


def test_who_is_off_duty_dials_nobody(desk):
    page = desk()
    tell(page, "PUT", "/api/desk/presence", {"state": "off"})
    expect(number(page)).to_have_count(0)
    expect(bar(page)).to_be_visible()
    tell(page, "PUT", "/api/desk/presence", {"state": "notReady"})
    expect(number(page)).to_be_visible()


def picture(page, name):
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"dial-{name}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []


def test_nobody_is_told_to_pick_up_a_headset(desk):
    """As a server says it of a browser that is the phone: it answers by itself."""
    page = desk()
    number(page).fill("00995322550777")
    page.keyboard.press("Enter")
    expect(contact(page).get_by_text(t("call.dial.stage.phone"))).to_be_visible()
    page.evaluate(
        """() => import("/features/desk/desk-store.js").then(({ deskStore }) =>
            deskStore.set({ ...deskStore.value, audio: { id: "here", state: "connected" } }))""")
    expect(contact(page).get_by_text(t("call.dial.stage.headset"))).to_be_visible()
