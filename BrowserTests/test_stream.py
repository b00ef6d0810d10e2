"""One stream per browser; its loss is said at once; another tab takes over."""

from catalogue import t
from conftest import sign_in_to_english
from playwright.sync_api import expect
from screens import open_screen


def test_two_tabs_share_one_stream_and_the_second_takes_over(visit, server):
    first = open_screen(visit, "floor", "en")
    streams = []
    second = first.context.new_page()
    second.on("request", lambda request: streams.append(request) if request.url.endswith("/api/stream") else None)
    second.goto("/floor")
    expect(second.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()
    expect(second.get_by_role("row").nth(1)).to_be_visible()
    assert streams == []
    with second.expect_request("**/api/stream"):
        first.close()
    expect(second.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()


def test_a_lost_connection_is_said_at_once_and_found_again(visit):
    page = open_screen(visit, "floor", "en")
    page.context.set_offline(True)
    # On a machine without any network a browser is offline from the beginning, and says nothing now.
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text(t("common.connection.lostLong"))).to_be_visible(timeout=5000)
    page.context.set_offline(False)
    expect(page.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()


def test_a_silent_connection_is_given_up_and_made_anew(visit):
    page = open_screen(visit, "floor", "en")
    page.clock.install()
    page.reload()
    expect(page.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()
    with page.expect_request("**/api/stream"):
        page.clock.fast_forward(36_000)
    expect(page.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()


def test_who_cannot_be_recognised_yet_is_told_and_asked_for_again(visit):
    page = open_screen(visit, "floor", "en")
    page.route("**/api/session", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    page.reload()
    expect(page.get_by_role("alert").get_by_text(t("errors.code.internal"))).to_be_visible()
    page.unroute("**/api/session")
    expect(page.get_by_text(t("common.connection.open"), exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=t("common.screen.floor"))).to_be_attached()


def test_signing_out_in_one_tab_signs_out_the_others(visit, server):
    first = visit()
    sign_in_to_english(first, *server.users["agent"])
    second = first.context.new_page()
    second.goto("/contacts")
    second.get_by_role("button", name=t("common.signOut")).click()
    expect(first.get_by_role("heading", name=t("session.signIn"))).to_be_visible()


def test_timers_follow_the_servers_clock(visit):
    """A computer whose clock is an hour wrong shows the same times."""
    page = visit("supervisor", "/floor")
    offset = page.evaluate(
        """async () => {
            const clock = await import("/base/clock.js");
            const before = clock.now();
            clock.synchronise(before + 3_600_000);
            const after = clock.now() - before;
            clock.synchronise(before);
            return after;
        }"""
    )
    assert abs(offset - 3_600_000) < 2000
