"""The figures of a span: found, read, traced to their contacts and taken along, by keyboard alone. The server's answers are figures.py's."""

import csv
import io
import re

import pytest
from catalogue import languages, t
from conftest import shots
from figures import Figures, answer, monday, span, table, through
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious


@pytest.fixture
def show(visit):
    """Opens the figures of a week; gives the page and the server's part."""

    def show(language="en", scheme="light", query=span, **how):
        page = visit("supervisor", "/floor", language, scheme)
        server = Figures(page, **how)
        page.reload()  # with the rights of somebody who sees figures
        page.get_by_role("link", name=t("common.screen.figures", language)).wait_for()
        page.evaluate("path => import('/base/router.js').then(({ go }) => go(path))", f"/figures?{query}")
        expect(page.get_by_role("heading", name=t("common.screen.figures", language), exact=True)).to_be_visible()
        expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
        expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()
        return page, server

    return show


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


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("en", "dark"), ("ur", "light"), ("ur", "dark")])
def test_it_is_readable_in_both_directions_and_colours(show, language, scheme):
    page, _ = show(language, scheme)
    look(page, f"{language}-{scheme}")
    assert page.evaluate(overflows) == []
    assert serious(page) == []


@pytest.mark.parametrize("language", languages)
@pytest.mark.parametrize("rows", ["group", "interval"])
def test_every_language_has_room(show, language, rows):
    page, _ = show(language, query=f"{span}&rows={rows}")
    look(page, f"{language}-{rows}")
    assert page.evaluate(overflows) == []
