"""The streets a project knows: brought in by a file, suggested while somebody types an address, by keyboard alone."""

import uuid

import pytest
from calls import look
from catalogue import t
from customers import Customers, record
from playwright.sync_api import expect
from screens import until

streets = """street,city,postcode,country,names,houses
Rustaveli Avenue,Tbilisi,0108,Georgia,რუსთაველის გამზირი,1-60
Rustaveli Street,Batumi,6000,Georgia,رستاویلی سٹریٹ,
Chavchavadze Avenue,Tbilisi,0179,Georgia,,
"""
order = {"name": {"en": "Taxi", "ur": "ٹیکسی"}, "fields": [
    {"key": "from", "kind": "address", "label": {"en": "From", "ur": "کہاں سے"}, "required": True, "gazetteer": "require"},
    {"key": "car", "kind": "text", "label": {"en": "Car", "ur": "گاڑی"}}]}


@pytest.fixture
def gazetteer(manager):
    """Brings streets in over the API; at the end there are none."""
    project = manager.send("GET", "/api/floor")["agents"][0]["projects"][0]["id"]

    def bring(text=streets):
        answer = manager.request.fetch(
            f"{manager.origin}/api/gazetteers/import?project={project}", method="POST", data=text.encode(),
            headers={"Origin": manager.origin, "Idempotency-Key": str(uuid.uuid4()), "Content-Type": "text/csv"})
        assert answer.ok, answer.text()
        # A few streets are ready at once; each question takes its time.
        for _ in range(1000):
            if all(one["isReady"] for one in manager.send("GET", "/api/gazetteers")["gazetteers"]):
                return
        raise AssertionError("the streets are not ready")

    yield bring
    if manager.send("GET", "/api/gazetteers")["gazetteers"]:
        manager.send("DELETE", f"/api/gazetteers/{project}")


def part(page, name, language="en"):
    return page.get_by_role("combobox" if name == "street" else "textbox", name=t(f"scripting.address.{name}", language), exact=True)


def options(page, **which):
    return page.get_by_role("listbox").get_by_role("option", **which)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_taxi_is_ordered_from_another_town_in_one_line(manager, talk, gazetteer, language):
    gazetteer()
    manager.publish("form", order)
    page = talk(language)
    expect(page.get_by_role("region", name=order["name"][language])).to_be_visible()
    page.keyboard.press("Alt+f")
    street = part(page, "street", language)
    expect(street).to_be_focused()
    page.keyboard.type("rustav 12 batu")
    expect(options(page)).to_have_count(1)
    expect(street).to_have_attribute("aria-expanded", "true")
    look(page, f"address-{language}")
    page.keyboard.press("Enter")
    for name, value in (("street", "Rustaveli Street"), ("houseNumber", "12"), ("city", "Batumi"), ("postcode", "6000"), ("country", "Georgia")):
        expect(part(page, name, language)).to_have_value(value)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.notSubmitted", language))).to_have_count(0)


def test_arrows_choose_escape_closes_and_a_missing_house_number_is_asked_next(manager, talk, gazetteer):
    gazetteer()
    manager.publish("form", order)
    page = talk()
    page.get_by_role("region", name="Taxi").wait_for()
    page.keyboard.press("Alt+f")
    street = part(page, "street")
    expect(street).to_be_focused()
    page.keyboard.type("რუსთ")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("Escape")
    expect(street).to_have_attribute("aria-expanded", "false")
    expect(street).to_have_value("რუსთ")
    street.fill("rustavel")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options(page, selected=True)).to_contain_text("Batumi")
    page.keyboard.press("ArrowDown")
    expect(options(page, selected=True)).to_contain_text("Tbilisi")
    page.keyboard.press("Enter")
    expect(part(page, "houseNumber")).to_be_focused()
    expect(part(page, "city")).to_have_value("Tbilisi")
    # What is not in the list is said when the address is left, and refused by the server.
    page.keyboard.type("99")
    page.get_by_role("textbox", name="Car").focus()
    expect(page.get_by_text(t("gazetteer.unknown.houseNumber"))).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.rule.unknownAddress", field="From"))).to_be_visible()
    part(page, "houseNumber").fill("9")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.notSubmitted"))).to_have_count(0)


def test_a_customers_address_is_filled_by_a_suggestion(visit):
    page = visit("administrator", "/customers")
    server = Customers(page, path="/customers/nino")
    page.route("**/api/gazetteer?*", lambda route: route.fulfill(json={"isReady": True, "hasStreets": True, "suggestions": [
        {"street": "<b>Hill</b>", "houseNumber": "", "city": "Gori", "region": "", "postcode": "1400", "country": "", "match": "exact"}]}))
    page.route("**/api/gazetteer/check?*", lambda route: route.fulfill(json={"known": False, "why": "street"}))
    street = record(page).get_by_role("combobox", name=t("customers.address.street"))
    street.fill("hill")
    page.get_by_role("option", name="<b>Hill</b>").click()
    expect(street).to_have_value("<b>Hill</b>")
    expect(record(page).get_by_role("textbox", name=t("customers.address.city"))).to_have_value("Gori")
    # Of the other town.
    expect(record(page).get_by_role("textbox", name=t("customers.address.country"))).to_have_value("")
    until(page, lambda: any(body.get("fields", {}).get("addresses", {}).get("now", [{}])[0].get("city") == "Gori" for _, _, body in server.commands if body))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_streets_are_brought_in_from_a_file(visit, gazetteer, language):
    page = visit("administrator", "/scripts", language)
    panel = page.get_by_role("region", name=t("gazetteer.title", language))
    expect(panel.get_by_text(t("gazetteer.none", language))).to_be_visible()
    flawed = (streets + ",Gori,,,,\nHill,Gori,,,,9-1\n").encode()
    panel.locator("input[type=file]").set_input_files({"name": "streets.csv", "mimeType": "text/csv", "buffer": flawed})
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row")).to_have_count(3)
    look(page, f"gazetteer-{language}")
    dialog.get_by_role("button", name=t("customers.importRest", language)).press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text("3")
    dialog.get_by_role("button", name=t("common.close", language)).press("Enter")
    expect(panel.get_by_text(t("gazetteer.streets", language, count="3"))).to_be_visible()
    panel.get_by_role("button", name=t("gazetteer.remove", language)).press("Enter")
    panel.get_by_role("button", name=t("gazetteer.removeNow", language)).press("Enter")
    expect(panel.get_by_text(t("gazetteer.none", language))).to_be_visible()
