"""The settings: each thing made, changed and taken away by keyboard; what is refused, what others did, what is taken back."""

import re

import pytest
from catalogue import languages, t
from playwright.sync_api import expect
from screens import overflows
from settings import field, go, look, names, said, small_centre
from test_accessibility import serious

sections = ["start", "projects", "queues", "numbers", "dispositions", "quotas", "wallboards", "alerts", "people", "skills", "teams",
            "reasons", "roles", "phones", "trunks", "changes", "file"]
# What each section looks like with one of its things open.
opened = {
    "projects": "home-internet", "queues": "home-internet/support", "numbers": "home-internet/+442079460100", "quotas": "home-internet/calls",
    "wallboards": "home-internet/hall", "alerts": "home-internet/long-wait", "people": "ana", "teams": "day", "reasons": "break", "phones": "101", "trunks": "provider"}


# And the parts of a form that are behind a tab.
tabs = {"projects": ["hours", "outbound", "supervision"]}


@pytest.mark.parametrize("language", languages)
def test_every_section_has_room_and_no_barrier(settings, language):
    page, server = settings("start", language, warnings=[{"code": "queueWithoutPeople", "path": "projects.home-internet.queues.billing"}])
    server.change({"teams": {"day": {"name": names("Early team", "صبح کی ٹیم")}}})
    page.reload()
    found = {}

    def check(name):
        look(page, f"{name}-{language}")
        flaws = page.evaluate(overflows) + (serious(page) if language in ("en", "ur") else [])
        if flaws:
            found[name] = flaws

    for section in sections:
        query = f"?thing={opened[section]}".replace("+", "%2B") if section in opened else ""
        go(page, f"/settings/{section}{query}", language)
        expect(page.get_by_role("link", name=t(f"settings.{section}", language), exact=True)).to_have_attribute("aria-current", "page")
        check(section)
        for tab in tabs.get(section, []):
            page.get_by_role("tab", name=t(f"settings.group.{tab}", language)).click()
            check(f"{section}-{tab}")
    assert found == {}


def test_it_is_there_in_the_dark(settings):
    page, _ = settings("start", scheme="dark")
    for section in ("people", "dispositions", "trunks"):
        go(page, f"/settings/{section}" + (f"?thing={opened[section]}" if section in opened else ""))
        look(page, f"{section}-en-dark")
        assert serious(page) == [], section


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_project_shows_who_listens_until_somebody_decides_otherwise(settings, language):
    page, server = settings("projects", language, query="?thing=home-internet")
    page.get_by_role("tab", name=t("settings.group.supervision", language)).click()
    shown = page.get_by_role("checkbox", name=t("settings.supervision.shown", language))
    expect(shown).to_be_checked()
    shown.press("Space")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=re.compile("Home internet|گھریلو انٹرنیٹ"))).to_be_visible()
    assert server.posted == [{"callfloor": 1, "projects": {"home-internet": {"supervision": {"shown": False}}}}]
    expect(shown).not_to_be_checked()


def test_nobody_else_sees_them(visit):
    page = visit("supervisor", "/settings/people")
    expect(page.get_by_role("heading", name=t("common.nowhere"))).to_be_visible()
    expect(page.get_by_role("link", name=t("common.screen.settings"))).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_team_is_made_changed_and_taken_back_by_keyboard_alone(settings, language):
    page, server = settings("start", language)
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("/floor$"))
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/settings"))
    go(page, "/settings/teams", language)
    page.keyboard.press("Alt+n")
    name = field(page, "settings.name", language).first
    expect(name).to_be_focused()
    page.keyboard.type("Night team")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=t("settings.savedWhat", language, what="Night team"))).to_be_visible()
    assert server.posted == [{"callfloor": 1, "teams": {"night-team" if language == "en" else "team-1": {"name": {language: "Night team"}}}}]
    link = page.get_by_role("list", name=t("settings.teams", language)).get_by_role("link", name="Night team")
    expect(link).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(name).to_be_focused()
    page.keyboard.press("Alt+z")
    expect(link).to_have_count(0)


