import { command, get } from "../../base/api.js";
import { countersOf, LineWatch, lookEvery, SilenceWatch } from "./line-watch.js";

const gatherMax = 2_000;
const connectMax = 6_000;
const backOffFirst = 400;
const backOffMax = 5_000;
// A connection that could not be mended so often is made anew.
const mendsMax = 2;
// The codec is judged by five seconds of the line.
const looksPerJudgement = 5;
const codecs = { pcmu: "audio/PCMU", opus: "audio/opus" };

/**
 * The agent's one audio connection to the server. It mends itself until it is closed: first by an ICE restart, then anew. What
 * happens is told to `tell`: {state: "connecting" | "open" | "lost" | "refused", …}.
 */
export class AudioConnection {
    /** What the server calls the connection; null as long as there is none. */
    id = null;
    /** For how many seconds the server keeps the customer with music when the connection is lost. */
    reconnectSeconds = 0;
    #peer = null;
    #track;
    #tell;
    #hear;
    #codec;
    #watch = new LineWatch();
    #silence = new SilenceWatch();
    #looking;
    #looks = 0;
    #closed = false;
    #sound = false;
    #striving = false;
    #wake = () => {};
    #everOpen = false;

    /** Sends `track` in `codec` (null: as the line wants); `hear(stream)` gets what comes, `tell(change)` what happens. */
    constructor(track, { codec, tell, hear }) {
        this.#track = track;
        this.#codec = codec;
        this.#tell = tell;
        this.#hear = hear;
    }

    /** Which codec is asked for now. */
    get codec() {
        return this.#codec ?? this.#watch.codec;
    }

