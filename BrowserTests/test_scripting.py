"""What the agent says and asks: the project's script and forms at the desk, by keyboard alone, kept with the contact."""

import copy
import json

import pytest
from calls import has_room_in_every_language, look
from catalogue import t
from documents import example
from playwright.sync_api import expect
from screens import until
from server import root

both = pytest.mark.parametrize("language", ["en", "ur"])
vectors = root / "Tests/ScriptingTests/Vectors"


def script(page, language="en"):
    return page.get_by_role("region", name=example("modem.script.json")["name"][language])


def form(page, language="en"):
    return page.get_by_role("region", name=example("new-line.form.json")["name"][language])


def step(key, language="en", **values):
    said = next(step["say"][language] for step in example("modem.script.json")["steps"] if step["key"] == key)
    return said.format(**values) if values else said


def label(key, language="en"):
    return next(field["label"][language] for field in example("new-line.form.json")["fields"] if field["key"] == key)


# ---- the two writings of the same rules

def test_formulas_come_to_what_the_server_reckons(code):
    wrong = code().evaluate(
        """async (cases) => {
            const { parse, result, Malformed } = await import("/features/scripting/formula.js");
            const { decimal, decimalText } = await import("/features/scripting/decimal.js");
            const read = ({ number, text }) => (number !== undefined ? decimal(number) : text || null);
            const told = (value) => {
                if (value === null) return { empty: true };
                if (typeof value === "bigint") return { number: decimalText(value) };
                return typeof value === "string" ? { text: value } : { truth: value };
            };
            const reckon = ({ formula, values = {} }) => {
                const results = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, read(value)]));
                try {
                    return { is: told(result(parse(formula), { results, filled: new Set(Object.keys(values)) })) };
                } catch (error) {
                    if (!(error instanceof Malformed)) throw error;
                    return { malformed: true };
                }
            };
            return cases.filter(({ is, malformed, ...one }) => JSON.stringify(reckon(one)) !== JSON.stringify(malformed ? { malformed } : { is }))
                .map(({ formula }) => formula);
        }""", json.loads((vectors / "formulas.json").read_text()))
    assert wrong == []


def test_answers_are_right_and_wrong_where_the_server_says_so(code):
    wrong = code().evaluate(
        """async ({ today, cases }) => {
            const { check } = await import("/features/scripting/values.js");
            const checked = ({ fields, typed, kept = {} }) => {
                const { answer, problems } = check({ fields }, typed, { today, kept });
                if (problems.length === 0) return { answer };
                return { problems: problems.map(({ limit, ...problem }) => (limit === null ? problem : { ...problem, limit })) };
            };
            const meant = ({ answer, problems }) => (problems ? { problems } : { answer });
            return cases.filter((one) => JSON.stringify(checked(one)) !== JSON.stringify(meant(one)));
        }""", json.loads((vectors / "values.json").read_text()))
    assert wrong == []


@pytest.mark.parametrize(("language", "typed"), [
    ("en", "1,250.50"), ("en", "1250.50"), ("ur", "1,250.50"), ("ka", "1 250,50"), ("hi", "1,250.50"), ("tr", "1.250,50"), ("cy", "1,250.50")])
def test_numbers_are_typed_as_the_language_writes_them(code, language, typed):
    assert code(language).evaluate("async (text) => (await import('/features/scripting/typed.js')).numberOnWire(text)", typed) == "1250.50"


@pytest.mark.parametrize(("language", "typed", "shown"), [
    ("en", "4/5/1990", "04/05/1990"), ("en", "04051990", "04/05/1990"), ("cy", "4 5 1990", "04/05/1990"), ("hi", "04-05-1990", "04/05/1990"),
    ("ur", "1990-5-4", "04/05/1990"), ("ka", "4.5.1990", "04.05.1990"), ("tr", "04.05.1990", "04.05.1990")])
def test_days_are_typed_as_the_language_writes_them(code, language, typed, shown):
    assert code(language).evaluate(
        "async (text) => { const typed = await import('/features/scripting/typed.js'); const day = typed.dayOnWire(text); return [day, typed.dayTyped(day)]; }",
        typed) == ["1990-05-04", shown]


