"""The wall: big, plain, by itself again whatever happens; made, linked and ended in the settings; alerts on floor and wall."""

import re
import time

import pytest
from catalogue import languages, t
from conftest import shots
from playwright.sync_api import expect
from screens import overflows
from server import number
from test_accessibility import serious

sizes = {"full-hd": (1920, 1080), "small": (1366, 768)}

names = {
    "en": ("Hall", "Home internet", "Technical support", "Bills and contracts", "Somebody waits too long"),
    "ur": ("ہال", "گھریلو انٹرنیٹ", "تکنیکی مدد", "بل اور معاہدے", "کوئی بہت دیر سے منتظر ہے"),
    "ka": ("დარბაზი", "სახლის ინტერნეტი", "ტექნიკური დახმარება", "ანგარიშები და ხელშეკრულებები", "ვიღაც ძალიან დიდხანს ელოდება"),
    "hi": ("हॉल", "घरेलू इंटरनेट", "तकनीकी सहायता", "बिल और अनुबंध", "कोई बहुत देर से रुका है"),
    "tr": ("Salon", "Ev interneti", "Teknik destek", "Fatura ve sözleşme", "Biri çok uzun bekliyor"),
    "cy": ("Neuadd", "Rhyngrwyd cartref", "Cymorth technegol", "Biliau a chontractau", "Mae rhywun yn aros yn rhy hir"),
}


def wall(language, figures=6, alerts=0):
    name, project, support, billing, alert = names[language]
    now = int(time.time() * 1000)

    def figure(measure, value=None, queue=None, good=None, warn=None, standing=None, since=None, within=None):
        return {"measure": measure, "value": value, "queue": queue, "good": good, "warn": warn, "standing": standing, "since": since,
                "within": within}

    all_figures = [
        figure("waiting", 12, support, 2, 5, "bad"), figure("waitingLongest", None, None, 20, 60, "warn", since=now - 3_725_000),
        figure("answeredOfOffered", 100.0, billing, 80, 60, "good", within=20), figure("averageSpeedOfAnswer", 83_000, support, 20, 90, "warn"),
        figure("abandonedInTimeIgnored", None, None, 80, 60), figure("offered", 12_345)]
    raised = [{"id": f"{index}", "name": alert if index == 0 else None, "project": project, "queue": support, "measure": "waiting",
               "side": "above", "threshold": 5, "since": now - 95_000} for index in range(alerts)]
    return {"name": name, "project": project, "language": language, "timeZone": "Asia/Tbilisi", "now": now, "figures": all_figures[:figures],
            "alerts": raised}


@pytest.fixture
def hang(server, browser):
    """Hangs a wall: {page, answers}; `answers` is what its server says, a status or a wall."""
    contexts, troubles = [], []

    def hang(answer=None, path="/wall/" + "0" * 64, size="full-hd", clock=False):
        width, height = sizes[size]
        context = browser.new_context(base_url=server.url, viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce")
        contexts.append(context)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        page = context.new_page()
        answers = {"wall": answer}

        def told(route):
            said = answers["wall"]
            if isinstance(said, int):
                return route.fulfill(status=said, json={"code": "notFound"}) if said else route.abort()
            return route.fulfill(json=said)

        if answer is not None:
            page.route(re.compile("/api/wall/[0-9a-f]+$"), told)
            # It stays open and says nothing.
            page.route("**/api/wall/*/stream", lambda route: None)
        if clock:
            page.clock.install()
        page.goto(path)
        page.locator("wall-page > *").first.wait_for()
        page.evaluate("document.fonts.ready")
        return page, answers

    yield hang
    for context in contexts:
        context.close()
    assert troubles == []


def look(page, name):
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"wall-{name}.png")
    assert page.evaluate(overflows) == []
    fits = "() => [document.scrollingElement.scrollHeight <= innerHeight, document.scrollingElement.scrollWidth <= innerWidth]"
    assert page.evaluate(fits) == [True, True]
    # Nothing lies below what its tile shows.
    outside = """() => [...document.querySelectorAll(".wall-figures > section")].filter((tile) => [...tile.children].some((part) =>
        part.getBoundingClientRect().bottom > tile.getBoundingClientRect().bottom + 2)).map((tile) => tile.textContent)"""
    assert page.evaluate(outside) == []


