"""Scripts and forms as they are written: the server's part is answered here."""

import copy
import json

import pytest
from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from screens import overflows, until

markup = "<img src=x onerror='console.error(1)'><b>bold</b>"
script = {
    "name": {"en": "Line is down", "ur": "لائن بند ہے"}, "direction": "inbound", "start": "greeting",
    "steps": [
        {"key": "greeting", "say": {"en": "Good day, {customer.name}! " + markup, "ur": "السلام علیکم، {customer.name}!"}, "answers": [
            {"key": "down", "label": {"en": "The line is down", "ur": "لائن بند ہے"}, "next": "restart", "tried": False},
            {"key": "other", "label": {"en": "Something else", "ur": "کچھ اور"}, "tried": False}]},
        {"key": "restart", "say": {"en": "Please switch the box off and on.", "ur": "براہِ کرم ڈبہ بند کر کے چلائیں۔"}, "hint": {"en": "Takes a minute."}, "answers": [
            {"key": "works", "label": {"en": "It works again", "ur": "اب چل رہا ہے"}, "tried": True}]},
    ],
    "objections": [{"key": "price", "title": {"en": "Too dear", "ur": "مہنگا ہے"}, "say": {"en": "There is a smaller plan.", "ur": "چھوٹا پیکج بھی ہے۔"}}],
}
form = {"name": {"en": "Order", "ur": "آرڈر"}, "fields": [
    {"key": "plan", "kind": "choice", "label": {"en": "Plan", "ur": "پیکج"}, "required": True, "lines": 1,
     "options": [{"key": "fibre", "label": {"en": "Fibre", "ur": "فائبر"}}]},
    {"key": "fee", "kind": "money", "label": {"en": "Fee", "ur": "فیس"}, "required": False, "lines": 1, "currency": "GEL", "visibleIf": "plan = 'fibre'"}]}


class Documents:
    """What the server would keep."""

    def __init__(self, page):
        self.page = page
        self.flaws = []
        self.saved = []
        self.asked = []
        self.all = {
            "s1": {"id": "s1", "kind": "script", "project": "p1", "key": "line-down", "language": "en",
                   "draft": {"body": copy.deepcopy(script), "revision": 3}, "published": None, "retiredAt": None, "mayManage": True,
                   "versions": [{"version": 1, "at": 1_795_000_000_000, "by": "Ana Beridze"}]},
            "f1": {"id": "f1", "kind": "form", "project": "p1", "key": "order", "language": "en", "published": None, "retiredAt": None,
                   "draft": {"body": copy.deepcopy(form), "revision": 1}, "mayManage": True, "versions": []}}
        page.route("**/api/session", self._session)
        page.route("**/api/documents**", self._answer)
        page.route("**/api/documents/**", self._answer)

    def _session(self, route):
        answer = route.fetch()
        if answer.status != 200 or not answer.body():
            return route.fulfill(response=answer)
        content = answer.json()
        if "permissions" in content:
            content["permissions"]["manageScripts"] = "all"
        route.fulfill(response=answer, json=content)

    def _answer(self, route):
        method, path = route.request.method, route.request.url.split("/api/documents")[1].split("?")[0]
        self.asked.append(f"{method} {path}")
        parts = path.strip("/").split("/")
        if path == "":
            return route.fulfill(json={"documents": [self._listed(one) for one in self.all.values()]})
        one = self.all[parts[0]]
        what = f"{method} {parts[1] if len(parts) > 1 else ''}".strip()
        content = json.loads(route.request.post_data) if method != "GET" and route.request.post_data else {}
        if what == "GET":
            return route.fulfill(json=one)
        if what == "GET versions":
            older = copy.deepcopy(script) | {"name": {"en": "As it was"}}
            return route.fulfill(json={"version": 1, "body": older, "at": 1_795_000_000_000, "by": "Ana Beridze"})
        if what == "POST check":
            return route.fulfill(json={"flaws": self.flaws})
        if what == "PUT draft":
            if content["revision"] != (one["draft"]["revision"] if one["draft"] else 0):
                return route.fulfill(status=409, content_type="application/problem+json", body=json.dumps({"code": "conflict", "status": 409}))
            one["draft"] = {"body": content["body"], "revision": content["revision"] + 1}
            self.saved.append(content["body"])
            return route.fulfill(json={"revision": one["draft"]["revision"]})
        if what == "POST retire":
            one["published"], one["retiredAt"] = None, 1_795_000_200_000
            return route.fulfill(json={"position": 10})
        if what == "POST publish":
            assert content["revision"] == one["draft"]["revision"]
            one["versions"].insert(0, {"version": 2, "at": 1_795_000_100_000, "by": None})
            one["published"] = {"version": 2, "body": one["draft"]["body"], "at": 1_795_000_100_000, "by": None}
            one["draft"] = None
            return route.fulfill(json={"version": 2, "position": 9})
        raise AssertionError(what)

    @staticmethod
    def _listed(one):
        body = (one["draft"] or one["published"])["body"]
        return {"id": one["id"], "kind": one["kind"], "project": one["project"], "key": one["key"], "name": body["name"], "publishedAt": None,
                "published": one["published"] and one["published"]["version"], "hasDraft": one["draft"] is not None, "changedAt": 0,
                "changedBy": None, "mayManage": True}


