"""Every screen in every language: nothing overflows, nothing is cut off, and somebody looks at the pictures."""

import pytest
from catalogue import languages, t
from conftest import choose, in_every_language, shots
from playwright.sync_api import expect
from screens import arrive, open_screen, overflows, screens


@pytest.mark.parametrize("name", screens)
def test_a_screen_has_room_for_every_language(visit, name):
    page = open_screen(visit, name, "en")
    found = {}
    for language in in_every_language(page):
        arrive(page, name, language)
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")
        if language in ("en", "ur"):
            shots.mkdir(exist_ok=True)
            page.screenshot(path=shots / f"{name}-{language}.png")
        if flaws := page.evaluate(overflows):
            found[language] = flaws
    assert found == {}


@pytest.mark.parametrize("name", screens)
def test_a_screen_is_there_in_the_dark(visit, name):
    page = open_screen(visit, name, "en", scheme="dark")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"{name}-en-dark.png")
    light, dark = page.evaluate(
        """() => {
            const brightness = () => getComputedStyle(document.documentElement).backgroundColor;
            document.documentElement.dataset.theme = "light";
            const light = brightness();
            delete document.documentElement.dataset.theme;
            return [light, brightness()];
        }"""
    )
    assert light != dark


def test_the_language_changes_at_once_and_stays(visit):
    page = visit("agent", "/desk")
    for language in [*languages[1:], "en"]:
        # Kept before the page is left.
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            choose(page, language)
        expect(page.get_by_role("link", name=t("common.screen.contacts", language))).to_be_visible()
        page.reload()
        expect(page.get_by_role("link", name=t("common.screen.contacts", language))).to_be_visible()


def test_the_desk_needs_no_scrolling(visit):
    page = open_screen(visit, "desk", "en")
    assert page.evaluate("[document.scrollingElement, document.querySelector('main')].every((box) => box.scrollHeight <= box.clientHeight)")


def test_the_colours_can_be_chosen_and_stay(visit):
    page = open_screen(visit, "floor", "en")
    page.get_by_role("combobox", name=t("common.theme.title")).select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_supervisor_has_no_desk_and_an_agent_no_floor(visit):
    page = open_screen(visit, "floor", "en")
    expect(page.get_by_role("link", name=t("common.screen.desk"))).to_have_count(0)
    page = visit("agent", "/floor")
    expect(page.get_by_role("heading", name=t("common.nowhere"))).to_be_visible()


def test_a_mistyped_address_of_a_contact_says_that_it_is_not_there(visit):
    page = open_screen(visit, "contacts", "en")
    page.evaluate("import('/base/router.js').then(({ go }) => go('/contacts/%'))")
    expect(page.get_by_role("main").get_by_text(t("errors.code.notFound"))).to_be_visible()


def test_the_check_for_overflow_finds_one(visit):
    page = open_screen(visit, "floor", "en")
    page.evaluate("document.querySelector('.rail a span').textContent = 'Rindfleischetikettierungsüberwachung'.repeat(40)")
    page.evaluate("document.querySelector('queue-table h2').textContent = 'unbreakable'.repeat(60)")
    assert page.evaluate(overflows) != []