    /** Makes the connection, or mends it when there is reason to doubt it; `lost`: it is known to be gone, and that is said at once. */
    async strive({ lost = false } = {}) {
        this.#sound = false;
        if (lost) this.#tell({ state: "lost" });
        this.#wake();
        if (this.#striving || this.#closed) return;
        this.#striving = true;
        for (let attempt = 0; !this.#sound && !this.#closed; attempt += 1) {
            // Of a server that has forgotten us, the first attempt to come back is told at once.
            if (attempt > 0) await this.#pause(Math.min(backOffMax, backOffFirst * 2 ** (attempt - 1)));
            if (this.#closed) break;
            const anew = this.id === null || attempt >= mendsMax;
            // What still connects may only need to be agreed upon anew: nobody is alarmed before that has failed.
            if (anew || this.#peer?.connectionState !== "connected") this.#tell({ state: this.#everOpen ? "lost" : "connecting" });
            const problem = await this.#attempt(anew);
            if (problem?.status === 404 && !anew) {
                this.id = null;
                attempt = -1;
            } else if (problem && isFinal(problem)) {
                this.#striving = false;
                this.#let();
                return this.#tell({ state: "refused", problem });
            }
        }
        this.#striving = false;
        if (this.#closed) return;
        this.#everOpen = true;
        this.#tell({ state: "open" });
    }

    /** Sends another microphone; nothing has to be agreed upon anew. */
    async send(track) {
        this.#track = track;
        await this.#sender?.replaceTrack(track);
    }

    /** Speaks a codec whatever the line is like; null leaves it to what gets lost. */
    async insistOn(codec) {
        const before = this.codec;
        this.#codec = codec;
        if (this.codec !== before && this.#sound) await this.#change();
    }

    /** Lets the connection go without a word to the server: for a customer who is there it is lost. */
    close() {
        this.#closed = true;
        this.#wake();
        this.#let();
    }

    /** Tells the server that the headset is unplugged, and lets go. */
    async unplug() {
        const { id } = this;
        this.close();
        if (id !== null) await command("DELETE", `/api/desk/audio/${id}`).catch(() => {}); // it notices by itself that nobody is there
    }

    get #sender() {
        return this.#peer?.getSenders()[0];
    }

    /** One attempt; returns the Problem, null when it succeeded, undefined when nothing came of it. */
    async #attempt(anew) {
        try {
            if (anew) await this.#build();
            await this.#negotiate({ iceRestart: !anew });
            const peer = this.#peer;
            this.#sound = await isConnected(peer, connectMax, () => this.#closed || peer !== this.#peer);
            return this.#sound ? null : undefined;
        } catch (problem) {
            return problem.status === undefined ? undefined : problem; // an answer that does not fit: anew
        }
    }

    async #build() {
        const { iceServers, reconnectSeconds } = await get("/api/desk/audio");
        this.#let();
        this.id = null;
        this.reconnectSeconds = reconnectSeconds;
        const peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
        this.#peer = peer;
        const transceiver = peer.addTransceiver(this.#track, { direction: "sendrecv" });
        this.#order(transceiver);
        peer.ontrack = ({ track }) => this.#hear(new MediaStream([track]));
        peer.onconnectionstatechange = () => {
            if (peer === this.#peer && ["disconnected", "failed"].includes(peer.connectionState)) this.strive();
        };
        this.#silence = new SilenceWatch();
        this.#looking = setInterval(() => this.#look(peer), lookEvery);
    }

    /** Names the codecs in the order in which they are wanted. */
    #order(transceiver) {
        const all = RTCRtpReceiver.getCapabilities("audio").codecs;
        const wanted = [codecs[this.codec], ...Object.values(codecs)];
        const rank = ({ mimeType }) => (wanted.includes(mimeType) ? wanted.indexOf(mimeType) : wanted.length);
        transceiver.setCodecPreferences?.(all.toSorted((first, second) => rank(first) - rank(second)));
    }

    async #negotiate({ iceRestart = false } = {}) {
        const peer = this.#peer;
        this.#order(peer.getTransceivers()[0]);
        await peer.setLocalDescription(await peer.createOffer({ iceRestart }));
        await gathered(peer);
        const body = { offer: peer.localDescription.sdp, audio: this.id, prefer: this.codec };
        const { audio, answer } = await command("POST", "/api/desk/audio", body);
        if (peer !== this.#peer) return;
        this.id = audio;
        await peer.setRemoteDescription({ type: "answer", sdp: answer });
    }

    async #change() {
        try {
            await this.#negotiate();
            this.#tell({ state: "open" });
        } catch {
            this.strive();
        }
    }

    async #look(peer) {
        if (!this.#sound || peer !== this.#peer) return;
        const counters = countersOf(await peer.getStats());
        if (!this.#sound || peer !== this.#peer) return;
        if (this.#silence.look(counters.received)) return void this.strive({ lost: true });
        this.#looks += 1;
        if (this.#looks % looksPerJudgement !== 0) return;
        const before = this.codec;
        this.#watch.look(counters, performance.now());
        if (this.codec !== before && this.#sound) await this.#change();
    }

    #let() {
        clearInterval(this.#looking);
        this.#peer?.close();
        this.#peer = null;
        this.#sound = false;
    }

    #pause(milliseconds) {
        return new Promise((resolve) => {
            this.#wake = resolve;
            setTimeout(resolve, milliseconds * (0.8 + Math.random() * 0.4));
        });
    }
}

/** Whether the server will say the same the next time, too. */
function isFinal({ status }) {
    return status >= 400 && status < 500 && status !== 429;
}

/** Waits until every address of ours is in the offer, or long enough. */
function gathered(peer) {
    if (peer.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
        peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && resolve());
        setTimeout(resolve, gatherMax);
    });
}

function isConnected(peer, milliseconds, given) {
    if (peer.connectionState === "connected") return Promise.resolve(true);
    return new Promise((resolve) => {
        setTimeout(() => resolve(false), milliseconds);
        peer.addEventListener("connectionstatechange", () => {
            if (peer.connectionState === "connected") resolve(true);
            if (given() || ["failed", "closed"].includes(peer.connectionState)) resolve(false);
        });
    });
}
