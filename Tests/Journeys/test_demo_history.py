"""The weeks behind the demo's first start: they come whole, and what went wrong in them can be found."""

import os
import re
import subprocess
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from browser_phone import ARGUMENTS
from catalogue import t
from chromium import shell
from keyboard import tab_to
from phones import free_port
from playwright.sync_api import expect, sync_playwright
from screens import overflows
from seat import wait_until
from server import BINARY, ROOT, STOP_DEADLINE, Server, first_line, free_media_ports

SUPERVISOR = ("deniz", "demo-supervisor")
LONDON = ZoneInfo("Europe/London")
# examples/home-internet.yaml
MEETING = {"en": "Meeting", "ur": "میٹنگ"}
IN_MEETING = ["Ana Beridze", "Kavya Iyer"]
# A quarter of what the weeks take.
HALF_WRITTEN = 4_000_000
# Four weeks are lived through in seconds, or a minute where much else is to do.
START_DEADLINE = 180.0


def begin_demo(folder):
    arguments = [
        BINARY, "demo", "--data", f"{folder}/data", "--port", "0", "--sip", f"127.0.0.1:{free_port('127.0.0.1')}",
        "--media-ports", free_media_ports("127.0.0.1"), "--web", os.path.join(ROOT, "Web")]
    with open(folder / "demo.log", "ab") as log:
        return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=ROOT)


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with the data of a demo that was killed while it lived through its weeks, and started anew."""
    folder = tmp_path_factory.mktemp("demo")
    database = folder / "data" / "callfloor.sqlite"
    killed = begin_demo(folder)
    wait_until(lambda: size(f"{database}.partial") + size(f"{database}.partial-wal") > HALF_WRITTEN, "half of the history", START_DEADLINE)
    killed.kill()
    killed.wait(STOP_DEADLINE)
    killed.stdout.close()
    assert not database.exists()
    demo = begin_demo(folder)
    try:
        said = first_line(demo, START_DEADLINE)
        assert "http://" in said, said + (folder / "demo.log").read_text()
    finally:
        demo.terminate()
        ended = demo.wait(STOP_DEADLINE)
        demo.stdout.close()
    assert ended == 0
    assert [name for name in os.listdir(folder / "data") if "partial" in name] == []
    return folder


@pytest.fixture(scope="module")
def server(data):
    """The centre with that history, and without its people."""
    server = Server(data)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def supervisor(server):
    return server.sign_in(*SUPERVISOR)


def bad_day():
    """The last Tuesday before today."""
    today = datetime.now(LONDON).date()
    return today - timedelta((today.weekday() - 1) % 7 or 7)


def figures(supervisor, first, last, interval):
    return supervisor.get(f"/api/figures?from={first}&through={last}&interval={interval}")


def test_whoever_kills_the_first_start_has_the_whole_history_after_the_next(supervisor):
    today = datetime.now(LONDON).date()
    days = figures(supervisor, today - timedelta(28), today - timedelta(1), "day")["trend"]
    assert len(days) == 28 and all(day["values"]["offered"] > 20 for day in days)


def test_the_bad_hour_stands_out_of_its_day_and_of_its_week(supervisor):
    day = figures(supervisor, bad_day(), bad_day(), "hour")["trend"]
    levels = {hour: part["values"]["serviceLevel"]["answeredOfOffered"] for hour, part in enumerate(day) if part["values"]["offered"] > 0}
    bad = levels.pop(11)
    # It takes a while until all who have waited are served.
    levels.pop(12)
    assert bad < 35 and min(levels.values()) > bad + 20, levels
    monday = bad_day() - timedelta(bad_day().weekday())
    week = figures(supervisor, monday, monday + timedelta(6), "day")["week"]
    worst = min((hour for hour in week if hour["offered"] >= 10), key=lambda hour: hour["serviceLevel"])
    assert (worst["weekday"], worst["hour"]) == (2, 11)


@pytest.fixture
def visit(server, supervisor, tmp_path):
    """Opens a screen in a language; at the end nothing may have gone wrong in the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shell(), args=ARGUMENTS)
        context = browser.new_context(base_url=server.origin, locale="en-GB", viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
        name, _, value = supervisor.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": server.origin}])
        troubles = []
        context.on("weberror", lambda error: troubles.append(str(error.error)))

        def visit(path, language):
            page = context.new_page()
            page.goto(path)
            page.locator("#app > *").wait_for()
            page.get_by_role("combobox").filter(has=page.locator("option[lang]")).select_option(language)
            expect(page.locator("html")).to_have_attribute("lang", language)
            return page

        yield visit
        browser.close()
        assert troubles == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_whoever_looks_for_the_bad_hour_finds_by_keyboard_why_it_was_bad(visit, language, tmp_path):
    page = visit("/floor", language)
    page.keyboard.press("g")
    page.keyboard.press("/")
    span = page.get_by_role("combobox", name=t("figures.range", language), exact=True)
    expect(span).to_be_focused()
    monday = bad_day() - timedelta(bad_day().weekday())
    this_monday = datetime.now(LONDON).date()
    this_monday -= timedelta(this_monday.weekday())
    for _ in range(2 if monday == this_monday else 3):
        page.keyboard.press("ArrowDown")
    week_map = page.get_by_role("region", name=t("figures.week", language))
    by_level = week_map.get_by_role("radio", name=t("floor.serviceLevel", language))
    expect(week_map.locator("svg g.cell")).to_have_count(168)
    tab_to(page, week_map.get_by_role("radio", name=t("floor.offered", language)))
    page.keyboard.press("ArrowDown")
    expect(by_level).to_be_checked()
    # Through Tuesday, hour by hour, to the one that is worst served of those in which many called.
    page.keyboard.press("Tab")
    said = week_map.get_by_role("paragraph")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    onward = "ArrowLeft" if language == "ur" else "ArrowRight"
    for _ in range(11):
        page.keyboard.press(onward)
    expect(said).to_contain_text("11:00–12:00")
    page.screenshot(path=tmp_path / f"week-{language}.png")
    assert week_map.locator("svg g.here").evaluate("cell => cell.classList.contains('level-poor')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/contacts\?figure=offered&since=\d+&until=\d+"))
    lost = page.get_by_role("row").filter(has_text=t("common.outcome.abandoned", language)).first
    expect(lost).to_be_visible()
    page.screenshot(path=tmp_path / f"contacts-{language}.png")
    tab_to(page, lost.get_by_role("link"), most=400)
    page.keyboard.press("Enter")
    meanwhile = page.get_by_role("region", name=t("contacts.meanwhile", language))
    expect(meanwhile).to_be_visible()
    for name in IN_MEETING:
        term = meanwhile.get_by_role("term").filter(has_text=name)
        expect(term).to_be_visible()
    expect(meanwhile.get_by_text(MEETING[language], exact=True)).to_have_count(len(IN_MEETING))
    page.screenshot(path=tmp_path / f"story-{language}.png", full_page=True)
    assert page.evaluate(overflows) == []