@pytest.fixture
def documents(visit):
    def documents(path="/scripts/s1", language="en", scheme="light"):
        made = []
        page = visit("administrator", path, language, scheme, lambda page: made.append(Documents(page)))
        expect(page.get_by_role("link", name=script["name"][language])).to_be_visible()
        return page, made[0]

    return documents


def part(page, name):
    return page.locator(".document-parts").get_by_role("button", name=name)


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits(documents, language, scheme):
    page, server = documents(language=language, scheme=scheme)
    server.flaws = [{"path": "steps/1/hint", "rule": "placeholder"}]
    part(page, "greeting").click()
    expect(page.locator("[data-path='steps/0/say']")).to_be_visible()
    page.locator("[data-path='steps/0/key']").fill("welcome")
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name=t("documents.flaws", language))).to_be_visible()
    assert page.evaluate(overflows) == []
    page.screenshot(path=shots / f"documents-script-{language}-{scheme}.png")
    server.flaws = []
    page.get_by_role("link", name=form["name"][language]).click()
    part(page, form["fields"][0]["label"][language]).click()
    expect(page.locator("[data-path='fields/0/kind']")).to_have_value("choice")
    assert page.evaluate(overflows) == []
    page.screenshot(path=shots / f"documents-form-{language}-{scheme}.png")


def test_what_is_typed_is_saved_and_published(documents):
    page, server = documents()
    part(page, "greeting").click()
    page.get_by_label(t("documents.hint"), exact=True).fill("Smile")
    until(page, lambda: server.saved and server.saved[-1]["steps"][0].get("hint") == {"en": "Smile"})
    expect(page.get_by_text(t("documents.saved"), exact=True)).to_be_visible()
    page.get_by_role("button", name=t("documents.publish"), exact=True).click()
    expect(page.get_by_role("option", name=t("documents.version").replace("{version}", "2"))).to_be_attached()
    expect(page.get_by_role("button", name=t("documents.publish"), exact=True)).to_have_attribute("aria-disabled", "true")


def test_by_keys_alone(documents):
    page, server = documents()
    part(page, t("documents.general")).focus()
    page.keyboard.press("ArrowDown")
    expect(part(page, "greeting")).to_be_focused()
    page.keyboard.press("Insert")
    expect(page.locator("[data-path='steps/1/say']")).to_be_focused()
    page.keyboard.type("And now?")
    until(page, lambda: server.saved and [one["key"] for one in server.saved[-1]["steps"]] == ["greeting", "step-3", "restart"])
    part(page, "step-3").focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(part(page, "step-3")).to_be_focused()
    until(page, lambda: [one["key"] for one in server.saved[-1]["steps"]] == ["greeting", "restart", "step-3"])
    page.keyboard.press("Delete")
    until(page, lambda: [one["key"] for one in server.saved[-1]["steps"]] == ["greeting", "restart"])


