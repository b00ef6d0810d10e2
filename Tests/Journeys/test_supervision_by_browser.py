"""A supervisor whose phone is the browser is beside an agent at once, and takes over by one key."""

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from phones import ANA_TONE, CUSTOMER_TONE
from playwright.sync_api import sync_playwright
from seat import wait_until
from test_restart import talk

EVA_SUPERVISES = """
callfloor: 1
users: {eva: {role: supervisor}}
"""


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


def test_a_headset_is_put_through_at_once_and_goes_on_with_the_customer(set_up_centre_with_eva, start_centre, playwright, tmp_path):
    centre = start_centre(set_up_centre_with_eva)
    centre.server.apply(EVA_SUPERVISES)
    eva = centre.seat("eva")
    browser = BrowserPhone(playwright, str(tmp_path), centre.server, eva.cookie)
    try:
        phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
        eva.set_presence("notReady")
        browser.wait_until_connected()
        ana.ready()
        call = talk(centre, phone, customer)
        contact = ana.wait_for_contact("talking")["id"]
        eva.post(f"/api/floor/contacts/{contact}/supervise", {"mode": "whisper"})
        wait_until(lambda: browser.tones([CUSTOMER_TONE, ANA_TONE]) == {CUSTOMER_TONE, ANA_TONE}, "both in the headset")
        assert all(one.together([EVA_TONE]) < 0.1 for one in (customer.recording(call), phone.recording()))
        eva.post(f"/api/floor/contacts/{contact}/supervise/microphone", {"open": True})
        since = phone.recording().seconds
        wait_until(lambda: phone.recording().together([CUSTOMER_TONE, EVA_TONE], since) > 0.5, "a whisper")
        assert customer.recording(call).together([EVA_TONE]) < 0.1
        eva.post(f"/api/floor/contacts/{contact}/take-over", {})
        customer.hears_anew(EVA_TONE, call=call)
        phone.wait_for("ended")
        browser.hears(CUSTOMER_TONE)
        assert eva.wait_for_contact("talking")["id"] == contact
    finally:
        browser.stop()
    assert browser.errors == []
