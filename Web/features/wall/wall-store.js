import { now, synchronise } from "../../base/clock.js";
import { speak } from "../../base/language.js";
import { Store } from "../../base/store.js";

// Nobody comes to press a key: whatever happens, the wall comes back by itself.

const backOffFirst = 1000;
const backOffMax = 15_000;
// The server sends `beat` every 15 s: after more than two that did not come the connection is dead, whatever the browser thinks.
const silenceMax = 35_000;
// A link that was ended may come back with a backup, and asking seldom costs nothing.
const endedPause = 60_000;
const askingMax = 10_000;

/** {state: "connecting" | "open" | "lost" | "ended", wall: what the server said last or null, at: when it was last heard} */
export const wallStore = new Store({ state: "connecting", wall: null, at: null });

let address;
let source;
let retry;
let silence;
let attempts = 0;

/** Follows the wallboard that `token` opens. */
export function start(token) {
    address = `/api/wall/${encodeURIComponent(token)}`;
    addEventListener("online", () => wallStore.value.state === "lost" && open());
    open();
}

async function open() {
    close();
    try {
        // An EventSource does not say why it was refused.
        const answer = await fetch(address, { signal: AbortSignal.timeout(askingMax) });
        if (answer.status === 404) return end();
        if (!answer.ok) return lose();
        learn(await answer.json());
    } catch {
        return lose();
    }
    source = new EventSource(`${address}/stream`);
    source.onerror = lose;
    source.onopen = () => (attempts = 0);
    source.addEventListener("wall", ({ data }) => learn(JSON.parse(data)));
    source.addEventListener("beat", ({ data }) => {
        synchronise(JSON.parse(data).now);
        set({ at: now() });
        listenForSilence();
    });
    source.addEventListener("revoked", end);
    return listenForSilence();
}

function learn(wall) {
    synchronise(wall.now);
    speak(wall.language, { remember: false });
    set({ state: "open", wall, at: now() });
    listenForSilence();
}

function lose() {
    close();
    const delay = Math.min(backOffMax, backOffFirst * 2 ** attempts) * (0.8 + Math.random() * 0.4);
    attempts += 1;
    // A link that opens nothing stays said until it opens something.
    if (wallStore.value.state !== "ended") set({ state: "lost" });
    retry = setTimeout(open, delay);
}

function end() {
    close();
    set({ state: "ended" });
    retry = setTimeout(open, endedPause);
}

function listenForSilence() {
    clearTimeout(silence);
    silence = setTimeout(lose, silenceMax);
}

function close() {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = undefined;
}

function set(change) {
    wallStore.set({ ...wallStore.value, ...change });
}
