"""Two calls of two projects in a row, by keyboard: what the desk shows follows the contact's project, not who is signed in."""

import pytest
from browser_phone import BrowserPhone
from phones import ANA_TONE
from playwright.sync_api import expect, sync_playwright
from small_centre import NUMBER, PASSWORD

from catalogue import t

LOANS_NUMBER = "+442079460101"
LOANS = f"""
callfloor: 1
projects:
  home-internet:
    greeting: {{en: "Home Internet, {{agent.name}} speaking", ur: "ہوم انٹرنیٹ، {{agent.name}}"}}
    jobDescription: {{en: Lines and modems, ur: لائنیں اور موڈیم}}
  bank-loans:
    name: {{en: Bank loans, ur: بینک کے قرضے}}
    timeZone: Europe/London
    language: en
    numbers: {{countryCode: "44", trunkPrefix: "0"}}
    greeting: {{en: "Bank of the Isles, {{agent.name}} speaking", ur: "بینک، {{agent.name}}"}}
    jobDescription: {{en: Loans to private customers, ur: نجی گاہکوں کے قرضے}}
    queues:
      loans: {{name: Loans, ringTimeout: 20, wrapUp: 30, serviceLevel: 20}}
    entryPoints:
      "{LOANS_NUMBER}": {{queue: loans}}
    dispositions:
      - {{key: granted, meanings: [reached, resolved], name: Loan granted}}
users:
  ana: {{projects: [home-internet, bank-loans], queues: {{support: {{}}, loans: {{}}}}}}
  max: {{name: Max Weber, password: {PASSWORD}, role: manager, projects: [home-internet, bank-loans]}}
"""
KINDS = {
    "home-internet": {"script": "Internet does not work", "form": "New line", "product": "Fibre 500", "discount": "5", "ends": "2"},
    "bank-loans": {"script": "Loan enquiry", "form": "Loan application", "product": "Small loan", "discount": "2", "ends": "1"},
}


def both(text):
    return {"en": text, "ur": text}


def fill(manager, project, kind):
    """Gives a project its script, form, product and limits."""
    script = {"name": both(kind["script"]), "direction": "both", "start": "hello", "objections": [], "steps": [
        {"key": "hello", "say": both(f"{kind['script']}: what happened?"), "answers": []}]}
    form = {"name": both(kind["form"]), "fields": [{"key": "holder", "kind": "text", "label": both("Name"), "required": True, "lengthMax": 80}]}
    for what, body in (("script", script), ("form", form)):
        made = manager.post("/api/documents", {"project": project, "kind": what, "key": "first", "body": body})
        manager.post(f"/api/documents/{made['id']}/publish", {"revision": made["revision"]})
    limits = [{"role": role, "discount": kind["discount"], "refund": "0", "goodwill": "0"} for role in ("agent", "senior", "supervisor", "manager")]
    manager.put(f"/api/products/authority?project={project}", {"revision": 0, "currency": "GBP", "limits": limits})
    manager.post("/api/products", {"project": project, "key": "first", "fields": {
        "name": both(kind["product"]), "about": {}, "category": "", "price": "40", "per": "month", "regions": [], "replaces": [], "answers": [], "retired": False}})


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_desk_follows_the_contacts_project(centre, language, tmp_path):
    centre.server.apply(LOANS)
    manager = centre.seat("max")
    names = {one["name"]: one["id"] for one in manager.get("/api/products")["projects"]}
    projects = {"home-internet": names["Home internet"], "bank-loans": names["Bank loans"]}
    for key, kind in KINDS.items():
        fill(manager, projects[key], kind)
    with sync_playwright() as playwright:
        ana = BrowserPhone(playwright, str(tmp_path), centre.server, centre.ana.cookie)
        page = ana.page
        phone, customer = centre.anas_phone(), centre.customer()
        choice = page.get_by_role("combobox").filter(has=page.locator("option[lang]"))
        choice.select_option(language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        centre.ana.ready()
        seen = [look(centre, page, phone, customer, number, KINDS[key], language) for number, key in ((NUMBER, "home-internet"), (LOANS_NUMBER, "bank-loans"))]
        first, second = seen
        assert all(one != other for one, other in zip(first, second, strict=True)), seen


def look(centre, page, phone, customer, number, kind, language):
    """A call to a number, from ringing to complete; the seven things that the desk shows beside it."""

    def text(key, **values):
        return t(key, language, **values)

    since = phone.mark
    call = centre.calls(customer, number)
    phone.rings(since=since)
    # What to say first is there before it has to be said; then the form comes to the front.
    contact = page.get_by_role("region", name=text("desk.currentContact"))
    greeting = contact.locator(".contact-greeting")
    expect(greeting).to_contain_text("Ana Beridze")
    seen = [greeting.inner_text(), contact.locator(".contact-job p").text_content(), kind["script"]]
    phone.answer()
    customer.hears(ANA_TONE, call=call)
    expect(page.get_by_role("region", name=kind["script"])).to_be_visible()
    page.keyboard.press("Alt+f")
    expect(page.get_by_role("region", name=kind["form"])).to_be_visible()
    seen.append(kind["form"])
    outcome = page.get_by_role("form", name=text("desk.outcome"))
    expect(page.get_by_role("tab", name=text("products.tab"))).to_be_visible()
    page.keyboard.press("Alt+p")
    products = page.get_by_role("region", name=text("products.suits"))
    expect(products.get_by_role("button").first).to_contain_text(kind["product"])
    expect(products.get_by_role("button").first).to_be_focused()
    seen.append(kind["product"])
    page.keyboard.press("1")
    limit = text("products.alone", limit=f"{kind['discount']} %")
    expect(products.get_by_text(limit)).to_be_visible()
    seen.append(limit)
    customer.hang_up()
    phone.wait_for("ended", since=since)
    contact_id = centre.ana.wait_for_contact("wrapUp")["id"]
    page.keyboard.press("F8")
    expect(outcome.get_by_role("treeitem").first).to_be_focused()
    seen.append(outcome.get_by_role("treeitem").all_inner_texts())
    page.keyboard.press(kind["ends"])
    page.keyboard.press("F9")
    centre.ana.closed_contact(contact_id)
    return seen
