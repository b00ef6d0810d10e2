"""The browser is the agent's phone: nothing to install, and nothing lost when a tab is closed."""

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from phones import ANA_TONE, CUSTOMER_TONE
from playwright.sync_api import expect, sync_playwright
from room import PAUSE, quiet_and_loud, write_speech_over_babble
from seat import wait_until
from sound import write_tone
from test_transfer import target

TABS = 8


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def centre(set_up_centre_with_eva, start_centre):
    """With an agent who has no phone but the browser."""
    return start_centre(set_up_centre_with_eva)


@pytest.fixture
def eva(centre, playwright, tmp_path):
    """Makes browsers of Eva, or of another agent, which close with the test."""
    made = []

    def make(login="eva", **details):
        browser = BrowserPhone(playwright, str(tmp_path), centre.server, centre.seat(login).cookie, **details)
        made.append(browser)
        return browser

    yield make
    for browser in made:
        browser.stop()
        assert browser.errors == []


def talk(centre, browser, customer):
    """A customer calls, and the browser answers."""
    if centre.seat("eva").desk["presence"]["state"] != "ready":
        browser.ready()
    browser.wait_until_connected()
    centre.seat("eva").wait_for_routing("idle")
    call = centre.calls(customer)
    browser.answer()
    centre.seat("eva").wait_for_contact("talking")
    return call


def both_hear(browser, customer, call, page=None):
    browser.hears(CUSTOMER_TONE, page=page)
    customer.hears_anew(EVA_TONE, call=call)


@pytest.mark.parametrize(("codec", "spoken"), [("pcmu", "audio/PCMU"), ("opus", "audio/opus")])
def test_agent_and_customer_hear_each_other(centre, eva, codec, spoken):
    browser, customer = eva(codec=codec), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    assert browser.codec() == spoken
    customer.hang_up()
    centre.seat("eva").wait_for_contact("wrapUp")


def test_it_rings_on_its_own_device_and_beeps_before_the_customer_is_heard(centre, eva):
    browser, customer = eva(beep=True), centre.customer()
    browser.ready()
    browser.wait_until_connected()
    browser.status().click()
    browser.page.get_by_role("combobox", name=t("headset.ringer")).select_option(label="Fake Audio Output 2")
    browser.page.keyboard.press("Escape")
    assert browser.rings_at() is None
    call = centre.calls(customer)
    browser.wait(lambda: browser.rings_at() == "Fake Audio Output 2", "ringing")
    assert not browser.beeped()
    browser.answer()
    browser.wait(browser.beeped, "the beep")
    both_hear(browser, customer, call)
    assert browser.rings_at() is None


def test_a_browser_that_is_chosen_rings_in_place_of_the_phone(centre, eva):
    phone, customer = centre.anas_phone(), centre.customer()
    browser = eva(login="ana", use=True)
    browser.ready()
    browser.wait_until_connected()
    centre.ana.wait_for_routing("idle")
    call = centre.calls(customer)
    browser.answer()
    both_hear(browser, customer, call)
    assert not phone.events("rings")


def test_the_codec_changes_in_mid_call(centre, eva):
    browser, customer = eva(), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    assert browser.codec() == "audio/PCMU"
    browser.status().click()
    browser.page.get_by_role("combobox", name=t("headset.codec")).select_option("opus")
    browser.wait(lambda: browser.codec() == "audio/opus", "Opus")
    both_hear(browser, customer, call)


def test_a_tab_is_closed_and_opened_again_in_mid_call(centre, eva):
    browser, customer = eva(), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    contact = centre.seat("eva").wait_for_contact("talking")
    before = customer.recording(call).seconds
    browser.page.close()
    # Nobody is left to speak: music until somebody is.
    customer.hears_sound(seconds=1.0, since=before + 1.0, call=call)
    assert customer.recording(call, skip=before + 1.0).tones([EVA_TONE]) == set()
    browser.page = browser.open()
    browser.wait_until_connected()
    both_hear(browser, customer, call)
    assert centre.seat("eva").wait_for_contact("talking")["id"] == contact["id"]


