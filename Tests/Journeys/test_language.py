"""The language of the screen is another one while the agent talks: the call, what was typed and the focus stay."""

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from phones import CUSTOMER_TONE
from playwright.sync_api import expect, sync_playwright

WORDS = "line is noisy, router from 2019"


@pytest.fixture
def centre(set_up_centre_with_eva, start_centre):
    return start_centre(set_up_centre_with_eva)


@pytest.fixture
def eva(centre, tmp_path):
    with sync_playwright() as playwright:
        browser = BrowserPhone(playwright, str(tmp_path), centre.server, centre.seat("eva").cookie)
        yield browser
        browser.stop()
        assert browser.errors == []


def test_the_language_changes_in_mid_call_and_nothing_else_does(centre, eva):
    customer, page = centre.customer(), eva.page
    eva.ready()
    eva.wait_until_connected()
    centre.seat("eva").wait_for_routing("idle")
    call = centre.calls(customer)
    eva.answer()
    centre.seat("eva").wait_for_contact("talking")
    eva.hears(CUSTOMER_TONE)
    customer.hears_anew(EVA_TONE, call=call)
    contact = eva.desk()["contact"]["id"]
    note = page.locator("textarea")
    page.keyboard.press("F8")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    chosen = page.locator("disposition-tree").evaluate("(tree) => tree.value")
    note.fill(WORDS)
    choice = page.get_by_role("combobox").filter(has=page.locator("option[lang]"))
    choice.focus()
    connection = page.evaluate("window.heard.track.id")
    for language, direction, key in [("ur", "rtl", "ArrowDown"), ("en", "ltr", "ArrowUp")]:
        # By keyboard, as one who writes would not reach for the mouse; the sound is listened to meanwhile.
        page.keyboard.press(key)
        assert eva.tones([CUSTOMER_TONE], seconds=1.5) == {CUSTOMER_TONE}
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("html")).to_have_attribute("dir", direction)
        expect(page.get_by_role("button", name=t("call.hold", language)).first).to_be_visible()
        # The focus is where it was, and what was typed is in its place.
        assert choice.evaluate("(element) => element === document.activeElement")
        expect(note).to_have_value(WORDS)
        assert page.locator("disposition-tree").evaluate("(tree) => tree.value") == chosen
        assert eva.desk()["contact"]["id"] == contact and eva.desk()["contact"]["state"] == "talking"
        assert page.evaluate("window.heard.track.id") == connection
        customer.hears_anew(EVA_TONE, call=call)
    eva.hears(CUSTOMER_TONE)
    customer.hang_up()
    centre.seat("eva").wait_for_contact("wrapUp")


def test_another_tab_changes_the_language_while_the_note_is_typed(centre, eva):
    customer, page = centre.customer(), eva.page
    eva.ready()
    eva.wait_until_connected()
    centre.seat("eva").wait_for_routing("idle")
    centre.calls(customer)
    eva.answer()
    centre.seat("eva").wait_for_contact("talking")
    note = page.locator("textarea")
    note.click()
    page.keyboard.type(WORDS[:10])
    other = eva.context.new_page()
    other.goto("/contacts")
    other.get_by_role("combobox").filter(has=other.locator("option[lang]")).select_option("ur")
    expect(page.locator("html")).to_have_attribute("lang", "ur")
    # In the middle of a word.
    page.keyboard.type(WORDS[10:])
    expect(note).to_have_value(WORDS)
    assert note.evaluate("(element) => element === document.activeElement")
    eva.hears(CUSTOMER_TONE)
    customer.hang_up()
