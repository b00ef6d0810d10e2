"""The demo's tour: six steps that show a newcomer around, and the line that the tour shares with the traffic and the plug."""

import sys

import pytest
from catalogue import languages, t
from conftest import desk_size, shots
from playwright.sync_api import expect
from screens import overflows
from server import root
from test_accessibility import serious

sys.path.append(str(root / "Tests/Journeys"))
from browser_phone import BrowserPhone  # noqa: E402
from demo_centre import DemoCentre  # noqa: E402

steps = ["desk", "call", "outcome", "floor", "hour", "plug"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    demo = DemoCentre(tmp_path_factory.mktemp("demo"), has_contents=True)
    yield demo
    demo.clean()


@pytest.fixture
def seat(demo, browser):
    """Opens a seat in a browser profile of its own."""
    contexts, troubles = [], []

    def open_seat(name, path="/", language="en", **details):
        context = browser.new_context(viewport=desk_size, locale="en-GB", reduced_motion="reduce", **details)
        contexts.append(context)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        page = context.new_page()
        page.goto(demo.origin_of(name) + path)
        page.locator("app-shell").wait_for()
        speak(page, language)
        return page

    yield open_seat
    for context in contexts:
        context.close()
    assert troubles == []


def speak(page, language):
    page.get_by_role("combobox").filter(has=page.locator("option[lang]")).select_option(language)
    expect(page.locator("html")).to_have_attribute("lang", language)


def at_step(page, name, part=None, language="en"):
    """Waits until the tour is there."""
    line = page.locator("tour-step")
    expect(line.get_by_text(t(f"tour.{name}.title", language), exact=True)).to_be_visible()
    if part:
        expect(line.get_by_text(t(f"tour.{name}.{part}", language), exact=True)).to_be_visible()


def pointed(page):
    return page.locator("[data-own-pointed]")


def go_to(page, step):
    """By the tour's own buttons."""
    for _ in range(step):
        page.get_by_role("button", name=t("tour.next"), exact=True).click()


def test_at_the_desk_each_step_points_and_goes_on_by_its_deed(demo, playwright, tmp_path):
    browser = BrowserPhone(playwright, str(tmp_path), demo, demo.seat("agent").cookie, origin=demo.origin_of("agent"))
    page = browser.page
    at_step(page, "desk", "ready")
    expect(pointed(page)).to_have_text(t("desk.goReady"))
    # By keyboard alone: to what the tour points at, and there.
    page.keyboard.press("Alt+KeyG")
    expect(pointed(page)).to_be_focused()
    page.keyboard.press("Enter")
    at_step(page, "desk", "wait")
    browser.wait_until_connected()
    expect(page.locator("tour-step").get_by_text(t("tour.call.answer"))).to_be_visible(timeout=30_000)
    expect(pointed(page)).to_contain_text(t("call.answer"))
    page.keyboard.press("F3")
    at_step(page, "call", "talk")
    expect(pointed(page)).to_contain_text(t("desk.whyMe"))
    # The step is over when the customer has hung up, and then the outcome is asked for.
    expect(page.locator("tour-step").get_by_text(t("tour.outcome.complete"))).to_be_visible(timeout=170_000)
    page.keyboard.press("F8")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.keyboard.press("F9")
    at_step(page, "floor")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=t("tour.open.supervisor")).click()
    floor = opened.value
    at_step(floor, "floor", "traffic")
    # The desk's own tour waits where it was left.
    expect(page.get_by_role("button", name=t("tour.takeUp"))).to_be_visible()
    browser.stop()


