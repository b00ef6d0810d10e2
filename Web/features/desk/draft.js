import { command, Problem } from "../../base/api.js";
import { notifyProblem } from "../../base/notices.js";
import { Store } from "../../base/store.js";
import { onSignOut, session } from "../session/session.js";
import { complete } from "./desk-store.js";

const saveAfter = 600;
const retryAfter = 3000;

/** The most a note may hold; the server refuses more. */
export const noteMax = 4000;

const alongside = new Set();

/**
 * What else is kept of a contact while it is worked on: `settle()` comes back when the server has it, or does not take it now. It is called
 * before the contact is completed or goes to somebody else.
 */
export function keptAlongside(settle) {
    alongside.add(settle);
}

function settleAlongside() {
    return Promise.all([...alongside].map((settle) => settle()));
}

let last = null;
// Whose words are written here.
let writer = null;

// Words about customers are for who wrote them. A session that has lapsed leaves them to the same person's next one; somebody
// else at this browser, and who signs out, leaves none.
session.subscribe((value) => {
    const user = value?.user.id ?? null;
    if (user === writer) return;
    writer = user;
    last?.rest();
    last = null;
    if (user !== null) forget((key) => !key.startsWith(prefix(user)));
});
onSignOut(() => forget(() => true));

function prefix(user) {
    return `draft-${user}-`;
}

function forget(isMeant) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft-") && isMeant(key)) sessionStorage.removeItem(key);
}

/** Waits until a store is set again. */
function nextOf(store) {
    return new Promise((resolve) => {
        let first = true;
        const undo = store.subscribe(() => {
            if (first) return void (first = false);
            undo();
            resolve();
        });
    });
}

/** The draft of a contact: the same one however often the desk is left and entered again. */
export function draftOf(contact) {
    if (last?.contact !== contact.id) last = new Draft(contact.id, contact.draft);
    return last;
}

/**
 * What the agent has written about a contact so far. It is saved while it is typed, one request at a time. What could not be
 * saved is kept here, and in this tab's session storage for a reload, and tried again until the server has it.
 */
class Draft {
    /** "saved" | "saving" | "unsaved" */
    status = new Store("saved");
    #timer;
    #sending = false;
    #completing = false;
    #dirty = false;
    #resting = false;
    #position = 0;
    #storage;

    constructor(contact, { disposition, note }) {
        this.contact = contact;
        this.#storage = prefix(writer) + contact;
        const kept = sessionStorage.getItem(this.#storage);
        ({ disposition: this.disposition, note: this.note } = kept ? JSON.parse(kept) : { disposition, note });
        if (kept) this.#change(0);
    }

    /** Takes what the agent has typed or chosen. */
    write(values) {
        Object.assign(this, values);
        sessionStorage.setItem(this.#storage, JSON.stringify({ disposition: this.disposition, note: this.note }));
        this.#change(saveAfter);
    }

    /** Takes what the server had at `position`, unless something here is newer. Returns whether anything changed. */
    receive({ disposition, note }, position) {
        if (this.#dirty || this.#sending || position < this.#position) return false;
        const changed = disposition !== this.disposition || note !== this.note;
        this.disposition = disposition;
        this.note = note;
        return changed;
    }

    /** Completes the contact with what is written here; nothing is saved beside that. Throws a Problem. */
    async complete() {
        this.#completing = true;
        try {
            await settleAlongside();
            await complete(this.contact, { disposition: this.disposition, note: this.note });
            this.#discard();
        } catch (problem) {
            this.#completing = false;
            if (this.#dirty) this.#change(saveAfter);
            throw problem;
        }
    }

    /** Waits until the server has every word: the contact is about to go to somebody else. Throws a Problem if it has not. */
    async settle() {
        if (this.#dirty || this.#sending) this.status.set("saving");
        clearTimeout(this.#timer);
        this.#timer = undefined;
        if (this.#dirty) this.#save();
        while (this.status.value === "saving") await nextOf(this.status);
        await settleAlongside();
        if (this.status.value === "unsaved") throw new Problem({ code: "draftUnsaved" });
    }

    /** Sends nothing any more: whoever wrote is not signed in. */
    rest() {
        clearTimeout(this.#timer);
        this.#resting = true;
    }

    #discard() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#dirty = false;
        sessionStorage.removeItem(this.#storage);
        this.status.set("saved");
    }

    #change(delay) {
        this.#dirty = true;
        if (this.status.value === "saved") this.status.set("saving");
        // A timer that runs is not put off: who types without a pause is saved too.
        this.#timer ??= setTimeout(() => {
            this.#timer = undefined;
            this.#save();
        }, delay);
    }

    async #save() {
        if (this.#sending || this.#completing) return;
        this.#sending = true;
        this.#dirty = false;
        const { disposition, note } = this;
        try {
            const { position } = await command("PUT", `/api/desk/contacts/${this.contact}/draft`, { disposition, note });
            if (this.#resting) return;
            this.#position = position;
            this.#sending = false;
            if (this.#dirty) return this.#change(saveAfter);
            sessionStorage.removeItem(this.#storage);
            this.status.set("saved");
        } catch (problem) {
            if (this.#resting) return;
            this.#sending = false;
            if (this.#completing) return void (this.#dirty = true);
            // The contact is no longer ours: there is nothing left to write to, and what was written last is lost.
            if (problem.code === "staleState" || problem.code === "notFound") {
                this.#discard();
                return notifyProblem(new Problem({ code: "draftLost" }));
            }
            this.status.set("unsaved");
            this.#change(retryAfter);
        }
    }
}
