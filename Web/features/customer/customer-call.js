import { Problem, command, get } from "../../base/api.js";
import { Store } from "../../base/store.js";

const pollEvery = 1000;
/** How long the server may be out of reach before the call counts as lost. */
const silenceMax = 15_000;
/** How long a connection for sound may take. */
const connectMax = 20_000;

/** Why there is no sound from here: what the browser said of the microphone, as a text's key. */
const microphoneTroubles = {
    NotAllowedError: "refused",
    SecurityError: "refused",
    NotFoundError: "missing",
    NotReadableError: "busy",
    AbortError: "busy",
};

/**
 * One call from this page: the microphone, the connection and what the server says of it. States of its store, in their order:
 * `microphone`, `connecting`, `waiting`, `talking`, `held`, and at the end `ended` with what went wrong, if anything did
 * (`trouble`: a text's key below `customer.trouble`; `problem`: the server's refusal).
 */
export class CustomerCall {
    state = new Store({ name: "microphone" });
    muted = new Store(false);

    #connection = null;
    #microphone = null;
    #audio;
    #path = null;
    #key = null;
    #timers = [];
    #answeredAt = 0;
    #isConnected = false;
    #serverState = "waiting";

    /** `audio`: the element that plays the other side. */
    constructor(audio) {
        this.#audio = audio;
    }

    get isOver() {
        return this.state.value.name === "ended";
    }

    /** Places the call; what goes wrong ends it. */
    async place(number, iceServers) {
        try {
            this.#microphone = await microphone();
            if (this.isOver) return this.#close();
            this.state.set({ name: "connecting" });
            const offer = await this.#offer(iceServers);
            const placed = await command("POST", "/api/customer/calls", { number, offer });
            this.#path = `/api/customer/calls/${encodeURIComponent(placed.call)}`;
            this.#key = placed.key;
            // Hung up meanwhile: the server knows the call only now.
            if (this.isOver) return this.#tellEnd();
            await this.#connection.setRemoteDescription({ type: "answer", sdp: placed.answer });
            this.#answeredAt = Date.now();
            this.#timers.push(setTimeout(() => this.#isConnected || this.#fail("noSound"), connectMax));
            this.#poll();
        } catch (error) {
            if (error instanceof Problem) this.#end({ problem: error });
            else if (error.trouble) this.#end({ trouble: error.trouble });
            else {
                console.error(error);
                this.#fail("noCall");
            }
        }
    }

    hangUp() {
        this.#tellEnd();
        this.#end({});
    }

    /** Presses keys on the phone: 0 to 9, * and #. Throws a Problem. */
    async press(keys) {
        if (this.#path && !this.isOver) await command("POST", `${this.#path}/keys`, { key: this.#key, keys });
    }

    mute(isMuted) {
        for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !isMuted;
        this.muted.set(isMuted);
    }

    async #offer(iceServers) {
        const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
        this.#connection = connection;
        const [track] = this.#microphone.getAudioTracks();
        connection.addTransceiver(track, { direction: "sendrecv", streams: [this.#microphone] });
        connection.addEventListener("track", ({ track: remote }) => (this.#audio.srcObject = new MediaStream([remote])));
        connection.addEventListener("connectionstatechange", () => this.#connectionChanged());
        // Unplugged, or taken away in the browser's settings.
        track.addEventListener("ended", () => this.#fail("missing"));
        await connection.setLocalDescription(await connection.createOffer());
        return connection.localDescription.sdp;
    }

    #connectionChanged() {
        switch (this.#connection?.connectionState) {
            case "connected":
                this.#isConnected = true;
                return this.#show();
            case "failed":
                return this.#fail(this.#isConnected ? "lost" : "noSound");
        }
    }

    #show() {
        if (this.isOver || !this.#isConnected || this.state.value.name === this.#serverState) return;
        const since = this.#serverState === "talking" ? (this.state.value.since ?? Date.now()) : this.state.value.since;
        this.state.set({ name: this.#serverState, since });
    }

    async #poll() {
        try {
            const { state } = await get(`${this.#path}?key=${encodeURIComponent(this.#key)}`);
            this.#answeredAt = Date.now();
            if (state === "ended") return this.#end({});
            if (["waiting", "talking", "held"].includes(state)) this.#serverState = state;
            this.#show();
        } catch (error) {
            if (!(error instanceof Problem)) throw error;
            // What it has forgotten is over; while it cannot be reached the talk may well go on.
            if (error.code === "notFound") return this.#end({});
            if (Date.now() - this.#answeredAt > silenceMax) return this.#fail("lost");
        }
        if (!this.isOver) this.#timers.push(setTimeout(() => this.#poll(), pollEvery));
    }

    #fail(trouble) {
        if (this.isOver) return;
        this.#tellEnd();
        this.#end({ trouble });
    }

    /** Also while the page goes away; nobody waits for the answer, and a call without sound is ended by the server itself. */
    #tellEnd() {
        if (!this.#path) return;
        command("POST", `${this.#path}/end`, { key: this.#key }, { keepalive: true }).catch(() => {});
        this.#path = null;
    }

    #end(why) {
        if (this.isOver) return;
        this.state.set({ name: "ended", ...why });
        this.#close();
    }

    #close() {
        for (const timer of this.#timers.splice(0)) clearTimeout(timer);
        for (const track of this.#microphone?.getTracks() ?? []) track.stop();
        this.#connection?.close();
        this.#connection = null;
        this.#audio.srcObject = null;
    }
}

/** The microphone, as a telephone has it: without the echo and the room. */
async function microphone() {
    if (!navigator.mediaDevices) throw Object.assign(new Error("not a secure context"), { trouble: "insecure" });
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    try {
        return await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
        throw Object.assign(error, { trouble: microphoneTroubles[error.name] ?? "missing" });
    }
}
