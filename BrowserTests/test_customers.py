"""Who calls: found, chosen, noted and corrected by keyboard alone; nothing typed is lost, and nobody's name is markup."""

import pytest
from catalogue import t
from customers import Customers, card, field, look, number, record
from playwright.sync_api import expect
from screens import until

both = pytest.mark.parametrize("language", ["en", "ur"])


@pytest.fixture
def desk(talk):
    """Opens the desk in a talk; gives the page and the server's part."""
    pages = []

    def desk(language="en", scheme="light", **how):
        page = talk(language, scheme)
        pages.append(page)
        return page, Customers(page, language=language, **how)

    yield desk
    for page in pages:
        if not page.is_closed():
            page.unroute_all(behavior="wait")


@pytest.fixture
def screen(visit):
    pages = []

    def screen(language="en", scheme="light", path="/customers", **how):
        page = visit("supervisor", "/contacts", language, scheme)
        pages.append(page)
        return page, Customers(page, language=language, path=path, **how)

    yield screen
    for page in pages:
        if not page.is_closed():
            page.unroute_all(behavior="wait")


@both
def test_one_match_shows_itself_with_what_is_open_first(desk, language):
    page, _ = desk(language, chosen="nino", matches=["nino"])
    expect(card(page, language).get_by_role("heading", name="Nino Gelashvili")).to_be_visible()
    expect(card(page, language).get_by_text(t("customers.consent.call.refused", language))).to_be_visible()
    entries = page.get_by_role("region", name=t("desk.earlier", language)).get_by_role("listitem")
    expect(entries.first).to_contain_text("Waits for a technician.")
    expect(entries.nth(1)).to_contain_text("<i>all well</i>")
    look(page, f"card-{language}")
    page.keyboard.press("Alt+KeyU")
    expect(field(page, "name", language)).to_be_focused()
    look(page, f"record-{language}")