def test_answers_follow_a_step_that_gets_another_key(documents):
    page, server = documents()
    part(page, "restart").click()
    page.locator("[data-path='steps/1/key']").fill("power")
    page.keyboard.press("Tab")
    until(page, lambda: server.saved and server.saved[-1]["steps"][1]["key"] == "power")
    assert server.saved[-1]["steps"][0]["answers"][0]["next"] == "power"


def test_a_flaw_leads_to_its_field(documents):
    page, server = documents()
    server.flaws = [{"path": "steps/1/say", "rule": "required"}]
    page.get_by_label(t("documents.name"), exact=True).fill("No line")
    flaws = page.get_by_role("region", name=t("documents.flaws"))
    expect(flaws).to_be_visible()
    expect(page.get_by_role("button", name=t("documents.publish"), exact=True)).to_have_attribute("aria-disabled", "true")
    flaws.get_by_role("button").click()
    field = page.locator("textarea[data-path='steps/1/say']")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_write_at_once(documents, choice):
    page, server = documents()
    expect(page.get_by_text(t("documents.saved"), exact=True)).to_be_visible()
    theirs = copy.deepcopy(script) | {"name": {"en": "Theirs"}}
    server.all["s1"]["draft"] = {"body": theirs, "revision": 7}
    page.get_by_label(t("documents.name"), exact=True).fill("Mine")
    page.get_by_role("button", name=t(f"documents.{choice}"), exact=True).click()
    name = page.get_by_label(t("documents.name"), exact=True)
    expect(name).to_have_value("Mine" if choice == "mine" else "Theirs")
    until(page, lambda: server.all["s1"]["draft"]["body"]["name"]["en"] == ("Mine" if choice == "mine" else "Theirs"))
    expect(page.get_by_role("button", name=t("documents.mine"), exact=True)).to_have_count(0)


def test_a_version_is_looked_at_and_taken_back(documents):
    page, server = documents()
    page.get_by_label(t("documents.versions"), exact=True).select_option("1")
    name = page.get_by_label(t("documents.name"), exact=True)
    expect(name).to_have_value("As it was")
    expect(name).to_be_disabled()
    page.get_by_role("button", name=t("documents.takeBack")).click()
    until(page, lambda: server.saved and server.saved[-1]["name"] == {"en": "As it was"})
    expect(name).to_be_enabled()


def test_a_script_is_walked_through_by_keys_and_markup_is_text(documents):
    page, _ = documents()
    page.get_by_role("button", name=t("documents.preview")).click()
    step = page.locator(".preview-step")
    expect(step).to_be_focused()
    expect(step).to_contain_text(markup)
    expect(page.locator("script-preview img, script-preview b")).to_have_count(0)
    page.keyboard.press("1")
    expect(step).to_contain_text("switch the box off")
    page.keyboard.press("1")
    expect(step).to_contain_text(t("documents.end"))
    page.keyboard.press("Backspace")
    expect(step).to_contain_text("switch the box off")
    page.keyboard.press("Backspace")
    page.keyboard.press("2")
    expect(step).to_contain_text(t("documents.end"))


def test_texts_say_where_they_are_missing(documents):
    page, server = documents()
    part(page, "restart").click()
    field = page.locator("[data-path='steps/1/hint']")
    expect(field).to_have_accessible_description(t("documents.missing").replace("{languages}", "اردو, ქართული, हिन्दी, Türkçe, Cymraeg"))
    page.get_by_label(t("documents.language")).select_option("ur")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("dir", "rtl")
    field.fill("ایک منٹ")
    until(page, lambda: server.saved and server.saved[-1]["steps"][1]["hint"] == {"en": "Takes a minute.", "ur": "ایک منٹ"})


