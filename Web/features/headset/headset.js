import { announce, announceNow } from "../../base/announce.js";
import { command, Problem } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { beforeReady, deskStore } from "../desk/desk-store.js";
import { session } from "../session/session.js";
import { devices } from "./devices.js";
import { HeadsetPhone } from "./headset-phone.js";
import { adviceOn } from "./headset-text.js";
import { choose, settings } from "./settings.js";

// One phone per browser profile: the tab that holds the Web Lock has microphone and connection and tells the others. When it
// closes, the lock goes to the next tab, which connects anew at once; a tab in which somebody acts may take the lock away.

const name = "callfloor-headset";
const openMax = 30_000; // somebody has to find the browser's question and answer it
const levelWantedFor = 2_000;

const nothing = {
    state: "off",
    trouble: null,
    problem: null,
    id: null,
    lostAt: null,
    reconnectSeconds: 0,
    microphone: null,
    replaced: null,
    heldBack: false,
};

/**
 * The browser as a phone, the same in every tab: {state, …}. `state` is "off" (not wanted now), "asking" (for the microphone),
 * "connecting", "open", "lost", "refused" (`trouble` with the microphone, or the server's `problem`), or "elsewhere" (another browser
 * has it). `replaced` is {from, to} after a device was unplugged; `heldBack`: the browser plays no sound before somebody clicks.
 */
export const headset = new Store(nothing);

/** How loud the microphone is now, root mean square 0 to 1, while somebody watches. */
export const level = new Store(0);

/** Whether the panel is open in this tab. */
export const panelOpen = new Store(false);

let channel = null;
let phone = null;
let holds = false;
// Whether somebody in this tab wants the phone although the agent is off.
let asked = false;
let wasOff = true;
// What the server has shown us of our connection.
let seen = null;
let user = null;
let levelWantedUntil = 0;
// The contact that was to be answered here a moment ago.
let rang = null;
let release = () => {};
let waiting;

/** Whether the browser is to be this agent's phone. */
export function isChosen(desk) {
    return settings.value.use ?? desk.agent.phone === null;
}

/** Uses the browser as the phone, or no longer. */
export function useBrowser(on) {
    choose({ use: on });
    if (on) connectHere();
}

/** Connects through this tab, whatever another tab or browser does: what somebody asks for happens where he looks. */
export function connectHere() {
    if (channel === null) return;
    asked = true;
    show({ ...nothing, state: "asking" }); // what was before is no answer to this
    if (holds) {
        drop({ unplug: false });
        evaluate();
    } else hold({ steal: true });
}

/** The panel was closed: who is off needs no microphone. */
export function letGo() {
    asked = false;
    evaluate();
}

/** Begins or ends the test call, in which one hears oneself. Throws a Problem. */
export function testCall(on) {
    return command("POST", `/api/desk/audio/${headset.value.id}/test`, { on });
}

/** Rings once, as an offer would. */
export function tryRing() {
    tell({ kind: "ring" });
}

/** Says that somebody watches the level for the next two seconds. */
export function watchLevel() {
    tell({ kind: "level?" });
}

/** Whoever has no other phone must be heard before he is ready. Throws the Problem `headsetNeeded` and shows what to do. */
async function prepare() {
    const desk = deskStore.value;
    if (desk === null || !isChosen(desk) || headset.value.state === "open") return;
    const isOnItsWay = ["connecting", "lost"].includes(headset.value.state) || (holds && headset.value.state === "asking");
    if (!isOnItsWay) connectHere();
    if ((await settled()) === "open" || desk.agent.phone !== null) return;
    panelOpen.set(true);
    throw new Problem({ code: "headsetNeeded" });
}

beforeReady(prepare);

/** The state in which the attempt that goes on ends. */
function settled() {
    return new Promise((resolve) => {
        const undo = [];
        const end = (state) => {
            clearTimeout(timer);
            queueMicrotask(() => undo.forEach((action) => action()));
            resolve(state);
        };
        const timer = setTimeout(() => end(headset.value.state), openMax);
        undo.push(headset.subscribe(({ state }) => ["open", "refused", "elsewhere"].includes(state) && end(state)));
    });
}

// Who may have the phone

session.subscribe((value) => {
    const next = value?.user.agent ? value.user.id : null;
    if (next === user) return;
    if (user !== null) stop();
    user = next;
    if (user !== null) start();
});
settings.subscribe((value) => {
    phone?.use(value);
    evaluate();
});
deskStore.subscribe(follow);

function start() {
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    channel.postMessage({ kind: "hello" });
    addEventListener("online", doubt);
    // Without locks there is no microphone either: the phone says so.
    if (navigator.locks) hold();
    else holds = true;
    evaluate();
}

function stop() {
    removeEventListener("online", doubt);
    drop({ unplug: false });
    release();
    release = () => {};
    holds = false;
    asked = false;
    wasOff = true;
    channel.close();
    channel = null;
    headset.set(nothing);
}

