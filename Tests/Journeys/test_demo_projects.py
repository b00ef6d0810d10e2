"""The demo's four projects at work, by keyboard alone: what a whole call takes, from its ringing to what came of it."""

import contextlib
import csv
import json
import subprocess
from datetime import date, timedelta

import pytest
from browser_phone import BrowserPhone
from demo_centre import BINARY, CUSTOMERS, ROOT, DemoCentre
from phones import CUSTOMER_TONE, Phone, Timeout
from playwright.sync_api import expect, sync_playwright
from screens import overflows
from seat import leaves

from catalogue import t
from keyboard import tab_to

EXAMPLES = ROOT / "examples"
SHOTS = ROOT / "BrowserTests/shots"
INTERNET, LOANS, TAXI = "+442079460100", "+442079460300", "+442079460400"
both = pytest.mark.parametrize("language", ["en", "ur"])


def contents(project, name):
    return json.loads((EXAMPLES / project / name).read_text())


def table(project, name):
    with open(EXAMPLES / project / name, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    demo = DemoCentre(tmp_path_factory.mktemp("demo"), is_played=False, has_contents=True)
    yield demo
    demo.clean()


class Desk:
    """Kavya's desk with her headset, a customer's phone, and nothing but keys."""

    def __init__(self, playwright, folder, demo, language):
        self.demo, self.language = demo, language
        self.kavya = BrowserPhone(playwright, folder, demo, demo.seat("agent").cookie, origin=demo.origin_of("agent"))
        self.page = self.kavya.page
        self.folder = folder
        self.presses = 0
        self.customer = None
        self.press("F2", "Home", "Enter")
        self.kavya.wait_until_connected()
        self.kavya.wait(lambda: self.kavya.desk()["routing"]["state"] == "idle", "readiness")
        choice = self.page.get_by_role("combobox").filter(has=self.page.locator("option[lang]"))
        choice.select_option(language)
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def text(self, key, **values):
        return t(key, self.language, **values)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text):
        self.page.keyboard.type(text)

    def next(self, text=""):
        """On to the next field, and what is typed there."""
        self.press("Tab")
        self.type(text)

    def called(self, number, caller):
        """A customer calls, and is answered by a key."""
        self.customer = Phone(caller, self.folder, address=CUSTOMERS, tone=CUSTOMER_TONE)
        self.customer.call(number, self.demo.sip)
        self.kavya.wait(lambda: (self.kavya.desk()["contact"] or {}).get("state") == "ringing", "a customer who rings")
        self.presses = 0
        self.press("F3")
        self.kavya.hears(CUSTOMER_TONE)
        return self.kavya.desk()["contact"]["id"]

    def script(self, project, name):
        return self.page.get_by_role("region", name=contents(project, name)["name"][self.language])

    form = script

    def says(self, project, name, step):
        """The step of the script is what she says now."""
        said = next(one["say"][self.language] for one in contents(project, name)["steps"] if one["key"] == step)
        # Up to the first place in it.
        expect(self.script(project, name).get_by_text(said.split("{")[0])).to_be_visible()

    def label(self, project, name, key):
        return next(field["label"][self.language] for field in contents(project, name)["fields"] if field["key"] == key)

    def takes(self, street, city):
        """The first suggestion is the one that was meant, and is taken."""
        first = self.page.get_by_role("listbox", name=self.text("gazetteer.suggestions")).get_by_role("option").first
        expect(first).to_contain_text(street)
        expect(first).to_contain_text(city)
        self.press("Enter")

    def look(self, name):
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"project-{name}-{self.language}.png", animations="disabled")
        assert self.page.evaluate(overflows) == []

    def submitted(self, form):
        self.press("Control+Enter")
        expect(form.get_by_text(self.text("scripting.notSubmitted"))).to_have_count(0)

    def ends(self, contact, *digits):
        """The customer hangs up, and what came of it is chosen by its digits; returns what was said and answered, as its story tells."""
        self.customer.hang_up()
        self.kavya.wait(lambda: self.kavya.desk()["contact"]["state"] == "wrapUp", "the wrap-up")
        self.press("F8")
        outcome = self.page.get_by_role("form", name=self.text("desk.outcome"))
        expect(outcome.get_by_role("treeitem").first).to_be_focused()
        self.press(*digits, "F9")
        self.kavya.wait(lambda: self.kavya.desk()["contact"] is None, "the end of the contact")
        return self.demo.seat("admin").get(f"/api/contacts/{contact}/work")

    def stop(self):
        if self.customer:
            with contextlib.suppress(Timeout):
                self.customer.hang_up()
            self.leave_nothing()
            self.customer.stop()
        errors = self.kavya.errors
        self.kavya.stop()
        assert errors == []

    def leave_nothing(self):
        """What a story that failed left behind is not another one's."""
        self.kavya.wait(lambda: (self.kavya.desk()["contact"] or {}).get("state") in (None, "wrapUp"), "the end of the talk")
        if contact := self.kavya.desk()["contact"]:
            disposition = next(leaves(contact["dispositions"]))["id"]
            self.demo.seat("agent").post(f"/api/desk/contacts/{contact['id']}/complete", {"disposition": disposition, "note": ""})


