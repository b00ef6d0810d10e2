"""A supervisor and an agent at their screens, by keyboard alone: the keys do what they say, and exactly those hear him whom the strip names."""

import re

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from phones import ANA_TONE, CUSTOMER_TONE
from playwright.sync_api import expect, sync_playwright
from seat import wait_until
from test_restart import talk
from test_supervision import BUFFERED, WHILE

from catalogue import t
from keyboard import tab_to

EVA_SUPERVISES = """
callfloor: 1
users: {eva: {role: supervisor}}
"""
ANA, EVA = "Ana Beridze", "Eva Novak"


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


class Screens:
    """Eva supervises at her browser, which is her phone; Ana has a phone beside hers, and talks with a customer."""

    def __init__(self, centre, playwright, folder, language):
        centre.server.apply(EVA_SUPERVISES)
        self.language, self.folder = language, folder
        eva = centre.seat("eva")
        self.eva = BrowserPhone(playwright, str(folder), centre.server, eva.cookie)
        self.ana = BrowserPhone(playwright, str(folder), centre.server, centre.ana.cookie)
        eva.set_presence("notReady")
        self.eva.wait_until_connected()
        self.phone, self.customer = centre.anas_phone(), centre.customer()
        centre.ana.ready()
        self.call = talk(centre, self.phone, self.customer)
        for browser in (self.eva, self.ana):
            choice = browser.page.get_by_role("combobox").filter(has=browser.page.locator("option[lang]"))
            choice.select_option(language)
            expect(browser.page.locator("html")).to_have_attribute("lang", language)

    def text(self, key, **values):
        return t(key, self.language, **values)

    def press(self, *keys):
        for key in keys:
            self.eva.page.keyboard.press(key)

    @property
    def strip(self):
        return self.eva.page.get_by_role("region", name=self.text("supervise.strip"), exact=True)

    @property
    def row(self):
        """Ana on the floor."""
        return self.eva.page.get_by_role("button", name=re.compile(f"^{ANA}")).and_(self.eva.page.locator("[aria-haspopup]"))

    def says(self, key):
        """What the strip says."""
        expect(self.strip.get_by_text(self.text(key, agent=ANA), exact=True)).to_be_visible()

    def look(self, browser, name):
        browser.page.screenshot(path=self.folder / f"{name}-{self.language}.png")

    def is_heard_by(self, *, customer, agent):
        """Whether the customer and the agent hear Eva, from now on."""
        for phone, call, is_heard, other in ((self.customer, self.call, customer, ANA_TONE), (self.phone, None, agent, CUSTOMER_TONE)):
            since = phone.recording(call).seconds
            if is_heard:
                wait_until(lambda: phone.recording(call).together([EVA_TONE, other], since) > 0.3, f"{phone.name} hearing Eva")
            else:
                wait_until(lambda: phone.seconds_recorded(call) > since + BUFFERED + WHILE, "a while")
                assert phone.recording(call).together([EVA_TONE], since + BUFFERED) == 0

    def stop(self):
        for browser in (self.eva, self.ana):
            browser.stop()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_supervisor_and_an_agent_at_their_screens(set_up_centre_with_eva, start_centre, playwright, tmp_path, language):
    screens = Screens(start_centre(set_up_centre_with_eva), playwright, tmp_path, language)
    eva, ana, press = screens.eva.page, screens.ana.page, screens.press
    try:
        press("f")
        expect(screens.row).to_be_visible()
        tab_to(eva, screens.row)
        press("l")
        screens.says("supervise.with.monitor")
        screens.says("supervise.heard.nobody")
        screens.eva.wait(lambda: screens.eva.tones([CUSTOMER_TONE, ANA_TONE]) == {CUSTOMER_TONE, ANA_TONE}, "both in the headset")
        expect(ana.get_by_role("list", name=screens.text("desk.supervisors"))).to_contain_text(EVA)
        screens.is_heard_by(customer=False, agent=False)

        press("w")
        screens.says("supervise.with.whisper")
        screens.is_heard_by(customer=False, agent=False)
        eva.keyboard.down("Space")
        screens.says("supervise.heard.agent")
        screens.is_heard_by(customer=False, agent=True)
        screens.look(screens.eva, "whisper")
        screens.look(screens.ana, "whispered")
        eva.keyboard.up("Space")
        screens.says("supervise.heard.nobody")
        screens.is_heard_by(customer=False, agent=False)

        press("j", "m")
        screens.says("supervise.heard.all")
        screens.is_heard_by(customer=True, agent=True)
        screens.look(screens.eva, "join")
        press("e")
        expect(screens.strip).to_have_count(0)
        screens.is_heard_by(customer=False, agent=False)

        # Ana's flag, while she writes; one key brings Eva from wherever she is.
        note = ana.get_by_role("textbox", name=screens.text("desk.note"))
        note.focus()
        ana.keyboard.press("Alt+h")
        expect(ana.get_by_role("button", name=re.compile(f"^{screens.text('desk.help.asked')}"))).to_be_visible()
        press("g")
        floor = eva.get_by_role("link", name=re.compile(f"^{screens.text('common.screen.floor')}"))
        expect(floor).to_contain_text(screens.text("common.screen.floor"))
        expect(eva.locator("[data-announce=polite]")).to_have_text(screens.text("supervise.help.asks", agent=ANA))
        press("j")
        screens.says("supervise.with.barge")
        expect(ana.get_by_role("button", name=re.compile(f"^{screens.text('desk.help')}"))).to_have_attribute("aria-pressed", "false")
        expect(note).to_be_focused()

        # A word for Ana, who goes on writing.
        press("f")
        tab_to(eva, screens.row)
        press("Enter")
        eva.get_by_role("menuitem", name=screens.text("supervise.menu.message")).press("Enter")
        eva.keyboard.type("Offer the new router")
        press("Control+Enter")
        card = ana.get_by_role("region", name=screens.text("desk.message", **{"from": EVA}))
        expect(card.get_by_text("Offer the new router")).to_be_visible()
        expect(note).to_be_focused()
        screens.look(screens.ana, "message")
        ana.keyboard.press("Alt+g")
        expect(card).to_have_count(0)

        press("t")
        expect(eva.get_by_role("dialog", name=screens.text("supervise.take.title", agent=ANA))).to_be_visible()
        screens.look(screens.eva, "take-over")
        press("Enter")
        expect(eva).to_have_url(re.compile("/desk$"))
        screens.customer.hears_anew(EVA_TONE, call=screens.call)
        screens.phone.wait_for("ended")
        screens.eva.hears(CUSTOMER_TONE)
        expect(screens.strip).to_have_count(0)
        expect(eva.get_by_role("region", name=screens.text("desk.currentContact"))).to_contain_text(screens.text("common.state.talking"))
        screens.look(screens.eva, "taken-over")
    finally:
        screens.stop()
    assert screens.eva.errors == screens.ana.errors == []