def test_what_is_no_day_stays_as_it_was_typed(code):
    page = code("en")
    wrong = "async (texts) => { const { dayOnWire } = await import('/features/scripting/typed.js'); return texts.map(dayOnWire); }"
    typed = ["30/2/1990", "4/5/90", "31.04.2026", "soon", "", "99999999"]
    assert page.evaluate(wrong, typed) == typed
    ahead = page.evaluate("""async () => {
        const { dayOnWire } = await import('/features/scripting/typed.js');
        const { dayNumber, today } = await import('/features/scripting/dates.js');
        return dayNumber(dayOnWire('+7')) - dayNumber(today());
    }""")
    assert ahead == 7


# ---- the script

@both
def test_a_modem_is_repaired_by_the_script_and_keys(manager, talk, server, language):
    manager.publish("script", example("modem.script.json"))
    page = talk(language)
    panel = script(page, language)
    expect(panel.get_by_text(t("scripting.place.customerName", language))).to_be_visible()
    expect(panel.get_by_text("Ana Beridze")).to_be_visible()
    page.keyboard.press("1")
    expect(panel.get_by_text(step("lights", language))).to_be_visible()
    look(page, f"script-{language}")
    page.keyboard.press("2")
    expect(panel.get_by_text(step("cable", language))).to_be_visible()
    page.keyboard.press("Alt+b")
    expect(panel.get_by_text(step("lights", language))).to_be_visible()
    page.keyboard.press("1")
    expect(panel.get_by_text(step("restart", language))).to_be_visible()

    # An objection, and back to the same step.
    page.keyboard.press("Alt+o")
    expect(panel.get_by_role("searchbox")).to_be_focused()
    word = {"en": "expens", "ur": "مہنگا"}[language]
    page.keyboard.type(word)
    expect(panel.get_by_role("listitem").filter(has=page.get_by_role("button"))).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name=example("modem.script.json")["objections"][0]["title"][language])).to_be_visible()
    look(page, f"objection-{language}")
    page.keyboard.press("Escape")
    expect(panel.get_by_text(step("restart", language))).to_be_visible()

    # Digits of a note are no answers.
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    page.keyboard.type("1 box")
    expect(page.get_by_role("textbox", name=t("desk.note", language))).to_have_value("1 box")
    page.keyboard.press("Alt+q")
    page.keyboard.press("1")
    expect(panel.get_by_text(step("works", language))).to_be_visible()
    expect(panel.get_by_text(t("scripting.tried", language))).to_have_count(2)

    # The way is kept with the contact.
    page.reload()
    expect(panel.get_by_text(step("works", language))).to_be_visible()
    expect(panel.get_by_text(t("scripting.tried", language))).to_have_count(2)


def test_the_script_has_room_in_every_language(manager, talk):
    manager.publish("script", example("modem.script.json"))
    manager.publish("form", example("new-line.form.json"))
    page = talk()
    expect(script(page).get_by_role("list", name=t("scripting.answers"))).to_be_visible()
    page.keyboard.press("1")
    has_room_in_every_language(page)
    page.emulate_media(color_scheme="dark")
    look(page, "script-and-form-dark")


def test_what_is_not_said_in_the_readers_language_is_said_in_the_projects(manager, talk):
    body = copy.deepcopy(example("modem.script.json"))
    # In the order in which nobody would be served: Georgian first.
    body["steps"][0]["say"] = {"ka": "გამარჯობა", "en": "Only in English"}
    manager.publish("script", body)
    page = talk("ur")
    said = script(page, "ur").get_by_text("Only in English")
    expect(said).to_be_visible()
    expect(said).to_have_attribute("lang", "en")


def test_markup_in_a_script_is_text(manager, talk):
    body = copy.deepcopy(example("modem.script.json"))
    body["steps"][0]["say"]["en"] = "<img src=x onerror=alert(1)> & <b>bold</b>"
    manager.publish("script", body)
    page = talk()
    expect(script(page).get_by_text("<img src=x onerror=alert(1)> & <b>bold</b>")).to_be_visible()


# ---- the form

