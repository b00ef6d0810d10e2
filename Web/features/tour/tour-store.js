import { Store } from "../../base/store.js";
import { steps } from "./steps.js";

const kept = "tour";

/** Where the newcomer is: {step: from 0, running: null before the first time, over: all steps are behind him}. */
export const tour = new Store(readKept());

// What the step that runs has seen since it began.
let seen = {};

function readKept() {
    try {
        const { step, running, over } = JSON.parse(localStorage.getItem(kept) ?? "{}");
        if (Number.isInteger(step) && steps[step] !== undefined) return { step, running: running === true, over: over === true };
    } catch {
        // What somebody else wrote there is as nothing.
    }
    return { step: 0, running: null, over: false };
}

function set(value) {
    localStorage.setItem(kept, JSON.stringify(value));
    seen = {};
    tour.set(value);
}

/** Goes to a step; behind the last one the tour is over. */
export function goTo(step) {
    if (step >= steps.length) set({ step: 0, running: false, over: true });
    else set({ step: Math.max(0, step), running: true, over: false });
}

/** Leaves the tour; it can be taken up again where it was left. */
export function leaveTour() {
    set({ ...tour.value, running: false });
}

/** Takes it up where it was left, or begins anew. */
export function takeUpTour() {
    goTo(tour.value.step);
}

/** Goes on if what the step asks for has been done. */
export function checkDeed() {
    const { step, running } = tour.value;
    if (running === false || !steps[step].isHere() || !steps[step].isDone(seen)) return;
    goTo(step + 1);
    // The next one begins with what is there now.
    checkDeed();
}
