"""The customer's page: a telephone for anyone, without signing in."""

import json
import os
import re
from urllib.parse import urlsplit

import pytest
from catalogue import languages, t
from conftest import choose, desk_size, shots
from playwright.sync_api import expect
from screens import overflows
from seat import wait_until
from test_accessibility import serious

number = "+442079460100"
# The other end of the line: a tab that answers as the server would, with a tone.
other_end = """async (offer) => {
    const connection = (window.connection = new RTCPeerConnection());
    connection.ontrack = ({ track }) => {
        window.heard = new MediaStream([track]);
        // Chromium decodes what comes only for what plays it.
        const player = (window.player = new Audio());
        player.srcObject = window.heard;
        player.play();
    };
    const context = new AudioContext();
    const tone = context.createOscillator();
    const line = context.createMediaStreamDestination();
    tone.connect(line);
    tone.start();
    await connection.setRemoteDescription({ type: "offer", sdp: offer });
    connection.addTrack(line.stream.getTracks()[0]);
    await connection.setLocalDescription(await connection.createAnswer());
    await new Promise((done) => {
        if (connection.iceGatheringState === "complete") done();
        connection.onicegatheringstatechange = () => connection.iceGatheringState === "complete" && done();
    });
    return connection.localDescription.sdp;
}"""


class Line:
    """What the server says of the customer's calls; the sound is real and goes to another tab."""

    def __init__(self, context):
        self.context = context
        self.state = "waiting"
        self.refusal = None
        self.numbers = [{"number": number, "name": "Home internet"}]
        self.placed, self.keys, self.ended = [], [], []
        self.far_end = None
        context.route("**/api/customer**", self.answer)

    def answer(self, route):
        request, path = route.request, urlsplit(route.request.url).path
        body = request.post_data_json if request.method == "POST" else None
        if self.refusal:
            status, code = self.refusal
            return route.fulfill(status=status, content_type="application/problem+json", body=json.dumps({"code": code}))
        if path == "/api/customer":
            return route.fulfill(json={"numbers": self.numbers, "iceServers": []})
        if path == "/api/customer/calls":
            self.placed.append(body["number"])
            return route.fulfill(json={"call": "c1", "key": "k1", "answer": self.far_end.evaluate(other_end, body["offer"])})
        if path.endswith("/keys"):
            self.keys.append((body["key"], body["keys"]))
            return route.fulfill(json={})
        if path.endswith("/end"):
            self.ended.append(body["key"])
            return route.fulfill(json={})
        return route.fulfill(json={"state": self.state})


@pytest.fixture(scope="module")
def caller(browser):
    """A browser with a microphone that sounds, which finds others on this machine alone."""
    calling = browser.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=[
            "--no-sandbox", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
            "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"])
    yield calling
    calling.close()


@pytest.fixture
def line(server, caller):
    context = caller.new_context(base_url=server.url, viewport=desk_size, locale="en-GB", permissions=["microphone"])
    line = Line(context)
    line.far_end = context.new_page()
    line.far_end.goto("/favicon.svg")
    yield line
    context.close()


@pytest.fixture
def page(line):
    page = line.context.new_page()
    page.goto("/customer")
    page.get_by_role("heading", name=t("customer.title")).wait_for()
    return page


def state(page, name, language="en"):
    return page.locator("main").get_by_text(t(f"customer.state.{name}", language), exact=True)


def is_heard(page, stream, within=8000):
    """Whether more than silence comes by a stream within so many milliseconds."""
    return page.evaluate("""async (within) => {
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        context.createMediaStreamSource(STREAM).connect(analyser);
        const wave = new Float32Array(analyser.fftSize);
        let isHeard = false;
        for (const end = Date.now() + within; !isHeard && Date.now() < end; ) {
            await new Promise((done) => setTimeout(done, 20)); // polling
            analyser.getFloatTimeDomainData(wave);
            isHeard = Math.max(...wave) > 0.003;
        }
        await context.close();
        return isHeard;
    }""".replace("STREAM", stream), within)


