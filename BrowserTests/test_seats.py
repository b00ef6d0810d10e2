"""The demo's seats that sign in by themselves: three people side by side in one browser."""

from urllib.parse import urlsplit

import pytest
from catalogue import t
from conftest import any_sign_out, choose, desk_size
from playwright.sync_api import expect

# examples/home-internet.yaml
reason = "Break"
people = {"agent": "Kavya Iyer", "supervisor": "Deniz Yılmaz", "admin": "Priya Sharma"}


@pytest.fixture
def seats(server, browser):
    """One browser profile with a tab for each seat."""
    context = browser.new_context(viewport=desk_size, locale="en-GB")
    port = urlsplit(server.url).port
    pages = {}
    for role in people:
        pages[role] = context.new_page()
        pages[role].goto(f"http://{role}.localhost:{port}/")
    yield pages
    context.close()


def test_three_seats_side_by_side_stay_who_they_are(seats):
    for role, page in seats.items():
        expect(page.get_by_text(people[role]).first).to_be_visible()
    # After the others have signed in, too: a cookie of one host is nobody else's.
    for role, page in seats.items():
        page.reload()
        expect(page.get_by_text(people[role]).first).to_be_visible()
        expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()


def test_what_the_agent_does_is_seen_by_the_supervisor_at_once(seats):
    floor, desk = seats["supervisor"], seats["agent"]
    card = floor.get_by_role("listitem").filter(has_text=people["agent"])
    expect(card).to_have_attribute("data-state", "off")
    desk.bring_to_front()
    expect(desk.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()
    desk.keyboard.press("F2")
    desk.get_by_role("menuitemradio", name=reason).click()
    floor.bring_to_front()
    expect(card).to_have_attribute("data-state", "notReady")


def test_a_page_here_is_one_that_may_have_the_microphone(seats):
    for page in seats.values():
        assert page.evaluate("isSecureContext") is True


def test_signing_out_is_over_with_the_next_visit(seats):
    page = seats["admin"]
    page.get_by_role("button", name=any_sign_out()).click()
    expect(page.get_by_role("button", name=t("session.signIn", "en"))).to_be_visible()
    page.goto("/".join(page.url.split("/")[:3]))
    expect(page.get_by_text(people["admin"]).first).to_be_visible()


def test_a_seat_opens_in_the_language_of_the_browser_until_another_is_chosen(server, browser):
    context = browser.new_context(viewport=desk_size, locale="ur-PK")
    page = context.new_page()
    page.goto(f"http://supervisor.localhost:{urlsplit(server.url).port}/")
    expect(page.get_by_role("button", name=t("common.signOut", "ur"))).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        choose(page, "cy")
    page.reload()
    expect(page.get_by_role("button", name=t("common.signOut", "cy"))).to_be_visible()
    context.close()
