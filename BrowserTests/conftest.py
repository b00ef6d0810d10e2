import re
from pathlib import Path

import pytest
from catalogue import languages, t
from chromium import chromium, shell
from playwright.sync_api import expect, sync_playwright
from server import Server

shots = Path(__file__).parent / "shots"
desk_size = {"width": 1366, "height": 768}
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright():
    """There can be one of it in a process."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright):
    browser = playwright.chromium.launch(executable_path=shell(), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser_with_microphones(playwright):
    """They beep; whether a page may use them is still for its context to say."""
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--use-fake-device-for-media-stream=device-count=3"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def cookies(server, browser):
    """Signs in each person once: the server counts attempts."""
    kept = {}

    def of(who):
        if who not in kept:
            context = browser.new_context(base_url=server.url, viewport=desk_size, locale="en-GB")
            page = context.new_page()
            sign_in(page, *server.users[who])
            expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
            kept[who] = context.storage_state()
            context.close()
        return kept[who]

    return of


def any_sign_out():
    """The button that only somebody signed in has, in whatever language their screen is."""
    return re.compile("|".join(re.escape(t("common.signOut", language)) for language in languages))


def sign_in(page, login, password, language="en"):
    page.goto("/sign-in")
    page.get_by_role("textbox", name=t("session.login", language)).fill(login)
    page.get_by_label(t("session.password", language), exact=True).fill(password)
    page.get_by_role("button", name=t("session.signIn", language)).click()


def sign_in_to_english(page, login, password):
    """Signs in and waits for the screen, which is English then, whatever another test has chosen for the account."""
    sign_in(page, login, password)
    expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
    if page.locator("html").get_attribute("lang") != "en":
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            choose(page, "en")


def speak(page, language, is_somebody):
    """Has the screen in a language, if it is not; for somebody the server has kept it then."""
    if is_somebody:
        expect(page.get_by_role("button", name=any_sign_out())).to_be_visible()
    if page.locator("html").get_attribute("lang") == language:
        return
    if is_somebody:
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            choose(page, language)
    else:
        choose(page, language)


def choose(page, language):
    """Chooses the language, whatever the screen is in now."""
    page.get_by_role("combobox").filter(has=page.locator("option[lang]")).select_option(language)
    expect(page.locator("html")).to_have_attribute("lang", language)


def in_every_language(page):
    """Shows the page in one language after the other, at last in English."""
    for language in [*(one for one in languages if one != "en"), "en"]:
        choose(page, language)
        yield language


@pytest.fixture
def visit(server, browser, cookies):
    """Opens a browser profile as somebody (or as nobody); at the end nothing may have gone wrong in its console."""
    contexts = []
    troubles = []

    def hear(message):
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def visit(who=None, path="/", language="en", scheme="light", prepare=None):
        """`prepare` is given the page before anything is on it."""
        state = cookies(who) if who else None
        context = browser.new_context(
            base_url=server.url, viewport=desk_size, locale="en-GB", color_scheme=scheme, reduced_motion="reduce", storage_state=state
        )
        contexts.append(context)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        # What the server refuses and what is cut off on purpose is reported as a failed load.
        context.on("console", lambda message: hear(message))
        page = context.new_page()
        if prepare:
            prepare(page)
        page.goto(path)
        page.locator("#app > *").wait_for()
        speak(page, language, is_somebody=who is not None)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="session")
def kept_page(server, browser):
    context = browser.new_context(base_url=server.url, viewport=desk_size, locale="en-GB")
    troubles = []
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#app > *").wait_for()
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def code(kept_page):
    """One page for all tests that ask what a module says, in a language, and touch nothing on it."""

    def code(language="en"):
        speak(kept_page, language, is_somebody=False)
        return kept_page

    return code


@pytest.fixture
def talk(visit, server):
    """Opens the desk of the agent, who talks with a customer; at the end nobody talks."""
    import calls
    from screens import open_screen

    pages = []

    def talk(language="en", scheme="light"):
        page = open_screen(visit, "desk", language, scheme)
        pages.append(page)
        calls.tell(page, "PUT", "/api/desk/presence", {"state": "ready"})
        server.connect()
        # Where the project has a form, that is in the middle now.
        slots = page.get_by_role("region", name=t("desk.myContacts", language))
        state = slots.get_by_text(t("common.state.talking", language), exact=True)
        expect(state).to_be_visible(timeout=30_000)
        return page

    yield talk
    server.customer.hang_up()
    for page in pages:
        calls.complete(page)


@pytest.fixture
def colleague(visit, server):
    """Opens the desk of a colleague who is free; at the end nobody talks with him."""
    import calls

    pages = []

    def colleague(language="en"):
        page = visit("colleague", "/desk", language)
        pages.append(page)
        calls.tell(page, "PUT", "/api/desk/presence", {"state": "ready"})
        expect(page.get_by_role("heading", name=t("desk.empty.idle.title", language))).to_be_visible()
        return page

    yield colleague
    server.customer.hang_up()
    for page in pages:
        calls.complete(page)


@pytest.fixture
def manager(server, browser, cookies):
    """Publishes scripts and forms; at the end there are none again."""
    from documents import Manager

    context = browser.new_context(base_url=server.url, storage_state=cookies("administrator"))
    manager = Manager(context.request, server.url)
    yield manager
    manager.retire_all()
    context.close()


@pytest.fixture
def settings(visit):
    """Opens a section of the settings as an administrator; gives the page and the server's part."""
    from settings import SetUp, arrive

    def settings(section="start", language="en", scheme="light", query="", **how):
        made = []
        page = visit("administrator", f"/settings/{section}{query}", language, scheme, lambda page: made.append(SetUp(page, **how)))
        arrive(page, language)
        return page, made[0]

    return settings
