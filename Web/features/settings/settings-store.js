import { command, get } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { may, session } from "../session/session.js";

/** The set-up as the server has it: {answer, problem, busy}; the last answer stands while another is read. */
export const settings = new Store(nothing());

/** The last save that can be taken back: {change, what}; null if there is none. */
export const lastSave = new Store(null);

let requests = 0;

session.subscribe((value) => {
    if (value !== null) return;
    requests += 1;
    settings.set(nothing());
    lastSave.set(null);
});

function nothing() {
    return { answer: null, problem: null, busy: false };
}

/** Reads the set-up. What goes wrong stands in the store. */
export async function load() {
    if (!may("manageSetUp")) return;
    const request = ++requests;
    settings.set({ ...settings.value, busy: true });
    try {
        const answer = await get("/api/set-up");
        if (request === requests) settings.set({ answer, problem: null, busy: false });
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        if (request === requests) settings.set({ ...settings.value, problem, busy: false });
    }
}

/**
 * Saves a part of the set-up as it stands in the set-up file; `what` says in words what was saved, for the notice by which it can be
 * taken back. Throws a Problem; "changedMeanwhile" if somebody else was quicker.
 */
export async function save(part, what) {
    const { version } = settings.value.answer;
    const answer = await command("POST", "/api/set-up", { callfloor: 1, ...part }, { headers: { "If-Match": `"${version}"` } });
    await load();
    lastSave.set(answer.change === null ? null : { change: answer.change, what });
    return answer;
}

/** Takes a change back. Throws a Problem; "changedSince" if one of its parts was changed later. */
export async function undo(change) {
    const answer = await command("POST", `/api/set-up/changes/${encodeURIComponent(change)}/undo`);
    lastSave.set(null);
    await load();
    return answer;
}

/** Who made the newest change of something, and when; null if nobody can say. */
export async function lastChangeOf(kind, key) {
    try {
        const { changes } = await get("/api/set-up/changes?limit=10");
        return changes.find(({ parts }) => parts.some((part) => part.kind === kind && part.key === key)) ?? null;
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        return null;
    }
}