@pytest.mark.parametrize("size", sizes)
@pytest.mark.parametrize("language", languages)
def test_it_has_room_in_every_language_and_is_read_from_far(hang, language, size):
    page, _ = hang(wall(language, alerts=1), size=size)
    expect(page.get_by_role("heading", name=names[language][0])).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    look(page, f"six-{language}-{size}")
    if language in ("en", "ur"):
        assert serious(page) == []
    # 1/20 of the screen's height for figures, a fortieth for what they are: from ten metres on a screen of a metre and more.
    heights = page.evaluate("""() => Object.fromEntries(["h2", ".wall-value", ".wall-standing"].map((part) => [part,
        Math.min(...[...document.querySelectorAll(`.wall-figures ${part}`)].map((one) => parseFloat(getComputedStyle(one).fontSize)))]))""")
    height = sizes[size][1]
    assert heights[".wall-value"] >= height / 14 and heights["h2"] >= height / 38 and heights[".wall-standing"] >= height / 45, heights


@pytest.mark.parametrize("figures", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_fewer_figures_are_larger(hang, language, figures):
    page, _ = hang(wall(language, figures))
    expect(page.get_by_role("region")).to_have_count(figures)
    look(page, f"{figures}-{language}")


def test_a_target_is_told_by_shape_and_words(hang):
    page, _ = hang(wall("en"))
    tile = page.get_by_role("region", name=t("floor.waiting"), exact=True)
    expect(tile).to_contain_text(t("wall.standing.bad"))
    expect(tile).to_contain_text(t("wall.target.atMost", value="2"))
    expect(tile.locator("use")).to_have_attribute("href", "#icon-alert")
    level = page.get_by_role("region", name=t("floor.serviceLevel")).first
    expect(level).to_contain_text(t("wall.target.atLeast", value="80%"))
    expect(level.locator("use")).to_have_attribute("href", "#icon-check")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_it_says_when_it_is_out_of_date_and_comes_back_by_itself(hang, language):
    page, answers = hang(wall(language, alerts=4), clock=True)
    expect(page.get_by_role("region")).to_have_count(6)
    answers["wall"] = 0
    # Nothing is heard any more, whatever the browser thinks of its connection.
    page.clock.fast_forward(40_000)
    stale = page.get_by_role("status")
    expect(stale).to_contain_text(t("wall.outOfDate.text", language))
    look(page, f"stale-{language}")
    answers["wall"] = wall(language)
    page.clock.fast_forward(20_000)
    expect(stale).to_have_count(0)
    expect(page.get_by_role("region")).to_have_count(6)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_link_that_opens_nothing_says_so_kindly(hang, language):
    page, answers = hang(wall(language))
    answers["wall"] = 404
    page.reload()
    # Nobody has told it a language any more.
    expect(page.get_by_role("heading", name=t("wall.ended"))).to_be_visible()
    page.evaluate("code => import('/base/language.js').then(({ speak }) => speak(code, { remember: false }))", language)
    expect(page.get_by_role("heading", name=t("wall.ended", language))).to_be_visible()
    look(page, f"ended-{language}")
    assert serious(page) == []


# On the real server

set_up = """
callfloor: 1
projects:
  home-internet:
    wallboards:
      hall: {name: {en: Hall, ur: ہال}, language: %s, figures: [{measure: waiting, queue: support, good: 0, warn: 1}, {measure: ready},
             {measure: waitingLongest}, {measure: answeredOfOffered, good: 80, warn: 60}]}
    alerts:
      somebody: {name: {en: Somebody waits, ur: کوئی منتظر ہے}, measure: waiting, queue: support, threshold: 0, lasting: 0}
"""


@pytest.fixture
def centre(server):
    yield lambda language: server.apply(set_up % language)
    server.apply("callfloor: 1\nremove: {wallboards: {home-internet: [hall]}, alerts: {home-internet: [somebody]}}")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_wall_is_linked_shows_who_waits_and_what_alarms_until_its_link_is_ended(visit, hang, server, centre, language):
    centre(language)
    admin = visit("administrator", "/settings/wallboards?thing=home-internet%2Fhall", language)
    expect(admin.get_by_text(t("settings.wallLink.none", language))).to_be_visible()
    admin.get_by_role("button", name=t("settings.wallLink.make", language)).click()
    address = admin.get_by_role("link", name=re.compile("wall.[0-9a-f]{64}$"))
    path = re.search("/wall/.*", address.get_attribute("href"))[0]
    shots.mkdir(exist_ok=True)
    admin.screenshot(path=shots / f"wall-link-{language}.png")
    # The form was scrolled to its end.
    admin.get_by_role("heading", level=3).first.scroll_into_view_if_needed()
    assert admin.evaluate(overflows) == []

    page, _ = hang(path=path)
    waiting = page.get_by_role("region", name=t("floor.waiting", language), exact=True)
    expect(waiting).to_contain_text("0")
    floor = visit("supervisor", "/floor", language)
    alarm = floor.get_by_role("status", name=t("wall.alerts", language))
    expect(alarm).to_be_attached()
    server.customer.call(number, server.sip)
    expect(waiting).to_contain_text(t("wall.standing.warn", language))
    somebody = {"en": "Somebody waits", "ur": "کوئی منتظر ہے"}[language]
    expect(page.get_by_role("list", name=t("wall.alerts", language))).to_contain_text(somebody)
    expect(alarm).to_contain_text(somebody)
    look(page, f"real-{language}")
    floor.screenshot(path=shots / f"wall-floor-{language}.png")
    assert floor.evaluate(overflows) == [] and serious(floor) == []
    server.customer.hang_up()
    expect(waiting).to_contain_text(t("wall.standing.good", language))
    expect(alarm).not_to_contain_text(somebody)
    floor.get_by_role("button", name=t("wall.past", language)).click()
    past = floor.get_by_role("dialog", name=t("wall.past", language))
    expect(past.get_by_role("row").filter(has_text=somebody)).not_to_have_count(0)
    floor.screenshot(path=shots / f"wall-past-{language}.png")
    assert floor.evaluate(overflows) == [] and serious(floor) == []
    past.get_by_role("button", name=t("common.close", language)).click()
    expect(floor.get_by_role("button", name=t("wall.past", language))).to_be_focused()

    admin.get_by_role("button", name=t("settings.wallLink.end", language)).click()
    admin.get_by_role("button", name=t("settings.wallLink.sure", language)).click()
    expect(page.get_by_role("heading", name=t("wall.ended", language))).to_be_visible()
    expect(admin.get_by_text(t("settings.wallLink.none", language))).to_be_visible()


def test_a_wallboard_and_an_alert_are_made_on_screen(settings):
    page, server = settings("wallboards")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Entrance")
    rows = page.get_by_role("group", name=t("settings.wallboard.figures")).get_by_role("row")
    expect(rows).to_have_count(7)
    page.get_by_role("button", name=t("settings.wallboard.removeFigure", number="6")).click()
    good = page.get_by_label(f"{t('settings.wallboard.figure', number='1')}: {t('settings.wallboard.good')}")
    good.fill("9")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("alert").filter(has_text=t("settings.rule.conflict"))).to_be_visible()
    good.fill("1")
    page.get_by_label(f"{t('settings.wallboard.figure', number='1')}: {t('common.queue')}").select_option("support")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=t("settings.savedWhat", what="Entrance"))).to_be_visible()
    made = server.posted[-1]["projects"]["home-internet"]["wallboards"]["entrance"]
    assert made["figures"][0] == {"measure": "waiting", "queue": "support", "good": 1, "warn": 5} and len(made["figures"]) == 5

    page.evaluate("() => import('/base/router.js').then(({ go }) => go('/settings/alerts'))")
    page.keyboard.press("Alt+n")
    page.get_by_label(re.compile(f"^{re.escape(t('settings.alert.threshold'))}")).fill("90")
    page.get_by_role("tab", name=t("settings.group.webhook")).click()
    page.get_by_role("checkbox", name=re.compile(t("settings.webhook"))).check()
    page.get_by_label(re.compile(f"^{re.escape(t('settings.webhook.address'))}")).fill("hooks.example")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("alert").filter(has_text=t("settings.rule.webhook"))).to_be_visible()
    page.get_by_label(re.compile(f"^{re.escape(t('settings.webhook.address'))}")).fill("https://hooks.example/x")
    page.get_by_role("button", name=t("settings.generate")).click()
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=t("settings.savedWhat", what=""))).to_be_visible()
    made = next(iter(server.posted[-1]["projects"]["home-internet"]["alerts"].values()))
    assert made["threshold"] == 90 and made["clears"] == 90 and made["webhook"]["address"] == "https://hooks.example/x"
    assert len(made["webhook"]["secret"]) == 32


