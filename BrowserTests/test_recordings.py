"""Recordings as people see them: the key that keeps a part out, the player in a contact's story, the project's settings."""

import re

import pytest
from calls import bar, button, contact, look, tell
from catalogue import areas, t
from conftest import shots
from playwright.sync_api import expect
from screens import overflows
from settings import field
from test_accessibility import serious

project = "home-internet"


@pytest.fixture
def recorded(server):
    """Every talk of the project is recorded, as long as the test runs."""
    def rule(calls, **more):
        words = ", ".join(f"{name}: \"{value}\"" for name, value in {"calls": calls, "announce": "no", "mayPause": "yes", **more}.items())
        server.apply(f"callfloor: 1\nprojects: {{{project}: {{recording: {{{words}}}}}}}\n")

    rule("all")
    yield rule
    rule("none")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_agent_keeps_a_part_out_by_key_while_typing_and_sees_it(recorded, talk, language):
    page = talk(language)
    marks = contact(page, language)
    expect(marks.get_by_text(t("call.recording.onText", language), exact=True)).to_be_visible()
    note = page.get_by_role("textbox", name=t("desk.note", language))
    note.fill("4111 ")
    page.keyboard.press("Alt+KeyR")
    expect(marks.get_by_role("paragraph").filter(has_text=t("call.recording.pausedText", language))).to_contain_text(re.compile(r"0:0\d"))
    expect(button(page, "call.recording.resume", language)).to_be_enabled()
    look(page, f"recording-paused-{language}")
    page.keyboard.type("is not asked again")
    expect(note).to_have_value("4111 is not asked again")
    page.keyboard.press("Alt+KeyR")
    expect(marks.get_by_text(t("call.recording.onText", language), exact=True)).to_be_visible()
    expect(button(page, "call.recording.pause", language)).to_be_enabled()


def test_where_the_agent_decides_he_begins_it(recorded, talk):
    recorded("onDemand")
    page = talk()
    expect(contact(page).get_by_text(t("call.recording.onText"), exact=True)).to_have_count(0)
    button(page, "call.recording.start").click()
    expect(contact(page).get_by_text(t("call.recording.onText"), exact=True)).to_be_visible()
    expect(button(page, "call.recording.pause")).to_be_enabled()


def test_where_nothing_is_recorded_and_nothing_may_be_kept_out_the_button_is_dimmed(recorded, talk):
    recorded("none", mayPause="no")
    page = talk()
    expect(button(page, "call.recording.pause")).to_have_attribute("aria-disabled", "true")


@pytest.fixture
def story(recorded, talk, visit, server):
    """Opens the story of a contact that was recorded, with a part kept out."""
    page = talk()
    identity = page.request.get("/api/desk").json()["contact"]["id"]
    customer = server.customer
    customer.hears_sound(1.5)
    since = server.phone.mark
    for deeds in [("pause-recording", "hold"), ("retrieve", "resume-recording")]:
        for deed in deeds:
            tell(page, "POST", f"/api/desk/contacts/{identity}/{deed}")
        customer.hears_sound(1.0, since=customer.seconds_recorded())
    server.customer.hang_up()
    server.phone.wait_for("ended", since=since)

    def open_story(language="en", who="supervisor"):
        return visit(who, f"/contacts/{identity}", language)

    return open_story


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_recording_is_played_sought_and_heard_faster_by_mouse_and_by_keys(story, language):
    page = story(language)
    player = page.get_by_role("group", name=t("recordings.player", language))
    expect(player).to_be_visible()
    one_part = areas["recordings"]["pauses"][language]["one"].replace("{count}", ".{1,3}")
    expect(player.get_by_text(re.compile(one_part))).to_be_visible()
    play = player.get_by_role("button", name=t("recordings.play", language), exact=True)
    slider = player.get_by_role("slider", name=t("recordings.seek", language))
    assert float(slider.get_attribute("max")) >= 3
    play.focus()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name=t("recordings.pause", language), exact=True)).to_be_visible()
    expect(player.locator(".player-now")).not_to_have_text("0:00")
    page.keyboard.press("Space")
    expect(play).to_be_visible()
    slider.focus()
    page.keyboard.press("End")
    expect(player.locator(".player-now")).not_to_have_text("0:00")
    page.keyboard.press("Home")
    expect(player.locator(".player-now")).to_have_text("0:00")
    twice = player.get_by_role("button", name="2×", exact=True)
    twice.click()
    expect(twice).to_have_attribute("aria-pressed", "true")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"recording-{language}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    # A supervisor hears, and decides nothing.
    expect(player.get_by_role("button", name=t("recordings.erase", language))).to_have_count(0)


