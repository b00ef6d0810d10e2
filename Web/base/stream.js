import { get } from "./api.js";
import { learnOffset, offset, synchronise } from "./clock.js";
import { Store } from "./store.js";

// One stream per browser profile: over HTTP/1.1 a browser's sixth stream to a server hangs. The tab that holds the Web Lock
// reads the stream and relays it to the others; when it closes, the lock goes to the next tab, which opens its own stream.

const name = "callfloor-stream";
const backOffFirst = 500;
const backOffMax = 15_000;
// The server sends `beat` every 15 s: after more than two that did not come the connection is dead, whatever the browser thinks.
const silenceMax = 35_000;

/** {state: "closed" | "connecting" | "open" | "lost", retryAt}: the truth about the connection, in every tab. */
export const connection = new Store({ state: "closed", retryAt: null });

const folds = new Map();
const listeners = new Map();
let channel;
let source;
let leave;
let retry;
let silence;
let attempts = 0;
let waiting;

/**
 * A store that follows the events called `event`: `fold(previous, data)` gives its new value. It holds the same in every tab, so
 * a tab that is opened later gets the whole from the one that reads.
 */
export function follow(event, fold) {
    const store = new Store(null);
    folds.set(event, { store, fold });
    return store;
}

/** Calls `listener` with the data of every event called `event`; the returned function ends that. */
export function on(event, listener) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
    return () => listeners.get(event).delete(listener);
}

/** Starts to follow the server, through this tab or another. */
export function start() {
    if (channel) return;
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    channel.postMessage({ kind: "hello" });
    setConnection("connecting");
    addEventListener("online", reconnectNow);
    addEventListener("offline", lose);
    if (!navigator.locks) return void lead(); // only over TLS and on this machine: without it each tab reads for itself
    waiting = new AbortController();
    navigator.locks.request(name, { signal: waiting.signal }, lead).catch(() => {});
}

/** Stops following and forgets everything that was heard. */
export function stop() {
    if (!channel) return;
    waiting?.abort();
    close();
    leave?.();
    leave = undefined;
    removeEventListener("online", reconnectNow);
    removeEventListener("offline", lose);
    channel.close();
    channel = undefined;
    for (const { store } of folds.values()) store.set(null);
    setConnection("closed");
}

/** Reads the stream anew: the server writes names in the language of the session, and that has changed. */
export function reopen() {
    if (leave) open();
    else channel?.postMessage({ kind: "reopen" });
}

function lead() {
    attempts = 0;
    open();
    return new Promise((resolve) => (leave = resolve));
}

function open() {
    close();
    source = new EventSource("/api/stream");
    source.onopen = () => {
        attempts = 0;
        say({ kind: "connection", state: "open", retryAt: null });
        listenForSilence();
    };
    source.onerror = lose;
    listenForSilence();
    for (const event of ["beat", "troubles", "desk", "lines", "voice", "floor", "alerts", "approvals", "contact", "ended"]) {
        source.addEventListener(event, (message) => receive(event, JSON.parse(message.data)));
    }
}

function close() {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = undefined;
}

function receive(event, data) {
    if (data.now !== undefined) synchronise(data.now);
    listenForSilence();
    say({ kind: "event", event, data, offset: offset() });
}

function listenForSilence() {
    clearTimeout(silence);
    silence = setTimeout(lose, silenceMax);
}

function lose() {
    if (!leave || !channel) return;
    close();
    const delay = Math.min(backOffMax, backOffFirst * 2 ** attempts) * (0.8 + Math.random() * 0.4);
    attempts += 1;
    say({ kind: "connection", state: "lost", retryAt: Date.now() + delay });
    retry = setTimeout(async () => {
        try {
            await get("/api/session"); // an ended session refuses the stream too, and EventSource does not say why
            open();
        } catch {
            lose();
        }
    }, delay);
}

function reconnectNow() {
    if (leave && connection.value.state === "lost") open();
}

/** Tells the other tabs and this one. */
function say(message) {
    channel?.postMessage(message);
    apply(message);
}

function hear(message) {
    if (message.kind === "hello") introduce();
    else if (message.kind === "reopen") leave && open();
    else if (!leave) apply(message);
}

/** A new tab gets the whole from the one that reads. */
function introduce() {
    if (!leave) return;
    channel.postMessage({ kind: "connection", ...connection.value });
    for (const [event, { store }] of folds) {
        if (store.value !== null) channel.postMessage({ kind: "event", event, data: { ...store.value, whole: true }, offset: offset() });
    }
}

function apply(message) {
    if (message.kind === "connection") return setConnection(message.state, message.retryAt);
    if (message.kind !== "event") return;
    if (!leave) learnOffset(message.offset);
    const folded = folds.get(message.event);
    if (folded) folded.store.set(folded.fold(folded.store.value, message.data));
    for (const listener of listeners.get(message.event) ?? []) listener(message.data);
}

function setConnection(state, retryAt = null) {
    connection.set({ state, retryAt });
}