@pytest.mark.parametrize("language", languages)
def test_past_alerts_have_room_in_every_language(visit, language):
    page = visit("supervisor", "/floor", language)
    now = int(time.time() * 1000)
    _, project, support, _, name = names[language]

    def past(number, ended, value, **alert):
        began = now - number * 7_300_000
        return {"alert": {"id": f"{number}", "name": None, "project": project, "queue": support, "measure": "waiting", "side": "above",
                          "threshold": 5, "since": began - 30_000, **alert}, "queueId": "1", "projectId": "2", "day": now - 80_000_000,
                "began": began, "beganValue": value, "ended": ended and began + ended, "endedValue": ended and 0}

    told = [past(0, None, 12, name=name), past(1, 3_725_000, 83_000, measure="averageSpeedOfAnswer", threshold=20),
            past(30, 95_000, 59.5, measure="abandonedInTimeIgnored", side="below", threshold=80, queue=None)]
    page.route("**/api/alerts", lambda route: route.fulfill(json={"alerts": told}))
    page.get_by_role("button", name=t("wall.past", language)).click()
    dialog = page.get_by_role("dialog", name=t("wall.past", language))
    expect(dialog.get_by_role("row")).to_have_count(4)
    expect(dialog.get_by_role("row").nth(1)).to_contain_text(t("wall.past.on", language))
    expect(dialog.get_by_role("link")).to_have_count(3)
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"wall-past-room-{language}.png")
    assert page.evaluate(overflows) == [] and serious(page) == []
    told.clear()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=t("wall.past", language)).click()
    expect(dialog).to_contain_text(t("wall.past.none", language))


def test_what_told_another_program_does_not_come_back_by_itself_and_the_screen_says_why(settings):
    page, _ = settings("alerts")
    refused = {"code": "invalid", "errors": [
        {"field": "projects.home-internet.alerts.long.webhook.secret", "rule": "required", "limit": None, "value": "nothing"}]}
    page.route("**/api/set-up/changes/*/undo", lambda route: route.fulfill(status=422, json=refused))
    page.keyboard.press("Alt+n")
    page.get_by_label(re.compile(f"^{re.escape(t('settings.alert.threshold'))}")).fill("90")
    page.keyboard.press("Alt+s")
    page.get_by_role("button", name=t("settings.undo"), exact=True).click()
    expect(page.get_by_text(t("settings.undo.webhook"))).to_be_visible()