def test_on_the_floor_the_traffic_the_figures_and_the_plug_are_its_deeds(seat):
    page = seat("supervisor", "/floor?tour=3&language=en")
    at_step(page, "floor", "traffic")
    assert "tour" not in page.url
    page.get_by_role("button", name=t("tour.find")).click()
    slider = page.get_by_role("slider", name=t("demo.traffic"))
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    at_step(page, "hour", "go")
    page.get_by_role("link", name=t("tour.way")).click()
    expect(page.get_by_role("heading", name=t("common.screen.figures"), exact=True)).to_be_visible()
    at_step(page, "hour", "figures")
    # This demo has no last week; today's calls lead from figure to contact to story as well.
    page.get_by_role("link", name=t("common.screen.floor"), exact=True).click()
    page.locator("queue-table").get_by_role("link").first.click()
    at_step(page, "hour", "contacts")
    expect(pointed(page)).to_be_visible()
    pointed(page).click()
    at_step(page, "plug", "pull")
    page.get_by_role("button", name=t("tour.find")).click()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=t("demo.sure.title"))
    expect(dialog).to_be_visible()
    assert serious(page) == []
    # Thought better of it: nothing has happened, and the focus is where it was.
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=t("demo.pull"))).to_be_focused()
    expect(page.get_by_text(t("demo.down"))).to_have_count(0)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name=t("demo.sure.yes")).click()
    expect(page.get_by_text(t("demo.down"))).to_be_visible()
    expect(page.get_by_text(t("common.connection.lostLong"))).to_be_visible()
    expect(page.get_by_role("region", name=t("demo.title")).get_by_text(t("tour.over"))).to_be_visible(timeout=60_000)
    outcome = page.locator(".demo-outcome[data-lost=no]")
    expect(outcome).to_be_visible()
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / "demo-plug-en.png")
    speak(page, "ur")
    page.screenshot(path=shots / "demo-plug-ur.png")
    assert page.evaluate(overflows) == []
    outcome.get_by_role("button", name=t("common.dismiss", "ur")).click()
    expect(outcome).to_have_count(0)


def test_it_is_left_taken_up_again_and_put_away(seat):
    page = seat("agent")
    at_step(page, "desk")
    go_to(page, 2)
    at_step(page, "outcome")
    page.get_by_role("button", name=t("tour.back"), exact=True).click()
    at_step(page, "call")
    page.get_by_role("button", name=t("tour.leave")).click()
    expect(pointed(page)).to_have_count(0)
    expect(page.get_by_role("button", name=t("tour.takeUp"))).to_be_focused()
    page.reload()
    page.get_by_role("button", name=t("tour.takeUp")).click()
    at_step(page, "call")
    page.get_by_role("button", name=t("demo.away")).click()
    expect(page.locator(".demo-strip")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name=t("demo.open"), exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".demo-strip")).to_be_hidden()
    page.get_by_role("button", name=t("demo.open"), exact=True).click()
    at_step(page, "call")


@pytest.mark.parametrize(("name", "first", "count"), [("agent", 0, 4), ("supervisor", 3, 3)])
def test_every_step_has_room_in_every_language_and_covers_nothing(seat, name, first, count):
    page = seat(name, f"/{'desk' if name == 'agent' else 'floor'}?tour={first}&language=en")
    for step in range(first, first + count):
        for language in [*languages[1:], "en"]:
            speak(page, language)
            at_step(page, steps[step], language=language)
            assert page.evaluate(overflows) == [], (language, steps[step])
            covered = page.evaluate(
                """() => {
                    const [line, target] = ["demo-strip", "[data-own-pointed]"].map((name) => document.querySelector(name));
                    if (!target || line.contains(target)) return false;
                    const [first, second] = [line, target].map((element) => element.getBoundingClientRect());
                    return first.bottom > second.top && second.bottom > first.top;
                }""")
            assert covered is False, (language, steps[step])
            if language in ("en", "ur"):
                shots.mkdir(exist_ok=True)
                page.screenshot(path=shots / f"tour-{step + 1}-{name}-{language}.png")
            if step == first + count - 1:
                assert serious(page) == [], language
        if step < first + count - 1:
            page.get_by_role("button", name=t("tour.next"), exact=True).click()


def test_who_sits_in_no_seat_sees_no_demo(demo, browser):
    context = browser.new_context(viewport=desk_size, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.origin}/sign-in")
    page.get_by_role("textbox", name=t("session.login")).fill("ana")
    page.get_by_label(t("session.password"), exact=True).fill("demo-agent")
    page.get_by_role("button", name=t("session.signIn")).click()
    expect(page.get_by_role("button", name=t("common.signOut"))).to_be_visible()
    expect(page.get_by_role("button", name=t("demo.pull"))).to_have_count(0)
    expect(page.locator(".demo-strip")).to_have_count(0)
    context.close()