@both
def test_a_new_line_is_ordered_by_keyboard_alone(manager, talk, language):
    manager.publish("form", example("new-line.form.json"))
    page = talk(language)
    sheet = form(page, language)
    expect(sheet).to_be_visible()
    page.keyboard.press("Alt+f")
    holder = sheet.get_by_role("textbox", name=label("holder", language))
    expect(holder).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(holder).to_have_attribute("aria-invalid", "true")
    needed = t("scripting.rule.required", language, field=label("holder", language))
    expect(sheet.get_by_text(needed)).to_be_visible()
    expect(holder).to_be_focused()
    page.keyboard.type("Nino <b>Beridze</b>")
    expect(sheet.get_by_text(needed)).to_have_count(0)

    page.keyboard.press("Tab")
    sheet.get_by_label(label("born", language)).fill("2015-05-04")
    page.keyboard.press("Tab")
    expect(sheet.get_by_role("alert").or_(sheet.locator("[data-key=born] [data-key=error]"))).not_to_be_empty()
    sheet.get_by_label(label("born", language)).fill("1990-05-04")
    sheet.get_by_role("textbox", name=label("reach", language)).fill("020 7946 0123")
    sheet.get_by_role("combobox", name=t("scripting.address.street", language)).fill("Baker Street")
    sheet.get_by_role("textbox", name=t("scripting.address.city", language)).fill("London")
    sheet.get_by_role("combobox", name=label("speed", language)).select_option("family")
    months = sheet.get_by_role("textbox", name=label("months", language))
    months.fill("36")
    # More typing cannot mend it: it is said at once.
    expect(sheet.get_by_text(t("scripting.rule.tooLarge", language, field=label("months", language), limit="24"))).to_be_visible()
    months.fill("12")
    sheet.get_by_role("textbox", name=label("monthly", language)).fill("29.50")
    expect(sheet.get_by_role("status", name=label("total", language))).to_contain_text("354")
    look(page, f"form-{language}")
    own = sheet.get_by_role("textbox", name=label("own-modem", language))
    expect(own).to_be_visible()
    sheet.get_by_role("checkbox", name=label("router", language)).check()
    expect(own).to_have_count(0)
    sheet.get_by_label(label("visit", language)).fill(page.evaluate(
        "new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10)"))
    card = sheet.get_by_role("textbox", name=label("card", language))
    card.press_sequentially("4242424242424242")
    expect(card).to_have_value("4242 4242 4242 4242")

    # What is typed is kept, but for the card.
    expect(sheet.get_by_text(t("scripting.kept.saved", language), exact=True)).to_be_visible()
    page.reload()
    expect(sheet.get_by_role("textbox", name=label("holder", language))).to_have_value("Nino <b>Beridze</b>")
    expect(sheet.get_by_role("textbox", name=t("scripting.address.city", language))).to_have_value("London")
    expect(card).to_have_value("")
    assert "4242" not in page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    card.press_sequentially("4242424242424242")
    page.keyboard.press("Control+Enter")
    expect(card).to_have_value("•••• 4242")
    expect(sheet.get_by_text(t("scripting.notSubmitted", language))).to_have_count(0)
    look(page, f"submitted-{language}")


def test_what_the_server_refuses_stands_beside_its_field(manager, talk):
    manager.publish("form", {"name": {"en": "Order"}, "fields": [
        {"key": "amount", "kind": "number", "label": {"en": "Amount"}, "required": True, "max": "10"}]})
    page = talk()
    expect(page.get_by_role("region", name="Order")).to_be_visible()
    page.keyboard.press("Alt+f")
    amount = page.get_by_role("textbox", name="Amount")
    amount.fill("5")
    refusal = {"code": "invalid", "errors": [{"field": "amount", "rule": "tooLarge", "limit": 3}]}
    page.route("**/submit", lambda route: route.fulfill(status=422, json=refusal, content_type="application/problem+json"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.rule.tooLarge", field="Amount", limit="3"))).to_be_visible()
    expect(amount).to_be_focused()
    page.unroute_all(behavior="wait")
    amount.fill("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.rule.tooLarge", field="Amount", limit="3"))).to_have_count(0)


def test_the_story_tells_what_was_followed_and_filled_in(manager, talk, visit):
    manager.publish("script", example("modem.script.json"))
    manager.publish("form", {"name": {"en": "Order"}, "fields": [
        {"key": "amount", "kind": "money", "currency": "GBP", "label": {"en": "Amount"}, "required": True}]})
    page = talk()
    expect(script(page).get_by_role("list", name=t("scripting.answers"))).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Alt+f")
    page.get_by_role("textbox", name="Amount").fill("12.5")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(t("scripting.notSubmitted"))).to_have_count(0)
    own = page.request.get("/api/desk").json()["contact"]["id"]
    story = visit("supervisor", f"/contacts/{own}")
    followed = story.get_by_role("region", name=t("scripting.story.script"))
    expect(followed.get_by_text("No internet at all")).to_be_visible()
    filled = story.get_by_role("region", name=t("scripting.story.forms"))
    expect(filled.get_by_text("12.50 GBP")).to_be_visible()
    expect(filled.get_by_text("Ana Beridze")).to_be_visible()


