"""An own centre from an empty database, through the screens alone, until a call is answered."""

import re

import pytest
from administrator import Administrator
from browser_phone import EVA_TONE, BrowserPhone
from phones import CUSTOMER_TONE, CUSTOMERS
from playwright.sync_api import expect, sync_playwright
from seat import Seat
from small_centre import CALLER, NUMBER


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


@pytest.fixture
def grown(set_up_centre, start_centre, playwright):
    """The first administrator of a centre that was set up by a file, which names none."""
    centre = start_centre(set_up_centre)
    ada = Administrator(playwright, centre.server, "en")
    ada.begin()
    yield ada
    ada.stop()
    assert ada.errors == []


def test_every_kind_of_thing_is_changed_on_screen(grown):
    page = grown.page
    grown.open_thing("queues", "home-internet/support")
    ring = grown.field("settings.queue.ringTimeout")
    ring.fill("25")
    grown.field("settings.queue.wrapUp").select_option("onRequest")
    grown.save("Technical support")
    page.keyboard.press("Alt+z")
    expect(ring).to_have_value("20")

    grown.open_thing("people", "bilal")
    grown.field("settings.person.name").fill("Bilal Khan")
    page.get_by_role("tab", name=grown.text("settings.group.calls")).click()
    page.get_by_role("textbox", name=re.compile(grown.text("settings.skills.priority"))).fill("4")
    grown.save("Bilal Khan")

    grown.open_thing("projects", "home-internet")
    grown.field("settings.timeZone").fill("Asia/Tbilisi")
    grown.save("Home internet")

    grown.open_thing("numbers", NUMBER.replace("+", "%2B"))
    grown.field("settings.number.priority").fill("7")
    grown.save("+44 207 946 0100")

    grown.open_thing("dispositions", "home-internet")
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("Insert")
    page.keyboard.type("Taxi")
    grown.save(grown.text("settings.dispositions"))

    grown.open_thing("skills", "all")
    page.get_by_role("gridcell").first.focus()
    page.keyboard.press("9")
    grown.save(grown.text("settings.skills"))

    for section in ("teams", "reasons"):
        grown.open_thing(section)
        page.keyboard.type("Night")
        grown.save("Night")

    grown.open_thing("phones")
    page.keyboard.type("199")
    page.get_by_role("button", name=grown.text("settings.generate")).click()
    grown.save("199")

    grown.open_thing("trunks", "provider")
    grown.field("settings.trunk.server").fill("127.0.0.9:5060")
    page.get_by_role("tab", name=grown.text("settings.group.login")).click()
    page.get_by_role("checkbox", name=grown.text("settings.trunk.login"), exact=True).check()
    grown.field("settings.trunk.login.user").fill("442079460100")
    grown.field("session.password").fill("of the provider")
    grown.field("settings.trunk.login.registers").uncheck()
    grown.save("provider")
    page.get_by_role("tab", name=grown.text("settings.group.line")).click()
    page.get_by_role("button", name=grown.text("settings.trunkTest")).click()
    failure = re.compile("|".join(grown.text(f"settings.trunkTest.{one}") for one in ("noAnswer", "notConnected")))
    expect(page.get_by_text(failure)).to_be_visible(timeout=15_000)

    grown.open_thing("queues", "home-internet/support")
    page.get_by_role("button", name=grown.text("settings.remove")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=grown.text("settings.remove")).click()
    expect(dialog.get_by_role("link", name="+44 207 946 0100")).to_be_visible()
    page.keyboard.press("Escape")

    grown.open_thing("changes", "all")
    history = page.get_by_role("region", name=grown.text("settings.changes"))
    expect(history.get_by_text("Asia/Tbilisi")).to_be_visible()
    expect(history.get_by_text(grown.text("settings.changes.undone"), exact=True)).to_be_visible()

    whole = page.request.get("/api/set-up/file").body()
    grown.open_thing("file", "all")
    page.locator("input[type=file]").set_input_files({"name": "centre.yaml", "mimeType": "text/yaml", "buffer": whole})
    expect(page.get_by_text(grown.text("settings.import.nothing", name="centre.yaml"))).to_be_visible()
    wrong = whole.replace(b"Asia/Tbilisi", b"Asia/Nowhere")
    page.locator("input[type=file]").set_input_files({"name": "wrong.yaml", "mimeType": "text/yaml", "buffer": wrong})
    flaw = page.get_by_role("row").filter(has_text=grown.text("settings.rule.timeZone"))
    line = 1 + wrong.decode().split("\n").index(next(one for one in wrong.decode().split("\n") if "Nowhere" in one))
    expect(flaw.get_by_role("cell").first).to_have_text(str(line))