def test_a_refusal_comes_back_at_its_field(settings):
    page, server = settings("queues", query="?thing=home-internet/support")
    server.refusals = [[{"field": "projects.home-internet.queues.support.ringTimeout", "rule": "range", "min": 3, "max": 25, "value": "30"}]]
    ring = field(page, "settings.queue.ringTimeout")
    ring.fill("30")
    page.keyboard.press("Alt+s")
    expect(said(page, t("settings.rule.range", min="3", max="25"))).to_be_visible()
    expect(ring).to_be_focused()
    expect(ring).to_have_attribute("aria-invalid", "true")
    expect(ring).to_have_value("30")
    ring.fill("24")
    expect(ring).not_to_have_attribute("aria-invalid", "true")


def test_what_cannot_be_saved_is_said_before_it_is_sent(settings):
    page, server = settings("queues", query="?thing=home-internet/support")
    ring = field(page, "settings.queue.ringTimeout")
    ring.fill("1")
    expect(ring).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    expect(said(page, t("settings.rule.range", min="3", max="120"))).to_be_visible()
    page.keyboard.press("Alt+s")
    expect(ring).to_be_focused()
    assert server.posted == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_what_somebody_else_changed_is_shown_and_nothing_typed_is_lost(settings, language):
    page, server = settings("queues", language, query="?thing=home-internet/support")
    server.others = {"projects": {"home-internet": {"queues": {"support": {"ringTimeout": 35, "serviceLevel": 45}}}}}
    field(page, "settings.queue.ringTimeout", language).fill("25")
    page.keyboard.press("Alt+s")
    expect(said(page, t("settings.conflict.by", language, name="Deniz Yılmaz"))).to_be_visible()
    expect(page.get_by_text(t("settings.conflict.theirs", language, value="35"))).to_be_visible()
    expect(field(page, "settings.queue.ringTimeout", language)).to_have_value("25")
    expect(field(page, "settings.queue.serviceLevel", language)).to_have_value("45")
    look(page, f"conflict-{language}")
    assert serious(page) == []
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=re.compile("Technical support|تکنیکی مدد"))).to_be_visible()
    assert server.set_up["projects"]["home-internet"]["queues"]["support"] == {
        **small_centre()["projects"]["home-internet"]["queues"]["support"], "ringTimeout": 25, "serviceLevel": 45}


def test_what_is_taken_is_said_before_it_is_sent(settings):
    page, server = settings("people")
    page.keyboard.press("Alt+n")
    field(page, "session.login").fill("ana")
    page.keyboard.press("Tab")
    expect(said(page, t("settings.rule.taken"))).to_be_visible()
    assert server.posted == []


def test_a_number_says_where_it_leads_in_words(settings):
    page, server = settings("numbers", query="?thing=%2B442079460100")
    queue = page.get_by_role("combobox", name=t("common.queue"))
    expect(queue.get_by_role("option", name="Technical support")).to_have_attribute("value", "support")
    queue.select_option(label="Bills and contracts")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("link", name="+44 207 946 0100").get_by_text("Bills and contracts")).to_be_visible()
    assert server.posted == [{"callfloor": 1, "projects": {"home-internet": {"entryPoints": {"+442079460100": {"queue": "billing"}}}}}]


def test_what_somebody_changed_elsewhere_does_not_stand_in_the_way(settings):
    page, server = settings("queues", query="?thing=home-internet/support")
    server.others = {"teams": {"day": {"name": names("Early team", "صبح کی ٹیم")}}}
    field(page, "settings.queue.ringTimeout").fill("25")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text="Technical support")).to_be_visible()
    assert len(server.posted) == 2


def test_what_is_typed_is_there_after_leaving_and_after_a_reload(settings):
    page, _ = settings("people", query="?thing=ana")
    field(page, "settings.person.name").fill("Ana B.")
    field(page, "session.password").fill("not to be kept")
    go(page, "/settings/teams")
    go(page, "/settings/people?thing=ana")
    expect(field(page, "settings.person.name")).to_have_value("Ana B.")
    expect(field(page, "session.password")).to_have_value("not to be kept")
    expect(page.get_by_role("link", name="Ana Beridze").get_by_text(t("settings.unsaved"))).to_be_attached()
    page.reload()
    expect(field(page, "settings.person.name")).to_have_value("Ana B.")
    expect(field(page, "session.password")).to_have_value("")
    page.get_by_role("button", name=t("settings.discard")).click()
    expect(field(page, "settings.person.name")).to_have_value("Ana Beridze")


