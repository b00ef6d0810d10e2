"""The figures of a span: found, read, traced to their contacts and taken along. The server's answers are those of figures.py."""

import csv
import io
import re

import pytest
from catalogue import t
from conftest import choose, in_every_language, shots
from figures import Figures, answer, monday, span, table, through
from keyboard import tab_to
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious


@pytest.fixture
def show(visit):
    """Opens the figures of a week; gives the page and the server's part."""

    def show(language="en", scheme="light", query=span, **how):
        made = []
        page = visit("supervisor", f"/figures?{query}", language, scheme, lambda page: made.append(Figures(page, **how)))
        arrive(page, language)
        return page, made[0]

    return show


def arrive(page, language="en"):
    expect(page.get_by_role("heading", name=t("common.screen.figures", language), exact=True)).to_be_visible()
    expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
    expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()


def week(**how):
    return answer({"from": str(monday), "through": str(through), "interval": "day", "by": "queue"}, **how)


def look(page, name):
    page.evaluate("document.fonts.ready")
    shots.mkdir(exist_ok=True)
    # The whole of the screen, which scrolls: first as it is, then to the charts and the table.
    page.screenshot(path=shots / f"figures-{name}.png")
    main = page.get_by_role("main")
    main.evaluate("main => main.scrollTo(0, main.scrollHeight)")
    page.screenshot(path=shots / f"figures-{name}-below.png")
    main.evaluate("main => main.scrollTo(0, 0)")


def test_it_is_readable_in_both_directions_and_colours(show):
    page, _ = show()
    for language in ("ur", "en"):
        choose(page, language)
        arrive(page, language)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            look(page, f"{language}-{scheme}")
            assert page.evaluate(overflows) == [], (language, scheme)
            assert serious(page) == [], (language, scheme)


@pytest.mark.parametrize(
    ("name", "query"),
    [("day", f"range=dates&from={monday}&through={monday}"), ("hours", "range=dates&from=2026-11-02&through=2026-11-22&interval=hour")])
def test_short_and_long_spans_are_drawn(show, name, query):
    page, _ = show("en", query=f"{query}&rows=interval")
    look(page, name)
    assert page.evaluate(overflows) == []
    assert serious(page) == []


@pytest.mark.parametrize("rows", ["group", "interval"])
def test_every_language_has_room(show, rows):
    page, _ = show(query=f"{span}&rows={rows}")
    for language in in_every_language(page):
        arrive(page, language)
        look(page, f"{language}-{rows}")
        assert page.evaluate(overflows) == [], language


def link(page, measure, language="en"):
    """The figure of a tile, which leads to its contacts."""
    return page.get_by_role("region", name=t(measure, language), exact=True).get_by_role("link").first


def formula_button(page, name, language="en"):
    return page.get_by_role("button", name=t("figures.formula", language, figure=name), exact=True)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_one_gets_from_the_floor_to_the_contacts_of_a_figure_by_keyboard_alone(show, language):
    page, server = show(language)
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("/floor$"))
    page.keyboard.press("g")
    expect(page).to_have_url(re.compile("/figures$"))
    expect(link(page, "floor.offered", language)).to_be_visible()
    page.keyboard.press("/")
    span_choice = page.get_by_role("combobox", name=t("figures.range", language), exact=True)
    expect(span_choice).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("range=yesterday"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("range=lastWeek"))
    expect(link(page, "floor.offered", language)).to_have_text("1,665")
    button = formula_button(page, t("floor.offered", language), language)
    tab_to(page, button)
    page.keyboard.press("Enter")
    explanation = page.get_by_role("group", name=t("floor.offered", language), exact=True)
    expect(explanation.get_by_text(t("floor.explain.offered", language))).to_be_visible()
    page.keyboard.press("Escape")
    expect(explanation).to_be_hidden()
    expect(button).to_be_focused()
    tab_to(page, link(page, "floor.abandoned", language))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/contacts\?figure=abandoned&since=\d+&until=\d+&zone=Europe%2FLondon$"))
    chip = page.get_by_role("main").get_by_role("paragraph").filter(has_text=t("contacts.figure", language))
    expect(chip.get_by_text(t("contacts.figure.abandoned", language), exact=True)).to_be_visible()
    assert page.evaluate(overflows) == []
    page.screenshot(path=shots / f"figures-contacts-{language}.png")
    assert server.contacts[-1].keys() == {"limit", "figure", "since", "until"}
    tab_to(page, page.get_by_role("button", name=t("contacts.figure.clear", language)))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/contacts$"))
    expect(chip).to_have_count(0)


