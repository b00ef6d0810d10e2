"""Where somebody is who works at the settings by keyboard, after something was saved, taken away or taken back."""

import re

from catalogue import t
from playwright.sync_api import expect
from settings import field, names


def remove(page):
    page.get_by_role("button", name=t("settings.remove"), exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=t("settings.remove")).click()


def test_what_was_taken_away_leaves_the_list_and_the_focus_in_it(settings):
    page, server = settings("reasons", query="?thing=break")
    remove(page)
    expect(page.get_by_role("link", name="Training")).to_be_focused()
    expect(page).to_have_url(re.compile("/settings/reasons$"))
    expect(page.get_by_text(t("settings.gone"))).to_have_count(0)
    page.keyboard.press("Enter")
    remove(page)
    expect(page.get_by_role("link", name=t("settings.reasons.add"))).to_be_focused()
    assert server.set_up["reasons"] == {}


def test_what_was_begun_and_not_wanted_gives_the_focus_back_to_the_list(settings):
    page, _ = settings("teams")
    page.keyboard.press("Alt+n")
    field(page, "settings.name").first.fill("Night team")
    page.get_by_role("button", name=t("settings.cancel"), exact=True).click()
    expect(page.get_by_role("list", name=t("settings.teams")).get_by_role("link")).to_be_focused()


def test_taking_back_gives_the_focus_to_the_name_of_the_section(settings):
    page, _ = settings("teams", query="?thing=day")
    field(page, "settings.name").first.fill("Early team")
    page.keyboard.press("Alt+s")
    undo = page.get_by_role("status").get_by_role("button", name=t("settings.undo"))
    undo.focus()
    page.keyboard.press("Enter")
    expect(undo).to_have_count(0)
    expect(page.get_by_role("heading", name=t("settings.teams"), level=2)).to_be_focused()


def test_the_history_keeps_the_focus_when_something_is_taken_back(settings):
    page, server = settings("changes")
    server.change({"teams": {"day": {"name": names("Early team", "صبح کی ٹیم")}}})
    page.reload()
    undo = page.get_by_role("button", name=t("settings.changes.undoOf", what="Early team"))
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(t("settings.changes.undone"), exact=True)).to_be_visible()
    expect(page.get_by_role("region", name=t("settings.changes")).last).to_be_focused()


def test_a_special_day_is_typed_digit_by_digit(settings):
    page, server = settings("projects", query="?thing=home-internet")
    page.get_by_role("tab", name=t("settings.group.hours")).click()
    date = page.get_by_label(t("settings.hours.date"))
    date.focus()
    # Whichever of day and month comes first.
    page.keyboard.type("12122026")
    expect(date).to_be_focused()
    expect(date).to_have_value("2026-12-12")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text="Home internet")).to_be_visible()
    assert server.posted[-1]["projects"]["home-internet"]["hours"]["days"] == {"2026-12-12": []}
