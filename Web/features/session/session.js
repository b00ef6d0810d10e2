import { command, get, onSignedOut } from "../../base/api.js";
import { guessLanguage, language, speak } from "../../base/language.js";
import { Store } from "../../base/store.js";
import * as stream from "../../base/stream.js";

/** Who is signed in: {user, permissions}; null when nobody is. */
export const session = new Store(null);

const others = new BroadcastChannel("callfloor-session");
// Chosen while signed out, in this visit: it is what this person wants, not what the last one left behind.
let chosenBeforehand = null;

function begin(answer) {
    session.set(answer);
    speak(answer.user.language);
    stream.start();
}

function end() {
    stream.stop();
    if (session.value !== null) session.set(null);
}

/** Asks the server who we are; called once, before anything is shown. */
export async function resume() {
    onSignedOut(end);
    stream.on("ended", end);
    others.onmessage = () => refresh();
    await refresh();
}

async function refresh() {
    const before = session.value?.user.language;
    try {
        begin(await get("/api/session"));
        if (before && before !== session.value.user.language) stream.reopen();
    } catch (problem) {
        if (problem.code !== "signInNeeded" && problem.code !== "unreachable") throw problem;
        if (problem.code === "signInNeeded") end();
        if (session.value === null) speak(guessLanguage());
    }
}

/** Signs in. Throws a Problem. */
export async function signIn(login, password) {
    const answer = await command("POST", "/api/session", { login, password });
    const wanted = chosenBeforehand;
    chosenBeforehand = null;
    begin(answer);
    others.postMessage("changed");
    if (wanted && wanted !== answer.user.language) await chooseLanguage(wanted);
}

/** Signs out, in every tab of this browser. Throws a Problem. */
export async function signOut() {
    await command("DELETE", "/api/session");
    end();
    others.postMessage("changed");
}

/** Changes the language at once; for somebody signed in also on the server, which then writes names in it. Throws a Problem. */
export async function chooseLanguage(code) {
    speak(code);
    if (session.value === null) {
        chosenBeforehand = language.value;
        return;
    }
    session.set(await command("PATCH", "/api/session", { language: code }));
    stream.reopen();
    others.postMessage("changed");
}

/** Whether the signed-in user may do something, in whatever scope. */
export function may(permission) {
    return session.value?.permissions[permission] !== undefined;
}

/** The first screen of the signed-in user. */
export function home() {
    if (session.value.user.agent) return "/desk";
    return may("viewFloor") ? "/floor" : "/contacts";
}
