import { command, get, onSignedOut } from "../../base/api.js";
import { guessLanguage, hasSpoken, language, speak } from "../../base/language.js";
import { Store } from "../../base/store.js";
import * as stream from "../../base/stream.js";

const backOffFirst = 1000;
const backOffMax = 15_000;

/** Who is signed in: {user, permissions}; null when nobody is. */
export const session = new Store(null);

const others = new BroadcastChannel("callfloor-session");
// Chosen while signed out, in this visit: it is what this person wants, not what the last one left behind.
let chosenBeforehand = null;
const leaving = new Set();

function begin(answer) {
    session.set(answer);
    speak(answer.user.language);
    stream.start();
}

function end() {
    stream.stop();
    if (session.value !== null) session.set(null);
}

/** Calls `action` whenever somebody signs out by choice, in this tab or another; not when a session has lapsed. */
export function onSignOut(action) {
    leaving.add(action);
}

function leave() {
    end();
    for (const action of leaving) action();
}

/** Asks the server who we are; called once, before anything is shown. `tell` hears of each Problem that delays the answer. */
export async function resume(tell) {
    onSignedOut(end);
    stream.on("ended", end);
    others.onmessage = ({ data }) => (data === "signedOut" ? leave() : insist());
    await insist(tell);
}

/** Asks until the server has answered: whoever it does not answer now may well be signed in. */
async function insist(tell = () => {}) {
    for (let delay = backOffFirst; ; delay = Math.min(backOffMax, delay * 2)) {
        try {
            return await refresh();
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            tell(problem);
            const pause = Math.max(delay * (0.8 + Math.random() * 0.4), (problem.retryAfter ?? 0) * 1000);
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }
}

async function refresh() {
    const before = session.value?.user.language;
    try {
        begin(await inOwnLanguage(await get("/api/session")));
        if (before && before !== session.value.user.language) stream.reopen();
    } catch (problem) {
        if (problem.code === "signInNeeded") end();
        if (session.value === null) speak(guessLanguage());
        if (problem.code !== "signInNeeded") throw problem;
    }
}

/** Who sits down in a seat of the demo for the first time has chosen no language: the browser's is meant, not that of the seat's person. */
async function inOwnLanguage(answer) {
    const wanted = answer.demo && !hasSpoken() ? guessLanguage() : answer.user.language;
    return wanted === answer.user.language ? answer : command("PATCH", "/api/session", { language: wanted });
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

/** Makes the first administrator of a new centre, by the word of the server's link, and signs him in. Throws a Problem. */
export async function becomeAdministrator(who) {
    await command("POST", "/api/first-administrator", who);
    begin(await get("/api/session"));
    others.postMessage("changed");
}

/** Signs out, in every tab of this browser. Throws a Problem. */
export async function signOut() {
    await command("DELETE", "/api/session");
    leave();
    others.postMessage("signedOut");
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

/** Calls back each time the server has taken another language for this session: what it names is to be read anew. */
export function onNamesChanged(reader) {
    let before = session.value?.user.language;
    return session.subscribe((value) => {
        const after = value?.user.language;
        if (after && after !== before) reader();
        before = after;
    });
}

/** Whether the signed-in user may do something, in whatever scope. */
export function may(permission) {
    return session.value?.permissions[permission] !== undefined;
}

/** Whether a permission reaches whole projects, and not only the own work or the team's. */
export function seesProjects(permission) {
    return ["project", "all"].includes(session.value?.permissions[permission]);
}

/** The first screen of the signed-in user. */
export function home() {
    if (session.value.user.agent) return "/desk";
    return may("viewFloor") ? "/floor" : "/contacts";
}