def test_eight_tabs_of_one_agent_are_all_live(centre, eva):
    browser, customer = eva(), centre.customer()
    pages = [browser.page, *(browser.open() for _ in range(TABS - 1))]
    pages[3].bring_to_front()
    browser.page = pages[3]
    call = centre_rings_in_all(centre, browser, pages, customer)
    browser.answer()
    for page in pages:
        expect(page.get_by_text(t("common.state.talking"), exact=True).first).to_be_visible()
    holder = the_one_that_hears(browser, pages)
    both_hear(browser, customer, call, page=holder)
    holder.close()
    left = [page for page in pages if page is not holder]
    browser.page = left[0]
    browser.wait_until_connected(page=left[0])
    next_holder = the_one_that_hears(browser, left)
    both_hear(browser, customer, call, page=next_holder)
    for page in left:
        browser.wait_until_connected(page=page)


def centre_rings_in_all(centre, browser, pages, customer):
    browser.ready()
    for page in pages:
        browser.wait_until_connected(page=page)
    call = centre.calls(customer)
    for page in pages:
        expect(page.get_by_text(t("common.state.offered"), exact=True).first).to_be_visible()
    return call


def the_one_that_hears(browser, pages):
    """The tab that has the connection; there is one at a time."""
    connected = "() => window.heard?.peer.connectionState === 'connected'"
    browser.wait(lambda: sum(page.evaluate(connected) for page in pages) == 1, "one tab with the connection", page=pages[0])
    return next(page for page in pages if page.evaluate(connected))


def test_a_test_call_plays_ones_own_voice_back(centre, eva):
    browser = eva()
    browser.ready()
    browser.wait_until_connected()
    assert browser.tones([EVA_TONE]) == set()
    browser.status().click()
    test = browser.page.get_by_role("button", name=t("headset.test"))
    test.click()
    browser.hears(EVA_TONE)
    test.click()
    browser.wait(lambda: browser.tones([EVA_TONE], seconds=0.3) == set(), "silence after the test call")


def test_who_refuses_the_microphone_stays_not_ready(centre, eva):
    browser = eva(allowed=False)
    browser.ready()
    page = browser.page
    expect(page.get_by_role("alert").get_by_text(t("errors.code.headsetNeeded"))).to_be_visible()
    panel = page.get_by_role("dialog", name=t("headset.title"))
    expect(panel.get_by_text(t("headset.allow.chromium"))).to_be_visible()
    assert centre.seat("eva").desk["presence"]["state"] != "ready"
    browser.context.grant_permissions(["microphone"])
    browser.wait_until_connected()
    page.keyboard.press("Escape")
    browser.ready()
    centre.seat("eva").wait_for_routing("idle")


def test_another_browser_takes_the_headset_and_gives_it_back(centre, eva):
    first = eva()
    first.ready()
    first.wait_until_connected()
    second = eva()
    second.wait_until_connected()
    first.wait_for_status("elsewhere")
    first.status().click()
    first.page.get_by_role("button", name=t("headset.useHere")).click()
    first.wait_until_connected()
    second.wait_for_status("elsewhere")


def test_a_network_that_is_gone_for_some_seconds_costs_the_customer_some_music(centre, eva):
    browser, customer = eva(), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    with browser.cut_off():
        browser.wait_for_status("lost")
        expect(browser.page.get_by_text(t("headset.lostInCall"))).to_be_visible()
        since = customer.recording(call).seconds
        customer.hears_sound(seconds=1.0, since=since, call=call)
        assert customer.recording(call, skip=since).tones([EVA_TONE]) == set()
    browser.wait_until_connected()
    both_hear(browser, customer, call)


def test_a_restart_of_the_server_in_mid_call_is_survived(centre, eva):
    browser, customer = eva(), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    port = centre.server.port
    centre.server.kill()
    centre.server.start(port)
    centre.seat("eva").watch()
    browser.wait_until_connected(deadline=30)
    both_hear(browser, customer, call)
    centre.seat("eva").wait_for_contact("talking")


