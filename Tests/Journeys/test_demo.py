"""The demo: a server that anybody may kill, and the people who are still there afterwards."""

import os
import signal
from pathlib import Path

import pytest
from browser_phone import BrowserPhone
from catalogue import t
from demo_centre import DemoCentre
from phones import CUSTOMER_TONE
from playwright.sync_api import expect, sync_playwright
from screens import overflows
from seat import HTTPProblem, wait_until

# 26 colleagues' worth of calls for twelve.
MANY = 20
RING_DEADLINE = 30.0
SCREEN = {"width": 1366, "height": 768}
SHOTS = Path(__file__).parents[2] / "BrowserTests/shots"


@pytest.fixture
def demo(tmp_path, request):
    demo = DemoCentre(tmp_path, has_contents=getattr(request, "param", False))
    yield demo
    demo.clean()


@pytest.fixture
def kavya(demo, tmp_path):
    """The newcomer at the agent's seat, in a real browser with a headset."""
    with sync_playwright() as playwright:
        origin = demo.origin_of("agent")
        browser = BrowserPhone(playwright, str(tmp_path), demo, demo.seat("agent").cookie, origin=origin)
        yield browser
        browser.stop()
        assert browser.errors == []


def test_whoever_sits_down_is_called_within_half_a_minute(demo, kavya):
    kavya.ready()
    kavya.wait_until_connected()
    kavya.wait(lambda: (kavya.desk()["contact"] or {}).get("state") == "ringing", "a customer who rings", RING_DEADLINE)
    kavya.answer()
    kavya.hears(CUSTOMER_TONE)


@pytest.mark.parametrize("demo", [True], indirect=True)
def test_the_pictures_of_the_front_door_show_a_centre_at_work(demo, kavya):
    supervisor = demo.seat("supervisor")
    supervisor.put("/api/demo/traffic", {"factor": 6})
    kavya.ready()
    kavya.wait_until_connected()
    kavya.wait(lambda: (kavya.desk()["contact"] or {}).get("state") == "ringing", "a customer who rings", RING_DEADLINE)
    kavya.answer()
    expect(kavya.page.locator("script-panel")).to_be_visible()
    supervisor.wait(lambda seat: seat.states().count("talking") >= 4, "talks", 60.0)
    pictures = Path(os.environ.get("CALLFLOOR_PICTURES", SHOTS))
    pictures.mkdir(parents=True, exist_ok=True)
    floor = kavya.page.context.browser.new_page(viewport=SCREEN, locale="en-GB")
    floor.goto(f"{demo.origin_of('supervisor')}/floor")
    floor.get_by_role("combobox").filter(has=floor.locator("option[lang]")).select_option("en")
    expect(floor.get_by_role("heading", name=t("floor.agents"))).to_be_visible()
    for name, page in [("desk", kavya.page), ("floor", floor)]:
        hide = page.get_by_role("button", name=t("demo.away"))
        if hide.count():
            hide.first.click()
        page.set_viewport_size(SCREEN)
        assert page.evaluate(overflows) == []
        page.screenshot(path=pictures / f"{name}.png", animations="disabled")


def test_the_plug_is_pulled_in_mid_call_and_nobody_is_lost(demo, kavya):
    supervisor = demo.seat("supervisor")
    supervisor.put("/api/demo/traffic", {"factor": MANY})
    supervisor.wait(lambda seat: seat.waiting() >= 5, "a queue", 60.0)
    kavya.ready()
    kavya.wait_until_connected()
    kavya.answer()
    kavya.hears(CUSTOMER_TONE)
    contact = kavya.desk()["contact"]["id"]
    note = kavya.page.get_by_role("textbox", name=t("desk.note"))
    note.fill("in mid-call")
    before = demo.servers()

    kavya.page.get_by_role("button", name=t("demo.pull")).click()
    kavya.page.get_by_role("button", name=t("demo.sure.yes")).click()
    expect(kavya.page.get_by_text(t("demo.down"))).to_be_visible()
    outcome = kavya.page.locator(".demo-outcome[data-lost]")
    expect(outcome).to_be_visible(timeout=60_000)
    # The tone that comes now, and not what was on its way.
    kavya.wait_until_connected()
    kavya.hears(CUSTOMER_TONE)
    assert kavya.desk()["contact"]["id"] == contact and kavya.desk()["contact"]["state"] == "talking"
    expect(note).to_have_value("in mid-call")

    pull = supervisor.wait(
        lambda seat: (last := seat.get("/api/demo/plug"))["number"] == 1 and last["over"] and last, "the counts", 60.0)
    assert pull["lost"] == 0 and pull["lostPages"] == 0
    assert pull["waiting"] >= 5 and pull["keptPlace"] == pull["waiting"]
    assert pull["talks"] >= 5 and pull["heardAgain"] == pull["talks"] and pull["awaited"] == 0
    assert pull["open"] >= pull["waiting"] + pull["talks"]
    assert 0 < pull["milliseconds"] < 30_000
    # What the page says is what was counted.
    expect(outcome).to_contain_text(f"0 of {pull['open']} open contacts lost")
    expect(outcome).to_contain_text(f"{pull['waiting']} callers kept their place")
    expect(outcome).to_contain_text(f"{pull['talks']} talks go on")
    expect(outcome).to_contain_text(f"Back after {pull['milliseconds'] / 1000:.1f} s")
    after = demo.servers()
    assert len(before) == len(after) == 1 and before != after


def test_a_server_that_ends_by_itself_is_started_again(demo):
    supervisor = demo.seat("supervisor")
    supervisor.wait(lambda seat: seat.states().count("talking") >= 2, "talks")
    (before,) = demo.servers()
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: demo.servers() not in ([], [before]) and demo.answers(), "another server", 60.0)
    # Nobody has to sign in again, and the people go on; nobody pulled the plug.
    assert supervisor.get("/api/demo/plug")["number"] == 0
    supervisor.wait(lambda seat: seat.states().count("talking") >= 2, "talks")


def test_traffic_is_changed_at_a_seat_and_by_nobody_else(demo):
    supervisor = demo.seat("supervisor")
    calls = supervisor.get("/api/demo/traffic")["callsAMinute"]
    assert calls > 0
    assert supervisor.put("/api/demo/traffic", {"factor": 3}) == {"factor": 3, "factorMax": 20, "callsAMinute": 3 * calls}
    supervisor.origin = f"http://localhost:{demo.port}"
    with pytest.raises(HTTPProblem) as refused:
        supervisor.put("/api/demo/traffic", {"factor": 1})
    assert refused.value.status == 403


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_the_demo_ends(demo, how):
    (server,) = demo.servers()
    demo.seat("supervisor").wait(lambda seat: seat.states().count("talking") >= 1, "a talk")
    status = demo.stop(how)
    assert status == (-how if how == signal.SIGKILL else 0), demo.end_of_log()
    wait_until(lambda: not os.path.exists(f"/proc/{server}"), "the end of the server")
    assert not demo.answers()
    # Another one takes up where it was.
    demo.start()
    assert demo.seat("supervisor").session["demo"] is True