@pytest.fixture
def sit_down(demo, tmp_path):
    with sync_playwright() as playwright:
        desks = []

        def sit_down(language):
            desks.append(Desk(playwright, str(tmp_path), demo, language))
            return desks[-1]

        yield sit_down
        for desk in desks:
            desk.stop()


def answers(work, name):
    """What was answered to a form, by label."""
    form = next(form for form in work["forms"] if form["name"] == name)
    return {field["label"]: field["value"] for field in form["fields"]}


@both
def test_a_modem_is_repaired_by_the_guide(sit_down, language):
    desk = sit_down(language)
    guide = "home-internet", "modem.script.json"
    caller = table("home-internet", "customers.csv")[1]
    contact = desk.called(INTERNET, caller["numbers"].split()[0])
    # Who calls is known by his number, and greeted by his name.
    card = desk.page.get_by_role("region", name=desk.text("customers.card"))
    expect(card.get_by_role("heading", name=caller["name"])).to_be_visible()
    expect(desk.script(*guide).get_by_text(caller["name"])).to_be_visible()
    desk.press("1")
    desk.says(*guide, "lights")
    # Heard wrong: back, and the other answer.
    desk.press("3")
    desk.says(*guide, "power")
    desk.press("Alt+b", "2")
    desk.says(*guide, "cable")
    desk.press("1")
    desk.says(*guide, "works")
    desk.look("modem")
    work = desk.ends(contact, "1", "1")
    assert [step["answer"] for step in work["script"]["steps"] if step["tried"]] == ["It blinks", "Steady now"]


@both
def test_somebody_signs_up_for_the_internet(sit_down, language):
    desk = sit_down(language)
    guide = "home-internet", "modem.script.json"
    # Nobody whom the project knows.
    contact = desk.called(INTERNET, "+447700900777")
    desk.press("3")
    desk.says(*guide, "new-line")
    form = desk.form("home-internet", "new-line.form.json")
    desk.press("Alt+f")
    desk.type("Elin Price")
    desk.next("04051990")
    desk.next("020 7946 0777")
    desk.next("12 church street linf")
    desk.takes("Church Street", "Linford")
    # What the suggestion has filled in is gone through, and is right.
    tab_to(desk.page, form.get_by_role("combobox", name=desk.label("home-internet", "new-line.form.json", "speed")))
    desk.press("ArrowDown", "ArrowDown")
    desk.next("12")
    desk.next("32.90")
    expect(form.get_by_role("status")).to_contain_text(["394"])
    # A modem is wanted: then no own one is asked for.
    desk.next()
    desk.press("Space")
    visit = date.today() + timedelta(days=7)
    desk.next(visit.strftime("%d%m%Y"))
    desk.look("sign-up")
    desk.submitted(form)
    # What suits a newcomer is proposed with its price, and accepted.
    work = desk.ends(contact, "3", "1")
    told = answers(work, "New line")
    assert told["Name on the contract"] == "Elin Price" and told["Date of birth"] == "1990-05-04"
    assert told["Where the line goes"]["street"] == "Church Street" and told["Where the line goes"]["city"] == "Linford"
    assert told["Where the line goes"]["houseNumber"] == "12" and told["Where the line goes"]["postcode"].startswith("LN")
    assert told["Price over the contract"] == "394.80" and told["Technician comes on"] == visit.isoformat()


