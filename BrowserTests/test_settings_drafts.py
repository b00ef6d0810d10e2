"""What is typed into the settings is never lost: not while something is saved, not by a reload, not by another screen."""

import re

from catalogue import t
from playwright.sync_api import expect
from settings import field, go, look, said


class Gate:
    """Keeps the next save back until it is opened."""

    def __init__(self, page):
        self.page, self.held = page, []
        page.route(re.compile("/api/set-up$"), self._hold)

    def _hold(self, route):
        if route.request.method == "POST" and self.held is not None:
            self.held.append(route)
        else:
            route.fallback()

    def open(self):
        held, self.held = self.held, None
        for route in held:
            route.fallback()


def test_what_is_typed_while_a_change_is_saved_stays_to_be_saved(settings):
    page, server = settings("queues", query="?thing=home-internet/support")
    gate = Gate(page)
    field(page, "settings.queue.ringTimeout").fill("25")
    with page.expect_request(lambda request: request.method == "POST"):
        page.keyboard.press("Alt+s")
    field(page, "settings.queue.serviceLevel").fill("45")
    gate.open()
    expect(page.get_by_role("status").filter(has_text="Technical support")).to_be_visible()
    expect(field(page, "settings.queue.serviceLevel")).to_have_value("45")
    expect(page.get_by_role("button", name=t("settings.discard"))).to_be_visible()
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("button", name=t("settings.discard"))).to_have_count(0)
    support = server.set_up["projects"]["home-internet"]["queues"]["support"]
    assert (support["ringTimeout"], support["serviceLevel"]) == (25, 45)


def test_what_is_typed_while_something_new_is_saved_is_a_draft_of_it(settings):
    page, server = settings("teams")
    gate = Gate(page)
    page.keyboard.press("Alt+n")
    name = field(page, "settings.name").first
    name.fill("Night team")
    with page.expect_request(lambda request: request.method == "POST"):
        page.keyboard.press("Alt+s")
    name.fill("Night team, east")
    gate.open()
    expect(page).to_have_url(re.compile("thing=night-team"))
    expect(name).to_have_value("Night team, east")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("link", name="Night team, east")).to_be_visible()
    assert server.set_up["teams"]["night-team"] == {"name": {"en": "Night team, east"}}


def test_a_refusal_is_not_said_of_another_thing(settings):
    page, server = settings("teams", query="?thing=day")
    server.refusals = [[{"field": "teams", "rule": "tooMany", "max": 1}]]
    gate = Gate(page)
    field(page, "settings.name").first.fill("Early team")
    with page.expect_request(lambda request: request.method == "POST"):
        page.keyboard.press("Alt+s")
    go(page, "/settings/teams?new=1")
    gate.open()
    expect(said(page, t("errors.code.invalid"))).to_be_visible()
    form = page.get_by_role("form", name=t("settings.teams.add"))
    expect(form.get_by_role("alert")).to_have_count(0)


def test_dispositions_begun_before_and_after_a_reload_are_two(settings):
    page, server = settings("dispositions")
    name = field(page, "settings.name").first
    for text in ("Moved house", "Asked for a manager"):
        page.get_by_role("button", name=t("settings.dispositions.add")).click()
        name.fill(text)
        page.reload()
        go(page, "/settings/dispositions")
        expect(page.get_by_role("treeitem", name=text)).to_be_visible()
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("button", name=t("settings.discard"))).to_have_count(0)
    keys = [node["key"] for node in server.set_up["projects"]["home-internet"]["dispositions"]]
    assert {"moved-house", "asked-for-a-manager"} <= set(keys)


def test_queues_of_a_project_that_somebody_left_can_be_taken_from_him(settings):
    page, server = settings("people", query="?thing=ana")
    page.get_by_role("checkbox", name="Home internet").uncheck()
    page.get_by_role("tab", name=t("settings.group.calls")).click()
    page.get_by_role("checkbox", name="Technical support").uncheck()
    look(page, "left-project")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("button", name=t("settings.discard"))).to_have_count(0)
    ana = server.set_up["users"]["ana"]
    assert ana["projects"] == [] and list(ana["queues"]) == ["billing"]
