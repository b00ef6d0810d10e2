import { onSignOut, session } from "../session/session.js";

const marker = "customer-draft-";
let writer = null;

// Words about customers are for who wrote them: they outlive the tab, but neither signing out nor somebody else at this browser.
session.subscribe((value) => {
    if (value === null || value.user.id === writer) return;
    writer = value.user.id;
    forget((key) => !key.startsWith(`${marker}${writer}-`));
});
onSignOut(() => forget(() => true));

function forget(isMeant) {
    for (const key of Object.keys(localStorage)) if (key.startsWith(marker) && isMeant(key)) localStorage.removeItem(key);
}

function place(customer, field) {
    return `${marker}${writer}-${customer}-${field}`;
}

/** What was typed in a field of a customer and is not saved: {was, now}; null without. `customer` may be a key of one's own for a new one. */
export function draftOf(customer, field) {
    try {
        return JSON.parse(localStorage.getItem(place(customer, field)));
    } catch {
        return null;
    }
}

/** Keeps what is typed in this browser until it is saved. */
export function keepDraft(customer, field, draft) {
    localStorage.setItem(place(customer, field), JSON.stringify(draft));
}

/** Forgets what was typed: it is saved, or not wanted. */
export function dropDraft(customer, field) {
    localStorage.removeItem(place(customer, field));
}
