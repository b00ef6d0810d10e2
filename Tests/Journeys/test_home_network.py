"""From home: a browser in a network of its own, whose line is cut in mid-call, loses packets, has a router at its end, or IPv6 alone."""

import contextlib
import time

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from home_network import AGENTS_6, CUSTOMERS_6, INNER_SERVER, SERVER, SERVER_6, FarNetwork, HomeNetwork, NotAllowed
from phones import BILAL_TONE, CUSTOMER_TONE, authority
from plain_phone import PlainPhone
from playwright.sync_api import expect, sync_playwright
from small_centre import CALLER

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


@pytest.fixture
def centre_6(centre, lay_network, tmp_path):
    """A network, and in it a centre that knows IPv6 alone, its agent's phone and a customer."""
    network = lay_network()
    with contextlib.ExitStack() as stopped:
        customer, phone = (
            PlainPhone(name, str(tmp_path), address=address, tone=tone, user=user) for name, address, tone, user in (
                ("customer", CUSTOMERS_6, CUSTOMER_TONE, CALLER), ("bilal", AGENTS_6, BILAL_TONE, "102")))
        for one in (customer, phone):
            stopped.callback(one.stop)
        centre = centre(address=SERVER_6, host=SERVER_6)
        centre.server.apply(
            f'callfloor: 1\ntrunks: {{provider: {{addresses: ["{CUSTOMERS_6}"]}}}}\nphones: {{"102": {{address: "{phone.here}"}}}}\n')
        yield network, centre, phone, customer


def test_agent_in_a_browser_and_customer_talk_where_there_is_ipv6_alone(centre_6, talk):
    network, centre, _, customer = centre_6
    eva, browser, call = talk(centre, customer, network, reached_at=SERVER_6)
    assert browser.remote_address() == SERVER_6
    customer.hang_up(call)
    assert eva.wait_for_contact("wrapUp")["endedBy"] == "customer"


def test_phones_talk_where_there_is_ipv6_alone_and_after_a_crash(centre_6):
    _, centre, phone, customer = centre_6
    bilal = centre.bilal
    bilal.ready()
    call = centre.calls(customer)
    assert CALLER in phone.rings()["caller"]
    phone.answer()
    customer.hears(BILAL_TONE, call=call)
    phone.hears(CUSTOMER_TONE)
    contact = bilal.wait_for_contact("talking")
    centre.server.kill()
    centre.server.start()
    customer.hears_anew(BILAL_TONE, call=call)
    phone.hears_anew(CUSTOMER_TONE)
    bilal.watch()
    assert bilal.wait_for_contact("talking")["id"] == contact["id"]
    customer.hang_up(call)
    phone.wait_for("ended")
    assert bilal.wait_for_contact("wrapUp")["endedBy"] == "customer"
