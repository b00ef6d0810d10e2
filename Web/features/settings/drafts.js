import { Store } from "../../base/store.js";
import { onSignOut, session } from "../session/session.js";
import { fieldsOf } from "./forms.js";
import { at, put, same } from "./values.js";

/** Changes whenever a draft is begun, written or done: lists mark what is not saved. */
export const draftsChanged = new Store(0);

const drafts = new Map();
let writer = null;

// What was typed is for who typed it.
session.subscribe((value) => {
    const user = value?.user.id ?? null;
    if (user === writer) return;
    writer = user;
    drafts.clear();
    if (user !== null) forget((key) => !key.startsWith(`settings-${user}-`));
});
onSignOut(() => forget(() => true));

function forget(isMeant) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("settings-") && isMeant(key)) sessionStorage.removeItem(key);
}

const nameOf = (kind, id) => `${kind.id} ${id ?? ""}`;
const placeOf = (name) => `settings-${writer}-${name}`;

/** Whether something of this kind was written and not saved; `id` null is what is new, undefined is anything. */
export function isUnsaved(kind, id) {
    if (id !== undefined) return drafts.get(nameOf(kind, id))?.isDirty ?? sessionStorage.getItem(placeOf(nameOf(kind, id))) !== null;
    const place = placeOf(`${kind.id} `);
    const isTyped = [...drafts.values()].some((draft) => draft.kind === kind && draft.isDirty);
    return isTyped || Object.keys(sessionStorage).some((key) => key.startsWith(place));
}

/** The draft of a thing: the same one however often its form is left and opened again. `present` is what the server has. */
export function draftOf(kind, id, present) {
    const name = nameOf(kind, id);
    if (!drafts.has(name)) drafts.set(name, new Draft(kind, id, present));
    const draft = drafts.get(name);
    draft.receive(present);
    return draft;
}

/** What somebody types about one thing, beside what the server had when that began. */
class Draft {
    /** What the server refused, as [{path, rule, …}], until the field is changed. */
    refused = [];
    /** What somebody else wrote into a field that was changed here, too: {field: value}. */
    theirs = {};
    /** Who that was, if anybody knows; shown once something of the thing was changed elsewhere. */
    meanwhile = null;
    /** The fields that were left once: only then it is said what is wrong with them. */
    #left = new Set();
    #tried = false;

    constructor(kind, id, present) {
        this.kind = kind;
        this.id = id;
        this.base = present;
        this.value = present;
        const kept = sessionStorage.getItem(placeOf(nameOf(kind, id)));
        if (kept) ({ base: this.base, value: this.value } = JSON.parse(kept));
    }

    get isDirty() {
        return !same(this.value, this.base);
    }

    /** Takes what somebody typed into a field. */
    edit(name, value) {
        this.value = put(this.value, name, value);
        this.refused = this.refused.filter(({ path }) => !touches(path, name));
        delete this.theirs[name];
        this.#keep();
    }

    /** Takes the whole of what somebody wrote, where it is no form of fields. */
    write(value) {
        this.value = value;
        this.refused = [];
        this.#keep();
    }

    /** A field has been left: what is wrong with it may be said. */
    leave(name) {
        this.#left.add(name);
    }

    /** Somebody wants to save: what is wrong anywhere may be said. */
    attempt() {
        this.#tried = true;
    }

    /** What is wrong with a field. */
    errorsOf(field, answer) {
        const refused = this.refused.filter(({ path }) => touches(path, field.name));
        if (refused.length > 0) return refused;
        const own = this.kind.check(field, this.value, answer, this);
        if (own.length === 0) return own;
        const isNeeded = own[0].rule === "required";
        return this.#tried || (this.#left.has(field.name) && !isNeeded) ? own : [];
    }

    /** Every field that cannot be saved as it is. */
    wrong(answer) {
        return fieldsOf(this.kind, this.value, answer.setUp).filter((field) => this.kind.check(field, this.value, answer, this).length > 0);
    }

    /** What the server has now. What is typed stays; a field that was changed here and there says what the other wrote. */
    receive(present) {
        if (same(present, this.base)) return;
        if (!this.isDirty) {
            this.base = this.value = present;
            return;
        }
        if (this.kind.merge) this.value = this.kind.merge(this.value, this.base, present);
        for (const field of fieldsOf(this.kind, present, null)) {
            const [own, before, now] = [this.value, this.base, present].map((value) => at(value, field.name));
            if (same(now, before) || same(now, own)) continue;
            if (same(own, before)) this.value = put(this.value, field.name, now);
            else this.theirs[field.name] = now ?? null;
            this.meanwhile ??= {};
        }
        this.base = present;
        this.#keep();
    }

    /** The server has taken `sent`, and the thing is `present` under `id` now; what was typed since stays a draft. */
    taken(sent, id, present) {
        const later = Object.keys({ ...sent, ...this.value }).filter((name) => !same(this.value[name], sent[name]));
        this.done();
        if (later.length === 0) return;
        const draft = draftOf(this.kind, id, present);
        draft.write({ ...draft.value, ...Object.fromEntries(later.map((name) => [name, this.value[name]])) });
    }

    /** It is saved, or not wanted any more. */
    done() {
        drafts.delete(nameOf(this.kind, this.id));
        sessionStorage.removeItem(placeOf(nameOf(this.kind, this.id)));
        draftsChanged.set(draftsChanged.value + 1);
    }

    #keep() {
        const place = placeOf(nameOf(this.kind, this.id));
        // Secrets are not left lying about.
        const value = this.kind.secrets.reduce((kept, name) => put(kept, name, undefined), this.value);
        if (same(value, this.base)) sessionStorage.removeItem(place);
        else sessionStorage.setItem(place, JSON.stringify({ base: this.base, value }));
        draftsChanged.set(draftsChanged.value + 1);
    }
}

function touches(path, name) {
    return path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
}
