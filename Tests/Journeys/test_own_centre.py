"""An own centre from an empty database, through the screens alone, until a call is answered."""

import os
import re

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from catalogue import t
from phones import CUSTOMER_TONE, CUSTOMERS
from playwright.sync_api import expect, sync_playwright
from seat import Seat
from small_centre import CALLER, NUMBER

PASSWORD = "first-password"


class Administrator:
    """The first one, at a browser in some language."""

    def __init__(self, playwright, server, language):
        self.server, self.language = server, language
        self._browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        context = self._browser.new_context(
            base_url=server.origin, locale="en-GB", timezone_id="Europe/London", viewport={"width": 1366, "height": 768})
        self.errors = []
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page = context.new_page()
        with open(os.path.join(server.data, "welcome-token")) as file:
            self.page.goto(f"/welcome#{file.read().strip()}")
        self.page.locator("select[name=language]").select_option(language)

    def text(self, key, **values):
        return t(key, self.language, **values)

    def field(self, key):
        return self.page.get_by_label(re.compile(f"^{re.escape(self.text(key))}")).first

    def begin(self):
        """Becomes the administrator."""
        for key, value in (("session.first.name", "Ada"), ("session.login", "ada"), ("session.password", PASSWORD)):
            self.field(key).fill(value)
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(re.compile("/settings/start$"))

    def step(self, name):
        """Follows the step of the list that is to be done next."""
        self.page.get_by_role("link", name=self.text("settings.start"), exact=True).click()
        step = self.page.locator("[aria-current=step]")
        expect(step.get_by_role("heading", name=self.text(f"settings.start.{name}"), exact=True)).to_be_visible()
        step.get_by_role("link").click()

    def save(self, said):
        self.page.keyboard.press("Alt+s")
        notice = self.page.get_by_role("main").get_by_role("status").filter(has_text=self.text("settings.savedWhat", what=said))
        expect(notice).to_be_visible()

    def stop(self):
        self._browser.close()


@pytest.fixture
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(params=["en", "ur"])
def ada(start_server, playwright, request):
    """The first administrator of a server that knows nothing."""
    ada = Administrator(playwright, start_server(), request.param)
    yield ada
    ada.stop()
    assert ada.errors == []


@pytest.fixture
def browser_of(ada, playwright, tmp_path):
    """Makes the browser of somebody who has signed in, which closes with the test."""
    made = []

    def make(seat):
        made.append(BrowserPhone(playwright, str(tmp_path), ada.server, seat.cookie))
        return made[-1]

    yield make
    for browser in made:
        browser.stop()
        assert browser.errors == []


def test_a_centre_is_set_up_through_the_screens_until_a_call_is_answered(ada, browser_of, phone):
    page = ada.page
    ada.begin()

    ada.step("project")
    page.keyboard.type("Taxi")
    ada.field("settings.countryCode").fill("44")
    ada.save("Taxi")

    ada.step("queue")
    page.keyboard.type("Orders")
    ada.save("Orders")

    ada.step("line")
    page.keyboard.type("provider")
    ada.field("settings.trunk.addresses").fill(CUSTOMERS)
    ada.save("provider")

    ada.step("number")
    page.keyboard.type("020 7946 0100")
    ada.field("common.queue").select_option(label="Orders")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("heading", name="+44 207 946 0100")).to_be_visible()

    ada.step("person")
    page.keyboard.type("Eva Novak")
    ada.field("session.login").fill("eva")
    page.get_by_role("button", name=ada.text("settings.generate")).click()
    page.get_by_role("tab", name=ada.text("settings.group.calls")).click()
    page.get_by_role("checkbox", name="Orders").check()
    ada.save("Eva Novak")
    password = page.get_by_role("status").filter(has_text=ada.text("settings.card.once")).locator("dd").nth(4).inner_text()

    seat = Seat(ada.server, "eva", password)
    eva = browser_of(seat)
    customer = phone("customer", user=CALLER, address=CUSTOMERS, tone=CUSTOMER_TONE)
    eva.ready()
    eva.wait_until_connected()
    seat.wait_for_routing("idle")
    call = customer.call(NUMBER, ada.server.sip)
    eva.answer()
    seat.wait_for_contact("talking")
    eva.hears(CUSTOMER_TONE)
    customer.hears_anew(EVA_TONE, call=call)

    page.get_by_role("link", name=ada.text("settings.start"), exact=True).click()
    expect(page.get_by_text(ada.text("settings.start.complete"))).to_be_visible()
    customer.hang_up()