def test_of_several_one_is_chosen_by_arrow_and_enter_and_can_be_another(desk):
    page, server = desk(matches=["nino", "nodar"])
    expect(card(page).get_by_role("heading", name=t("customers.several", number="2"))).to_be_visible()
    expect(card(page).get_by_role("option")).to_have_count(2)
    page.keyboard.press("Alt+KeyU")
    expect(card(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    look(page, "several")
    page.keyboard.press("Enter")
    expect(card(page).get_by_role("heading", name="Nodar Gelashvili")).to_be_visible()
    assert server.last == ("choose", "nodar")
    card(page).get_by_role("button", name=t("customers.other")).press("Enter")
    page.keyboard.type("bold")
    expect(card(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(card(page).get_by_role("heading", name="<b onmouseover=alert(1)>Bold</b> & Sons")).to_be_visible()
    assert server.last == ("choose", "bold")
    page.keyboard.press("Alt+KeyU")
    expect(field(page, "note")).to_have_value("<script>alert(1)</script>")
    assert page.locator("b[onmouseover]").count() == 0


def test_nobody_known_is_a_new_customer_with_the_number(desk):
    page, server = desk()
    expect(card(page).get_by_role("textbox", name=t("customers.field.number"))).to_have_value(number)
    page.keyboard.press("Alt+KeyU")
    page.keyboard.type("Giorgi")
    page.reload()
    expect(card(page).get_by_role("textbox", name=t("customers.field.name"))).to_have_value("Giorgi")
    look(page, "new")
    card(page).get_by_role("textbox", name=t("customers.field.name")).press("Enter")
    expect(card(page).get_by_role("heading", name="Giorgi")).to_be_visible()
    made = next(body for method, path, body in (one for one in server.commands if len(one) == 3) if method == "POST")
    assert (made["name"], made["numbers"]) == ("Giorgi", [{"number": number, "label": ""}])
    assert server.last == ("choose", "made")


@both
def test_a_field_is_saved_when_it_is_left(screen, language):
    page, server = screen(language)
    page.get_by_role("combobox", name=t("customers.search", language)).press_sequentially("nin")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field(page, "name", language)).to_have_value("Nino Gelashvili")
    look(page, f"screen-{language}")
    field(page, "name", language).fill("Nino Beridze")
    page.keyboard.press("Tab")
    expect(record(page, language).get_by_text(t("customers.saved", language), exact=True)).to_be_visible()
    assert server.last == ("PATCH", "nino", {"fields": {"name": {"was": "Nino Gelashvili", "now": "Nino Beridze"}}})
    expect(record(page, language).get_by_role("heading", name="Nino Beridze")).to_be_visible()


def test_numbers_come_and_go_and_a_refusal_names_its_field(screen):
    page, server = screen(path="/customers/nino")
    record(page).get_by_role("button", name=t("customers.more.numbers")).press("Enter")
    second = record(page).get_by_role("textbox", name=f"{t('customers.field.number')} 2", exact=True)
    expect(second).to_be_focused()
    server.refusal = {"field": "numbers/1/number", "rule": "malformed"}
    second.fill("no number")
    page.keyboard.press("Tab")
    expect(record(page).get_by_text(t("customers.field.numbers") + ": " + t("errors.rule.malformed"))).to_be_visible()
    second.fill("+995322000000")
    page.keyboard.press("Tab")
    until(page, lambda: len(server.kept["nino"]["numbers"]) == 2)
    record(page).get_by_role("button", name=t("customers.less.numbers", place="1"), exact=True).press("Enter")
    until(page, lambda: server.kept["nino"]["numbers"] == [{"number": "+995322000000", "label": ""}])


def test_what_two_people_typed_is_asked_and_nothing_is_lost(screen):
    page, server = screen(path="/customers/nino")
    server.clash = {"note": "Prefers the morning."}
    field(page, "note").fill("Prefers the evening.")
    page.keyboard.press("Tab")
    conflict = record(page).get_by_role("group", name=t("customers.conflict"))
    expect(conflict.get_by_role("definition")).to_have_text(["Prefers the morning.", "Prefers the evening."])
    look(page, "conflict")
    conflict.get_by_role("button", name=t("customers.keepMine")).press("Enter")
    until(page, lambda: server.kept["nino"]["note"] == "Prefers the evening.")
    assert server.last[2]["fields"]["note"]["was"] == "Prefers the morning."


def test_what_was_typed_outlives_the_tab(screen):
    page, server = screen(path="/customers/nino")
    field(page, "note").press("Control+End")
    field(page, "note").press_sequentially("Half a sen")
    # Killed, not left: the field has not been saved.
    other = page.context.new_page()
    page.close(run_before_unload=False)
    kept = Customers(other, path="/customers/nino")
    expect(field(other, "note")).to_have_value(server.kept["nino"]["note"] + "Half a sen")
    expect(record(other).get_by_text(t("customers.typed"))).to_be_visible()
    record(other).get_by_role("button", name=t("customers.drop"), exact=True).press("Enter")
    expect(field(other, "note")).to_have_value("Prefers the afternoon.")
    assert kept.commands == []
    other.unroute_all(behavior="wait")


def test_two_records_are_joined_and_separated_again(screen):
    page, server = screen(path="/customers/nino")
    page.get_by_role("button", name=t("customers.care.merge")).press("Enter")
    page.keyboard.type("nod")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Nodar Gelashvili becomes part of Nino Gelashvili")).to_be_visible()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name=t("customers.unmerge"))
    undo.press("Enter")
    expect(undo).to_have_count(0)
    assert [one[:2] for one in server.commands] == [("POST", "nino/merge"), ("POST", "nino/unmerge")]


def test_a_customer_is_erased_only_after_the_question(screen):
    page, server = screen(path="/customers/nino")
    erase = page.get_by_role("button", name=t("customers.care.erase"))
    erase.press("Enter")
    look(page, "erase")
    page.keyboard.press("Escape")
    expect(erase).to_be_focused()
    assert server.commands == []
    erase.press("Enter")
    page.get_by_role("button", name=t("customers.erase"), exact=True).press("Enter")
    expect(record(page)).to_have_count(0)
    assert server.last == ("POST", "nino/erase", {"reason": "asked"})


def test_a_file_is_looked_at_before_it_is_imported(screen):
    page, server = screen()
    page.locator("input[type=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"name\nA\n\n"})
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("button", name=t("customers.importNow"), exact=True)).to_have_count(0)
    look(page, "import")
    page.get_by_role("button", name=t("customers.importRest")).press("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Imported")
    assert [query.get("partly") for _, query, _ in server.commands] == [None, "true"]


def test_dark(screen):
    page, _ = screen(scheme="dark", path="/customers/nino")
    expect(field(page, "name")).to_have_value("Nino Gelashvili")
    look(page, "screen-dark")


def test_who_else_has_it_open_is_said(screen):
    page, server = screen()
    server.others = ["Ana Beridze"]
    page.get_by_role("option", name="Nodar").click()
    expect(record(page).get_by_text(t("customers.others", names="Ana Beridze"))).to_be_visible()
