"""Sending a call on, and asking a colleague first: two desks side by side, with real phones."""

import re

import pytest
from calls import agent_name, button, colleague_name, complete, contact, look, tell, window
from catalogue import t
from playwright.sync_api import expect

support = {"en": "Technical support", "ur": "تکنیکی مدد"}
billing = {"en": "Bills and contracts", "ur": "بل اور معاہدے"}


def open_transfer(page, language="en"):
    page.keyboard.press("F10")
    panel = window(page, "call.transfer.title", language)
    expect(panel.get_by_role("combobox")).to_be_focused()
    return panel


def consult_row(page, language="en"):
    return page.get_by_role("region", name=t("call.consult.title", language, agent=colleague_name))


def ask(page, server, language="en"):
    """Asks the colleague by keyboard alone; his phone rings."""
    since = server.colleague.mark
    panel = open_transfer(page, language)
    page.keyboard.type("bilal")
    expect(panel.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name=t("call.transfer.ask", language))).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    server.colleague.rings(since=since)


def test_a_call_is_sent_to_a_free_colleague_with_its_note_by_keyboard_alone(server, talk, colleague):
    page, other = talk(), colleague()
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    page.keyboard.type("Wants a refund")
    # At once: what was typed last is saved before the contact goes.
    panel = open_transfer(page)
    page.keyboard.type("bil")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name=t("call.transfer.now"))).to_be_focused()
    expect(panel.get_by_role("button", name=t("call.transfer.now"))).not_to_have_attribute("aria-disabled", "true")
    look(page, "transfer-en")
    since = server.colleague.mark
    page.keyboard.press("Enter")
    server.colleague.rings(since=since)
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()
    server.colleague.answer()
    theirs = contact(other)
    expect(theirs.get_by_text(t("call.transferredBy", agent=agent_name, queue=support["en"]))).to_be_visible()
    expect(other.get_by_role("textbox", name=t("desk.note"))).to_have_value("Wants a refund")
    look(other, "transferred-en")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_queue_is_found_and_its_line_shown(talk, language):
    page = talk(language)
    panel = open_transfer(page, language)
    entry = panel.get_by_role("option", name=billing[language])
    expect(entry).to_contain_text("0")
    page.keyboard.type(billing[language][:4])
    expect(panel.get_by_role("option")).to_have_count(1)
    expect(entry).to_have_attribute("aria-selected", "true")
    expect(panel.get_by_role("button", name=t("call.transfer.ask", language))).to_be_enabled()
    look(page, f"queue-{language}")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name=t("call.transfer.now", language))).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    # He serves that queue himself, and is the only one who is ready.
    expect(page.get_by_role("button", name=t("common.state.talking", language))).to_have_count(0)


def test_a_colleague_who_is_not_free_shows_his_state_and_cannot_be_sent_to(visit, talk):
    other = visit("colleague", "/desk")
    tell(other, "PUT", "/api/desk/presence", {"state": "notReady"})
    page = talk()
    panel = open_transfer(page)
    entry = panel.get_by_role("option", name=colleague_name)
    expect(entry).to_contain_text(t("common.state.notReady"))
    expect(entry).to_have_attribute("aria-disabled", "true")
    page.keyboard.type("bilal")
    for name in ("call.transfer.ask", "call.transfer.now"):
        expect(panel.get_by_role("button", name=t(name))).to_have_attribute("aria-disabled", "true")
    # Whoever becomes free is free here soon after.
    tell(other, "PUT", "/api/desk/presence", {"state": "ready"})
    expect(panel.get_by_role("button", name=t("call.transfer.now"))).to_be_enabled()
    complete(other)


def test_a_colleague_taken_meanwhile_is_said_and_what_was_typed_stays(talk, colleague):
    page = talk()
    colleague()
    panel = open_transfer(page)
    page.keyboard.type("bilal")
    page.route("**/transfer", lambda route: route.fulfill(status=409, json={"code": "agentNotFree"}))
    panel.get_by_role("button", name=t("call.transfer.now")).click()
    expect(panel.get_by_role("alert").get_by_text(t("errors.code.agentNotFree"))).to_be_visible()
    expect(panel.get_by_role("combobox")).to_have_value("bilal")