# As if the talk were recorded, which in the demo it is not.
record = """async (recording) => {
    const { deskStore } = await import("/features/desk/desk-store.js");
    const { contact } = deskStore.value;
    deskStore.set({ ...deskStore.value, contact: { ...contact, recording: { ...contact.recording, ...recording } } });
}"""


@pytest.fixture
def deposit(manager, talk):
    """A form that asks for a card, in a talk; with what is asked of the recording."""
    manager.publish("form", {"name": {"en": "Deposit"}, "fields": [
        {"key": "card", "kind": "card", "label": {"en": "Card"}}, {"key": "who", "kind": "text", "label": {"en": "Name"}}]})
    page, asked = talk(), []
    expect(page.get_by_role("region", name="Deposit")).to_be_visible()

    def take(route):
        asked.append(route.request.url.rsplit("/", 1)[1])
        route.fulfill(json={"position": 1})

    page.route("**/*-recording", take)
    yield page, asked
    page.unroute_all(behavior="wait")


def test_a_card_is_read_out_while_nothing_is_recorded(deposit):
    page, asked = deposit
    page.evaluate(record, {"state": "on", "mayPause": True})
    page.get_by_role("textbox", name="Card").focus()
    until(page, lambda: asked == ["pause-recording"])
    # Another window comes to the front while the number is read out.
    page.evaluate("document.activeElement.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))")
    page.keyboard.press("Tab")
    until(page, lambda: asked == ["pause-recording", "resume-recording"])


def test_a_recording_that_begins_at_the_card_is_paused_and_one_that_may_not_be_is_told(deposit):
    page, asked = deposit
    card = page.get_by_role("textbox", name="Card")
    card.focus()
    page.evaluate(record, {"state": "on", "mayPause": True})
    until(page, lambda: asked == ["pause-recording"])
    page.keyboard.press("Tab")
    until(page, lambda: asked == ["pause-recording", "resume-recording"])
    page.evaluate(record, {"state": "on", "mayPause": False})
    card.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_text(t("scripting.recorded"))).to_be_visible()
    assert asked == ["pause-recording", "resume-recording"]


def test_what_is_typed_while_a_form_is_submitted_stays_open(deposit):
    page, _ = deposit
    who = page.get_by_role("form", name="Deposit").get_by_role("textbox", name="Name")
    waiting = []
    page.route("**/submit", lambda route: waiting.append(route))
    who.fill("Nino")
    page.keyboard.press("Control+Enter")
    until(page, lambda: len(waiting) == 1)
    who.fill("Nino Beridze")
    waiting[0].continue_()
    expect(page.get_by_text(t("scripting.notSubmitted"))).to_have_count(0)
    expect(page.get_by_text("Changed since")).to_be_visible()
    page.reload()
    expect(who).to_have_value("Nino Beridze")


def test_a_value_that_is_refused_takes_no_other_with_it(deposit):
    page, _ = deposit
    kept = page.evaluate("""async () => {
        const { Kept } = await import("/features/scripting/kept.js");
        const sent = [];
        const original = window.fetch;
        window.fetch = async (path, { body }) => {
            sent.push(JSON.parse(body));
            const refused = { code: "invalid", errors: [{ field: "long", rule: "tooLong", limit: 4000 }] };
            return "long" in JSON.parse(body) ? new Response(JSON.stringify(refused), { status: 422 }) : new Response('{"position": 1}');
        };
        const kept = new Kept("test", "/api/nowhere", (values) => values);
        kept.write({ long: "x", short: "y" });
        kept.flush();
        await new Promise((resolve) => kept.status.subscribe((status) => sent.length === 2 && status === "saved" && resolve()));
        window.fetch = original;
        return sent;
    }""")
    assert kept == [{"long": "x", "short": "y"}, {"short": "y"}]
