"""What is measured of the voices in a talk, with a customer and an agent who speak as was written down before."""

import os
import time

import pytest
from browser_phone import BrowserPhone
from playwright.sync_api import sync_playwright
from seat import wait_until
from voices import seconds_spoken, write_voice

# What the customer says, from his call on: seconds, and decibels below full scale; or nothing.
CALM, RAISED = -32, -20
CUSTOMER = [(16.0, CALM), (8.0, None), (8.0, RAISED), (24.0, CALM)]
# The agent, in a loop, and not before she is unmuted.
AGENT = [(3.0, -26), (6.0, None)]


@pytest.fixture
def centre(set_up_centre_with_eva, start_centre):
    return start_centre(set_up_centre_with_eva)


def measured(centre, contact):
    events = centre.supervisor.get(f"/api/contacts/{contact}")["events"]
    return [event["voice"] for event in events if event["kind"] == "voiceMeasured"]


def signs(centre):
    return next(agent for agent in centre.supervisor.get("/api/floor")["agents"] if agent["name"] == "Eva Novak")["voice"]


def near(value, wanted):
    return abs(value - wanted) <= 0.1 * abs(wanted)


@pytest.mark.alone
def test_what_is_known_of_a_talk_is_what_was_spoken(centre, tmp_path):
    microphone, speech = str(tmp_path / "agent.wav"), str(tmp_path / "customer.wav")
    write_voice(speech, CUSTOMER)
    customer = centre.customer(speaks=speech)
    eva = centre.seat("eva")
    with sync_playwright() as playwright:
        browser = BrowserPhone(
            playwright, os.fspath(tmp_path), centre.server, eva.cookie, microphone=lambda path: write_voice(path, AGENT, rate=48_000))
        try:
            browser.ready()
            browser.wait_until_connected()
            eva.wait_for_routing("idle")
            began = time.monotonic()
            call = centre.calls(customer)
            browser.answer()
            contact = eva.wait_for_contact("talking")["id"]
            eva.post(f"/api/desk/contacts/{contact}/mute")
            wait_until(lambda: signs(centre) == ["deadAir"], "the floor sees the silence", deadline=40)
            wait_until(lambda: "customerRaised" in signs(centre), "and the raised voice", deadline=20)
            unmuted = customer.recording(call).seconds
            eva.post(f"/api/desk/contacts/{contact}/unmute")
            wait_until(lambda: "talkOver" in signs(centre), "both at once", deadline=30)
            wait_until(lambda: time.monotonic() - began > 50, "the time of the talk", deadline=60)
            customer.hang_up()
            eva.wait_for_contact("wrapUp")
        finally:
            browser.stop()
    [voice] = wait_until(lambda: measured(centre, contact), "what was measured is kept")
    spoken = seconds_spoken(customer.heard(call), unmuted)
    assert spoken > 5
    assert near(voice["talkOver"] / 1000, spoken), (voice, spoken)
    assert near(voice["deadAir"] / 1000, 8.0) and voice["deadAirLongest"] == voice["deadAir"], voice
    assert near(voice["customer"]["rise"], 12) and near(voice["customer"]["raised"] / 1000, 8.0), voice
    assert voice["raised"] is True and voice["agent"]["raised"] == 0
    assert abs(voice["agent"]["level"] - AGENT[0][1]) <= 3, voice
    figures = centre.supervisor.get("/api/contacts?figure=raisedVoices&since=0&until=9999999999999")
    assert [found["id"] for found in figures["contacts"]] == [contact]
