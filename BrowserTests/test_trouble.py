"""What is wrong with the centre as a whole stands over every screen, in every language."""

import pytest
from catalogue import t
from conftest import in_every_language, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious

# As if the server had said so: no test can make a real disk fail. What it does say, then or later, would take that back.
tell = """(codes) => import("/base/troubles.js").then(({ troubles }) => {
    troubles.set = () => {};
    Object.getPrototypeOf(troubles).set.call(troubles, { troubles: codes.map((code) => ({ code, since: 1790000000000 })) });
})"""


def banner(page):
    return page.get_by_role("alert").filter(has=page.locator("[data-trouble]"))


def text_of(code, language, page):
    """The whole sentence without its time, which stands somewhere in it."""
    time = page.evaluate("import('/base/format.js').then(({ time }) => time(1790000000000))")
    return t(f"common.trouble.{code}", language).replace("{time}", f"\u2068{time}\u2069" if language == "ur" else time)


@pytest.mark.parametrize("name", ["desk", "floor"])
def test_a_trouble_stands_over_the_screen(visit, name):
    page = open_screen(visit, name, "en")
    expect(banner(page)).to_have_count(0)
    page.evaluate(tell, ["storageFailing", "draining"])
    for language in in_every_language(page):
        for code in ["storageFailing", "draining"]:
            expect(page.get_by_role("alert").get_by_text(text_of(code, language, page))).to_be_visible()
        assert page.evaluate(overflows) == [], language
        if language in ("en", "ur"):
            shots.mkdir(exist_ok=True)
            page.screenshot(path=shots / f"trouble-{name}-{language}.png")
    page.evaluate(tell, [])
    expect(banner(page)).to_have_count(0)


def test_the_banner_is_legible(visit):
    page = open_screen(visit, "floor", "en")
    page.evaluate(tell, ["storageFailing", "draining"])
    expect(banner(page)).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert serious(page) == [], scheme


def test_what_a_newer_server_says_is_no_error(visit):
    page = open_screen(visit, "floor", "en")
    page.evaluate(tell, ["somethingNew"])
    expect(banner(page)).to_have_count(0)
