"""Who calls, at the desk, by keyboard alone: a stranger's record is made while he talks, and opens by itself when he calls again."""

from urllib.parse import quote

import pytest
from browser_phone import BrowserPhone
from playwright.sync_api import expect, sync_playwright
from seat import leaves
from small_centre import CALLER
from test_restart import talk

from catalogue import t
from keyboard import tab_to

NAMES = {"en": "Nino Beridze", "ur": "نینو بریدزے"}
NOTES = {"en": "Calls in the morning", "ur": "صبح کال کریں"}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_stranger_gets_a_record_that_opens_when_he_calls_again(centre, language, tmp_path):
    with sync_playwright() as playwright:
        ana = BrowserPhone(playwright, str(tmp_path), centre.server, centre.ana.cookie)
        page = ana.page
        phone, customer = centre.anas_phone(), centre.customer()
        centre.ana.ready()
        first = talk(centre, phone, customer)
        choice = page.get_by_role("combobox").filter(has=page.locator("option[lang]"))
        choice.select_option(language)
        expect(page.locator("html")).to_have_attribute("lang", language)

        def text(key, **values):
            return t(key, language, **values)

        card = page.get_by_role("region", name=text("customers.card"))
        tab_to(page, card.get_by_role("textbox", name=text("customers.field.name")))
        expect(card.get_by_role("textbox", name=text("customers.field.number"))).to_have_value(CALLER)
        page.keyboard.type(NAMES[language])
        page.keyboard.press("Enter")
        expect(card.get_by_role("heading", name=NAMES[language])).to_be_visible()
        page.keyboard.press("Alt+u")
        record = page.get_by_role("region", name=text("customers.record"))
        expect(record.get_by_role("heading", name=NAMES[language])).to_be_visible()
        note = record.get_by_role("textbox", name=text("customers.field.note"))
        tab_to(page, note)
        page.keyboard.type(NOTES[language])
        page.keyboard.press("Tab")
        expect(record.get_by_text(text("customers.saved"))).to_be_visible()
        customer.hang_up()
        contact = centre.ana.wait_for_contact("wrapUp")
        centre.ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "first")

        second = talk(centre, phone, customer)
        assert second != first
        expect(card.get_by_role("heading", name=NAMES[language])).to_be_visible()
        # What happened before stands beside him: the contact that he was made in, whose it is by now.
        expect(page.get_by_text("first", exact=True)).to_be_visible()
        page.keyboard.press("Alt+u")
        expect(note).to_have_value(NOTES[language])
        found = centre.supervisor.get(f"/api/customers?text={quote(NAMES[language].split()[1])}")["customers"]
        assert [(one["name"], one["numbers"], one["open"]) for one in found] == [(NAMES[language], [CALLER], 1)]
        customer.hang_up()
        ana.stop()
