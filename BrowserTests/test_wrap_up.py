"""What follows a talk where it is optional, or given to whoever asks."""

import calls
import pytest
from catalogue import t
from conftest import choose
from playwright.sync_api import expect

rule = """
callfloor: 1
projects:
  home-internet:
    queues:
      support: {ringTimeout: 20, reasonTimeout: 20, escalation: supervisors, wrapUp: %s, serviceLevel: 20}
"""


@pytest.fixture
def wrap_up(server):
    """Sets what follows a talk; at the end it is what the other tests want."""
    yield lambda written: server.apply(rule % written)
    server.apply(rule % 60)


def form(page, language="en"):
    return page.get_by_role("form", name=t("desk.outcome", language))


def test_whoever_asks_by_key_in_the_talk_has_time_afterwards(wrap_up, talk, server):
    wrap_up("{onRequest: 45}")
    page = talk()
    request = form(page).get_by_role("button", name=t("desk.askForWrapUp").split("{")[0])
    expect(request).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Alt+a")
    expect(request).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-announce=polite]")).to_have_text(t("desk.wrapUpAsked"))
    calls.look(page, "wrap-up-on-request")
    calls.has_room_in_every_language(page)
    choose(page, "ur")
    calls.look(page, "wrap-up-on-request-ur")
    choose(page, "en")
    server.customer.hang_up()
    expect(form(page).get_by_text(t("desk.wrapUpLeft"), exact=True)).to_be_visible()


def test_the_last_contact_can_be_written_up_while_the_agent_is_free(wrap_up, talk, server):
    wrap_up("optional")
    page = talk()
    server.customer.hang_up()
    expect(page.get_by_role("heading", name=t("desk.empty.idle.title"))).to_be_visible()
    expect(form(page).get_by_text(t("desk.writeUp").split("{")[0])).to_be_visible()
    calls.look(page, "write-up")
    calls.has_room_in_every_language(page)
    choose(page, "ur")
    calls.look(page, "write-up-ur")
    choose(page, "en")
    page.keyboard.press("F8")
    expect(page.get_by_role("treeitem").first).to_be_focused()
    for key in ["1", "1", "Space", "F9"]:
        page.keyboard.press(key)
    expect(form(page).get_by_text(t("desk.outcomeEmpty"))).to_be_visible()