def test_a_formula_says_the_numbers_of_this_very_figure(show):
    page, _ = show()
    name = f"{t('floor.serviceLevel')}: {t('figures.variant.answeredOfOffered')}"
    formula_button(page, name).click()
    explanation = page.get_by_role("group", name=name, exact=True)
    total = week()["total"]
    numbers = {"answered": f"{total['answered']:,}", "abandoned": f"{total['abandoned']:,}"}
    expect(explanation.get_by_text(t("figures.formula.answeredOfOffered", **numbers))).to_be_visible()
    expect(explanation.get_by_text(f"= {total['serviceLevel']['answeredOfOffered']}%")).to_be_visible()
    look(page, "formula")
    explanation.get_by_role("link", name=t("figures.openLate")).click()
    expect(page).to_have_url(re.compile(r"/contacts\?figure=late&"))


def test_two_variants_of_the_service_level_are_chosen_and_stay(show):
    page, _ = show()
    level = page.get_by_role("region", name=f"{t('floor.serviceLevel')} 2")
    choice = level.get_by_role("combobox", name=t("figures.variant"))
    choice.select_option("abandonedInTimeCounted")
    counted = f"{week()['total']['serviceLevel']['abandonedInTimeCounted']}%"
    expect(level.get_by_role("link").first).to_have_text(counted)
    header = f"{t('floor.serviceLevel')}: {t('figures.variant.abandonedInTimeCounted')}"
    expect(table(page).get_by_title(header)).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("g")
    expect(choice).to_have_value("abandonedInTimeCounted")


def test_a_figure_of_the_table_leads_to_its_contacts_in_its_queue(show):
    page, server = show()
    row = table(page).get_by_role("row", name="Technical support")
    row.get_by_role("link").nth(1).click()
    expect(page.get_by_text(t("contacts.figure.answered"), exact=True)).to_be_visible()
    found = week()
    assert server.contacts[-1] == {
        "limit": "50", "figure": "answered", "since": str(found["from"]), "until": str(found["to"]), "queue": "queue-1"}


def test_a_story_leads_back_to_the_contacts_of_the_figure(show):
    page, _ = show()
    link(page, "floor.abandoned").click()
    address = page.url
    page.evaluate("import('/base/router.js').then(({ go }) => go('/contacts/somebody'))")
    page.get_by_role("link", name=t("contacts.backToList")).click()
    expect(page).to_have_url(address)
    expect(page.get_by_role("strong").get_by_text(t("contacts.figure.abandoned"), exact=True)).to_be_visible()


def test_the_table_is_sorted_by_its_headings_and_the_address_says_so(show):
    page, _ = show(query=f"{span}&rows=interval")
    heading = table(page).get_by_role("columnheader").filter(has=page.get_by_title(t("floor.offered"), exact=True))
    firsts = table(page).locator("tbody tr td:nth-child(2)")
    heading.get_by_role("button").click()
    expect(page).to_have_url(re.compile("sort=-offered"))
    expect(heading).to_have_attribute("aria-sort", "descending")
    offered = [part["values"]["offered"] for part in week()["trend"]]
    expect(firsts).to_have_text([str(value) for value in sorted(offered, reverse=True)])
    heading.get_by_role("button").click()
    expect(firsts).to_have_text([str(value) for value in sorted(offered)])