def test_who_plays_one_stands_in_the_audit(story):
    page = story()
    player = page.get_by_role("group", name=t("recordings.player"))
    player.get_by_role("button", name=t("recordings.play"), exact=True).click()
    expect(player.locator(".player-now")).not_to_have_text("0:00")
    admin = story(who="administrator")
    deeds = admin.request.get("/api/audit?action=heard").json()["entries"]
    assert [entry["person"] for entry in deeds][:1] == ["Deniz Yılmaz"]


def test_an_administrator_keeps_one_for_a_dispute_takes_it_along_and_erases_it(story):
    page = story(who="administrator")
    player = page.get_by_role("group", name=t("recordings.player"))
    player.get_by_role("button", name=t("recordings.hold"), exact=True).click()
    expect(page.get_by_text(t("recordings.held"), exact=True)).to_be_visible()
    erase = player.get_by_role("button", name=t("recordings.erase"), exact=True)
    expect(erase).to_have_attribute("aria-disabled", "true")
    player.get_by_role("combobox", name=t("recordings.exportReason")).select_option("complaint")
    with page.expect_download() as download:
        player.get_by_role("link", name=t("recordings.export"), exact=True).click()
    assert download.value.suggested_filename.endswith(".wav")
    player.get_by_role("button", name=t("recordings.release"), exact=True).click()
    expect(erase).not_to_have_attribute("aria-disabled", "true")
    erase.click()
    question = page.get_by_role("dialog", name=t("recordings.erase"))
    expect(question.get_by_role("button", name=t("recordings.eraseNo"), exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(erase).to_be_focused()
    erase.click()
    question.get_by_role("button", name=t("recordings.erase"), exact=True).click()
    expect(page.get_by_text(t("recordings.erased.wish"))).to_be_visible()
    expect(player).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_before_a_recording_is_erased_the_screen_asks(story, language):
    page = story(language, who="administrator")
    page.get_by_role("group", name=t("recordings.player", language)).get_by_role(
        "button", name=t("recordings.erase", language), exact=True).click()
    question = page.get_by_role("dialog", name=t("recordings.erase", language))
    expect(question.get_by_text(t("recordings.eraseAsk", language), exact=True)).to_be_visible()
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"recording-erasure-{language}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    question.get_by_role("button", name=t("recordings.eraseNo", language), exact=True).click()
    expect(question).to_be_hidden()
    expect(page.get_by_role("group", name=t("recordings.player", language))).to_be_visible()


def test_an_agent_is_told_nothing_of_recordings(story):
    page = story(who="agent")
    expect(page.get_by_role("heading", name=t("contacts.course"))).to_be_visible()
    expect(page.get_by_role("heading", name=t("recordings.title"))).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_what_a_project_records_is_set_on_its_screen(settings, language):
    page, server = settings("projects", language, query="?thing=home-internet")
    page.get_by_role("tab", name=t("settings.group.recording", language)).click()
    field(page, "settings.recording.calls", language).select_option("share")
    field(page, "settings.recording.percent", language).fill("30")
    field(page, "settings.recording.announce", language).uncheck()
    field(page, "settings.recording.days", language).fill("60")
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"settings-recording-{language}.png")
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=re.compile("Home internet|گھریلو"))).to_be_visible()
    assert server.set_up["projects"]["home-internet"]["recording"] == {
        "calls": "share", "percent": 30, "announce": "no", "mayPause": "yes", "days": 60}
