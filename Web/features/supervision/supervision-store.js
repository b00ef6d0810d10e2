import { announce, announceNow } from "../../base/announce.js";
import { command, Problem } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { may } from "../session/session.js";

/** How one can be in a talk, from the quietest: hear it, be heard by the agent, be heard by both. */
export const modes = ["monitor", "whisper", "barge"];

/** The text key of what one does in each mode. */
export const modeLabels = { monitor: "supervise.listen", whisper: "supervise.whisper", barge: "supervise.join" };

/** What the signed-in user supervises: {contact, agent, agentId, mode, microphoneOpen, state, since, keptOut}; null if nothing. */
export function supervising() {
    return deskStore.value?.supervising ?? null;
}

/** Whether the signed-in user may be in the talks of others. */
export function maySupervise() {
    return may("superviseCalls");
}

/** Whether a row of the floor is a talk that the signed-in user can hear. */
export function canBeHeard(agent) {
    return maySupervise() && agent?.mayBeSupervised === true && agent.id !== deskStore.value?.agent.id;
}

/** Whether what is said into the microphone would reach anybody, were it open. */
export function canSpeak(now = supervising()) {
    return now !== null && now.state === "on" && now.mode !== "monitor";
}

/** Who hears the supervisor now, in words. */
export function heardBy(now) {
    if (now.keptOut) return t("supervise.heard.keptOut", { agent: now.agent });
    if (!now.microphoneOpen || !canSpeak(now)) return t("supervise.heard.nobody");
    return t(now.mode === "whisper" ? "supervise.heard.agent" : "supervise.heard.all", { agent: now.agent });
}

/** In which talk one is, in words. */
export function whereOne(now) {
    if (now.state === "ringing") return t("supervise.rings", { agent: now.agent });
    return t(`supervise.with.${now.mode}`, { agent: now.agent });
}

/** The agents who ask for help, whoever asked first before the others. */
export function helpFlags() {
    const own = deskStore.value?.agent.id;
    const asking = (floorStore.value?.agents ?? []).filter(({ id, help }) => Boolean(help) && id !== own);
    return asking.sort((first, second) => first.help - second.help);
}

// What is asked of the server

// Codes that say something else to somebody who dials.
const ownWords = { agentBusy: "supervisorBusy", staleState: "talkOver" };

async function asked(contact, deed, body) {
    try {
        return await command("POST", `/api/floor/contacts/${contact}/${deed}`, body);
    } catch (problem) {
        const code = ownWords[problem.code];
        throw code ? new Problem({ ...problem, code }) : problem;
    }
}

/** Is in a talk in this way, from now on or from the beginning; who is in another leaves that first. Throws a Problem. */
export async function supervise(contact, mode) {
    const now = supervising();
    if (now?.contact === contact) {
        if (now.mode === mode) return;
        if (now.state === "ringing") throw new Problem({ code: "pickUpFirst" });
    } else if (now !== null) await left(now.contact);
    await asked(contact, "supervise", { mode });
}

/** Leaves a talk on the way to another; one that has just ended by itself is left, too. */
async function left(contact) {
    try {
        await asked(contact, "supervise/end");
    } catch (problem) {
        if (!["talkOver", "notFound"].includes(problem.code)) throw problem;
    }
}

/** Leaves the talk. Throws a Problem. */
export function leaveTalk() {
    return asked(supervising().contact, "supervise/end");
}

/** Becomes the agent of the contact. Throws a Problem. */
export function takeOver() {
    return asked(supervising().contact, "take-over");
}

/** The contact about whose taking over one is being asked; null if none. */
export const takingOver = new Store(null);

// How the microphone is to be, for as long as the server has not answered.
let wanted = null;
let sent = null;

/** Whether the microphone is open, or is being opened. */
export function isMicrophoneOpen() {
    return wanted ?? sent ?? supervising()?.microphoneOpen === true;
}

/**
 * Opens or closes the microphone. What is wanted last holds, in the order in which it was wanted: a key that was let go while it was being
 * opened closes it. Throws a Problem.
 */
export async function setMicrophone(open) {
    wanted = open;
    if (sent !== null) return;
    try {
        while (wanted !== null && supervising() !== null) {
            sent = wanted;
            wanted = null;
            try {
                await asked(supervising().contact, "supervise/microphone", { open: sent });
            } catch (problem) {
                if (wanted === null) throw problem;
            }
        }
    } finally {
        wanted = null;
        sent = null;
    }
}

// What is spoken

let before = null;
deskStore.subscribe((desk) => {
    const now = desk?.supervising ?? null;
    tellChange(before, now, desk);
    before = now;
});

/** Whoever looks elsewhere hears at once who hears him. */
function tellChange(earlier, now, desk) {
    if (now === null) {
        if (earlier !== null && desk !== null && desk.contact?.id !== earlier.contact) announceNow(t("supervise.said.ended", earlier));
        if (earlier !== null && takingOver.value !== null) takingOver.set(null);
        return;
    }
    if (takingOver.value !== null && takingOver.value !== now.contact) takingOver.set(null);
    const same = earlier?.contact === now.contact && earlier.mode === now.mode && earlier.state === now.state;
    if (!same) announceNow(now.state === "ringing" ? whereOne(now) : `${whereOne(now)}. ${heardBy(now)}`);
    else if (earlier.microphoneOpen !== now.microphoneOpen || earlier.keptOut !== now.keptOut) announceNow(heardBy(now));
}

let told = new Set();
floorStore.subscribe((floor) => {
    if (floor === null) return void (told = new Set());
    const flags = maySupervise() ? helpFlags() : [];
    const fresh = flags.filter(({ id }) => !told.has(id));
    told = new Set(flags.map(({ id }) => id));
    if (fresh.length > 0) announce(fresh.map(({ name }) => t("supervise.help.asks", { agent: name })).join(". "));
});
