"""Hours and quotas, as agents and supervisors see them."""

import calls
import pytest
from catalogue import t
from conftest import choose, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious

project = """
callfloor: 1
projects:
  home-internet: %s
"""
quotas = """{quotas: {
  calls: {counts: handled, per: hour, by: agent, target: 8}, sales: {name: {en: Sales, ur: فروخت}, counts: sale, per: shift, by: agent, target: 12},
  team: {counts: handled, per: hour, by: project, target: 40}}}"""


@pytest.fixture
def set_up(server):
    """Changes the project; at the end it is always open."""
    yield lambda written: server.apply(project % written)
    server.apply(project % "{hours: none}")


def look(page, name, language):
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"trade-{name}-{language}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []


def test_whoever_calls_out_of_hours_is_told_so(visit, server, set_up):
    set_up("{hours: {week: {}}}")
    floor = open_screen(visit, "floor", "en")
    row = floor.get_by_role("row").filter(has_text=t("floor.closed"))
    expect(row.first).to_be_visible()
    since = server.customer.mark
    server.customer.call(calls_number(), server.sip)
    server.customer.wait_for("ended", deadline=30, since=since)
    for language in ["ur", "en"]:
        choose(floor, language)
        expect(floor.get_by_text(t("floor.closed", language), exact=True).first).to_be_visible()
        look(floor, "closed", language)
    floor.goto("/contacts?outcome=closed")
    expect(floor.get_by_role("row").nth(1)).to_contain_text(t("common.outcome.closed"))
    floor.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(floor.get_by_text(t("contacts.event.toldClosed"))).to_be_visible()
    look(floor, "closed-story", "en")


def calls_number():
    from server import number

    return number


def test_quotas_stand_on_desk_and_floor_with_their_pace(visit, talk, server, set_up):
    set_up(quotas)
    page = talk()
    bar = page.get_by_role("list", name=t("common.quota.list"))
    expect(bar.get_by_role("listitem")).to_have_count(2)
    before = int(page.request.get("/api/desk").json()["quotas"][0]["done"])
    server.customer.hang_up()
    calls.complete(page)
    expect(bar.get_by_text(f"{before + 1} / 8", exact=True)).to_be_visible()
    calls.has_room_in_every_language(page)
    for language in ["ur", "en"]:
        choose(page, language)
        look(page, "quotas-desk", language)
    floor = open_screen(visit, "floor", "en")
    expect(floor.get_by_role("region", name=t("common.quota.list")).get_by_role("listitem")).to_have_count(1)
    expect(floor.get_by_text(f"{before + 1} / 8", exact=True)).to_be_visible()
    for language in ["ur", "ka", "hi", "tr", "cy", "en"]:
        choose(floor, language)
        look(floor, "quotas-floor", language)
