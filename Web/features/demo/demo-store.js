import { command, get } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { connection } from "../../base/stream.js";
import { session } from "../session/session.js";

const lookPause = 500;

/** How many customers call: {factor, factorMax, callsAMinute}; null while that is not known, and for whoever sits in no seat of a demo. */
export const traffic = new Store(null);

/** The plug: {pulled: until the server is back, last: what the last pull did, shown: whether that is still to be read}. */
export const plug = new Store({ pulled: false, last: null, shown: false });

/** Whether whoever is signed in sits in a seat of a demo. */
export function inDemo() {
    return session.value?.demo === true;
}

let looking = null;
let isFirstLook = true;
let pulledAfter = null;

/** Reads what the demo says; again whenever the server is there again. Called once. */
export function startDemo() {
    let before = null;
    connection.subscribe(({ state }) => {
        if (state === "open" && before !== "open" && inDemo()) read();
        before = state;
    });
    // Another seat may have changed it.
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && inDemo() && read());
}

async function read() {
    look();
    traffic.set(await get("/api/demo/traffic").catch(() => traffic.value));
}

/** Asks what the last pull did, until nothing of it changes any more. */
async function look() {
    clearTimeout(looking);
    let last;
    try {
        last = await get("/api/demo/plug");
    } catch {
        // Down: that is what it is about.
        if (plug.value.pulled) looking = setTimeout(look, lookPause);
        return;
    }
    const isBack = pulledAfter === null || last.number > pulledAfter;
    if (isBack) pulledAfter = null;
    const isNews = last.number > (plug.value.last?.number ?? 0);
    // What was pulled before this page was opened is old.
    const shown = isNews ? !isFirstLook || !last.over : plug.value.shown;
    isFirstLook = false;
    plug.set({ pulled: !isBack, last, shown });
    if (!isBack || !last.over) looking = setTimeout(look, lookPause);
}

/** So many times as many customers call from now on. Throws a Problem. */
export async function setTraffic(factor) {
    traffic.set(await command("PUT", "/api/demo/traffic", { factor }));
}

/** Kills the server in the middle of everything; it starts again by itself. Throws a Problem. */
export async function pullPlug() {
    pulledAfter = plug.value.last?.number ?? 0;
    try {
        await command("POST", "/api/demo/plug");
    } catch (problem) {
        // Somebody else pulls it already: his counts are ours.
        if (problem.code !== "staleState") {
            pulledAfter = null;
            throw problem;
        }
    }
    plug.set({ ...plug.value, pulled: true, shown: false });
    looking = setTimeout(look, lookPause);
}

/** The counts have been read. */
export function putAway() {
    plug.set({ ...plug.value, shown: false });
}
