"""Opening hours and quotas, given on the settings' screens by keyboard alone, and what they do to the calls that come next."""

import datetime
import zoneinfo

import pytest
from administrator import Administrator
from keyboard import tab_to
from phones import CLOSED_TONE
from playwright.sync_api import expect, sync_playwright
from seat import wait_until
from small_centre import CALLER

HERE = zoneinfo.ZoneInfo("Europe/London")
# Longer than the story takes: it may begin before midnight and end after it.
STORY = datetime.timedelta(minutes=2)


@pytest.fixture(params=["en", "ur"])
def ada(centre, request):
    """The first administrator of the small centre."""
    with sync_playwright() as playwright:
        ada = Administrator(playwright, centre.server, request.param)
        ada.begin()
        yield ada
        ada.stop()
        assert ada.errors == []


def go(ada, section):
    link = ada.page.get_by_role("navigation", name=ada.text("common.screen.settings")).get_by_role(
        "link", name=ada.text(f"settings.{section}"), exact=True)
    tab_to(ada.page, link)
    ada.page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-current", "page")


def open_hours(ada):
    """The tab of the only project's hours; its first control has the focus."""
    go(ada, "projects")
    tab_to(ada.page, ada.page.get_by_role("link", name="Home internet"))
    ada.page.keyboard.press("Enter")
    expect(ada.field("settings.name")).to_be_focused()
    ada.page.keyboard.press("Shift+Tab")
    ada.page.keyboard.press("ArrowLeft" if ada.language == "ur" else "ArrowRight")
    expect(ada.page.get_by_role("tab", name=ada.text("settings.group.hours"))).to_be_focused()
    ada.page.keyboard.press("Tab")
    expect(mode_of(ada)).to_be_focused()


def mode_of(ada):
    return ada.page.get_by_role("combobox", name=ada.text("settings.hours"))


def write(ada, target, text):
    tab_to(ada.page, target)
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type(text)


def line(ada, day):
    """Where a day's hours are written."""
    return ada.page.locator(f"[data-day='{day}']")


def close_today(ada):
    """Opens around the clock, but for the day on which the story happens. Returns that day, and the next if it comes meanwhile."""
    now = datetime.datetime.now(HERE)
    days = sorted({now.date(), (now + STORY).date()})
    open_hours(ada)
    ada.page.keyboard.press("ArrowDown")
    expect(mode_of(ada)).to_have_value("own")
    write(ada, line(ada, "mon"), "0-24")
    for weekend in ("sat", "sun"):
        write(ada, line(ada, weekend), "0-24")
    tab_to(ada.page, ada.page.get_by_role("button", name=ada.text("settings.hours.copy")))
    ada.page.keyboard.press("Enter")
    expect(line(ada, "fri")).to_have_value("00:00-24:00")
    for day in days:
        tab_to(ada.page, ada.page.get_by_role("button", name=ada.text("settings.hours.addDay")))
        ada.page.keyboard.press("Enter")
        # Tomorrow is offered; every part of it is written over, in the order of the browser's own language.
        ada.page.keyboard.type(day.strftime("%m%d%Y"))
        expect(ada.page.locator(f"[data-date='{day}']")).to_be_focused()
    ada.look("hours")
    ada.save("Home internet")
    return days


def add_quota(ada, name, target, *, per=0, by=0):
    """A new quota; `per` and `by` are so many steps down from what is offered first."""
    ada.page.keyboard.press("Alt+n")
    expect(ada.field("settings.quota.target")).to_be_focused()
    write(ada, ada.field("settings.quota.target"), str(target))
    for field, steps in (("per", per), ("by", by)):
        tab_to(ada.page, ada.field(f"settings.quota.{field}"))
        for _ in range(steps):
            ada.page.keyboard.press("ArrowDown")
    write(ada, ada.field("settings.name"), name)
    ada.save(name)


def test_hours_and_quotas_are_given_by_keyboard_and_act_on_the_next_call(ada, centre):
    days = close_today(ada)
    customer, phone, supervisor = centre.customer(), centre.anas_phone(), centre.supervisor
    floor = ada.beside(supervisor, "/floor")
    expect(floor.get_by_text(ada.text("floor.closed"), exact=True)).to_be_visible()
    call = centre.calls(customer)
    customer.hears(CLOSED_TONE)
    customer.wait_for("ended", call=call)
    told = wait_until(lambda: supervisor.contacts(outcome="closed"), "a contact out of hours")
    assert [contact["number"] for contact in told] == [CALLER]
    supervisor.wait_for_queue(offered=0, abandoned=0)
    floor.keyboard.press("c")
    expect(floor.get_by_role("row").filter(has_text=ada.text("common.outcome.closed"))).to_have_count(1)
    ada.look("closed", floor)

    go(ada, "quotas")
    add_quota(ada, "Calls", 4)
    add_quota(ada, "Everybody", 40, per=1, by=2)
    ada.look("quotas")
    open_hours(ada)
    for day in days:
        write(ada, line(ada, day), "0-24")
    ada.save("Home internet")

    ana = ada.beside(centre.ana, "/desk")
    mine = ana.get_by_role("list", name=ada.text("common.quota.list"))
    for count in ("0 / 4", "0 / 40"):
        expect(mine.get_by_text(count, exact=True)).to_be_visible()
    for key in ("F2", "Home", "Enter"):
        ana.keyboard.press(key)
    centre.ana.wait_for_routing("idle")
    centre.calls(customer)
    phone.rings()
    phone.answer()
    centre.ana.wait_for_contact("talking")
    customer.hang_up()
    contact = centre.ana.wait_for_contact("wrapUp")
    slot = ana.get_by_role("region", name=ada.text("desk.currentContact"))
    expect(slot.get_by_role("paragraph").get_by_text(ada.text("common.state.wrapUp"), exact=True)).to_be_visible()
    for key in ("F8", "End", "Space", "F9"):
        ana.keyboard.press(key)
    assert supervisor.closed_contact(contact["id"])["outcome"] == "handled"
    for count in ("1 / 4", "1 / 40"):
        expect(mine.get_by_text(count, exact=True)).to_be_visible()
    ada.look("desk", ana)
    floor.keyboard.press("f")
    ours = floor.get_by_role("region", name=ada.text("common.quota.list"))
    expect(ours.get_by_role("listitem")).to_have_count(1)
    expect(ours.get_by_text("1 / 40", exact=True)).to_be_visible()
    expect(floor.get_by_text(ada.text("floor.closed"), exact=True)).to_have_count(0)
    ada.look("floor", floor)
