"""The customer's telephone on a page: anyone calls, hears the music, is answered, and talks."""

import time

import pytest
from browser_phone import ARGUMENTS, EARS
from catalogue import t
from chromium import chromium
from phones import ANA_TONE, CUSTOMER_TONE, DEADLINE, GREETING_TONE, Timeout
from playwright.sync_api import expect, sync_playwright
from seat import HTTPProblem, wait_until
from small_centre import NUMBER
from sound import AUDIBLE, PURE, STEADY, write_tone

# A steady tone is what the suppression of noise takes away.
PLAIN_MICROPHONE = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = () =>
    ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
"""


@pytest.fixture
def centre(set_up_centre, start_centre):
    return start_centre(set_up_centre, customer_page=True)


@pytest.fixture
def page(centre, tmp_path):
    """The customer's page, with a tone in its microphone."""
    microphone = str(tmp_path / "customer.wav")
    write_tone(microphone, CUSTOMER_TONE, 10.0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"])
        context = browser.new_context(base_url=centre.server.origin, locale="en-GB", permissions=["microphone"])
        context.add_init_script(EARS + PLAIN_MICROPHONE)
        page = context.new_page()
        page.goto("/customer")
        yield page
        browser.close()


def hears(page, frequency):
    """Waits until the page plays a tone."""
    run, until = 0, time.monotonic() + DEADLINE
    while run < STEADY:
        if time.monotonic() > until:
            raise Timeout(f"{frequency} Hz was not heard on the page within {DEADLINE} s")
        sound = page.evaluate("(frequencies) => window.listen(frequencies, 'heard')", [frequency])
        run = run + 1 if sound and sound["loudness"] * 32768 >= AUDIBLE and sound["shares"][0] >= PURE else 0
        page.wait_for_timeout(50)  # polling


def state(page, name):
    return page.locator("main").get_by_text(t(f"customer.state.{name}"), exact=True)


def test_anyone_calls_from_a_page_and_talks_to_an_agent(centre, page):
    phone, ana = centre.anas_phone(), centre.ana
    page.get_by_role("button", name=t("customer.call"), exact=True).click()
    hears(page, GREETING_TONE)
    expect(state(page, "waiting")).to_be_visible()
    ana.ready()
    phone.rings()
    contact = ana.wait_for_contact("ringing")
    assert (contact["number"], contact["dialled"]) == (None, NUMBER)
    phone.answer()
    hears(page, ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    expect(state(page, "talking")).to_be_visible()
    ana.command(contact, "hold")
    expect(state(page, "held")).to_be_visible()
    ana.command(contact, "retrieve")
    hears(page, ANA_TONE)
    page.get_by_role("group", name=t("customer.keypad")).get_by_role("button", name="5").click()
    phone.wait_for("digit", digit="5")
    page.keyboard.press("#")
    phone.wait_for("digit", digit="#")
    page.get_by_role("button", name=t("customer.hangUp")).click()
    phone.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["endedBy"] == "customer"


def test_who_mutes_his_page_is_not_heard_and_hears_on(centre, page):
    phone, ana = centre.anas_phone(), centre.ana
    ana.ready()
    page.get_by_role("button", name=t("customer.call"), exact=True).click()
    phone.rings()
    phone.answer()
    phone.hears(CUSTOMER_TONE)
    page.get_by_role("button", name=t("customer.mute")).click()
    expect(page.get_by_role("button", name=t("customer.unmute"))).to_have_attribute("aria-pressed", "true")
    # What was on its way is heard yet.
    muted = phone.seconds_recorded() + 0.5
    wait_until(lambda: phone.seconds_recorded() > muted + 1.0, "a second of silence")
    assert phone.recording(skip=muted).tones([CUSTOMER_TONE]) == set()
    hears(page, ANA_TONE)
    page.get_by_role("button", name=t("customer.unmute")).click()
    phone.hears_anew(CUSTOMER_TONE)


def test_whom_the_agent_dismisses_sees_that_the_call_is_over(centre, page):
    phone, ana = centre.anas_phone(), centre.ana
    ana.ready()
    page.get_by_role("button", name=t("customer.call"), exact=True).click()
    phone.rings()
    phone.answer()
    hears(page, ANA_TONE)
    ana.end(ana.wait_for_contact("talking"), "test")
    expect(state(page, "ended")).to_be_visible()


def test_a_page_that_is_closed_has_hung_up(centre, page):
    phone, ana = centre.anas_phone(), centre.ana
    ana.ready()
    page.get_by_role("button", name=t("customer.call"), exact=True).click()
    phone.rings()
    phone.answer()
    hears(page, ANA_TONE)
    page.close()
    phone.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["endedBy"] == "customer"


def test_nobody_calls_by_a_wrong_number_or_with_another_ones_key(centre, page):
    _, ana = centre.anas_phone(), centre.ana
    with pytest.raises(HTTPProblem) as refused:
        ana.request("POST", "/api/customer/calls", {"number": "+442079460199", "offer": "v=0"})
    assert refused.value.status == 422
    page.get_by_role("button", name=t("customer.call"), exact=True).click()
    hears(page, GREETING_TONE)
    ana.ready()
    contact = ana.wait_for_contact("ringing")["id"]
    with pytest.raises(HTTPProblem) as refused:
        ana.request("POST", f"/api/customer/calls/{contact}/end", {"key": "guessed"})
    assert refused.value.status == 404
    expect(state(page, "waiting")).to_be_visible()


def test_where_the_page_is_not_offered_there_is_nothing_to_call_with(set_up_centre, start_centre):
    centre = start_centre(set_up_centre)
    with pytest.raises(HTTPProblem) as refused:
        centre.ana.request("POST", "/api/customer/calls", {"number": NUMBER, "offer": "v=0"})
    assert refused.value.status == 404