def test_a_note_that_cannot_be_saved_holds_the_contact_back(talk, colleague):
    page = talk()
    colleague()
    page.route("**/draft", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    page.get_by_role("textbox", name=t("desk.note")).fill("must not be lost")
    panel = open_transfer(page)
    page.keyboard.type("bilal")
    panel.get_by_role("button", name=t("call.transfer.now")).click()
    expect(panel.get_by_role("alert").get_by_text(t("errors.code.draftUnsaved"))).to_be_visible()
    expect(page.get_by_role("textbox", name=t("desk.note"))).to_have_value("must not be lost")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_colleague_is_asked_and_both_desks_say_who_hears_whom(server, talk, colleague, language):
    page, other = talk(language), colleague(language)
    ask(page, server, language)
    row = consult_row(page, language)
    expect(row.get_by_text(t("call.consult.stage.ringing", language, agent=colleague_name))).to_be_visible()
    expect(row.get_by_role("button", name=t("call.consult.conference", language), exact=True)).to_have_attribute("aria-disabled", "true")
    asked = contact(other, language)
    expect(asked.get_by_role("heading", name=t("call.asked.title", language, agent=agent_name))).to_be_visible()
    expect(asked.get_by_text(t("call.asked.about", language, queue=support[language]))).to_be_visible()
    expect(other.locator("[aria-live=assertive]")).to_have_text(
        t("call.asked.announce", language, agent=agent_name, queue=support[language]))
    server.colleague.answer()
    for stage, key in (("colleague", None), ("customer", "Alt+w"), ("colleague", "Alt+w"), ("conference", "Alt+c")):
        if key:
            page.keyboard.press(key)
        expect(row.get_by_text(t(f"call.consult.stage.{stage}", language, agent=colleague_name))).to_be_visible()
        pressed = row.get_by_role("button", name=t(f"call.consult.{stage}", language), exact=True)
        expect(pressed).to_have_attribute("aria-pressed", "true")
        expect(asked.get_by_text(t(f"call.asked.stage.{stage}", language, agent=agent_name))).to_be_visible()
    look(page, f"consult-{language}")
    look(other, f"consulted-{language}")
    row.get_by_role("button", name=t("call.consult.cancel", language)).focus()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    expect(contact(page, language)).to_be_focused()
    expect(other.get_by_role("heading", name=t("desk.empty.idle.title", language))).to_be_visible()
    expect(button(page, "call.hold", language)).to_be_enabled()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_queue_is_asked_and_when_nobody_there_is_free_that_is_said(server, talk, colleague, visit, language):
    page = talk(language)
    tell(visit("colleague", "/desk"), "PUT", "/api/desk/presence", {"state": "notReady"})
    panel = open_transfer(page, language)
    page.keyboard.type(support[language][:4])
    expect(panel.get_by_role("option")).to_have_count(1)
    asks = panel.get_by_role("button", name=t("call.transfer.ask", language))
    asks.click()
    expect(panel.get_by_role("alert").get_by_text(t("errors.code.nobodyFree", language))).to_be_visible()
    look(page, f"nobody-free-{language}")
    since = server.colleague.mark
    colleague(language)
    asks.click()
    expect(panel).to_be_hidden()
    server.colleague.rings(since=since)
    stage = t("call.consult.stage.ringing", language, agent=colleague_name)
    expect(consult_row(page, language).get_by_text(stage)).to_be_visible()


def test_the_customer_is_left_to_the_colleague_who_was_asked(server, talk, colleague):
    page, other = talk(), colleague()
    ask(page, server)
    server.colleague.answer()
    row = consult_row(page)
    expect(row.get_by_text(t("call.consult.stage.colleague", agent=colleague_name))).to_be_visible()
    page.get_by_role("textbox", name=t("desk.note")).fill("asked about the bill")
    row.get_by_role("button", name=t("call.consult.complete", agent=colleague_name)).click()
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()
    expect(contact(other).get_by_text(t("call.transferredBy", agent=agent_name, queue=support["en"]))).to_be_visible()
    expect(other.get_by_role("textbox", name=t("desk.note"))).to_have_value("asked about the bill")


def test_a_consult_that_is_refused_says_so_in_its_row(server, talk, colleague):
    page = talk()
    colleague()
    ask(page, server)
    server.colleague.answer()
    row = consult_row(page)
    expect(row.get_by_text(re.compile(re.escape(t("call.consult.stage.colleague", agent=colleague_name))))).to_be_visible()
    page.route("**/consult/change", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    row.get_by_role("button", name=t("call.consult.customer"), exact=True).click()
    expect(row.get_by_role("alert").get_by_text(t("errors.code.unavailable"))).to_be_visible()
