"""Everybody can give an action the key that suits them; two actions never share one."""

import json

from calls import button, contact
from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious


def open_keys(page, language="en"):
    page.get_by_role("button", name=t("common.help.button", language)).click()
    return page.get_by_role("dialog", name=t("common.help.title", language))


def change(dialog, label, language="en"):
    """Asks for a new key for an action."""
    return dialog.get_by_role("button", name=f"{t('common.keys.change', language)} {t(label, language)}", exact=True)


def test_a_key_is_changed_by_keyboard_alone_and_works_while_typing(talk):
    page = talk()
    dialog = open_keys(page)
    change(dialog, "call.mute").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").get_by_text(t("common.keys.press"))).to_be_visible()
    page.keyboard.press("Alt+m")
    expect(dialog.get_by_text("Alt+M", exact=True)).to_be_visible()
    expect(dialog.get_by_text("F7", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    mute = button(page, "call.mute")
    expect(mute).to_have_attribute("aria-keyshortcuts", "Alt+M")
    expect(mute).to_have_attribute("title", f"{t('call.mute')} (Alt+M)")
    note = page.get_by_role("textbox", name=t("desk.note"))
    note.focus()
    page.keyboard.press("Alt+m")
    expect(contact(page).get_by_text(t("call.muted"))).to_be_visible()
    expect(note).to_have_value("")
    page.keyboard.press("F7")
    expect(contact(page).get_by_text(t("call.muted"))).to_be_visible()

    # It stays in this browser, and goes back to what it was.
    page.reload()
    expect(button(page, "call.unmute")).to_have_attribute("aria-keyshortcuts", "Alt+M")
    dialog = open_keys(page)
    dialog.get_by_role("button", name=t("common.keys.reset")).click()
    expect(dialog.get_by_text("F7", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("F7")
    expect(contact(page).get_by_text(t("call.muted"))).to_have_count(0)


def test_a_key_that_cannot_be_is_refused_with_its_reason_and_the_old_one_stays(visit):
    page = open_screen(visit, "desk", "en")
    dialog = open_keys(page)
    said = dialog.get_by_role("alert")
    change(dialog, "call.hold").click()
    page.keyboard.press("F7")
    expect(said.get_by_text(t("common.keys.taken", key="F7", action=t("call.mute")))).to_be_visible()
    page.keyboard.press("F5")
    expect(said.get_by_text(t("common.keys.reserved", key="F5"))).to_be_visible()
    page.keyboard.press("Control+k")
    expect(said.get_by_text(t("common.keys.reserved", key="Ctrl+K"))).to_be_visible()
    page.keyboard.press("1")
    expect(said.get_by_text(t("common.keys.unsuitable"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    expect(said.get_by_text(t("common.keys.unsuitable"))).to_have_count(0)
    expect(dialog.get_by_text("F6", exact=True)).to_be_visible()
    assert page.evaluate("localStorage.getItem('keys')") is None


def test_a_letter_alone_is_typed_in_a_field(talk):
    page = talk()
    dialog = open_keys(page)
    change(dialog, "call.hold").click()
    page.keyboard.press("h")
    expect(dialog.get_by_text("H", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name=t("desk.note")).focus()
    page.keyboard.press("h")
    expect(page.get_by_role("textbox", name=t("desk.note"))).to_have_value("h")
    page.get_by_role("link", name=t("common.screen.contacts")).focus()
    page.keyboard.press("h")
    expect(contact(page).get_by_text(t("call.onHold"), exact=True)).to_be_visible()


def test_another_tab_of_the_browser_has_the_same_keys(visit):
    page = open_screen(visit, "desk", "en")
    other = page.context.new_page()
    other.goto("/desk")
    expect(button(other, "call.mute")).to_have_attribute("aria-keyshortcuts", "F7")
    page.evaluate("keys => import('/base/keys.js').then(({ setKey }) => setKey('mute', keys))", "Shift+F7")
    expect(button(other, "call.mute")).to_have_attribute("aria-keyshortcuts", "Shift+F7")


def test_what_somebody_wrote_into_the_storage_is_as_nothing(visit):
    page = open_screen(visit, "desk", "en")
    for wrong in ["{", "null", "[1]", json.dumps({"mute": 7}), "7"]:
        page.evaluate("text => localStorage.setItem('keys', text)", wrong)
        page.reload()
        expect(button(page, "call.mute")).to_have_attribute("aria-keyshortcuts", "F7")


def test_the_dialog_has_room_in_every_direction(visit):
    for language in ("en", "ur"):
        page = open_screen(visit, "desk", language)
        dialog = open_keys(page, language)
        change(dialog, "call.hold", language).click()
        page.keyboard.press("F7")
        expect(dialog.get_by_role("alert").filter(has_text="F7")).to_be_visible()
        shots.mkdir(exist_ok=True)
        page.screenshot(path=shots / f"keys-{language}.png")
        assert page.evaluate(overflows) == []
        assert serious(page) == []
