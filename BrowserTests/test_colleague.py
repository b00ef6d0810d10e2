"""One agent calls another from the desk: two desks side by side, with real phones, and no customer."""

import re

import pytest
from calls import agent_name, button, colleague_name, complete, contact, look, tell
from catalogue import t
from playwright.sync_api import expect
from screens import open_screen


@pytest.fixture
def desks(server, visit):
    """Opens both desks, ready; at the end nobody talks with anybody."""
    pages = []

    def desks(language="en"):
        for person in ("agent", "colleague"):
            page = open_screen(visit, "desk", language) if person == "agent" else visit(person, "/desk", language=language)
            complete(page)
            tell(page, "PUT", "/api/desk/presence", {"state": "ready"})
            pages.append(page)
        return pages

    yield desks
    for page in pages:
        call = page.request.get("/api/desk").json()["internal"]
        if call:
            tell(page, "POST", f"/api/desk/contacts/{call['contact']}/end")
        complete(page)


def choice(page, language="en"):
    return page.get_by_role("combobox", name=t("call.colleague.title", language))


def call(page, server, language="en"):
    """Chooses the colleague and picks up: his phone rings."""
    since, theirs = server.phone.mark, server.colleague.mark
    choice(page, language).focus()
    expect(choice(page, language).get_by_role("option", name=colleague_name, exact=True)).to_be_attached()
    choice(page, language).select_option(label=colleague_name)
    look(page, f"colleague-chosen-{language}")
    page.get_by_role("button", name=t("call.colleague.go", language), exact=True).click()
    server.phone.rings(since=since)
    expect(contact(page, language).get_by_text(t("call.colleague.stage.phone", language, agent=colleague_name))).to_be_visible()
    server.phone.answer()
    server.colleague.rings(since=theirs)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_colleague_is_called_and_both_desks_say_so_until_one_hangs_up(server, desks, language):
    page, other = desks(language)
    call(page, server, language)
    ours, theirs = contact(page, language), contact(other, language)
    expect(ours.get_by_text(t("call.colleague.stage.colleague", language, agent=colleague_name))).to_be_visible()
    expect(theirs.get_by_role("heading", name=t("call.colleague.calls", language, agent=agent_name))).to_be_visible()
    expect(other.locator("[aria-live=assertive]")).to_have_text(t("call.colleague.calls", language, agent=agent_name))
    look(page, f"colleague-calling-{language}")
    look(other, f"colleague-called-{language}")
    server.colleague.answer()
    for panel, name in ((ours, colleague_name), (theirs, agent_name)):
        expect(panel.get_by_role("heading", name=t("call.colleague.with", language, agent=name))).to_be_visible()
        expect(panel.get_by_text(t("call.colleague.noCustomer", language))).to_be_visible()
    expect(button(page, "call.hold", language)).to_have_attribute("aria-disabled", "true")
    look(page, f"colleague-talk-{language}")
    button(other, "call.colleague.end", language).click()
    for one in (page, other):
        expect(one.get_by_role("heading", name=t("desk.empty.idle.title", language))).to_be_visible()


def test_a_colleague_who_does_not_take_the_call_is_said_and_whoever_gives_up_hears_nothing_of_it(server, desks):
    page, _ = desks()
    call(page, server)
    server.colleague.refuse(486)
    said = t("call.colleague.notTaken", agent=colleague_name)
    expect(page.get_by_role("alert").get_by_text(said)).to_be_visible()
    look(page, "colleague-not-taken-en")
    call(page, server)
    page.keyboard.press("Alt+e")
    server.colleague.wait_for("ended")
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()
    expect(page.get_by_role("alert").get_by_text(said)).to_have_count(0)


def test_a_colleague_who_is_not_free_cannot_be_chosen_and_one_taken_meanwhile_is_said(desks):
    page, other = desks()
    choice(page).focus()
    expect(choice(page).get_by_role("option", name=colleague_name, exact=True)).to_be_enabled()
    choice(page).select_option(label=colleague_name)
    tell(other, "PUT", "/api/desk/presence", {"state": "notReady"})
    page.get_by_role("button", name=t("call.colleague.go"), exact=True).click()
    expect(page.get_by_role("alert").get_by_text(t("errors.code.agentNotFree"))).to_be_visible()
    busy = choice(page).get_by_role("option", name=re.compile(f"^{colleague_name} · {t('common.state.notReady')}$"))
    expect(busy).to_be_disabled()
