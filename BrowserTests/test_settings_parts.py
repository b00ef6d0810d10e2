"""The settings that are no form: trees, matrix, hours, history, files, the first steps; and that nothing typed is ever markup."""

import re

import pytest
from catalogue import t
from playwright.sync_api import expect
from screens import overflows
from settings import SetUp, field, go, look, names, said, small_centre
from test_accessibility import serious

script = "<img src=x onerror=\"document.title='pwned'\">"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_dispositions_are_moved_by_keyboard_and_saved_as_a_whole(settings, language):
    page, server = settings("dispositions", language)
    into, out_of = ("Shift+ArrowLeft", "Shift+ArrowRight") if language == "ur" else ("Shift+ArrowRight", "Shift+ArrowLeft")
    items = page.get_by_role("treeitem")
    items.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press(into)
    silent = page.get_by_role("treeitem", name=re.compile("Nobody spoke|کوئی نہیں بولا"))
    expect(silent).to_have_attribute("aria-level", "2")
    expect(silent).to_be_focused()
    page.keyboard.press(out_of)
    page.keyboard.press("Insert")
    expect(page.get_by_role("textbox", name=t("settings.name", language), exact=True)).to_be_focused()
    page.keyboard.type("Taxi")
    page.get_by_role("checkbox", name=t("settings.meaning.callback", language)).check()
    page.get_by_role("treeitem", name=re.compile("With our help|ہماری مدد سے")).click()
    page.keyboard.press("Delete")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("button", name=t("settings.discard", language))).to_have_count(0)
    assert server.posted[-1]["remove"] == {"dispositions": {"home-internet": ["guided"]}}
    saved = server.posted[-1]["projects"]["home-internet"]["dispositions"]
    assert [node["key"] for node in saved] == ["solved", "silent", "taxi" if language == "en" else "disposition-1", "sale"]
    assert [node["key"] for node in saved[0]["below"]] == ["remote"]
    assert saved[2]["meanings"] == ["callback"]


def test_dispositions_are_moved_by_mouse(settings):
    page, _ = settings("dispositions")
    source, target = (page.get_by_role("treeitem", name=re.compile(name)) for name in ("^Nobody spoke", "^Solved"))
    source.drag_to(target)
    expect(source).to_have_attribute("aria-level", "2")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_skills_are_set_cell_by_cell(settings, language):
    page, server = settings("skills", language)
    next_cell = "ArrowLeft" if language == "ur" else "ArrowRight"
    cells = page.get_by_role("gridcell")
    cells.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    page.keyboard.press(next_cell)
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name=t("settings.skills.delay", language)).fill("15")
    look(page, f"skill-cell-{language}")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    look(page, f"skills-changed-{language}")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("button", name=t("settings.discard", language))).to_have_count(0)
    users = server.set_up["users"]
    assert users["bilal"]["queues"] == {"billing": {"priority": 3, "delay": 0}, "support": {"priority": 1, "delay": 15}}
    assert users["ana"]["queues"] == {"billing": {"priority": 2, "delay": 20}}
    assert list(server.posted[-1]) == ["callfloor", "users"]


def test_opening_hours_are_written_as_on_a_door(settings):
    page, server = settings("projects", query="?thing=home-internet")
    page.get_by_role("tab", name=t("settings.group.hours")).click()
    page.get_by_label("Monday", exact=True).fill("8-12, 13 - 17:30")
    page.get_by_role("button", name=t("settings.hours.copy")).click()
    page.get_by_label("Sunday", exact=True).fill("22:00-6, 23-24")
    page.keyboard.press("Tab")
    expect(said(page, t("settings.rule.timeRange"))).to_be_visible()
    page.get_by_label("Sunday", exact=True).fill("22-6")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text="Home internet")).to_be_visible()
    hours = server.posted[-1]["projects"]["home-internet"]["hours"]
    assert hours["week"]["fri"] == ["08:00-12:00", "13:00-17:30"]
    assert hours["week"]["sun"] == ["22:00-06:00"] and hours["days"] == {"2026-12-25": []}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_history_says_what_was_before_and_takes_it_back(settings, language):
    page, server = settings("changes", language)
    server.change({"projects": {"home-internet": {"queues": {"support": {"ringTimeout": 25, "wrapUp": {"onRequest": 30}}}}}})
    server.change({"teams": {"night": {"name": names("Night team", "رات کی ٹیم")}}})
    go(page, "/settings/teams", language)
    go(page, "/settings/changes", language)
    history = page.get_by_role("region", name=t("settings.changes", language))
    expect(history.get_by_text(t("settings.queue.ringTimeout", language), exact=True)).to_be_visible()
    look(page, f"history-{language}")
    assert serious(page) == []
    assert page.evaluate(overflows) == []
    support = re.compile("Technical support|تکنیکی مدد")
    history.get_by_role("button", name=support).click()
    expect(said(page, t("errors.code.changedSince", language))).to_be_visible()
    history.get_by_role("button", name=re.compile("Night team|رات کی ٹیم")).click()
    expect(history.get_by_text(t("settings.changes.undone", language), exact=True)).to_be_visible()
    assert "night" not in server.set_up["teams"]


