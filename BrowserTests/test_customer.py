"""The customer's page: what it shows and says. What is heard by it is told in Tests/Journeys/test_customer_page.py."""

import pytest
from catalogue import languages, t
from chromium import chromium
from conftest import choose, desk_size, shots
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious


@pytest.fixture(scope="module")
def caller(browser):
    """A browser with a microphone that sounds, which finds others on this machine alone."""
    calling = browser.browser_type.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"])
    yield calling
    calling.close()


@pytest.fixture
def page(server, caller):
    """The page of somebody who has hung up when the test is over."""
    context = caller.new_context(base_url=server.url, viewport=desk_size, locale="en-GB", permissions=["microphone"])
    page = context.new_page()
    page.goto("/customer")
    page.get_by_role("heading", name=t("customer.title")).wait_for()
    yield page
    choose(page, "en")
    end = page.get_by_role("button", name=t("customer.hangUp"))
    if end.count():
        with page.expect_response("**/end"):
            end.click()
    context.close()


def call(page):
    page.get_by_role("button", name=t("customer.call")).click()


def state(page, name, language="en"):
    return page.locator("main").get_by_text(t(f"customer.state.{name}", language), exact=True)


def test_without_the_server_offering_it_the_page_says_so(browser, server):
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    page.route("**/api/customer", lambda route: route.fulfill(
        status=404, content_type="application/problem+json", body='{"code": "notFound"}'))
    page.goto("/customer")
    expect(page.get_by_role("alert").filter(has_text=t("customer.off"))).to_be_visible()
    expect(page.get_by_role("button", name=t("customer.call"))).to_have_count(0)
    context.close()


def test_who_hangs_up_can_call_again(page):
    for _ in range(2):
        call(page)
        expect(state(page, "waiting")).to_be_visible()
        with page.expect_response("**/end"):
            page.get_by_role("button", name=t("customer.hangUp")).click()
        expect(state(page, "ended")).to_be_visible()


def test_leaving_the_page_ends_the_call(page):
    call(page)
    expect(state(page, "waiting")).to_be_visible()
    # Whoever drives a browser does not see the requests of a page that goes, so it is told that it goes and stays.
    with page.expect_response("**/end") as told:
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    # The end of its sound may have come first, and ended the call.
    assert told.value.status in (204, 404)
    expect(state(page, "ended")).to_be_visible()


def test_a_refusal_of_the_server_is_shown(page):
    page.route("**/api/customer/calls", lambda route: route.fulfill(
        status=429, content_type="application/problem+json", body='{"code": "tooManyAttempts"}'))
    call(page)
    expect(page.get_by_role("alert").filter(has_text=t("errors.code.tooManyAttempts"))).to_be_visible()
    expect(page.get_by_role("button", name=t("customer.call"))).to_be_visible()


def test_a_refused_microphone_is_explained_in_every_language(page):
    placed = []
    page.on("request", lambda request: placed.append(request) if request.url.endswith("/api/customer/calls") else None)
    page.context.clear_permissions()
    call(page)
    for language in languages:
        choose(page, language)
        expect(page.get_by_role("alert").filter(has_text=t("customer.trouble.refused", language))).to_be_visible()
    assert placed == []


def test_the_page_is_whole_in_every_language(page):
    call(page)
    shots.mkdir(exist_ok=True)
    for language in languages:
        choose(page, language)
        expect(state(page, "waiting", language)).to_be_visible()
        assert page.evaluate(overflows) == [], language
        assert serious(page) == [], language
        page.screenshot(path=shots / f"customer-{language}.png")
