import { get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { place } from "../../base/router.js";
import { Store } from "../../base/store.js";
import { session } from "../session/session.js";
import { dayOf } from "./civil.js";
import { filters, groupings, viewOf } from "./figures-address.js";

/**
 * What is shown: {answer, view: what it answers, problem, busy, own: whether somebody asked for it (or it came by itself)}. A problem
 * leaves the last answer standing.
 */
export const figures = new Store(nothing());

/** Who and what there is to choose from: {project, queue, agent}, each [{id, name}]; learned from the figures of the span. */
export const choices = new Store({ project: [], queue: [], agent: [] });

// Of the projects whose figures were read last; before that, this computer's.
let zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
let requests = 0;
let learned = null;
let lastAsked = null;

// What one person may see is not shown to the next one at this browser.
session.subscribe((value) => {
    if (value !== null) return;
    requests += 1;
    figures.set(nothing());
    forgetChoices();
});

function nothing() {
    return { answer: null, view: null, problem: null, busy: false, own: true };
}

/** The day it is where the projects are. */
export function today() {
    return dayOf(now(), zone);
}

/** Whether the span that is shown is not over. */
export function isRunning() {
    const { answer } = figures.value;
    return answer !== null && answer.from <= now() && now() < answer.to;
}

/** Reads the figures if the address asks for others than before: how the rows are sorted is not the server's matter. */
export function follow() {
    const view = viewOf(place.value.query, today());
    const isSame = Object.keys(view.errors).length === 0 && asked(view).toString() === lastAsked;
    if (!isSame) load();
}

/** Reads the figures that the address asks for. `own` is false for what comes by itself, and moves nothing. */
export async function load({ own = true } = {}) {
    const request = ++requests;
    const day = today();
    const view = viewOf(place.value.query, day);
    if (Object.keys(view.errors).length > 0) {
        lastAsked = null;
        return figures.set({ ...figures.value, problem: null, busy: false });
    }
    lastAsked = asked(view).toString();
    figures.set({ ...figures.value, busy: true });
    try {
        const answer = await get(`/api/figures?${lastAsked}`);
        if (request !== requests) return; // another view has been asked for since
        zone = answer.timeZone;
        figures.set({ answer, view, problem: null, busy: false, own });
        if (view.range !== "dates" && today() !== day) return load({ own }); // it is another day there than here
        learn(view);
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        if (request === requests) figures.set({ ...figures.value, problem, busy: false });
    }
}

/**
 * Reads what is shown once more, this time for a file that is made of it: the server notes who takes it along. False if it gives nothing.
 */
export async function takeAlong() {
    const { view } = figures.value;
    const request = ++requests;
    figures.set({ ...figures.value, busy: true });
    try {
        const answer = await get(`/api/figures?${asked(view)}&purpose=export`);
        if (request !== requests) return false;
        figures.set({ answer, view, problem: null, busy: false, own: false });
        return true;
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        if (request === requests) figures.set({ ...figures.value, problem, busy: false });
        return false;
    }
}

function asked({ from, through, interval, by, ...view }) {
    const query = new URLSearchParams({ from, through, interval, by });
    for (const name of filters) if (view[name]) query.set(name, view[name]);
    return query;
}

/** Asks once for each span who and what is in it; what was learned before stays, so that no choice vanishes under the hand. */
async function learn({ from, through }) {
    const span = `${from} ${through}`;
    if (learned === span) return;
    learned = span;
    for (const by of groupings.filter((name) => filters.includes(name))) {
        try {
            const { rows } = await get(`/api/figures?${new URLSearchParams({ from, through, interval: "week", by })}`);
            const known = new Map(choices.value[by].map((one) => [one.id, one]));
            for (const { id, name } of rows) if (id !== null) known.set(id, { id, name });
            choices.set({ ...choices.value, [by]: [...known.values()] });
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            learned = null; // the next reading tries again
            return;
        }
    }
}

/** The names have changed with the language: they are learned anew. */
export function forgetChoices() {
    learned = null;
    choices.set({ project: [], queue: [], agent: [] });
}
