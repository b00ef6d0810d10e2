import { now } from "../../base/clock.js";
import { onSignOut, session } from "../session/session.js";

const marker = "customer-draft-";
// Personal words stay in a browser no longer than they may still be of use: of somebody never made, a day.
const keptFor = 30 * 86_400_000;
const newKeptFor = 86_400_000;
let writer = null;

// Words about customers are for who wrote them: they outlive the tab, but neither signing out nor somebody else at this browser.
session.subscribe((value) => {
    if (value === null || value.user.id === writer) return;
    writer = value.user.id;
    forget((key) => !key.startsWith(`${marker}${writer}-`) || isOld(key));
});
onSignOut(() => forget(() => true));

function forget(isMeant) {
    for (const key of Object.keys(localStorage)) if (key.startsWith(marker) && isMeant(key)) localStorage.removeItem(key);
}

function isOld(key) {
    const age = now() - (read(key)?.at ?? 0);
    return age > (key.startsWith(`${marker}${writer}-new-`) ? newKeptFor : keptFor);
}

function read(key) {
    try {
        return JSON.parse(localStorage.getItem(key));
    } catch {
        return null;
    }
}

function place(customer, field) {
    return `${marker}${writer}-${customer}-${field}`;
}

/** What was typed in a field of a customer and is not saved: {was, now}; null without. `customer` may be a key of one's own for a new one. */
export function draftOf(customer, field) {
    return read(place(customer, field));
}

/** Forgets all that was typed about somebody who is no more. */
export function dropDrafts(customer) {
    forget((key) => key.startsWith(`${marker}${writer}-${customer}-`));
}

/** Keeps what is typed in this browser until it is saved. */
export function keepDraft(customer, field, draft) {
    localStorage.setItem(place(customer, field), JSON.stringify({ ...draft, at: now() }));
}

/** Forgets what was typed: it is saved, or not wanted. */
export function dropDraft(customer, field) {
    localStorage.removeItem(place(customer, field));
}
