"""An agent's browser as his phone: a real Chromium whose microphone holds a tone, and which tells what it hears."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time

from phones import DEADLINE, Timeout
from sound import AUDIBLE, PART, PURE, STEADY, write_tone

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "BrowserTests"))
from catalogue import t  # noqa: E402
from chromium import chromium  # noqa: E402

# A multiple of 50 Hz as those of the phones, and far from every note of the hold music.
EVA_TONE = 1650
# As loud as the phones' tones: of two together each is heard.
LEVEL = 12000
CONNECT_DEADLINE = 20.0
# Web/features/headset/sound.js: two notes that ring, and one that says that the customer is there.
RING_NOTES, BEEP_NOTE = [440, 554], 880

ARGUMENTS = [
    "--no-sandbox", "--use-fake-device-for-media-stream",
    # A tab that was opened by the test has had no click yet.
    "--autoplay-policy=no-user-gesture-required",
    # Server and browser are on one machine.
    "--allow-loopback-in-peer-connection",
]

# A steady tone is what the suppression of noise takes away.
SETTINGS = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False, "beep": False}

# Keeps the track that comes from the server, and measures it: loudness of 0 to 1, and the share of the energy at a frequency as
# sound.py does.
EARS = """
const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Peer {
    constructor(...details) {
        super(...details);
        this.addEventListener("track", ({ track }) => (window.heard = { peer: this, track }));
    }
};
// What is made in the page and played beside that, such as ringing: with the device on which it is.
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
    const [track] = this.srcObject.getTracks();
    if (track !== window.heard?.track) window.made = { track, element: this };
    return play.call(this);
};
window.listen = async (frequencies, source) => {
    const heard = window[source];
    if (!heard) return null;
    if (!heard.analyser) {
        window.ears ??= new AudioContext();
        heard.analyser = window.ears.createAnalyser();
        window.ears.createMediaStreamSource(new MediaStream([heard.track])).connect(heard.analyser);
    }
    await window.ears.resume();
    const samples = new Float32Array(heard.analyser.fftSize);
    heard.analyser.getFloatTimeDomainData(samples);
    const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
    const shareOf = (frequency) => {
        const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / window.ears.sampleRate);
        let [before, last] = [0, 0];
        for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
        const power = before * before + last * last - coefficient * before * last;
        return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
    };
    return { loudness: Math.sqrt(energy / samples.length), shares: frequencies.map(shareOf) };
};
// A beep is over before anybody outside could ask.
window.beeps = [];
setInterval(async () => {
    const sound = await window.listen([BEEP], "made");
    if (sound?.shares[0] >= 0.6) window.beeps.push(performance.now());
}, 20);
""".replace("BEEP", str(BEEP_NOTE))


class BrowserPhone:
    """One browser profile of an agent, with as many tabs as wanted; `page` is the one in front."""

    def __init__(self, playwright, folder, server, cookie, *, allowed=True, microphone=None, origin=None, within=None, **settings):
        """With the cookie of a session; without leave to use the microphone if not `allowed`; `settings` are the headset's own.

        At `origin` instead of the server's own, which is then as good as this machine's; `within` a network of its own.
        What is said is a WAV file that is played in a loop: Eva's tone, or what `microphone(path)` writes.
        """
        self.server = server
        self._microphone = os.path.join(tempfile.mkdtemp(dir=folder), "microphone.wav")
        if microphone:
            microphone(self._microphone)
        else:
            write_tone(self._microphone, EVA_TONE, 10.0, level=LEVEL)
        arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={self._microphone}"]
        origin = origin or server.origin
        arguments.append(f"--unsafely-treat-insecure-origin-as-secure={origin}")
        program = chromium()
        self._browser = playwright.chromium.launch(executable_path=within.program(program, folder) if within else program, args=arguments)
        self.context = self._browser.new_context(
            base_url=origin, locale="en-GB", viewport={"width": 1366, "height": 768}, permissions=["microphone"] if allowed else [])
        name, _, value = cookie.partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": origin}])
        kept = json.dumps(json.dumps({**SETTINGS, **settings}))
        self.context.add_init_script(f"if (origin !== 'null') localStorage.headset ??= {kept};")
        self.context.add_init_script(EARS)
        # What went wrong in its pages; that something could not be loaded is what the stories are about.
        self.errors = []
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on("console", self._hear)
        self.page = self.open()

    def _hear(self, message):
        if message.type == "error" and "Failed to load resource" not in message.text and "net::ERR" not in message.text:
            self.errors.append(message.text)

    def open(self):
        """Opens another tab with the desk."""
        page = self.context.new_page()
        page.goto("/desk")
        self.status(page).wait_for()
        return page

    def status(self, page=None):
        """The button that says how it is with the headset."""
        return (page or self.page).locator("headset-status").get_by_role("button", name=t("headset.title")).first

    def wait_for_status(self, *words, page=None, deadline=CONNECT_DEADLINE):
        """Waits until the button says one of these words, such as "open"."""
        wanted = [t(f"headset.word.{word}") for word in words]
        self.wait(lambda: any(word in self.status(page).inner_text() for word in wanted), f"the headset {words}", deadline)

    def wait_until_connected(self, page=None, deadline=CONNECT_DEADLINE):
        """Waits until the browser says so, and the server, which learns it a moment later."""
        self.wait_for_status("open", "good", "fair", "poor", page=page, deadline=deadline)
        self.wait(lambda: (self.desk(page)["audio"] or {}).get("state") == "open", "the server's word", deadline, page=page)

    def ready(self):
        """Sets himself ready, and waits until he is, or is told why not."""
        self.page.get_by_role("button", name=t("desk.goReady")).click()

    def answer(self, page=None):
        """Answers what rings."""
        button = (page or self.page).get_by_role("button", name=t("call.answer"))
        self.wait(lambda: button.get_attribute("aria-disabled") != "true", "something to answer", page=page)
        button.click()

    def press(self, label):
        """Presses a button of the call's bar."""
        self.page.get_by_role("button", name=t(label), exact=False).first.click()

    def desk(self, page=None):
        """What the server has told about the desk."""
        return (page or self.page).evaluate("import('/features/desk/desk-store.js').then(({ deskStore }) => deskStore.value)")

    def headset(self, page=None):
        """The state of the headset."""
        return (page or self.page).evaluate("import('/features/headset/headset.js').then(({ headset }) => headset.value)")

    def codec(self):
        """The codec in which something comes from the server."""
        return self.page.evaluate(
            """async () => {
                const report = await window.heard.peer.getStats();
                const inbound = [...report.values()].find(({ type }) => type === "inbound-rtp");
                return report.get(inbound.codecId).mimeType;
            }""")

    def remote_address(self):
        """Where the sound goes to: the server's address in the pair of candidates that was chosen (RFC 8445 section 8.1.1)."""
        return self.page.evaluate(
            """async () => {
                const report = await window.heard.peer.getStats();
                const transport = [...report.values()].find(({ type }) => type === "transport");
                return report.get(report.get(transport.selectedCandidatePairId).remoteCandidateId).address;
            }""")

    def rings_at(self):
        """The device on which it rings at this moment; None in silence, and in the pauses of the ringing."""
        sound = self._listen(RING_NOTES, None, "made")
        if sound is None or sound["loudness"] * 32768 < AUDIBLE or min(sound["shares"]) < PART:
            return None
        return self.page.evaluate(
            """async () => {
                const devices = await navigator.mediaDevices.enumerateDevices();
                return devices.find(({ deviceId }) => deviceId === window.made.element.sinkId)?.label ?? "";
            }""")

    def beeped(self):
        """Whether there was a beep so far."""
        return self.page.evaluate("window.beeps.length > 0")

    def hears(self, frequency, deadline=DEADLINE, page=None):
        """Waits until a tone is heard from now on; returns how long that took."""
        began, run = time.monotonic(), 0

        def steadily():
            nonlocal run
            sound = self._listen([frequency], page)
            run = run + 1 if sound is not None and sound["loudness"] * 32768 >= AUDIBLE and sound["shares"][0] >= PURE else 0
            return run >= STEADY

        self.wait(steadily, f"{frequency} Hz in the browser", deadline, page=page)
        return time.monotonic() - began

    def tones(self, candidates, seconds=1.0, page=None):
        """Those of `candidates` that are heard most of the time during the next `seconds`."""
        counts, looks, until = [0] * len(candidates), 0, time.monotonic() + seconds
        while time.monotonic() < until:
            sound = self._listen(candidates, page)
            looks += 1
            for index, share in enumerate(sound["shares"] if sound and sound["loudness"] * 32768 >= AUDIBLE else []):
                counts[index] += share >= PART
            (page or self.page).wait_for_timeout(50)  # polling
        return {candidate for candidate, count in zip(candidates, counts, strict=True) if count > looks / 2}

    def _listen(self, frequencies, page, source="heard"):
        return (page or self.page).evaluate("([frequencies, source]) => window.listen(frequencies, source)", [frequencies, source])

    def wait(self, satisfied, what, deadline=DEADLINE, page=None):
        until = time.monotonic() + deadline
        while not (found := satisfied()):
            if time.monotonic() > until:
                raise Timeout(f"{what} did not come about within {deadline} s: {self.headset(page)}, desk {self.desk(page)}")
            (page or self.page).wait_for_timeout(50)  # polling
        return found

    @contextlib.contextmanager
    def cut_off(self):
        """As long as this lasts nothing comes in or goes out: the browser's own process for the network stands still."""
        network = next(pid for pid in self._processes() if b"network.mojom.NetworkService" in _command_line(pid))
        os.kill(network, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(network, signal.SIGCONT)

    def _processes(self):
        """This browser's processes: the main one is known by its microphone, the others are its children."""
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        mains = {pid for pid in pids if self._microphone.encode() in _command_line(pid) and b"--type=" not in _command_line(pid)}
        return [pid for pid in pids if pid in mains or _parent(pid) in mains]

    def stop(self):
        self._browser.close()


def _command_line(pid):
    """Empty for a process that has just gone."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read()
    return b""


def _parent(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[1])
    return None
