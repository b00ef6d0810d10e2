"""The call at the desk: hold, mute, keys, and that an agent never hangs up first. Real phones talk on the real server."""

import re

import pytest
from calls import bar, button, complete, contact, look, tell, window
from catalogue import t
from playwright.sync_api import expect
from screens import open_screen


def boxes(page, language="en"):
    """Where the buttons of the bar are."""
    return [one.bounding_box() for one in bar(page, language).locator("[aria-keyshortcuts]").all()]


def test_nothing_can_be_done_without_a_call_and_the_buttons_never_move(visit, server, talk):
    idle = open_screen(visit, "desk", "en")
    names = ["call.answer", "desk.decline", "call.hold", "call.mute", "call.keypad", "call.transfer", "call.handOver", "call.end"]
    for name in names:
        expect(button(idle, name)).to_have_attribute("aria-disabled", "true")
    before = boxes(idle)
    page = talk()
    for name in names[2:]:
        expect(button(page, name)).to_be_enabled()
    assert boxes(page) == before
    page.keyboard.press("F7")
    page.keyboard.press("F6")
    expect(button(page, "call.retrieve")).to_be_visible()
    expect(button(page, "call.unmute")).to_be_visible()
    assert boxes(page) == before


def test_the_agent_holds_and_mutes_by_key_while_typing_and_the_screen_says_so(talk):
    page = talk()
    note = page.get_by_role("textbox", name=t("desk.note"))
    note.fill("asks for the ")
    page.keyboard.press("F6")
    marks = contact(page)
    expect(marks.get_by_text(t("call.onHold"), exact=True)).to_be_visible()
    expect(marks.get_by_role("paragraph").filter(has_text=re.compile(f"^{t('call.onHold')}0:0\\d$"))).to_be_visible()
    expect(bar(page).get_by_text(t("call.onHoldText"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=t("call.onHold"))).to_be_attached()
    page.keyboard.press("F7")
    expect(marks.get_by_text(t("call.muted"))).to_be_visible()
    look(page, "held-muted-en")
    page.keyboard.type("invoice")
    expect(note).to_have_value("asks for the invoice")
    page.keyboard.press("F6")
    expect(marks.get_by_text(t("call.onHold"), exact=True)).to_have_count(0)
    page.keyboard.press("F7")
    expect(marks.get_by_text(t("call.muted"))).to_have_count(0)
    expect(note).to_be_focused()


def test_what_the_phone_holds_only_the_phone_takes_back(server, talk):
    page = talk()
    server.phone.hold()
    expect(bar(page).get_by_text(t("call.heldAtPhoneText"))).to_be_visible()
    button(page, "call.retrieve").click()
    expect(bar(page).get_by_role("alert").get_by_text(t("errors.code.heldAtPhone"))).to_be_visible()
    server.phone.take_back()
    expect(button(page, "call.hold")).to_be_visible()


def test_keys_are_clicked_and_typed_and_come_in_their_order(server, talk):
    page = talk()
    since = server.customer.mark
    button(page, "call.keypad").focus()
    page.keyboard.press("Enter")
    pad = window(page, "call.keypad")
    expect(pad.get_by_role("button", name="1", exact=True)).to_be_focused()
    page.keyboard.type("90*")
    pad.get_by_role("button", name="5", exact=True).click()
    page.keyboard.type("#")
    expect(pad.get_by_role("status", name=t("call.keypad.pressed"))).to_have_text("90*5#")
    look(page, "keypad-en")
    for _ in range(5):
        server.customer.wait_for("digit", since=since)
    digits = []
    for key in "90*5#":
        event = server.customer.wait_for("digit", since=since, digit=key)
        digits.append(event["digit"])
        since = server.customer.events().index(event) + 1
    assert "".join(digits) == "90*5#"

    # What is refused stays, is said, and is sent again.
    page.route("**/keys", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    page.keyboard.type("7")
    expect(pad.get_by_role("alert").get_by_text(t("errors.code.unavailable"))).to_be_visible()
    page.unroute("**/keys")
    pad.get_by_role("button", name=t("call.keypad.again")).click()
    expect(pad.get_by_role("status", name=t("call.keypad.pressed"))).to_have_text("90*5#7")
    page.keyboard.press("Escape")
    expect(pad).to_be_hidden()
    expect(button(page, "call.keypad")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_call_is_ended_only_for_a_reason_by_keyboard_alone(talk, language):
    page = talk(language)
    page.keyboard.press("Alt+e")
    end = window(page, "call.end.title", language)
    silence = end.get_by_role("radio", name=t("contacts.dismissal.silence", language))
    expect(silence).to_be_focused()
    page.keyboard.press("Shift+Tab")
    end.get_by_role("button", name=t("call.end.go", language)).press("Enter")
    expect(end.get_by_role("alert").get_by_text(t("errors.code.reasonNeeded", language))).to_be_visible()
    silence.focus()
    page.keyboard.press("Space")
    look(page, f"end-{language}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(end).to_be_hidden()
    expect(contact(page, language).get_by_role("paragraph").get_by_text(t("common.state.wrapUp", language), exact=True)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_abuse_ends_a_call_only_in_the_order_of_the_procedure(talk, language):
    page = talk(language)
    button(page, "call.end", language).click()
    end = window(page, "call.end.title", language)
    end.get_by_role("radio", name=t("contacts.dismissal.abuse", language)).check()
    steps = end.get_by_role("listitem")
    expect(steps).to_have_text([re.compile(re.escape(t(f"call.end.{step}", language))) for step in ("warn", "handOver", "last")])
    go = end.get_by_role("button", name=t("call.end.go", language))
    go.click()
    expect(end.get_by_role("alert").get_by_text(t("errors.code.warningNeeded", language))).to_be_visible()
    look(page, f"abuse-{language}")
    end.get_by_role("button", name=t("call.end.haveWarned", language)).click()
    expect(contact(page, language).get_by_text(t("call.warned", language))).to_be_visible()
    go.click()
    expect(contact(page, language).get_by_role("paragraph").get_by_text(t("common.state.wrapUp", language), exact=True)).to_be_visible()


def test_an_abusive_customer_is_handed_to_a_supervisor_from_the_procedure(server, talk):
    page = talk()
    button(page, "call.end").click()
    end = window(page, "call.end.title")
    end.get_by_role("radio", name=t("contacts.dismissal.abuse")).check()
    end.get_by_role("button", name=t("call.handOver"), exact=True).click()
    expect(end).to_be_hidden()
    over = window(page, "call.handOver.title")
    go = over.get_by_role("button", name=t("call.handOver.go"))
    expect(go).to_be_focused()
    look(page, "hand-over-en")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()


def left(page, language="en"):
    return contact(page, language).get_by_role("region", name=t("call.left.title", language))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_customer_left_behind_is_told_with_the_time_that_is_left(server, talk, language):
    page = talk(language)
    page.get_by_role("textbox", name=t("desk.note", language)).focus()
    server.phone.hang_up()
    panel = left(page, language)
    expect(panel).to_be_visible()
    expect(page.get_by_role("textbox", name=t("desk.note", language))).to_be_focused()
    expect(page.locator("[aria-live=assertive]")).to_have_text(t("call.left.announce", language))
    expect(panel.get_by_text(t("call.left.text", language))).to_be_visible()
    expect(panel.get_by_role("progressbar", name=t("call.left.time", language))).to_be_visible()
    expect(panel.get_by_text(re.compile(r"^0:(1\d|20)$"))).to_be_visible()
    look(page, f"left-behind-{language}")
    panel.get_by_role("button", name=t("contacts.dismissal.wrongNumber", language)).click()
    expect(contact(page, language).get_by_role("paragraph").get_by_text(t("common.state.wrapUp", language), exact=True)).to_be_visible()


def test_a_phone_that_hung_up_is_rung_again_by_key(server, talk):
    page = talk()
    server.phone.hang_up()
    expect(left(page)).to_be_visible()
    since = server.phone.mark
    page.keyboard.press("F3")
    server.phone.rings(since=since)
    expect(left(page).get_by_text(t("call.left.rings", phone="101"))).to_be_visible()
    server.phone.answer()
    expect(left(page)).to_have_count(0)
    expect(button(page, "call.hold")).to_be_enabled()


def test_what_the_server_refuses_is_said_where_it_was_tried_in_the_readers_language(talk):
    page = talk("ur")
    page.route("**/hold", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    # The browser has been seen to let the first request pass.
    page.wait_for_function("async () => (await fetch('/hold', { method: 'POST' })).status === 503")
    page.keyboard.press("F6")
    expect(bar(page, "ur").get_by_role("alert").get_by_text(t("errors.code.unavailable", "ur"))).to_be_visible()
    look(page, "refused-ur")
    page.unroute("**/hold")
    page.keyboard.press("F6")
    expect(contact(page, "ur").get_by_text(t("call.onHold", "ur"), exact=True)).to_be_visible()
    expect(bar(page, "ur").get_by_role("alert").get_by_text(t("errors.code.unavailable", "ur"))).to_have_count(0)


def test_a_phone_in_the_browser_is_answered_at_the_desk(visit, server):
    """As a server that knows such phones says it: the offer rings here."""
    page = open_screen(visit, "desk", "en")
    page.route("**/answer", lambda route: route.fulfill(status=200, json={"position": 1}))
    tell(page, "PUT", "/api/desk/presence", {"state": "ready"})
    server.customer.call("+442079460100", server.sip)
    expect(button(page, "desk.decline")).to_be_enabled(timeout=30_000)
    expect(button(page, "call.answer")).to_have_attribute("aria-disabled", "true")
    page.evaluate(
        """() => import("/features/desk/desk-store.js").then(({ deskStore }) =>
            deskStore.set({ ...deskStore.value, contact: { ...deskStore.value.contact, answerable: true } }))""")
    expect(contact(page).get_by_text(t("call.answerHere", key="F3"))).to_be_visible()
    with page.expect_request("**/api/desk/contacts/*/answer"):
        page.keyboard.press("F3")
    server.customer.hang_up()
    complete(page)
