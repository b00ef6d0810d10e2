"""Signing in and out."""

from catalogue import t
from conftest import any_sign_out, in_every_language, sign_in, sign_in_to_english
from playwright.sync_api import expect


def test_an_agent_signs_in_and_out(visit, server):
    page = visit()
    sign_in_to_english(page, *server.users["agent"])
    expect(page).to_have_url(f"{server.url}/desk")
    page.get_by_role("button", name=t("common.signOut")).click()
    expect(page.get_by_role("heading", name=t("session.signIn"))).to_be_visible()
    page.goto("/contacts")
    expect(page).to_have_url(f"{server.url}/sign-in")


def test_after_signing_in_one_is_where_one_wanted_to_go(visit, server):
    page = visit(path="/contacts?outcome=abandoned")
    page.get_by_role("textbox", name=t("session.login")).fill(server.users["supervisor"][0])
    page.get_by_label(t("session.password"), exact=True).fill(server.users["supervisor"][1])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/contacts?outcome=abandoned")


def test_a_wrong_password_is_told_and_nothing_more(visit, server):
    page = visit()
    for language in in_every_language(page):
        page.get_by_role("textbox", name=t("session.login", language)).fill(server.users["agent"][0])
        page.get_by_label(t("session.password", language), exact=True).fill("wrong")
        page.get_by_role("button", name=t("session.signIn", language)).click()
        expect(page.get_by_role("alert").filter(has_text=t("errors.code.wrongCredentials", language))).to_be_visible()
        expect(page.get_by_label(t("session.password", language), exact=True)).to_be_focused()


def test_an_empty_field_is_named(visit, server):
    page = visit()
    sign_in(page, server.users["agent"][0], "")
    password = page.get_by_label(t("session.password"), exact=True)
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_have_accessible_description(t("errors.rule.required"))


def test_the_password_can_be_shown(visit):
    page = visit()
    password = page.get_by_label(t("session.password"), exact=True)
    password.fill("secret words")
    page.get_by_role("button", name=t("session.showPassword")).click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_have_value("secret words")


def test_the_page_keeps_to_its_content_security_policy(visit):
    page = visit()
    policy = page.request.get("/sign-in").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy


def test_an_answer_that_breaks_off_is_asked_for_again(visit):
    def prepare(page):
        answers = iter(['{"user": {"name'])

        def half(route):
            body = next(answers, None)
            return route.fallback() if body is None else route.fulfill(status=200, content_type="application/json", body=body)

        page.route("**/api/session", half)

    page = visit("agent", "/desk", prepare=prepare)
    expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