@both
def test_a_loan_is_applied_for(sit_down, language):
    desk = sit_down(language)
    guide = "bank-loans", "enquiry.script.json"
    contact = desk.called(LOANS, "+447700900778")
    for key, step in (("1", "purpose"), ("1", "amount"), ("1", "instalment"), ("1", "consents"), ("1", "application")):
        desk.press(key)
        desk.says(*guide, step)
    form = desk.form("bank-loans", "application.form.json")

    def label(key):
        return desk.label("bank-loans", "application.form.json", key)

    desk.press("Alt+f")
    desk.type("Omar Malik")
    desk.next("12031985")
    desk.next("07700 900778")
    desk.next("7 market street marw")
    desk.takes("Market Street", "Marwick")
    tab_to(desk.page, form.get_by_role("combobox", name=label("purpose")))
    desk.press("ArrowDown")
    desk.next("6000")
    desk.next("24")
    expect(form.get_by_role("status", name=label("instalment"))).to_contain_text("289.50")
    desk.next()
    desk.press("ArrowDown")
    desk.next("Harbour Bakery")
    desk.next("1100")
    desk.next("400")
    # Too much of the income: it is said, and not taken.
    desk.next()
    desk.press("Space")
    desk.next()
    desk.press("Space", "Control+Enter")
    expect(form.get_by_text(desk.text("scripting.rule.tooLarge", field=label("share"), limit="40"))).to_be_visible()
    desk.look("loan-too-large")
    desk.press("Alt+f")
    tab_to(desk.page, form.get_by_role("textbox", name=label("amount")))
    desk.press("Control+a")
    desk.type("500")
    expect(form.get_by_text(desk.text("scripting.rule.tooLarge", field=label("share"), limit="40"))).to_have_count(0)
    desk.submitted(form)
    work = desk.ends(contact, "1", "1")
    told = answers(work, "Loan application")
    assert told["Name, as in the passport"] == "Omar Malik" and told["Address"]["city"] == "Marwick"
    assert told["Instalment a month"] == "24.13" and told["Of the income, percent"] == "39"
    assert [step["answer"] for step in work["script"]["steps"]] == ["A new loan", "A car", "Within the limits", "Yes", "Yes"]


@both
def test_a_taxi_is_ordered_to_another_town_in_twelve_key_presses(sit_down, language):
    desk = sit_down(language)
    guide = "taxi", "order.script.json"
    # A regular, who stands somewhere else today.
    caller = next(one for one in table("taxi", "customers.csv") if one["city"] != "Haverley")
    contact = desk.called(TAXI, caller["numbers"].split()[0])
    desk.press("1")
    desk.says(*guide, "minutes")
    desk.press("1")
    form = desk.form("taxi", "order.form.json")
    desk.press("Alt+f")
    desk.type("3 station road haverley")
    desk.takes("Station Road", "Haverley")
    desk.submitted(form)
    desk.look("taxi")
    work = desk.ends(contact, "1")
    assert desk.presses <= 12
    place = answers(work, "Order")["From"]
    assert (place["street"], place["houseNumber"], place["city"]) == ("Station Road", "3", "Haverley")
    assert place["city"] != caller["city"]


def test_an_erased_person_stands_nowhere_on_the_disk(sit_down, demo, tmp_path):
    desk, number = sit_down("en"), "+447700900779"
    agent, admin = demo.seat("agent"), demo.seat("admin")
    contact = desk.called(LOANS, number)
    project = desk.kavya.desk()["contact"]["project"]["id"]
    fields = {"kind": "person", "name": "Zebulon Quillfeather", "languages": ["en"], "numbers": [{"number": number, "label": "mill"}], "emails": ["zq@mill.example"],
              "addresses": [{"label": "", "street": "Crowbar Alley", "houseNumber": "1", "unit": "", "postcode": "", "city": "Linford", "region": "", "country": "", "directions": ""}], "note": "owes the miller"}
    person = agent.post("/api/customers", {"project": project, **fields})["id"]
    agent.put(f"/api/desk/contacts/{contact}/customer", {"customer": person})
    work = agent.get(f"/api/desk/contacts/{contact}/work")
    form = work["forms"][0]
    agent.put(f"/api/desk/contacts/{contact}/forms/{form['id']}/values", {"version": form["version"], "values": {
        "applicant": "Zebulon Quillfeather", "employer": "Quernstone & Daughters", "remarks": "his mare is called Bluebell"}})
    product = agent.get(f"/api/desk/contacts/{contact}/proposals")["suggestions"][0]["key"]
    agent.post(f"/api/desk/contacts/{contact}/proposals", {"product": product, "state": "proposed", "discount": "0", "note": "asks his brother Ptolemy"})
    desk.page.get_by_role("tab", name=t("desk.tabs.outcome")).press("Enter")
    desk.page.get_by_role("textbox", name=t("desk.note")).fill("behind the slaughterhouse")
    desk.ends(contact, "1", "1")
    words = ["Quillfeather", "quillfeather", number[1:], "zq@mill", "Crowbar", "crowbar", "miller", "Quernstone", "Bluebell", "Ptolemy", "slaughterhouse"]
    # They stand there before: the search sees what it looks for.
    assert {"Quillfeather", number[1:], "Bluebell", "Ptolemy", "slaughterhouse"} <= found(words, demo.data)
    admin.post(f"/api/customers/{person}/erase", {"reason": "asked"})
    assert found(words, demo.data) == set()
    backup, restored = tmp_path / "centre.backup", tmp_path / "restored"
    for arguments in (["backup", "--data", demo.data, "--to", backup], ["restore", backup, "--data", restored]):
        subprocess.run([BINARY, *arguments], check=True, capture_output=True)
    assert found(words, backup) == found(words, restored) == set()
    assert (restored / "callfloor.sqlite").exists()


