import { command } from "../../base/api.js";
import { draftOf, dropDraft, keepDraft } from "./customer-drafts.js";
import { pathOf } from "./customer-store.js";

/** The fields of a customer that are edited, each saved by itself. */
export const fields = ["name", "kind", "languages", "numbers", "emails", "addresses", "note"];

/** What is typed in the fields of one customer: kept until saved, one request at a time for each field. */
export class RecordEdits {
    // By field: "saving", "saved", {problem}, {theirs}: somebody has saved something else meanwhile.
    #states = new Map();
    #told;

    constructor(customer, told) {
        this.customer = customer;
        this.#told = told;
    }

    /** What stands in a field: what is typed, else what is kept. */
    value(field) {
        return draftOf(this.customer.id, field)?.now ?? this.customer[field];
    }

    /** How it stands with a field: "kept" (nothing typed), "typed", "saving", "saved", {problem} or {theirs}. */
    state(field) {
        return this.#states.get(field) ?? (draftOf(this.customer.id, field) ? "typed" : "kept");
    }

    /** Takes what is typed. */
    write(field, now) {
        const was = draftOf(this.customer.id, field)?.was ?? this.customer[field];
        keepDraft(this.customer.id, field, { was, now });
        // A question stays open until it is answered.
        if (this.state(field).theirs === undefined) this.#set(field, null);
    }

    /** Forgets what is typed in a field. */
    drop(field) {
        const { theirs } = this.state(field);
        dropDraft(this.customer.id, field);
        if (theirs !== undefined) this.customer = { ...this.customer, [field]: theirs };
        this.#set(field, null);
    }

    /** Says that what is typed shall be, whatever somebody else has saved. */
    insist(field) {
        const { theirs } = this.state(field);
        keepDraft(this.customer.id, field, { was: theirs, now: this.value(field) });
        this.#set(field, null);
        return this.save(field);
    }

    /** Sends what is typed in a field, held against what was there before. */
    async save(field) {
        const draft = draftOf(this.customer.id, field);
        const state = this.state(field);
        if (draft === null || state === "saving" || state.theirs !== undefined) return;
        const now = tidied(field, draft.now);
        if (same(now, draft.was)) return this.drop(field);
        this.#set(field, "saving");
        try {
            const { revision } = await command("PATCH", pathOf(this.customer.id), { fields: { [field]: { was: draft.was, now } } });
            this.customer = { ...this.customer, [field]: now, revision };
            const newest = draftOf(this.customer.id, field);
            // Typed on meanwhile: that is held against what has just been saved.
            if (newest && !same(newest.now, draft.now)) {
                keepDraft(this.customer.id, field, { was: now, now: newest.now });
                this.#set(field, null);
                return this.save(field);
            }
            dropDraft(this.customer.id, field);
            this.#set(field, "saved");
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            const theirs = problem.conflicts?.[field];
            this.#set(field, theirs === undefined ? { problem } : { theirs });
        }
    }

    #set(field, state) {
        if (state === null) this.#states.delete(field);
        else this.#states.set(field, state);
        this.#told(field);
    }
}

/** Whether two values of a field are the same. */
export function same(first, second) {
    return JSON.stringify(first) === JSON.stringify(second);
}

/** Rows that nobody has filled in are none. */
function tidied(field, value) {
    if (field === "name") return value.trim();
    if (field === "numbers") return value.filter(({ number }) => number.trim() !== "");
    if (field === "emails") return value.filter((email) => email.trim() !== "");
    if (field === "addresses") return value.filter((address) => Object.values(address).some((part) => part.trim() !== ""));
    return value;
}
