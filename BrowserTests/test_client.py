"""What a client sees of his project: its report, and no other screen."""

import csv
import io
import re

import pytest
from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from server import number
from screens import open_screen, overflows
from test_accessibility import serious


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_client_sees_the_report_of_his_project(visit, server, language):
    server.customer.call(number, server.sip)
    server.customer.hang_up()
    page = open_screen(visit, "clientReport", language)
    total = page.locator("dl.client-total")
    offered = total.locator("div").filter(has_text=t("floor.offered", language)).locator("dd")
    expect(offered).not_to_have_text("0", timeout=70_000)
    for name in ("figures.trend", "figures.rows.queue", "figures.rows.disposition"):
        expect(page.get_by_role("region", name=t(name, language))).to_be_visible()
    # Not who took the call.
    assert "Ana" not in page.get_by_role("main").inner_text()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shots.mkdir(exist_ok=True)
        page.screenshot(path=shots / f"client-{language}-{scheme}.png")
        assert page.evaluate(overflows) == [] and serious(page) == []


def test_another_span_is_asked_for_and_taken_along(visit):
    page = open_screen(visit, "clientReport", "en")
    with page.expect_response(re.compile("interval=hour")):
        page.get_by_role("combobox", name=t("figures.range")).select_option("today")
    with page.expect_download() as saved:
        page.get_by_role("button", name=t("figures.export")).press("Enter")
    rows = list(csv.reader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows[0]) == 9 and rows[-1][0] == t("figures.total") and len(rows) >= 25


@pytest.mark.parametrize("language", ["en", "ur"])
def test_two_days_have_room(visit, language):
    page = open_screen(visit, "clientReport", language)
    page.get_by_role("combobox", name=t("figures.range", language)).select_option("dates")
    expect(page.get_by_label(t("figures.through", language))).not_to_have_value("")
    assert page.evaluate(overflows) == [] and serious(page) == []
    page.screenshot(path=shots / f"client-dates-{language}.png")


def test_two_days_are_chosen(visit):
    page = open_screen(visit, "clientReport", "en")
    page.get_by_role("combobox", name=t("figures.range")).select_option("dates")
    first, last = page.get_by_label(t("figures.from")), page.get_by_label(t("figures.through"))
    # As those of the span that was shown.
    expect(first).not_to_have_value("")
    with page.expect_response(re.compile("through=2026-03-02")) as answer:
        first.fill("2026-03-01")
        last.fill("2026-03-02")
    assert answer.value.json()["total"]["offered"] == 0 and "interval=day" in answer.value.url
    expect(page.get_by_text("1 Mar 2026")).to_be_visible()
    # The wrong way round is refused, and said.
    with page.expect_response(re.compile("from=2026-03-05")):
        first.fill("2026-03-05")
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    last.fill("2026-03-06")
    expect(page.get_by_text("6 Mar 2026")).to_be_visible()


def test_there_is_no_other_screen_for_a_client(visit):
    page = open_screen(visit, "clientReport", "en")
    assert page.get_by_role("navigation").get_by_role("link").count() == 1
    page.goto("/figures")
    expect(page.get_by_role("heading", name=t("common.nowhere"))).to_be_visible()
