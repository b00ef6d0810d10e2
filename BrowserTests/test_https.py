"""Pages over TLS, by the certificate that the server has made for itself."""

import pytest
from catalogue import t
from conftest import choose, desk_size, sign_in
from playwright.sync_api import expect


@pytest.fixture
def page(server, browser):
    """Somebody who has gone on past the browser's warning."""
    context = browser.new_context(base_url=f"https://{server.https}", viewport=desk_size, locale="en-GB", ignore_https_errors=True)
    yield context.new_page()
    context.close()


def test_the_floor_is_live_over_http_2(page, server):
    sign_in(page, *server.users["supervisor"])
    # In whatever language the one before has left it.
    choose(page, "tr")
    expect(page.get_by_text(t("common.connection.open", "tr"), exact=True)).to_be_visible()
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    assert page.evaluate("isSecureContext") is True
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == ("__Host-callfloor_session", True, True, "Strict")


def test_many_tabs_are_live_at_once(page, server):
    sign_in(page, *server.users["supervisor"])
    choose(page, "tr")
    expect(page.get_by_role("heading", name=t("common.screen.floor", "tr"))).to_be_attached()
    # Each tab its own stream, as if they could not share one: over HTTP/1.1 the seventh would wait for ever.
    tabs = page.evaluate("""async () => {
        const first = (source) => new Promise((done, fail) => {
            source.addEventListener("floor", () => done(true));
            source.onerror = () => fail(new Error("no stream"));
        });
        const sources = Array.from({ length: 7 }, () => new EventSource("/api/stream"));
        const seen = await Promise.race([Promise.all(sources.map(first)), new Promise((done) => setTimeout(done, 8000))]);
        for (const source of sources) source.close();
        return seen?.length ?? 0;
    }""")
    assert tabs == 7
