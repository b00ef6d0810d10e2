"""Who saw and took along what: written while people look, found again, traced and taken along."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from catalogue import t
from conftest import choose as speak
from conftest import in_every_language, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious


@pytest.fixture
def audit(visit):
    def audit(language="en", scheme="light", query=""):
        page = open_screen(visit, "audit", language, scheme)
        if query:
            page.evaluate("path => import('/base/router.js').then(({ go }) => go(path))", f"/audit?{query}")
        return page

    return audit


@pytest.fixture
def contact(talk, visit):
    """A contact that somebody had, and whose story the supervisor has opened; gives its address."""
    talk()
    supervisor = visit("supervisor", "/contacts")
    supervisor.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(supervisor).to_have_url(re.compile(r"/contacts/[0-9a-f-]{36}$"))
    expect(supervisor.get_by_role("heading", name=t("contacts.course"))).to_be_visible()
    # Who may not see the audit is not told who looked.
    expect(supervisor.get_by_role("region", name=t("audit.seenBy"))).to_have_count(0)
    return "/" + supervisor.url.split("/", 3)[3]


def row(page, *texts):
    rows = page.get_by_role("row")
    for text in texts:
        rows = rows.filter(has_text=text)
    return rows.first


def choose(page, name, choice):
    page.get_by_role("search").get_by_role("combobox", name=name, exact=True).select_option(label=choice)


def test_it_is_readable_in_every_language_and_both_colours(audit):
    page = audit()
    shots.mkdir(exist_ok=True)
    for language in in_every_language(page):
        expect(row(page, t("audit.action.signedIn", language))).to_be_visible()
        page.screenshot(path=shots / f"audit-{language}.png")
        assert page.evaluate(overflows) == [], language
    for language in ("ur", "en"):
        speak(page, language)
        check(page, language)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=shots / f"audit-{language}-{scheme}.png")
            assert page.evaluate(overflows) == [], (language, scheme)
            assert serious(page) == [], (language, scheme)


def check(page, language="en"):
    """Has the chain checked; gives the line that says what came of it."""
    chain = page.get_by_role("region", name=t("audit.chain", language), exact=True)
    chain.get_by_role("button", name=t("audit.chain.check", language), exact=True).click()
    # The last entry is told when all of them are checked and fit.
    expect(chain.get_by_text(t("audit.chain.mark", language))).to_be_visible(timeout=20_000)
    return chain


def test_the_chain_is_checked_and_its_end_can_be_noted(audit):
    chain = check(audit())
    expect(chain.get_by_role("status")).to_contain_text(re.compile(r"\d"))
    expect(chain.get_by_role("code")).to_have_text(re.compile(r"^\d+:[0-9a-f]{64}$"))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_who_looked_at_a_contact_is_found_by_keyboard_alone(audit, contact, language):
    page = audit(language)
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/contacts$"))
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/audit$"))
    page.keyboard.press("/")
    expect(page.get_by_role("search").get_by_label(t("figures.from", language), exact=True)).to_be_focused()
    action = page.get_by_role("combobox", name=t("audit.action", language), exact=True)
    for _ in range(12):
        page.keyboard.press("Tab")
        if action.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("action=saw"))
    seen = row(page, "Deniz Yılmaz", t("audit.subject.contact", language))
    link = seen.get_by_role("link", name=t("audit.subject.contact", language), exact=True)
    for _ in range(40):
        if link.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/contacts/[0-9a-f-]{36}$"))
    people = page.get_by_role("region", name=t("audit.seenBy", language), exact=True)
    expect(people.get_by_text("Deniz Yılmaz")).to_be_visible()
    page.screenshot(path=shots / f"audit-seen-{language}.png", full_page=True)
    assert page.evaluate(overflows) == []
    people.get_by_role("link", name=t("audit.openTrail", language)).press("Enter")
    expect(page).to_have_url(re.compile(r"/audit\?contact="))
    expect(row(page, "Deniz Yılmaz")).to_be_visible()
    page.get_by_role("button", name=t("audit.clearContact", language)).press("Enter")
    expect(page).to_have_url(re.compile("/audit$"))


def test_what_was_searched_is_told_without_what_was_typed(audit, visit):
    supervisor = visit("supervisor", "/contacts")
    supervisor.get_by_role("searchbox", name=t("contacts.number")).fill("447700900")
    expect(supervisor).to_have_url(re.compile("number=447700900"))
    expect(supervisor.get_by_text(t("common.loading"))).to_have_count(0)
    page = audit(query="action=searched")
    found = row(page, "Deniz Yılmaz", t("audit.notKept"))
    expect(found).to_contain_text(f"{t('contacts.number')}: {t('audit.notKept')}")
    expect(page.get_by_text("447700900")).to_have_count(0)


def test_taking_figures_along_is_noted_before_the_file_is_made(audit, visit):
    supervisor = visit("supervisor", "/figures")
    with supervisor.expect_response(lambda answer: "purpose=export" in answer.url) as asked, supervisor.expect_download():
        supervisor.get_by_role("button", name=t("figures.export")).click()
    assert asked.value.ok
    page = audit(query="action=exported")
    exported = row(page, "Deniz Yılmaz", t("audit.subject.figures"))
    expect(exported).to_be_visible()
    # The line opens the same question.
    exported.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/figures\?.*range=dates"))
    expect(page.get_by_role("heading", name=t("common.screen.figures"), exact=True)).to_be_visible()


def test_a_file_that_cannot_be_noted_is_not_made(visit):
    supervisor = visit("supervisor", "/figures")
    supervisor.get_by_role("table").wait_for()
    supervisor.route("**/api/figures?*purpose=export*", lambda route: route.fulfill(
        status=503, content_type="application/problem+json",
        body='{"type":"","code":"unavailable","title":"","status":503,"errors":[]}'))
    downloads = []
    supervisor.on("download", lambda download: downloads.append(download))
    supervisor.get_by_role("button", name=t("figures.export")).click()
    expect(supervisor.get_by_role("alert").filter(has_text=t("errors.code.unavailable"))).to_be_visible()
    assert downloads == []


def test_the_audit_itself_is_taken_along_and_that_is_noted(audit):
    page = audit(query="action=signedIn")
    expect(row(page, t("audit.action.signedIn"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=t("figures.export")).click()
    assert re.fullmatch(r"audit_\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    text = download.value.path().read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:4] == [t("audit.at"), t("audit.person"), t("audit.action"), t("audit.subject")]
    assert len(rows) > 1 and {line[2] for line in rows[1:]} == {t("audit.action.signedIn")}
    choose(page, t("audit.action"), t("audit.action.exported"))
    expect(row(page, "Priya Sharma", t("audit.subject.audit"))).to_be_visible()


def test_a_file_holds_what_comes_in_several_answers(audit):
    page = audit()

    def part(route):
        query = parse_qs(urlsplit(route.request.url).query)
        if "purpose" not in query:
            return route.fallback()
        answer = json.loads(route.fetch().text())
        last = "before" in query
        return route.fulfill(json={**answer, "entries": answer["entries"][:1], "next": None if last else answer["entries"][0]["position"]})

    page.route("**/api/audit?*", part)
    with page.expect_download() as download:
        page.get_by_role("button", name=t("figures.export")).click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_bytes().decode())))
    first, second = (int(line[-1]) for line in rows[1:])
    assert first > second


def test_filters_that_match_nothing_say_so(audit):
    page = audit(query="from=2020-01-01&through=2020-01-02")
    expect(page.get_by_text(t("audit.nothingFound"))).to_be_visible()
    page.get_by_role("button", name=t("contacts.clear")).click()
    expect(row(page, t("audit.action.signedIn"))).to_be_visible()


def test_who_may_not_see_it_is_not_shown_the_way(visit):
    page = open_screen(visit, "floor", "en")
    expect(page.get_by_role("link", name=t("common.screen.audit"), exact=True)).to_have_count(0)
    assert page.request.get("/api/audit").status == 403


def test_what_is_chosen_while_a_date_is_typed_does_not_lose_it(audit):
    page = audit()
    filters = page.get_by_role("search")
    filters.get_by_label(t("figures.from"), exact=True).fill("2026-01-05")
    choose(page, t("audit.action"), t("audit.action.signedIn"))
    expect(page).to_have_url(re.compile("action=signedIn"))
    expect(page).to_have_url(re.compile("from=2026-01-05"))


def test_a_filter_brings_nobody_back_who_has_left(audit):
    page = audit()
    page.clock.install()
    page.get_by_role("search").get_by_label(t("figures.from"), exact=True).fill("2026-01-05")
    page.evaluate("import('/base/router.js').then(({ go }) => go('/contacts'))")
    expect(page.get_by_role("heading", name=t("common.screen.contacts"), exact=True)).to_be_visible()
    # Longer than the pause after which a typed date is taken.
    page.clock.run_for(1000)
    expect(page).to_have_url(re.compile("/contacts$"))


def test_what_is_not_known_yet_is_no_word(audit):
    page = audit()
    page.route("**/api/audit/chain", lambda route: None)
    page.reload()
    expect(row(page, t("audit.action.signedIn"))).to_be_visible()
    expect(page.get_by_text("undefined")).to_have_count(0)
