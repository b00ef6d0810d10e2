"""A supervisor in the talks of his agents: by keyboard alone, never in doubt whether he is heard and by whom."""

import re

import pytest
from calls import has_room_in_every_language
from catalogue import t
from playwright.sync_api import expect
from screens import until
from supervision import Centre, ago, ana, bilal, carys, look, microphone, opener, said, strip

both = pytest.mark.parametrize("language", ["en", "ur"])


@pytest.fixture
def floor(visit):
    """Opens the floor as a supervisor who has a desk; gives the page and the server's part."""
    pages = []

    def floor(language="en", scheme="light", **how):
        page = visit("supervisor", "/floor", language, scheme)
        pages.append(page)
        return page, Centre(page, language=language, **how)

    yield floor
    for page in pages:
        page.unroute_all(behavior="wait")


@both
def test_one_listens_whispers_joins_and_leaves_by_keyboard_alone(floor, language):
    page, centre = floor(language)
    expect(strip(page, language)).to_have_count(0)
    look(page, f"floor-{language}")
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("l")
    who = t("supervise.with.monitor", language, agent="Ana Beridze")
    nobody = t("supervise.heard.nobody", language)
    expect(strip(page, language).get_by_text(who)).to_be_visible()
    expect(strip(page, language).get_by_text(nobody)).to_be_visible()
    expect(microphone(page, "closed", language)).to_be_visible()
    expect(said(page)).to_have_text(f"{who}. {nobody}")
    expect(opener(page, "Ana Beridze")).to_be_focused()
    look(page, f"listen-{language}")

    page.keyboard.press("w")
    expect(strip(page, language).get_by_text(t("supervise.with.whisper", language, agent="Ana Beridze"))).to_be_visible()
    expect(strip(page, language).get_by_text(nobody)).to_be_visible()
    page.keyboard.press("m")
    heard = t("supervise.heard.agent", language, agent="Ana Beridze")
    expect(strip(page, language).get_by_text(heard)).to_be_visible()
    expect(microphone(page, "open", language)).to_have_attribute("aria-pressed", "true")
    expect(said(page)).to_have_text(heard)
    look(page, f"whisper-{language}")

    # Nobody is heard by more people than he thought.
    page.keyboard.press("j")
    expect(strip(page, language).get_by_text(t("supervise.with.barge", language, agent="Ana Beridze"))).to_be_visible()
    expect(strip(page, language).get_by_text(nobody)).to_be_visible()
    page.keyboard.press("m")
    expect(strip(page, language).get_by_text(t("supervise.heard.all", language, agent="Ana Beridze"))).to_be_visible()
    look(page, f"join-{language}")
    page.keyboard.press("e")
    expect(strip(page, language)).to_have_count(0)
    expect(said(page)).to_have_text(t("supervise.said.ended", language, agent="Ana Beridze"))
    assert [path for path, _ in centre.commands] == [
        f"floor/contacts/contact-{ana}/{deed}" for deed in (
            "supervise", "supervise", "supervise/microphone", "supervise", "supervise/microphone", "supervise/end")]