function hold({ steal = false } = {}) {
    waiting?.abort();
    waiting = new AbortController();
    const options = steal ? { steal } : { signal: waiting.signal };
    const mine = channel;
    let granted = false;
    navigator.locks
        .request(name, options, () => {
            if (mine !== channel) return; // signed out meanwhile
            granted = true;
            holds = true;
            evaluate();
            return new Promise((resolve) => (release = resolve));
        })
        .catch(() => {
            // Another tab has taken it, or we asked anew.
            if (!granted || mine !== channel) return;
            holds = false;
            asked = false;
            drop({ unplug: false });
            hold();
        });
}

/** Opens or closes the phone as it is wanted now. */
function evaluate() {
    const desk = deskStore.value;
    if (!holds || desk === null) return;
    const inCall = desk.contact !== null || desk.consulted !== null || Boolean(desk.internal) || Boolean(desk.supervising);
    const wanted = isChosen(desk) && (asked || desk.presence.state !== "off" || inCall);
    if (wanted && phone === null && (asked || headset.value.state !== "elsewhere")) {
        open();
        sound(desk);
    }
    // Who is in a call finishes it here, whatever he has chosen for the next.
    if (!wanted && (phone === null || !inCall)) {
        drop({ unplug: true });
        if (headset.value.state !== "off") change({ ...nothing });
    }
}

function open() {
    seen = null;
    const mine = new HeadsetPhone(settings.value, {
        tell: (news) => phone === mine && change(news),
        level: (loudness) => phone === mine && performance.now() < levelWantedUntil && tell({ kind: "level", loudness }),
    });
    phone = mine;
    mine.open();
}

function drop({ unplug }) {
    phone?.close({ unplug });
    phone = null;
}

function doubt() {
    phone?.doubt();
}

// What the server says

function follow(desk) {
    if (desk === null) return;
    const off = desk.presence.state === "off";
    if (off && !wasOff) asked = panelOpen.value;
    wasOff = off;
    if (holds) {
        compare(desk.audio ?? null);
        sound(desk);
    }
    evaluate();
}

/** Whether the server knows our connection; only what it has shown us once can be gone. */
function compare(audio) {
    const id = phone?.id ?? null;
    if (id === null) return;
    if (audio?.id === id) {
        if (seen === id && audio.state === "lost" && headset.value.state === "open") doubt();
        seen = id;
    } else if (seen === id) {
        seen = null;
        if (audio === null) return doubt();
        drop({ unplug: false });
        asked = false;
        change({ ...nothing, state: "elsewhere" });
    }
}

/** Rings while something is to be answered here, and beeps when it has been. */
function sound({ contact, consulted, internal }) {
    const ringing = [contact, consulted, internal].find((call) => call?.answerable) ?? null;
    phone?.ring(ringing !== null);
    const talking = talkingWith(contact, consulted ?? internal ?? null);
    if (rang !== null && talking === rang && settings.value.beep) phone?.beep();
    rang = ringing === null ? null : (ringing.contact ?? ringing.id);
}

/** The contact in which somebody is heard: the agent's own, or one into which a colleague called him. */
function talkingWith(contact, call) {
    if (contact !== null) return contact.state === "talking" ? contact.id : null;
    return call === null || ["ringing", "phone"].includes(call.stage) || (call.own === false && call.stage === "colleague") ? null : call.contact;
}

// Between the tabs

function tell(message) {
    channel?.postMessage(message);
    hear(message, { own: true });
}

function hear(message, { own = false } = {}) {
    if (message.kind === "hello" && holds && !own) channel.postMessage({ kind: "value", value: headset.value });
    if (message.kind === "value" && !holds) show(message.value);
    if (message.kind === "level") level.set(message.loudness);
    if (message.kind === "level?" && holds) levelWantedUntil = performance.now() + levelWantedFor;
    if (message.kind === "ring" && holds) phone?.tryRing();
}

function change(news) {
    const before = headset.value;
    const next = { ...before, ...news };
    if (next.state === "lost" && before.state !== "lost") next.lostAt = now();
    if (next.state !== "lost") next.lostAt = null;
    // A Problem does not travel between tabs as what it is.
    if (news.problem) next.problem = news.problem.code;
    if (news.microphone) next.replaced = replaced(before.microphone, news.microphone);
    channel?.postMessage({ kind: "value", value: next });
    show(next);
}

/** {from, to} if the device used before is no longer there. */
function replaced(from, to) {
    if (from === null || from.id === to.id || devices.value.microphones.some(({ id }) => id === from.id)) return null;
    return { from: from.label, to: to.label };
}

function show(next) {
    const before = headset.value;
    headset.set(next);
    if (next.state === "lost" && before.state !== "lost") announceNow(t("headset.announce.lost"));
    if (next.state === "open" && before.state === "lost") announce(t("headset.announce.back"));
    if (next.state === "open" && before.state === "connecting") announce(t("headset.announce.open"));
    if (next.state === "elsewhere" && before.state !== "elsewhere") announceNow(t("headset.line.elsewhere"));
    if (next.trouble !== null && before.trouble !== next.trouble) announceNow(adviceOn(next)[0]);
    if (next.replaced !== null && before.replaced?.to !== next.replaced.to) announceNow(t("headset.replaced", next.replaced));
}
