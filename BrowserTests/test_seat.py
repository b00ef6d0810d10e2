"""Who learns beside whom, on the floor and at the desk: by keyboard, in words, and nothing of another's desk can be pressed."""

import re

import pytest
from calls import bar, look as look_at_desk
from catalogue import languages, t
from playwright.sync_api import expect
from screens import until
from supervision import agent, ago, ana, deniz, tell
from test_supervision import floor, look, opener  # noqa: F401 (a fixture)

both = pytest.mark.parametrize("language", ["en", "ur"])
mehmet, rhys = "agent-mehmet", "agent-rhys"


def seat(other, name, host, since=900):
    return {"other": {"id": other, "name": name}, "host": host, "since": ago(since)}


@both
def test_trainees_are_marked_and_a_mentor_sits_down_by_keyboard(floor, language):  # noqa: F811
    page, centre = floor(language)
    centre.agents += [
        agent(mehmet, "Mehmet Kaya", "idle", 30, trainee=True), agent(rhys, "Rhys Morgan", "idle", 40, trainee=True)]
    centre.change("agent-kavya", seat=seat(rhys, "Rhys Morgan", True))
    centre.change(rhys, seat=seat("agent-kavya", "Kavya Iyer", False))
    expect(page.get_by_text(t("supervise.seat.by", language, name="Rhys Morgan"))).to_be_visible()
    expect(page.get_by_text(t("supervise.trainee", language), exact=True)).to_have_count(2)
    opener(page, "Mehmet Kaya").focus()
    page.keyboard.press("Enter")
    sit = page.get_by_role("menuitem", name=t("supervise.seat.sit", language))
    expect(sit).to_be_visible()
    look(page, f"seat-menu-{language}")
    sit.focus()
    page.keyboard.press("Enter")
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=t("supervise.seat.bring", language, name="Mehmet Kaya")).press("Enter")
    opener(page, "Kavya Iyer").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=t("supervise.seat.end", language)).press("Enter")
    opener(page, "Mehmet Kaya").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=t("supervise.seat.signOff", language)).press("Enter")
    until(page, lambda: len(centre.commands) == 4)
    assert centre.commands == [
        (f"floor/agents/{deniz}/seat", {"beside": mehmet}), (f"floor/agents/{mehmet}/seat", {"beside": ana}),
        ("floor/agents/agent-kavya/seat/end", {}), (f"floor/agents/{mehmet}/sign-off", {"signedOff": True})]


@both
def test_the_desk_shows_that_of_the_other_and_nothing_of_it_can_be_pressed(talk, language):
    page = talk(language)
    desk = page.request.get("/api/desk").json()
    shown = desk | {
        "contact": None, "trainee": True, "seat": seat(ana, "Ana Beridze", False), "routing": {"state": "idle", "since": ago(60)},
        "beside": {"agent": {"id": ana, "name": "Ana Beridze"}, "state": "handling", "since": ago(60), "contact": desk["contact"] | {
            "draft": {"disposition": None, "note": "Calls back at nine"}}}}
    page.evaluate(tell, {"desk": shown, "floor": None})
    panel = page.get_by_role("region", name=t("supervise.seat.guest", language, name="Ana Beridze"))
    expect(panel.get_by_text("Calls back at nine")).to_be_visible()
    expect(panel.get_by_role("button")).to_have_count(1)
    # Nothing of his own comes meanwhile, and nothing says that it does.
    expect(page.get_by_role("heading", name=t("desk.empty.beside.title", language, name="Ana Beridze"), exact=True)).to_be_visible()
    look_at_desk(page, f"seat-guest-{language}")
    page.evaluate(tell, {"desk": desk | {"seat": seat("agent-deniz", "Deniz Yılmaz", True)}, "floor": None})
    expect(page.get_by_role("region", name=t("supervise.seat.host", language, name="Deniz Yılmaz"))).to_be_visible()
    expect(bar(page, language)).to_be_visible()
    look_at_desk(page, f"seat-host-{language}")
    page.evaluate(tell, {"desk": desk | {"contact": None, "trainee": True}, "floor": None})
    expect(page.get_by_text(t("supervise.seat.alone", language))).to_be_visible()
    with page.expect_request(re.compile("/api/desk/seat/end")) as sent:
        page.evaluate(tell, {"desk": shown, "floor": None})
        panel.get_by_role("button").press("Enter")
    assert sent.value.method == "POST"


@pytest.mark.parametrize("language", languages)
def test_hours_of_learning_are_shown_in_every_language(floor, language):
    page, centre = floor(language)
    hour = 3_600_000
    seats = [
        {"guest": {"id": deniz, "name": "Deniz Yılmaz"}, "host": {"id": ana, "name": "Ana Beridze"}, "mentored": True,
         "since": ago(hour // 1000), "until": None, "contacts": 7},
        {"guest": {"id": ana, "name": "Ana Beridze"}, "host": {"id": rhys, "name": "Rhys Morgan"}, "mentored": False,
         "since": ago(30 * hour // 1000), "until": ago(26 * hour // 1000), "contacts": 1234}]
    answers = iter([{"total": 5 * hour, "seats": seats}, {"total": 0, "seats": []}])
    page.route(f"**/api/floor/agents/{ana}/seats", lambda route: route.fulfill(json=next(answers)))

    def ask():
        opener(page, "Ana Beridze").focus()
        page.keyboard.press("Enter")
        page.get_by_role("menuitem", name=t("supervise.menu.hours", language)).press("Enter")
        return page.get_by_role("dialog", name=t("supervise.hours.title", language, agent="Ana Beridze"))

    window = ask()
    expect(window.get_by_text(t("supervise.hours.total", language, time="5:00:00"))).to_be_visible()
    expect(window.get_by_role("row", name=re.compile(t("supervise.seat.by", language, name="Deniz Yılmaz")))).to_contain_text(
        t("supervise.hours.mentored", language))
    expect(window.get_by_role("row", name=re.compile(t("supervise.seat.with", language, name="Rhys Morgan")))).to_contain_text("4:00:00")
    look(page, f"hours-{language}")
    page.keyboard.press("Escape")
    expect(opener(page, "Ana Beridze")).to_be_focused()
    expect(ask().get_by_text(t("supervise.hours.none", language))).to_be_visible()
    page.keyboard.press("Escape")