def found(words, path):
    """Which of them stand in a file, or in any of a folder."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    everything = [file.read_bytes() for file in files]
    return {word for word in words if any(word.encode() in content for content in everything)}


def test_contents_are_brought_in_once_and_left_to_the_people(tmp_path):
    demo = DemoCentre(tmp_path, is_played=False, has_contents=True)
    try:
        admin = demo.seat("admin")
        there = admin.get("/api/documents")["documents"]
        assert sorted((one["kind"], one["key"]) for one in there) == sorted(
            (path.suffixes[0][1:], path.name.split(".")[0]) for kind in ("script", "form") for path in EXAMPLES.glob(f"*/*.{kind}.json"))
        assert all(one["published"] == 1 and not one["hasDraft"] for one in there)
        projects = {one["id"]: one["name"] for one in admin.get("/api/products")["projects"]}
        keys = {"Home internet": "home-internet", "Bank loans": "bank-loans", "Taxi": "taxi", "IT desk": "it-desk"}
        for project, name in projects.items():
            listed = admin.get(f"/api/products?project={project}")
            wanted = contents(keys[name], "products.json")
            assert {one["key"] for one in listed["products"]} == {one["key"] for one in wanted["products"]}
            assert len(listed["reasons"]) == len(wanted["reasons"]) and len(listed["licences"]) == len(wanted["licences"])
        streets = {keys[projects[one["project"]]]: one["streets"] for one in admin.get("/api/gazetteers")["gazetteers"]}
        assert streets == {key: len(table(key, "streets.csv")) for key in keys.values()}
        assert "not brought in" not in demo.log()

        # What people change stays; what is wrong with a file is said, and the others come all the same.
        order = next(one for one in there if one["key"] == "order" and one["kind"] == "script")
        admin.post(f"/api/documents/{order['id']}/retire")
        loan = next(one for one in admin.get(f"/api/products?project={order['project']}")["products"] if one["key"] == "account")
        admin.put(f"/api/products/{loan['id']}", {"revision": 1, "fields": {**loan["fields"], "price": "13.00"}})
        flawed = contents("taxi", "property.form.json")
        flawed["fields"][0]["pattern"] = "("
        (tmp_path / "taxi/flawed.form.json").write_text(json.dumps(flawed))
        (tmp_path / "taxi/torn.script.json").write_text('{"name": ')
        (tmp_path / "it-desk/headset.form.json").write_text(json.dumps(contents("taxi", "property.form.json")))
        demo.stop()
        demo.start()
        admin = demo.seat("admin")
        documents = {(one["kind"], one["key"]): one for one in admin.get("/api/documents")["documents"]}
        assert documents["script", "order"]["published"] is None and documents["form", "headset"]["published"] == 1
        assert documents["form", "flawed"]["published"] is None and len(documents) == len(there) + 2
        changed = next(one for one in admin.get(f"/api/products?project={order['project']}")["products"] if one["key"] == "account")
        assert changed["fields"]["price"] == "13.00" and changed["revision"] == 2
        refused = [line for line in demo.log().splitlines() if "not brought in" in line]
        assert len(refused) == 2
        assert "taxi/flawed.form.json" in refused[0] and "fields/0/pattern: pattern" in refused[0] and "taxi/torn.script.json" in refused[1]
    finally:
        demo.clean()