def test_without_the_server_offering_it_the_page_says_so(browser, server):
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    page.route("**/api/customer", lambda route: route.fulfill(
        status=404, content_type="application/problem+json", body='{"code": "notFound"}'))
    page.goto("/customer")
    expect(page.get_by_role("alert").filter(has_text=t("customer.off"))).to_be_visible()
    expect(page.get_by_role("button", name=t("customer.call"))).to_have_count(0)
    context.close()


def test_a_customer_calls_waits_talks_and_hangs_up(line, page):
    page.get_by_role("button", name=t("customer.call")).click()
    expect(state(page, "waiting")).to_be_visible()
    assert line.placed == [number]
    line.state = "talking"
    expect(state(page, "talking")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(re.compile(r"^\d:\d\d$"))).to_be_visible()
    # Both hear: the page plays what comes, and the far end gets more than silence.
    assert is_heard(page, "document.querySelector('audio').srcObject")
    line.far_end.bring_to_front()
    assert is_heard(line.far_end, "window.heard")
    page.bring_to_front()
    page.get_by_role("group", name=t("customer.keypad")).get_by_role("button", name="5").click()
    page.keyboard.press("#")
    line.state = "held"
    expect(state(page, "held")).to_be_visible()
    page.get_by_role("button", name=t("customer.hangUp")).click()
    expect(state(page, "ended")).to_be_visible()
    assert line.keys == [("k1", "5"), ("k1", "#")]
    assert line.ended == ["k1"]
    # And once more.
    line.state = "waiting"
    page.get_by_role("button", name=t("customer.call")).click()
    expect(state(page, "waiting")).to_be_visible()
    line.state = "ended"
    expect(state(page, "ended")).to_be_visible()


def test_who_mutes_is_not_heard(line, page):
    page.get_by_role("button", name=t("customer.call")).click()
    expect(state(page, "waiting")).to_be_visible()
    line.far_end.bring_to_front()
    assert is_heard(line.far_end, "window.heard")
    page.bring_to_front()
    page.get_by_role("button", name=t("customer.mute")).click()
    expect(page.get_by_role("button", name=t("customer.unmute"))).to_have_attribute("aria-pressed", "true")
    line.far_end.bring_to_front()
    # What was on its way when it was muted is heard yet; then nothing for longer than between two beeps of the microphone.
    wait_until(lambda: not is_heard(line.far_end, "window.heard", 2500), "silence")


def test_leaving_the_page_ends_the_call(line, page):
    page.get_by_role("button", name=t("customer.call")).click()
    expect(state(page, "waiting")).to_be_visible()
    # Whoever drives a browser does not see the requests of a page that goes, so it is told that it goes and stays.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    expect(state(page, "ended")).to_be_visible()
    assert line.ended == ["k1"]


def test_a_refusal_of_the_server_is_shown(line, page):
    line.refusal = (429, "tooManyAttempts")
    page.get_by_role("button", name=t("customer.call")).click()
    expect(page.get_by_role("alert").filter(has_text=t("errors.code.tooManyAttempts"))).to_be_visible()
    expect(page.get_by_role("button", name=t("customer.call"))).to_be_visible()


@pytest.mark.parametrize("language", languages)
def test_a_refused_microphone_is_explained(line, page, language):
    line.context.clear_permissions()
    choose(page, language)
    page.get_by_role("button", name=t("customer.call", language)).click()
    expect(page.get_by_role("alert").filter(has_text=t("customer.trouble.refused", language))).to_be_visible()
    assert line.placed == []


@pytest.mark.parametrize("language", languages)
def test_the_page_is_whole_in_every_language(line, page, language):
    choose(page, language)
    page.get_by_role("button", name=t("customer.call", language)).click()
    expect(state(page, "waiting", language)).to_be_visible()
    assert page.evaluate(overflows) == []
    assert serious(page) == []
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"customer-{language}.png")