def test_taking_away_says_what_will_happen_and_what_is_in_the_way(settings):
    page, server = settings("queues", query="?thing=home-internet/support")
    server.refusals = [[{"field": "remove.queues", "rule": "inUse", "value": "entry point +442079460100"}]]
    page.get_by_role("button", name=t("settings.remove")).click()
    dialog = page.get_by_role("dialog", name=t("settings.removing", name="Technical support"))
    expect(dialog.get_by_text(t("settings.removing.queue"))).to_be_visible()
    dialog.get_by_role("button", name=t("settings.remove")).click()
    link = dialog.get_by_role("link", name="+44 207 946 0100")
    expect(link).to_be_visible()
    look(page, "in-use")
    link.click()
    expect(page).to_have_url(re.compile("/settings/numbers"))
    page.get_by_role("button", name=t("settings.remove")).click()
    page.get_by_role("dialog").get_by_role("button", name=t("settings.remove")).click()
    expect(page.get_by_role("link", name="+44 207 946 0100")).to_have_count(0)
    assert server.posted[-1] == {"callfloor": 1, "remove": {"entryPoints": ["+442079460100"]}}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_person_gets_a_password_that_is_shown_once(settings, language):
    page, server = settings("people", language)
    page.keyboard.press("Alt+n")
    page.keyboard.type("Eva Novak")
    page.keyboard.press("Tab")
    page.keyboard.type("eva")
    page.get_by_role("button", name=t("settings.generate", language)).click()
    page.get_by_role("tab", name=t("settings.group.calls", language)).click()
    page.get_by_role("checkbox", name=re.compile("Technical support|تکنیکی مدد")).check()
    page.keyboard.press("Alt+s")
    card = page.get_by_role("status").filter(has_text=t("settings.card.once", language))
    expect(card).to_be_visible()
    password = server.posted[0]["users"]["eva"]["password"]
    assert re.fullmatch("[a-zA-Z2-9]{12}", password)
    assert server.posted[0]["users"]["eva"]["queues"] == {"support": {"priority": 1, "delay": 0}}
    expect(card.get_by_text(password)).to_be_visible()
    look(page, f"card-{language}")
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    assert password not in page.evaluate("JSON.stringify(sessionStorage)")
    go(page, "/settings/people?thing=ana", language)
    expect(page.get_by_text(password)).to_have_count(0)


def test_a_phone_says_what_to_type_into_it(settings):
    page, server = settings("phones")
    page.keyboard.press("Alt+n")
    page.keyboard.type("103")
    page.get_by_role("button", name=t("settings.generate")).click()
    page.keyboard.press("Alt+s")
    card = page.get_by_role("status").filter(has_text=t("settings.card.phone", phone="103"))
    expect(card.get_by_text("UDP 5060, TLS 5061")).to_be_visible()
    expect(card.get_by_text(server.posted[0]["phones"]["103"]["secret"])).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "text"),
    [({"outcome": "answered", "status": 200, "reason": "OK"}, "settings.trunkTest.answered"),
     ({"outcome": "answered", "status": 403, "reason": "Forbidden"}, "settings.trunkTest.refused"),
     ({"outcome": "nameUnknown", "status": None, "reason": None}, "settings.trunkTest.nameUnknown"),
     ({"outcome": "loginRefused", "status": 401, "reason": "Unauthorized"}, "settings.trunkTest.loginRefused")])
def test_a_line_is_tested_and_the_answer_is_in_words(settings, answer, text):
    page, server = settings("trunks", query="?thing=provider")
    server.test = {"request": "OPTIONS", "address": "192.0.2.1:5060", "milliseconds": 41, **answer}
    page.get_by_role("button", name=t("settings.trunkTest")).click()
    expect(page.get_by_role("status").get_by_text(t(text))).to_be_visible()
    look(page, f"trunk-{answer['outcome']}-{answer['status']}")


def test_a_line_that_only_brings_calls_loses_what_belongs_to_a_server(settings):
    page, server = settings("trunks", query="?thing=provider")
    field(page, "settings.trunk.server").fill("")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text=t("settings.savedWhat", what="provider"))).to_be_visible()
    assert server.posted == [{"callfloor": 1, "trunks": {"provider": {"server": None, "login": None}}}]