def test_rules_depend_on_the_kind_of_a_field(documents):
    page, server = documents("/scripts/f1")
    part(page, "Fee").click()
    expect(page.get_by_label(t("documents.currency"), exact=True)).to_have_value("GEL")
    page.get_by_label(t("documents.max"), exact=True).fill("250.00")
    page.get_by_label(t("documents.kind"), exact=True).select_option("text")
    expect(page.get_by_label(t("documents.currency"), exact=True)).to_have_count(0)
    page.get_by_label(t("documents.lengthMax"), exact=True).fill("40")
    until(page, lambda: server.saved and server.saved[-1]["fields"][1].get("lengthMax") == 40)
    assert server.saved[-1]["fields"][1]["kind"] == "text"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_form_is_filled_in_to_try_it(documents, language):
    page, server = documents("/scripts/f1", language)
    page.get_by_label(t("documents.language", language)).select_option("en")
    page.get_by_role("button", name=t("documents.tryForm", language)).press("Enter")
    preview = page.locator("form-preview")
    expect(preview.get_by_text(t("documents.tryNote", language))).to_be_visible()
    # In the language in which it is written, whatever the screen's own is.
    plan, fee = preview.get_by_role("combobox", name="Plan"), preview.get_by_role("textbox", name="Fee")
    expect(fee).to_have_count(0)
    plan.select_option("fibre")
    fee.fill("much")
    fee.press("Tab")
    expect(preview.get_by_text(t("scripting.rule.malformed", language, field="Fee"))).to_be_visible()
    assert page.evaluate(overflows) == []
    page.screenshot(path=shots / f"documents-try-{language}.png")
    fee.fill("1,250.50")
    fee.press("Tab")
    expect(preview.locator("[data-key=fee] [data-key=error]")).to_be_empty()
    plan.select_option("")
    expect(fee).to_have_count(0)
    page.get_by_role("button", name=t("documents.tryForm", language)).press("Enter")
    expect(page.locator(".document-fields [data-path]").first).to_be_visible()
    assert server.saved == []


def test_a_half_written_form_can_be_tried(documents):
    page, server = documents("/scripts/f1")
    server.all["f1"]["draft"]["body"]["fields"] += [
        {"key": "sum", "kind": "number", "label": {"en": markup}, "required": False, "lines": 1, "computed": "fee *", "visibleIf": "((", "min": "x", "pattern": "("}]
    page.reload()
    page.get_by_role("button", name=t("documents.tryForm")).press("Enter")
    preview = page.locator("form-preview")
    expect(preview.get_by_text(markup)).to_be_visible()
    expect(preview.locator("img, b")).to_have_count(0)
    preview.get_by_role("textbox", name="bold").fill("5")
    page.keyboard.press("Tab")
    expect(preview.locator("[data-key=sum] [data-key=error]")).not_to_be_empty()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_retiring_asks_first(documents, language):
    page, server = documents(language=language)
    page.get_by_role("button", name=t("documents.publish", language)).press("Enter")
    retire = page.get_by_role("button", name=t("documents.retire", language), exact=True)
    retire.press("Enter")
    expect(page.get_by_text(t("documents.retireAsk", language))).to_be_visible()
    now = page.get_by_role("button", name=t("documents.retireNow", language))
    expect(now).to_be_focused()
    assert page.evaluate(overflows) == []
    page.screenshot(path=shots / f"documents-retire-{language}.png")
    page.get_by_role("button", name=t("customers.no", language)).press("Enter")
    expect(retire).to_be_focused()
    assert server.all["s1"]["retiredAt"] is None
    retire.press("Enter")
    now.press("Enter")
    expect(retire).to_have_count(0)
    assert server.all["s1"]["retiredAt"] is not None