def test_a_file_is_looked_at_before_it_acts(settings):
    page, server = settings("file")
    page.locator("input[type=file]").set_input_files({"name": "centre.yaml", "mimeType": "text/yaml", "buffer": b"callfloor: 1\n"})
    expect(page.get_by_text("Queue support")).to_be_visible()
    assert server.files == [(server.files[0][0], "callfloor: 1\n")] and server.files[0][0].endswith("?check=true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("status").filter(has_text="2 things have been changed.")).to_be_visible()
    assert server.files[1][0].endswith("/api/set-up")


def test_a_file_that_cannot_be_applied_says_every_flaw_by_line(settings):
    page, server = settings("file")
    server.refusals = [[{"field": "users.ana.role", "rule": "choice", "choices": ["agent", "senior"], "value": script, "line": 12},
                        {"field": "teams.day.nmae", "rule": "unknownKey", "line": 3}]]
    page.locator("input[type=file]").set_input_files({"name": "centre.yaml", "mimeType": "text/yaml", "buffer": b"callfloor: 1\n"})
    row = page.get_by_role("row").filter(has_text="users.ana.role")
    expect(row.get_by_role("cell").first).to_have_text("12")
    expect(row).to_contain_text(t("settings.rule.choice", choices="agent, senior"))
    look(page, "flaws")
    assert serious(page) == []


def test_an_empty_centre_shows_the_way_to_the_first_call(settings):
    empty = {"callfloor": 1, **{word: {} for word in ("reasons", "teams", "trunks", "phones", "projects")},
             "users": {"admin": {"name": "Priya Sharma", "role": "administrator", "language": "en", "projects": []}}}
    page, server = settings("start", set_up=empty, warnings=[{"code": "noProject", "path": "projects"}])
    steps = page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("heading", level=3))
    expect(steps).to_have_count(6)
    expect(steps.first).to_have_attribute("aria-current", "step")
    look(page, "start-empty")
    steps.first.get_by_role("link").click()
    expect(field(page, "settings.name").first).to_be_focused()
    page.keyboard.type("Taxi")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("status").filter(has_text="Taxi")).to_be_visible()
    assert "taxi" in server.set_up["projects"]
    go(page, "/settings/start")
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")


def test_a_name_is_text_and_never_markup(settings):
    hostile = small_centre()
    hostile["teams"]["day"]["name"] = {"en": script}
    hostile["users"]["ana"]["name"] = script
    home = hostile["projects"]["home-internet"]
    home["name"], home["queues"]["support"]["name"], home["dispositions"][0]["name"] = {"en": script}, {"en": script}, {"en": script}
    page, server = settings("roles", set_up=hostile,
                            warnings=[{"code": "queueWithoutPeople", "path": "projects.home-internet.queues.support"}])
    server.change({"teams": {"day": {"name": {"en": script + "2"}}}}, by=script)
    for section in ("teams", "queues", "people?thing=ana", "dispositions", "skills", "changes", "start"):
        go(page, f"/settings/{section}")
        expect(page.get_by_role("main").get_by_text("<img").first).to_be_visible()
        assert page.locator("img[src=x]").count() == 0, section
        assert "pwned" not in page.title(), section


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_first_administrator_begins_by_the_link(visit, cookies, language):
    state = cookies("administrator")
    page = visit(None, "/welcome#the-word", language)
    sent = []

    def answer(route):
        sent.append(route.request.post_data_json)
        if len(sent) == 1:
            return route.fulfill(status=403, json={"code": "forbidden", "errors": []}, content_type="application/problem+json")
        page.context.add_cookies(state["cookies"])
        return route.fulfill(status=201, json={})

    page.route("**/api/first-administrator", answer)
    SetUp(page)
    expect(page.get_by_role("heading", name=t("session.first.title", language))).to_be_visible()
    look(page, f"welcome-{language}")
    assert serious(page) == []
    expect(page.get_by_label(t("session.first.name", language))).to_be_focused()
    page.keyboard.type("Priya")
    page.keyboard.press("Tab")
    page.keyboard.type("priya")
    page.keyboard.press("Enter")
    expect(page.get_by_text(t("session.first.passwordShort", language, min="8"))).to_be_visible()
    expect(page.get_by_label(t("session.password", language))).to_be_focused()
    page.keyboard.type("a good password")
    page.keyboard.press("Enter")
    expect(said(page, t("session.first.wrongLink", language))).to_be_visible()
    page.get_by_role("button", name=t("session.first.begin", language)).click()
    expect(page).to_have_url(re.compile("/settings/start$"))
    assert sent[1] == {"token": "the-word", "language": language, "login": "priya", "name": "Priya", "password": "a good password"}
