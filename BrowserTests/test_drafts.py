"""Words about customers are for who wrote them: the next person at the same browser finds none and sends none."""

from catalogue import t
from conftest import any_sign_out, sign_in_to_english
from playwright.sync_api import expect
from screens import until

write = """async (note) => {
    const { draftOf } = await import("/features/desk/draft.js");
    draftOf({ id: "theirs", draft: { disposition: null, note: "" } }).write({ note });
}"""
read = """async () => {
    const { draftOf } = await import("/features/desk/draft.js");
    return draftOf({ id: "theirs", draft: { disposition: null, note: "" } }).note;
}"""
kept = "JSON.stringify(sessionStorage)"


def signed_in(visit, server, who="agent"):
    """A page of a session of its own: the tests' shared ones must outlast this."""
    page = visit()
    sign_in_to_english(page, *server.users[who])
    return page


def words_that_cannot_be_saved(page):
    """Writes while the server does not answer; returns what is sent from then on."""
    page.route("**/draft", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/draft")):
        page.evaluate(write, "he owes money")
    assert "he owes money" in page.evaluate(kept)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/draft") else None)
    return sent


def test_who_signs_out_leaves_no_words_and_no_timer(visit, server):
    page = signed_in(visit, server)
    page.clock.install()
    page.reload()
    expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
    sent = words_that_cannot_be_saved(page)
    # Another tab of the same person, in which words wait as well.
    other = page.context.new_page()
    other.goto("/")
    expect(other.get_by_role("button", name=any_sign_out())).to_be_visible()
    words_that_cannot_be_saved(other)

    page.get_by_role("button", name=any_sign_out()).click()
    for one in (page, other):
        expect(one.get_by_role("button", name=t("session.signIn"))).to_be_visible()
        # The stream may end before the tabs have told each other.
        until(one, lambda one=one: "he owes money" not in one.evaluate(kept))
    sent.clear()
    sign_in_to_english(page, *server.users["supervisor"])
    page.clock.fast_forward("01:00")
    expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
    assert sent == []
    assert page.get_by_role("alert").filter(has_text=t("errors.code.draftLost")).count() == 0


def test_a_session_that_lapses_keeps_the_words_for_who_wrote_them(visit, server):
    page = signed_in(visit, server)
    words_that_cannot_be_saved(page)
    lapse(page)
    assert "he owes money" in page.evaluate(kept)
    sign_in_to_english(page, *server.users["agent"])
    assert page.evaluate(read) == "he owes money"

    lapse(page)
    sign_in_to_english(page, *server.users["supervisor"])
    assert page.evaluate(kept) == "{}"


def lapse(page):
    """The server no longer knows the session, and the screen learns of it."""
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("button", name=t("session.signIn"))).to_be_visible()
