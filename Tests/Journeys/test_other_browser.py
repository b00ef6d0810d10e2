"""Browsers are not only Chromium: another implementation of WebRTC connects, too, and what is none is told so."""

import pytest
from other_browser import TONE, OtherBrowser
from phones import CUSTOMER_TONE
from seat import HTTPProblem


@pytest.fixture
def centre(set_up_centre_with_eva, start_centre):
    """With an agent who has no phone but the browser."""
    return start_centre(set_up_centre_with_eva)


@pytest.fixture
def eva(centre):
    return centre.seat("eva")


@pytest.mark.parametrize("codec", ["PCMU", "opus"])
def test_another_client_connects_and_both_sides_hear_each_other(centre, eva, codec):
    browser, customer = OtherBrowser(eva, codec), centre.customer()
    try:
        eva.wait(lambda seat: (seat.desk["audio"] or {}).get("state") == "open", "an open headset")
        eva.ready()
        call = centre.calls(customer)
        contact = eva.wait(lambda seat: (found := seat.desk["contact"]) and found["answerable"] and found, "a call to answer")
        eva.command(contact, "answer")
        browser.hears(CUSTOMER_TONE)
        customer.hears_anew(TONE, call=call)
        customer.hang_up()
        eva.wait_for_contact("wrapUp")
    finally:
        browser.stop()
    # The tab is closed: DTLS says so.
    eva.wait(lambda seat: (seat.desk["audio"] or {}).get("state") != "open", "a headset that is gone")


@pytest.mark.parametrize(
    ("offer", "code"), [("v=0", "invalid"), ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", "browserUnsuitable")])
def test_what_is_no_call_of_a_browser_is_refused(eva, offer, code):
    with pytest.raises(HTTPProblem) as refused:
        eva.request("POST", "/api/desk/audio", {"offer": offer})
    assert refused.value.problem["code"] == code


def test_a_call_at_a_phone_is_not_answered_on_the_screen(centre):
    """Nor if a headset is connected while the phone rings."""
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    centre.calls(customer)
    phone.rings()
    contact = ana.wait_for_contact("ringing")
    browser = OtherBrowser(ana, "PCMU")
    try:
        ana.wait(lambda seat: (seat.desk["audio"] or {}).get("state") == "open", "an open headset")
        assert not ana.desk["contact"]["answerable"]
    finally:
        browser.stop()
    with pytest.raises(HTTPProblem) as refused:
        ana.command(contact, "answer")
    assert refused.value.problem["code"] == "answerAtPhone"
    ana.command(contact, "decline")
    ana.wait_for_routing("notResponding")
