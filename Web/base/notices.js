import { Store } from "./store.js";

const noticesMax = 3;
const shownFor = 10_000;
let last = 0;

/** What went wrong and cannot be said beside a field; the shell shows them where they cover no form. */
export const notices = new Store([]);

/** Shows the text of a Problem for some seconds. */
export function notifyProblem(problem) {
    if (problem.text === undefined) throw problem;
    last += 1;
    const id = String(last);
    notices.set([...notices.value, { id, problem }].slice(-noticesMax));
    setTimeout(() => dismiss(id), shownFor);
}

/** Takes a notice away. */
export function dismiss(id) {
    notices.set(notices.value.filter((notice) => notice.id !== id));
}
