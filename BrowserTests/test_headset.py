"""The headset: what it says, who may have it, and when a line wants another codec."""

import re

import pytest
from catalogue import t
from conftest import choose, in_every_language, shots
from playwright.sync_api import expect
from screens import open_screen, overflows
from test_accessibility import serious

# As if it had happened: the browser of a test has no network of its own to lose.
show = """(value) => import("/features/headset/headset.js").then(({ headset }) => headset.set({ ...headset.value, ...value }))"""
store = "import('/features/headset/headset.js').then(({ headset }) => headset.value)"

troubles = ["denied", "system", "noDevice", "busy", "insecure", "unsupported"]


@pytest.fixture(scope="session")
def browser(browser_with_microphones):
    return browser_with_microphones


def button(page, language="en"):
    return page.locator("headset-status").get_by_role("button", name=t("headset.title", language)).first


def panel(page, language="en"):
    return page.get_by_role("dialog", name=t("headset.title", language))


def use_browser(page):
    """Makes the browser the phone, which the agent of the demo does not need."""
    button(page).click()
    panel(page).get_by_role("checkbox", name=t("headset.use")).check()


def play_server(page):
    """The doors of the server, without sound behind them."""
    orders = []

    def answer(route):
        orders.append((route.request.method, route.request.url.partition("/api/desk/audio")[2]))
        if route.request.method == "GET":
            route.fulfill(json={"iceServers": [], "reconnectSeconds": 20})
        else:
            route.fulfill(status=409, json={"code": "staleState"})

    page.context.route(re.compile("/api/desk/audio"), answer)
    return orders


def test_the_panel_has_room_for_every_language(visit):
    page = open_screen(visit, "desk", "en")
    for language in in_every_language(page):
        button(page, language).click()
        expect(panel(page, language)).to_be_visible()
        for trouble in troubles:
            page.evaluate(show, {"state": "refused", "trouble": trouble, "heldBack": False})
            assert page.evaluate(overflows) == [], (language, trouble)
            if language in ("en", "ur") and trouble == "denied":
                shots.mkdir(exist_ok=True)
                page.screenshot(path=shots / f"headset-{language}.png")
        page.evaluate(show, {"state": "open", "trouble": None, "heldBack": True})
        expect(page.get_by_text(t("headset.heldBack", language))).to_be_visible()
        assert page.evaluate(overflows) == [], language
        for state in ("asking", "connecting", "open", "lost", "elsewhere", "off"):
            page.evaluate(show, {"state": state, "lostAt": 1_790_000_000_000})
            assert page.evaluate(overflows) == [], (language, state)
        page.keyboard.press("Escape")
        expect(panel(page, language)).to_be_hidden()


def test_axe_finds_nothing_serious_in_the_panel(visit):
    page = open_screen(visit, "desk", "en")
    for language, scheme in (("ur", "light"), ("en", "light"), ("en", "dark")):
        choose(page, language)
        page.emulate_media(color_scheme=scheme)
        button(page, language).click()
        page.evaluate(show, {"state": "refused", "trouble": "denied"})
        expect(panel(page, language)).to_be_visible()
        assert serious(page) == [], (language, scheme)
        page.keyboard.press("Escape")
        expect(panel(page, language)).to_be_hidden()


def test_the_panel_opens_and_closes_by_keyboard(visit):
    page = open_screen(visit, "desk", "en")
    button(page).focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel(page).locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(button(page)).to_be_focused()


def test_a_refused_microphone_is_explained_and_taken_as_soon_as_it_is_allowed(visit):
    page = open_screen(visit, "desk", "en")
    orders = play_server(page)
    use_browser(page)
    expect(panel(page).get_by_text(t("headset.trouble.denied"))).to_be_visible()
    expect(panel(page).get_by_text(t("headset.allow.chromium"))).to_be_visible()
    expect(page.locator("[aria-live=assertive]")).to_have_text(t("headset.trouble.denied"))
    assert orders == []
    page.context.grant_permissions(["microphone"])
    expect(panel(page).get_by_text(t("headset.refused"))).to_be_visible()
    assert ("POST", "") in orders


def test_a_microphone_is_chosen_and_its_level_shown(visit):
    page = open_screen(visit, "desk", "en")
    page.context.grant_permissions(["microphone"])
    play_server(page)
    use_browser(page)
    expect(panel(page).get_by_text(t("headset.level.good"), exact=True)).to_be_visible()
    microphone = panel(page).get_by_role("combobox", name=t("headset.microphone"))
    microphone.select_option(label="Fake Audio Input 2")
    page.wait_for_function(f"{store}.then(({{ microphone }}) => microphone.label === 'Fake Audio Input 2')")
    page.reload()
    button(page).click()
    expect(microphone.locator("option:checked")).to_have_text(re.compile("Fake Audio Input 2"))