def test_a_customer_on_hold_hears_music_and_neither_hears_the_other(centre, eva):
    browser, customer = eva(), centre.customer()
    call = talk(centre, browser, customer)
    both_hear(browser, customer, call)
    browser.press("call.hold")
    since = customer.recording(call).seconds + 0.5
    customer.hears_sound(seconds=1.0, since=since, call=call)
    assert customer.recording(call, skip=since).tones([EVA_TONE]) == set()
    assert browser.tones([CUSTOMER_TONE]) == set()
    browser.press("call.retrieve")
    both_hear(browser, customer, call)
    browser.press("call.mute")
    centre.seat("eva").wait(lambda seat: seat.desk["contact"]["muted"], "a muted agent")
    since = customer.recording(call).seconds + 0.5
    browser.hears(CUSTOMER_TONE)
    wait_until(lambda: customer.seconds_recorded(call) > since + 1.0, "a second of silence")
    assert customer.recording(call, skip=since).tones([EVA_TONE]) == set()
    browser.press("call.unmute")
    both_hear(browser, customer, call)


def test_two_browsers_and_a_phone_are_heard_by_exactly_those_who_should(centre, eva):
    """Eva asks Ana, who is in a browser, too; all three talk; then Eva leaves the customer to Ana."""
    browser, customer = eva(), centre.customer()
    colleague = eva(login="ana", use=True, microphone=lambda path: write_tone(path, ANA_TONE, 10.0))
    everybody = [CUSTOMER_TONE, EVA_TONE, ANA_TONE]
    call = talk(centre, browser, customer)
    contact = centre.seat("eva").wait_for_contact("talking")
    colleague.ready()
    colleague.wait_until_connected()
    centre.ana.wait_for_routing("idle")
    ana = target(centre.seat("eva"), contact, "agents", "Ana Beridze")["id"]
    centre.seat("eva").command(contact, "consult", agent=ana)
    colleague.answer()
    browser.hears(ANA_TONE)
    colleague.hears(EVA_TONE)
    assert browser.tones(everybody) == {ANA_TONE}
    assert colleague.tones(everybody) == {EVA_TONE}
    assert customer.recording(call).tones([ANA_TONE]) == set()
    centre.seat("eva").command(contact, "consult/change", stage="conference")
    for one, others in ((browser, {CUSTOMER_TONE, ANA_TONE}), (colleague, {CUSTOMER_TONE, EVA_TONE})):
        one.wait(lambda one=one, others=others: one.tones(everybody, seconds=0.5) == others, "both others")
    since = customer.recording(call).seconds
    wait_until(lambda: customer.recording(call).together([EVA_TONE, ANA_TONE], since) > 0.5, "both agents")
    centre.seat("eva").command(contact, "consult/complete")
    colleague.wait(lambda: colleague.tones(everybody, seconds=0.5) == {CUSTOMER_TONE}, "the customer alone")
    customer.hears_anew(ANA_TONE, call=call)
    assert browser.tones(everybody) == set()
    assert centre.ana.wait_for_contact("talking")["id"] == contact["id"]


def test_the_customer_hears_the_agent_and_not_the_room(centre, eva):
    heard = {}
    for suppressed in (False, True):
        browser, customer = eva(microphone=write_speech_over_babble, noiseSuppression=suppressed), centre.customer()
        call = talk(centre, browser, customer)
        # The suppression learns for some seconds what the noise is.
        learnt = PAUSE / 2
        wait_until(lambda: customer.seconds_recorded(call) > learnt + 2 * PAUSE, "noise, and speech in it", 3 * PAUSE)
        heard[suppressed] = quiet_and_loud(customer.recording(call), since=learnt)
        customer.hang_up()
        contact = centre.seat("eva").wait_for_contact("wrapUp")
        centre.seat("eva").complete(contact, contact["dispositions"][-1]["id"], "")
        browser.stop()
    (noise_before, voice_before), (noise, voice) = heard[False], heard[True]
    assert noise <= noise_before - 10, heard
    assert voice >= voice_before - 6, heard