def test_the_microphone_is_open_for_as_long_as_the_space_bar_is_held(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("w")
    expect(strip(page).get_by_text(t("supervise.with.whisper", agent="Ana Beridze"))).to_be_visible()
    page.keyboard.down("Space")
    expect(microphone(page, "open")).to_be_visible()
    page.keyboard.up("Space")
    expect(microphone(page, "closed")).to_be_visible()
    expect(page.get_by_role("menu")).to_have_count(0)
    # Whoever leaves the window with the key down lets it go elsewhere.
    page.keyboard.down("Space")
    expect(microphone(page, "open")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('blur'))")
    expect(microphone(page, "closed")).to_be_visible()
    page.keyboard.up("Space")
    # Its own button, and in a field a space is a space.
    microphone(page, "closed").focus()
    page.keyboard.down("Space")
    expect(microphone(page, "open")).to_be_visible()
    page.keyboard.up("Space")
    expect(microphone(page, "closed")).to_be_visible()
    before = len(centre.commands)
    find = page.get_by_role("searchbox", name=t("floor.findAgent"))
    find.press("a")
    page.keyboard.press("Space")
    expect(find).to_have_value("a ")
    assert len(centre.commands) == before


def test_a_key_let_go_before_the_server_has_answered_closes_the_microphone(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("w")
    expect(microphone(page, "closed")).to_be_visible()
    late = []
    centre.held.append(late.append)
    page.keyboard.down("Space")
    page.keyboard.up("Space")
    until(page, lambda: late)
    path, body = centre.last
    centre.obey(path, body)
    expect(microphone(page, "open")).to_be_visible()
    late[0].fulfill(json={"position": 2})
    expect(microphone(page, "closed")).to_be_visible()
    assert [body for path, body in centre.commands if path.endswith("microphone")] == [{"open": True}, {"open": False}]


def test_who_only_listens_cannot_be_heard_and_is_told_why(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("l")
    expect(strip(page)).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("alert").get_by_text(t("errors.code.listenOnly"))).to_be_visible()
    page.keyboard.down("Space")
    page.keyboard.up("Space")
    assert not [path for path, _ in centre.commands if path.endswith("microphone")]


def test_one_goes_from_one_agent_to_the_next_by_one_key(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("l")
    expect(strip(page).get_by_text(t("supervise.with.monitor", agent="Ana Beridze"))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(opener(page, "Bilal Ahmed")).to_be_focused()
    page.keyboard.press("w")
    expect(strip(page).get_by_text(t("supervise.with.whisper", agent="Bilal Ahmed"))).to_be_visible()
    assert centre.commands[-2:] == [
        (f"floor/contacts/contact-{ana}/supervise/end", {}), (f"floor/contacts/contact-{bilal}/supervise", {"mode": "whisper"})]
    # With the focus on somebody who does not talk, the keys mean whom one is with.
    opener(page, "Carys Evans").focus()
    page.keyboard.press("l")
    expect(strip(page).get_by_text(t("supervise.with.monitor", agent="Bilal Ahmed"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(strip(page)).to_have_count(0)
    page.keyboard.press("l")
    expect(page.get_by_role("alert").get_by_text(t("errors.code.notInTalk"))).to_be_visible()


@both
def test_the_strip_stays_on_every_screen_and_its_keys_with_it(floor, language):
    page, centre = floor(language)
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("l")
    expect(strip(page, language)).to_be_visible()
    for key, screen in (("d", "desk"), ("c", "contacts"), ("g", "figures")):
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=t(f"common.screen.{screen}", language), exact=True)).to_be_attached()
        expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
        expect(strip(page, language).get_by_text(t("supervise.with.monitor", language, agent="Ana Beridze"))).to_be_visible()
        look(page, f"over-{screen}-{language}")
    page.keyboard.press("j")
    expect(strip(page, language).get_by_text(t("supervise.with.barge", language, agent="Ana Beridze"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(strip(page, language)).to_have_count(0)


def test_the_strip_has_room_in_every_language(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("w")
    expect(strip(page)).to_be_visible()
    page.keyboard.press("m")
    expect(microphone(page, "open")).to_be_visible()
    centre.change(bilal, help=ago(95))
    has_room_in_every_language(page)


@both
def test_a_part_that_is_kept_out_is_said_and_nobody_seems_to_hear(floor, language):
    page, centre = floor(language)
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("j")
    expect(microphone(page, "closed", language)).to_be_visible()
    page.keyboard.press("m")
    expect(strip(page, language)).to_have_attribute("data-open", "yes")
    centre.tell(supervising={**centre.desk["supervising"], "keptOut": True})
    words = t("supervise.heard.keptOut", language, agent="Ana Beridze")
    expect(strip(page, language).get_by_text(words, exact=True)).to_be_visible()
    expect(strip(page, language)).not_to_have_attribute("data-open", "yes")
    expect(said(page)).to_have_text(words)
    look(page, f"kept-out-{language}")
    centre.tell(supervising={**centre.desk["supervising"], "keptOut": False})
    words = t("supervise.heard.all", language, agent="Ana Beridze")
    expect(strip(page, language).get_by_text(words, exact=True)).to_be_visible()
    expect(said(page)).to_have_text(words)


@both
def test_taking_over_asks_once_and_leads_to_the_desk(floor, language):
    page, centre = floor(language)
    centre.rings = True
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("t")
    title = t("supervise.take.title", language, agent="Ana Beridze")
    question = page.get_by_role("dialog", name=title)
    go = question.get_by_role("button", name=t("supervise.takeOver", language), exact=True)
    expect(go).to_be_focused()
    # The phone rings: until it is picked up there is nothing to go on with.
    expect(go).to_have_attribute("aria-disabled", "true")
    expect(said(page)).to_have_text(t("supervise.rings", language, agent="Ana Beridze"))
    page.keyboard.press("Enter")
    assert centre.last[0].endswith("/supervise")
    centre.tell(supervising={**centre.desk["supervising"], "state": "on"})
    expect(go).not_to_have_attribute("aria-disabled", "true")
    look(page, f"take-over-{language}")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(opener(page, "Ana Beridze")).to_be_focused()
    expect(strip(page, language)).to_be_visible()
    page.keyboard.press("t")
    centre.refusal = "staleState"
    page.keyboard.press("Enter")
    expect(question.get_by_role("alert").get_by_text(t("errors.code.talkOver", language))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk$"))
    centre.hears(f"floor/contacts/contact-{ana}/take-over", {})


def test_the_question_goes_with_the_talk(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("l")
    page.keyboard.press("t")
    question = page.get_by_role("dialog", name=t("supervise.take.title", agent="Ana Beridze"))
    expect(question).to_be_visible()
    centre.supervise(None)
    expect(question).to_be_hidden()


@both
def test_who_asks_for_help_stands_at_the_top_and_one_key_leads_there(floor, language):
    page, centre = floor(language)
    page.keyboard.press("h")
    expect(page.get_by_role("alert").get_by_text(t("errors.code.noHelpWanted", language))).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name=t("common.screen.figures", language), exact=True)).to_be_attached()
    centre.change(bilal, help=ago(20))
    centre.change(ana, help=ago(75))
    polite = page.locator("[data-announce=polite]")
    expect(polite).to_have_text(t("supervise.help.asks", language, agent="Ana Beridze"))
    number = page.evaluate("import('/base/format.js').then(({ number }) => number(2))")
    expect(page.get_by_role("link", name=re.compile(t("common.screen.floor", language)))).to_contain_text(number)
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile("/floor$"))
    flags = page.get_by_role("region", name=re.compile(t("supervise.help.title", language)))
    expect(strip(page, language).get_by_text(t("supervise.with.monitor", language, agent="Ana Beridze"))).to_be_visible()
    # His flag is down; the next one's is not.
    expect(flags.get_by_role("listitem")).to_have_count(1)
    expect(flags.get_by_role("listitem")).to_contain_text("Bilal Ahmed")
    centre.change(carys, help=ago(5))
    expect(flags.get_by_role("listitem").nth(1)).to_contain_text(t("supervise.help.noTalk", language))
    look(page, f"help-{language}")
    flags.get_by_role("button", name=f"{t('supervise.join', language)}: Bilal Ahmed").focus()
    page.keyboard.press("j")
    expect(strip(page, language).get_by_text(t("supervise.with.barge", language, agent="Bilal Ahmed"))).to_be_visible()


def test_with_a_flag_up_one_key_joins(floor):
    page, centre = floor()
    centre.change(bilal, help=ago(20))
    page.keyboard.press("j")
    expect(strip(page).get_by_text(t("supervise.with.barge", agent="Bilal Ahmed"))).to_be_visible()


@both
def test_the_menu_of_an_agent_does_what_can_be_done_for_him(floor, language):
    page, centre = floor(language)
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name=t("supervise.menu", language, agent="Ana Beridze"))
    expect(menu.get_by_role("menuitemradio", name=t("supervise.listen", language))).to_be_focused()
    look(page, f"menu-{language}")
    page.keyboard.press("w")
    expect(menu).to_be_hidden()
    expect(strip(page, language).get_by_text(t("supervise.with.whisper", language, agent="Ana Beridze"))).to_be_visible()
    expect(opener(page, "Ana Beridze")).to_be_focused()
    page.keyboard.press("e")

    opener(page, "Carys Evans").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name=t("supervise.menu", language, agent="Carys Evans"))
    expect(menu.get_by_role("menuitemradio")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name=t("supervise.menu.free", language))).to_be_focused()
    page.keyboard.press("Enter")
    expect(opener(page, "Carys Evans")).to_be_focused()
    centre.hears(f"floor/agents/{carys}/free", {})
    page.keyboard.press("Enter")
    menu.get_by_role("menuitem", name="Break").press("Enter")
    expect(menu).to_be_hidden()
    centre.hears(f"floor/agents/{carys}/presence", {"presence": "notReady", "reason": "reason-break"})
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name=t("supervise.logOut.title", language, agent="Carys Evans"))
    expect(question).to_be_visible()
    look(page, f"log-out-{language}")
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    centre.hears(f"floor/agents/{carys}/log-out", {})


@both
def test_a_message_goes_to_an_agent_a_team_or_a_project(floor, language):
    page, centre = floor(language)
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=t("supervise.menu.message", language)).press("Enter")
    window = page.get_by_role("dialog", name=t("supervise.message.title", language), exact=True)
    field = window.get_by_role("textbox")
    expect(field).to_be_focused()
    to = window.get_by_role("combobox", name=t("supervise.message.to", language))
    expect(to).to_have_value(f"agent-{ana}")
    send = window.get_by_role("button", name=t("supervise.message.send", language), exact=True)
    expect(send).to_have_attribute("aria-disabled", "true")
    page.keyboard.type("Tell him about the new router")
    look(page, f"message-{language}")
    centre.refusal = "tooMany"
    page.keyboard.press("Control+Enter")
    expect(window.get_by_role("alert")).not_to_be_empty()
    page.keyboard.press("Control+Enter")
    expect(window).to_be_hidden()
    expect(opener(page, "Ana Beridze")).to_be_focused()
    centre.hears("floor/messages", {"text": "Tell him about the new router", "agent": ana})
    page.get_by_role("button", name=t("supervise.menu.message", language), exact=True).press("Enter")
    expect(field).to_have_value("")
    expect(to).to_be_focused()
    for choice, body in (("team-team-day", {"team": "team-day"}), ("project-project-home", {"project": "project-home"})):
        to.select_option(choice)
        field.fill("Meeting at four")
        send.press("Enter")
        expect(window).to_be_hidden()
        centre.hears("floor/messages", {"text": "Meeting at four", **body})
        page.get_by_role("button", name=t("supervise.menu.message", language), exact=True).press("Enter")


def test_what_is_refused_is_said(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    for code, shown in (("agentBusy", "supervisorBusy"), ("staleState", "talkOver"), ("phoneUnreachable", "phoneUnreachable")):
        centre.refusal = code
        page.keyboard.press("l")
        expect(page.get_by_role("alert").get_by_text(t(f"errors.code.{shown}"))).to_be_visible()
        expect(strip(page)).to_have_count(0)


def test_who_may_not_supervise_has_none_of_it(floor):
    page, centre = floor(permissions=())
    centre.change(ana, help=ago(20))
    expect(page.get_by_text("Ana Beridze").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Ana Beridze"))).to_have_count(0)
    page.keyboard.press("l")
    assert centre.commands == []


def test_the_focus_goes_along_when_an_agent_goes_to_another_group(floor):
    page, centre = floor()
    opener(page, "Ana Beridze").focus()
    centre.change(ana, state="wrapUp", since=ago(0), mayBeSupervised=False)
    expect(opener(page, "Ana Beridze")).to_be_focused()


def test_it_is_there_in_the_dark(floor):
    page, centre = floor(scheme="dark")
    centre.change(bilal, help=ago(20))
    opener(page, "Ana Beridze").focus()
    page.keyboard.press("w")
    expect(microphone(page, "closed")).to_be_visible()
    page.keyboard.press("m")
    expect(microphone(page, "open")).to_be_visible()
    look(page, "dark")