def test_another_tab_has_the_headset_when_the_first_is_closed(visit):
    first = open_screen(visit, "desk", "en")
    first.context.grant_permissions(["microphone"])
    play_server(first)
    second = first.context.new_page()
    second.goto("/desk")
    expect(button(second)).to_be_visible()
    use_browser(first)
    expect(button(second)).to_contain_text(t("headset.word.refused"))
    holder = "navigator.locks.query().then(({ held }) => held.filter(({ name }) => name === 'callfloor-headset').length)"
    assert second.evaluate(holder) == 1
    first.close()
    second.wait_for_function(f"{holder}.then((count) => count === 1)")
    # It is the second's own now: it can do without anybody.
    use_own = "import('/features/headset/headset.js').then(({ connectHere }) => connectHere())"
    second.evaluate(use_own)
    expect(button(second)).to_contain_text(t("headset.word.refused"))
    button(second).click()
    panel(second).get_by_role("checkbox", name=t("headset.use")).uncheck()
    expect(button(second)).to_contain_text(t("headset.word.off"))


# What gets lost of 250 packets in each of the looks, five seconds apart, on the way in and on the way out.
listen = """async (looks) => {
    const { LineWatch } = await import("/features/headset/line-watch.js");
    const watch = new LineWatch();
    const counters = { received: 0, lostIn: 0, sent: 0, lostOut: 0 };
    watch.look({ ...counters }, 0);
    return looks.map(([lostIn, lostOut, packets = 250], index) => {
        counters.received += packets - lostIn;
        counters.lostIn += lostIn;
        counters.sent += packets;
        counters.lostOut += lostOut;
        watch.look({ ...counters }, (index + 1) * 5000);
        return watch.codec;
    });
}"""


@pytest.mark.parametrize(
    ("looks", "codecs"),
    [
        ([[0, 0]] * 3, ["pcmu"] * 3),
        ([[5, 0]] * 3, ["pcmu"] * 3),
        ([[6, 0], [6, 0]], ["pcmu", "opus"]),
        ([[0, 6], [0, 6]], ["pcmu", "opus"]),
        ([[6, 0], [0, 0], [6, 0], [0, 0]], ["pcmu"] * 4),
        ([[9, 9, 40]] * 3, ["pcmu"] * 3),
        # A clean minute brings PCMU back; after a second time it takes two.
        ([[6, 0]] * 2 + [[0, 0]] * 13, ["pcmu"] + ["opus"] * 13 + ["pcmu"]),
        ([[6, 0]] * 2 + [[0, 0]] * 13 + [[6, 0]] * 2 + [[0, 0]] * 24, ["pcmu"] + ["opus"] * 13 + ["pcmu"] * 2 + ["opus"] * 25),
        ([[6, 0]] * 2 + [[0, 0]] * 11 + [[2, 0]] + [[0, 0]] * 12, ["pcmu"] + ["opus"] * 25),
    ],
)
def test_a_line_that_loses_sound_speaks_opus_and_a_clean_one_pcmu(code, looks, codecs):
    page = code()
    assert page.evaluate(listen, looks) == codecs


def test_a_connection_that_began_anew_is_no_loss(code):
    page = code()
    codec = page.evaluate(
        """async () => {
            const { LineWatch } = await import("/features/headset/line-watch.js");
            const watch = new LineWatch();
            for (const received of [1000, 0, 10]) watch.look({ received, lostIn: received / 2, sent: received, lostOut: 0 }, received);
            return watch.codec;
        }"""
    )
    assert codec == "pcmu"


@pytest.mark.parametrize(
    ("received", "dead"),
    [
        ([0, 50, 100, 100, 100, 100], [False] * 4 + [True, False]),
        ([0, 50, 50, 51, 101, 101, 101], [False] * 6 + [True]),
        # What has never flowed is connecting, and a server that says little is there.
        ([0, 0, 0, 0], [False] * 4),
        ([0, 3, 6, 6, 6, 6], [False] * 6),
    ],
)
def test_a_line_on_which_nothing_comes_any_more_is_dead(code, received, dead):
    page = code()
    looks = """async (received) => {
        const { SilenceWatch } = await import("/features/headset/line-watch.js");
        const watch = new SilenceWatch();
        return received.map((packets) => watch.look(packets));
    }"""
    assert page.evaluate(looks, received) == dead