def exported(page):
    with page.expect_download() as download:
        page.get_by_role("button", name=t("figures.export")).click()
    text = download.value.path().read_bytes().decode()
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return download.value.suggested_filename, list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_what_the_table_shows_is_taken_along(show):
    page, _ = show(query=f"{span}&by=agent")
    name, rows = exported(page)
    assert name == f"figures_{monday}_{through}_by-agent.csv"
    shown = table(page).locator("tr").evaluate_all("rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))")
    assert [len(row) for row in rows] == [len(row) for row in shown]
    assert [row[1] for row in rows[1:]] == [row[1].replace(",", "") for row in shown[1:]]
    assert [f"{float(row[5]):.1f}%" for row in rows[1:]] == [row[5] for row in shown[1:]]
    assert rows[-1][10] == "0:04:34" and shown[-1][10] == "4:34"
    # A name that a spreadsheet would run.
    assert [row[0] for row in rows[1:]] == ["Ana Beridze", "Bilal Ahmed", "'=cmd|' /C calc'!A0", t("figures.total")]
    page.get_by_role("button", name=t("figures.rows.interval")).click()
    name, rows = exported(page)
    assert name == f"figures_{monday}_{through}_by-day.csv"
    assert [int(row[1]) for row in rows[1:]] == [*(part["values"]["offered"] for part in week()["trend"]), week()["total"]["offered"]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a,b", '"a,b"'), ('say "yes"', '"say ""yes"""'), ("+1", "+1"), ("-3.5", "-3.5"), ("-x", "'-x"),
        ("@SUM", "'@SUM"), (None, ""), (-3, "-3"),
    ],
)
def test_a_field_of_the_file_is_quoted_and_runs_nothing(code, value, written):
    page = code()
    text = page.evaluate("async (value) => (await import('/features/figures/csv.js')).csv([[value]])", value)
    assert text == f"\ufeff{written}\r\n"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_charts_say_the_numbers_of_the_table(show, language):
    page, _ = show(language)
    trend = page.get_by_role("region", name=t("figures.trend", language))
    plot = trend.get_by_role("group")
    said = trend.get_by_role("paragraph")
    onward = "ArrowLeft" if language == "ur" else "ArrowRight"
    plot.focus()
    for index, part in enumerate(week()["trend"]):
        page.keyboard.press("Home" if index == 0 else onward)
        for name in ("offered", "answered", "abandoned"):
            expect(said).to_contain_text(f"{t(f'floor.{name}', language)} {part['values'][name]}")
    bars = trend.locator("svg path").first.bounding_box()
    first = trend.locator("svg text", has_text="16").first.bounding_box()
    assert (first["x"] > bars["x"] + bars["width"] / 2) == (language == "ur")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    monday_of_it = week()["trend"][0]
    expect(page).to_have_url(re.compile(f"figure=offered&since={monday_of_it['from']}&until={monday_of_it['to']}&zone=Europe%2FLondon$"))


def test_the_hours_of_the_week_add_up_and_the_bad_hour_is_found(show):
    page, _ = show()
    week_map = page.get_by_role("region", name=t("figures.week"))
    cells = week_map.locator("svg g text").all_text_contents()
    assert len(cells) == 168
    assert sum(map(int, cells)) == week()["total"]["offered"]
    week_map.get_by_role("radio", name=t("floor.serviceLevel")).check()
    expect(page).to_have_url(re.compile("shade=level"))
    expect(week_map.locator("svg g.level-poor")).to_have_count(1)
    look(page, "bad-hour")
    week_map.locator("svg g.level-poor").click()
    # Wednesday, 11 o'clock in London.
    expect(page).to_have_url(re.compile("figure=offered&since=1794999600000&until=1795003200000&zone=Europe%2FLondon$"))


def test_what_the_hours_of_the_week_show_is_chosen_by_arrow_keys(show):
    page, _ = show()
    week_map = page.get_by_role("region", name=t("figures.week"))
    week_map.get_by_role("radio", name=t("floor.offered")).focus()
    page.keyboard.press("ArrowDown")
    expect(week_map.get_by_role("radio", name=t("floor.serviceLevel"))).to_be_checked()
    expect(page).to_have_url(re.compile("shade=level"))


def test_the_waits_are_those_of_the_answer(show):
    page, _ = show()
    waits = page.get_by_role("region", name=t("figures.waits"))
    waits.get_by_role("group").focus()
    page.keyboard.press("Home")
    first = week()["waits"][0]
    expect(waits.get_by_role("paragraph")).to_have_text(
        re.compile(rf"0:00–0:05\s+{t('floor.answered')} {first['answered']}\s+{t('floor.abandoned')} {first['abandoned']}"))
    page.keyboard.press("End")
    expect(waits.get_by_role("paragraph")).to_contain_text("≥ 10:00")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"figure=waited&since=\d+&until=\d+&waitMin=0&waitEnd=5&zone=Europe%2FLondon$"))
    expect(page.get_by_text(f"{t('contacts.figure.waited')} 0:00–0:05")).to_be_visible()


def test_nothing_found_is_said_and_shown_as_zeros(show):
    page, _ = show(query=f"{span}&queue=queue-0&rows=interval", empty=True)
    for language in in_every_language(page):
        expect(page.get_by_role("status").get_by_text(t("figures.nothing", language))).to_be_visible()
        for row in range(7):
            expect(table(page, language).locator("tbody tr").nth(row).locator("td").first).to_have_text("0")
        look(page, f"nothing-{language}")
        assert page.evaluate(overflows) == [], language


def test_what_cannot_be_asked_for_is_said_at_its_field(show):
    page, server = show()
    last = page.get_by_role("textbox", name=t("figures.through"), exact=True)
    last.fill("2026-11-01")
    expect(page.get_by_role("alert").get_by_text(t("figures.refused.backwards"))).to_be_visible()
    expect(last).to_have_attribute("aria-invalid", "true")
    assert "2026-11-01" not in [query["through"] for query in server.asked]
    expect(link(page, "floor.offered")).to_have_text("1,665")
    look(page, "refused")
    last.fill("2026-11-20")
    expect(last).not_to_have_attribute("aria-invalid", "true")
    for field, rule, text in (
        ("interval", "notAllowed", "figures.refused.tooFine"), ("from", "notAllowed", "figures.refused.tooLong"),
        ("queue", "unknown", "errors.rule.unknown")):
        server.refusal = {"code": "invalid", "errors": [{"field": field, "rule": rule}]}
        page.get_by_role("combobox", name=t("figures.interval"), exact=True).select_option("hour" if field == "interval" else "day")
        if field == "queue":
            page.get_by_role("combobox", name=t("common.queue"), exact=True).select_option(label="Technical support")
        wrong = page.locator("[aria-invalid=true]")
        expect(page.get_by_role("alert").get_by_text(t(text))).to_be_visible()
        expect(wrong).to_have_count(1)
        assert wrong.get_attribute("name") == field
    server.refusal = None
    page.get_by_role("button", name=t("contacts.clear")).click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def test_it_renews_itself_and_moves_nothing(show):
    page, server = show(query="range=thisWeek&sort=-offered")
    page.clock.install()
    page.evaluate("import('/base/router.js').then(({ go }) => go('/floor'))")
    page.evaluate("import('/base/router.js').then(({ go }) => go('/figures?range=thisWeek'))")
    offered = link(page, "floor.offered")
    expect(offered).to_have_text("1,665")
    button = formula_button(page, t("floor.offered"))
    button.focus()
    page.get_by_role("main").evaluate("main => main.scrollTo(0, 120)")
    before = button.bounding_box()
    server.how["extra"] = 7
    page.clock.fast_forward(31_000)
    expect(offered).to_have_text("1,672")
    expect(button).to_be_focused()
    assert button.bounding_box() == before


def test_an_agent_sees_the_own_figures_and_none_of_the_queues(show):
    page, _ = show(scope="own", sees_queues=False)
    expect(link(page, "figures.handled")).to_have_text("1,529")
    expect(page.get_by_role("region", name=t("floor.offered"), exact=True)).to_have_count(0)
    expect(page.get_by_role("region", name=t("figures.week"))).to_have_count(0)
    expect(page.get_by_role("combobox", name=t("common.agent"), exact=True)).to_have_count(0)
    look(page, "own")
    assert page.evaluate(overflows) == []


def test_the_days_of_a_project_follow_its_clocks(code):
    page = code()
    hour = 3_600_000

    def of(call):
        return page.evaluate(f"async () => {{ const c = await import('/features/figures/civil.js'); return {call}; }}")

    assert of("c.instant('2026-10-25', 0, 'Europe/London')") == 1792882800000
    # A day of 25 hours, one of 23, and an hour that there is not.
    assert of("c.instant('2026-10-26', 0, 'Europe/London') - c.instant('2026-10-25', 0, 'Europe/London')") == 25 * hour
    assert of("c.instant('2026-03-30', 0, 'Europe/London') - c.instant('2026-03-29', 0, 'Europe/London')") == 23 * hour
    assert of("c.instant('2026-03-29', 1, 'Europe/London')") == of("c.instant('2026-03-29', 2, 'Europe/London')")
    assert of("c.dayOf(Date.UTC(2026, 10, 22, 21), 'Asia/Tbilisi')") == "2026-11-23"
    assert of("c.spanOf('lastWeek', '2026-11-22')") == ["2026-11-09", "2026-11-15"]
    assert of("c.spanOf('thisMonth', '2024-02-11')") == ["2024-02-01", "2024-02-29"]
    assert of("c.spanOf('lastMonth', '2026-01-31')") == ["2025-12-01", "2025-12-31"]
    assert of("['2026-02-29', '2026-02-28', '26-02-28', null].map(c.isDay)") == [False, True, False, False]
