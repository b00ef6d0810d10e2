"""From home: a browser in a network of its own, whose line is cut in mid-call for some seconds."""

import shutil
import time

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from home_network import SERVER, HomeNetwork, NotAllowed
from phones import CUSTOMER_TONE
from playwright.sync_api import expect, sync_playwright
from small_centre import SmallCentre, set_up_with_eva

CUT = 5.0


@pytest.fixture
def network():
    try:
        network = HomeNetwork()
    except NotAllowed as reason:
        pytest.skip(f"no network of its own can be made here: {reason}")
    yield network
    network.close()


def test_the_line_is_cut_for_five_seconds_and_the_talk_goes_on(network, set_up_centre, start_server, phone, tmp_path):
    data, fixed_port, cookies = set_up_centre
    shutil.copytree(data, tmp_path / "data")
    server = start_server(address=SERVER, host="0.0.0.0")
    centre = SmallCentre(server, phone, fixed_port, cookies)
    server.apply(set_up_with_eva(fixed_port))
    eva, customer = centre.seat("eva"), centre.customer()
    with sync_playwright() as playwright:
        browser = BrowserPhone(
            playwright, str(tmp_path), server, eva.cookie, origin=f"http://{SERVER}:{server.port}", within=network)
        browser.ready()
        browser.wait_until_connected()
        eva.wait_for_routing("idle")
        call = centre.calls(customer)
        browser.answer()
        contact = eva.wait_for_contact("talking")
        browser.hears(CUSTOMER_TONE)
        customer.hears_anew(EVA_TONE, call=call)
        with network.cut():
            until = time.monotonic() + CUT
            browser.wait_for_status("lost")
            expect(browser.page.get_by_text(t("headset.lostInCall"))).to_be_visible()
            since = customer.recording(call).seconds
            eva.wait(lambda seat: seat.desk["contact"]["held"] == "connection", "music for the customer")
            browser.wait(lambda: time.monotonic() >= until, "the end of the cut")
            assert customer.recording(call, skip=since).tones([EVA_TONE]) == set()
        browser.wait_until_connected()
        browser.hears(CUSTOMER_TONE)
        customer.hears_anew(EVA_TONE, call=call)
        assert eva.wait_for_contact("talking")["id"] == contact["id"]
        browser.stop()
