"""How a talk sounds, as the agent, his supervisor and whoever reads its story see it."""

import json
import re

import pytest
from calls import bar, look
from catalogue import t
from playwright.sync_api import expect
from screens import overflows
from supervision import ana, bilal
from test_accessibility import serious
from test_supervision import floor  # noqa: F401
from test_supervision import look as look_at_floor

both = pytest.mark.parametrize("language", ["en", "ur"])

say = """async (voice) => {
    const store = (await import("/features/desk/voice-line.js")).voiceStore;
    store.set = () => {};
    Object.getPrototypeOf(store).set.call(store, voice);
}"""


def level(page, side, loud, language):
    name = f"{t(f'desk.voice.{side}', language)}: {t(f'desk.voice.level.{loud}', language)}"
    return bar(page, language).get_by_role("img", name=name, exact=True)


@both
def test_the_agent_sees_at_a_glance_how_it_sounds_and_nothing_moves(talk, language):
    page = talk(language)
    page.evaluate(say, {"agent": None, "customer": None, "signs": []})
    places = "[...document.querySelectorAll('.call-bar button')].map((button) => JSON.stringify(button.getBoundingClientRect()))"
    before = page.evaluate(places)
    spoken = page.evaluate("[...document.querySelectorAll('[data-announce]')].map((region) => region.textContent)")
    page.evaluate(say, {"agent": "good", "customer": "quiet", "signs": []})
    expect(level(page, "agent", "good", language)).to_be_visible()
    expect(level(page, "customer", "quiet", language)).to_be_visible()
    for sign in ["talkOver", "deadAir", "customerRaised", "agentRaised", "echo", "noise"]:
        page.evaluate(say, {"agent": "good", "customer": "loud", "signs": [sign]})
        expect(bar(page, language).get_by_text(t(f"common.voice.{sign}", language), exact=True)).to_be_visible()
        assert page.evaluate(overflows) == []
    look(page, f"voice-{language}")
    assert page.evaluate(places) == before
    # It is for the eye alone: whoever listens to a customer is not talked to.
    assert page.evaluate("[...document.querySelectorAll('[data-announce]')].map((region) => region.textContent)") == spoken
    page.evaluate(say, {"agent": None, "customer": None, "signs": []})
    expect(bar(page, language).get_by_role("img")).to_have_count(0)


@both
def test_a_supervisor_sees_signs_in_the_rows_of_those_who_talk(floor, language):  # noqa: F811
    page, centre = floor(language)
    centre.change(ana, voice=["talkOver", "customerRaised"])
    centre.change(bilal, voice=["deadAir"])
    row = page.get_by_role("listitem").filter(has_text="Ana Beridze")
    for sign in ["talkOver", "customerRaised"]:
        expect(row.get_by_text(t(f"common.voice.{sign}", language), exact=True)).to_be_visible()
    expect(page.get_by_text(t("common.voice.deadAir", language), exact=True)).to_be_visible()
    look_at_floor(page, f"voice-{language}")
    centre.change(ana, voice=[])
    expect(row.get_by_text(t("common.voice.talkOver", language), exact=True)).to_have_count(0)


def facts(name, since):
    silent = {"spoken": 61_000, "level": -27, "noise": -52, "raised": 0, "rise": 0, "echo": None, "echoDelay": None}
    return {
        "agentName": name, "since": since, "measured": 184_000, "talkOver": 3_100, "talkOvers": 2, "deadAir": 8_000,
        "deadAirLongest": 8_000, "raised": True, "agent": {**silent, "echo": 24, "echoDelay": 120},
        "customer": {**silent, "raised": 6_200, "rise": 12, "noise": None}}


@both
def test_the_story_says_in_words_what_was_measured_of_each_talk(visit, language):
    page = visit("supervisor", "/contacts", language)

    def story(route):
        answer = route.fetch()
        told = answer.json()
        new = {"position": 9, "at": told["openedAt"] + 9000, "kind": "voiceMeasured", "by": None, "reason": None, "result": None, "to": None,
               "refusal": None, "rule": None, "mode": None, "queue": None, "why": None}
        told["events"] = [event for event in told["events"] if event["kind"] != "voiceMeasured"] + [
            {**new, "voice": facts("Ana Beridze", told["openedAt"])},
            {**new, "position": 10, "voice": facts("Bilal Ahmed", told["openedAt"] + 200_000) | {"talkOvers": 0, "deadAir": 0}}]
        route.fulfill(status=200, body=json.dumps(told), content_type="application/json")

    page.route(re.compile(r"/api/contacts/[0-9a-f-]+$"), story)
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    panel = page.get_by_role("region", name=t("contacts.voice", language), exact=True)
    expect(panel.get_by_role("heading", level=3)).to_have_count(2)
    expect(panel.get_by_text(t("contacts.voice.hint", language))).to_be_visible()
    expect(panel.get_by_text(t("contacts.voice.none", language), exact=True)).to_have_count(2)
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    panel.scroll_into_view_if_needed()
    look_at_floor(page, f"voice-story-{language}")
