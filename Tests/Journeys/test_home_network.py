"""From home: a browser in a network of its own, whose line is cut in mid-call, loses packets, or has a router at its end."""

import contextlib
import time

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from home_network import INNER_SERVER, SERVER, FarNetwork, HomeNetwork, NotAllowed
from phones import CUSTOMER_TONE, authority
from playwright.sync_api import expect, sync_playwright

CUT = 5.0
# A share at which speech in PCMU is chopped, and Opus still mends it.
LOSS = 0.08
# Two looks at the line, and reports of what was lost, which come every few seconds (RFC 3550 section 6.2).
CODEC_CHANGED_WITHIN = 30.0


@pytest.fixture
def lay_network():
    """Makes a network that is gone with the test; skips it where nobody may."""
    with contextlib.ExitStack() as laid:

        def lay(kind=HomeNetwork, **details):
            try:
                return laid.enter_context(contextlib.closing(kind(**details)))
            except NotAllowed as reason:
                pytest.skip(f"no network of its own can be made here: {reason}")

        yield lay


@pytest.fixture
def centre(set_up_centre_with_eva, start_centre):
    """Starts a centre whose pages can be reached from outside."""
    return lambda address=SERVER, host="0.0.0.0", **details: start_centre(set_up_centre_with_eva, address=address, host=host, **details)


@pytest.fixture
def talk(tmp_path):
    """Eva, in her browser `within` a network, talks with a customer: returns her seat, the browser and the call."""
    with sync_playwright() as playwright, contextlib.ExitStack() as opened:

        def talk(centre, customer, within, reached_at=SERVER):
            eva, origin = centre.seat("eva"), f"http://{authority(reached_at, centre.server.port)}"
            browser = BrowserPhone(playwright, str(tmp_path), centre.server, eva.cookie, origin=origin, within=within)
            opened.callback(browser.stop)
            browser.ready()
            browser.wait_until_connected()
            eva.wait_for_routing("idle")
            call = centre.calls(customer)
            browser.answer()
            eva.wait_for_contact("talking")
            both_hear(browser, customer, call)
            return eva, browser, call

        yield talk


def both_hear(browser, customer, call):
    browser.hears(CUSTOMER_TONE)
    customer.hears_anew(EVA_TONE, call=call)


def test_the_line_is_cut_for_five_seconds_and_the_talk_goes_on(lay_network, centre, talk):
    network = lay_network()
    centre = centre()
    customer = centre.customer()
    eva, browser, call = talk(centre, customer, network)
    contact = eva.wait_for_contact("talking")
    with network.cut():
        until = time.monotonic() + CUT
        browser.wait_for_status("lost")
        expect(browser.page.get_by_text(t("headset.lostInCall"))).to_be_visible()
        since = customer.recording(call).seconds
        eva.wait(lambda seat: seat.desk["contact"]["held"] == "connection", "music for the customer")
        browser.wait(lambda: time.monotonic() >= until, "the end of the cut")
        assert customer.recording(call, skip=since).tones([EVA_TONE]) == set()
    browser.wait_until_connected()
    both_hear(browser, customer, call)
    assert eva.wait_for_contact("talking")["id"] == contact["id"]


def test_a_line_that_loses_packets_makes_the_browser_speak_opus_in_mid_call(lay_network, centre, talk):
    network = lay_network(FarNetwork)
    centre = centre()
    customer = centre.customer()
    _, browser, call = talk(centre, customer, network)
    assert browser.codec() == "audio/PCMU"
    network.lose(LOSS)
    browser.wait(lambda: browser.codec() == "audio/opus", "Opus", CODEC_CHANGED_WITHIN)
    both_hear(browser, customer, call)


def test_a_server_behind_a_router_is_found_by_its_public_address(lay_network, centre, talk):
    network = lay_network(FarNetwork, own=INNER_SERVER)
    centre = centre(address=INNER_SERVER, public_address=SERVER)
    _, browser, _ = talk(centre, centre.customer(), network)
    assert browser.remote_address() == SERVER
