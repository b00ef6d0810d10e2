import { command } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { keptAlongside } from "../desk/draft.js";
import { session } from "../session/session.js";

const saveAfter = 600;
const retryAfter = 3000;
// Those that have something which the server may not have yet.
const open = new Set();

keptAlongside(() => Promise.all([...open].map((kept) => kept.settle())));

/**
 * Values by name that are saved while they are typed, one request at a time, each only when it has changed. What could not be saved stays
 * here, and in this tab's storage for a reload (as drafts of notes do: see desk/draft.js, which forgets them for others), and is tried again.
 */
export class Kept {
    /** "saved" | "saving" | "unsaved" | "lost" */
    status = new Store("saved");
    #open;
    #storage;
    #path;
    #body;
    #timer;
    // The request that is on its way.
    #sending = null;

    /** `body(values)` is what is sent to `path` for some values. */
    constructor(name, path, body) {
        this.#storage = `draft-${session.value.user.id}-${name}`;
        this.#path = path;
        this.#body = body;
        this.#open = JSON.parse(sessionStorage.getItem(this.#storage) ?? "{}");
        if (!this.isOpen) return;
        open.add(this);
        this.#later(0);
    }

    /** What the server may not have yet. */
    get open() {
        return this.#open;
    }

    get isOpen() {
        return Object.keys(this.#open).length > 0;
    }

    write(values) {
        this.#open = { ...this.#open, ...values };
        open.add(this);
        sessionStorage.setItem(this.#storage, JSON.stringify(this.#open));
        this.#later(saveAfter);
    }

    /** Sends what is open now, instead of waiting for more. */
    flush() {
        if (!this.isOpen) return;
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#send();
    }

    /** Waits until the server has all of it, or does not take it now. */
    async settle() {
        for (this.flush(); this.#sending !== null; this.flush()) {
            await this.#sending;
            if (this.status.value === "unsaved") return;
        }
    }

    /** These values need not be sent: they have gone another way, or nobody takes them. What has been typed since stays. */
    forget(values) {
        this.#open = Object.fromEntries(Object.entries(this.#open).filter(([name, value]) => values[name] !== value));
        if (this.isOpen) return sessionStorage.setItem(this.#storage, JSON.stringify(this.#open));
        open.delete(this);
        clearTimeout(this.#timer);
        this.#timer = undefined;
        sessionStorage.removeItem(this.#storage);
        this.status.set("saved");
    }

    #later(delay) {
        if (this.status.value === "saved") this.status.set("saving");
        this.#timer ??= setTimeout(() => {
            this.#timer = undefined;
            this.#send();
        }, delay);
    }

    #send() {
        if (this.#sending !== null || !this.isOpen) return;
        this.#sending = this.#sent(this.#open).finally(() => (this.#sending = null));
    }

    async #sent(values) {
        try {
            await command("PUT", this.#path, this.#body(values));
            this.forget(values);
            if (this.isOpen) this.#later(saveAfter);
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (problem.code === "invalid") return this.#drop(values, problem);
            // The contact is no longer ours, or its form another one: nobody takes it any more.
            if (["staleState", "notFound", "conflict"].includes(problem.code)) {
                this.forget(this.#open);
                return this.status.set("lost");
            }
            this.status.set("unsaved");
            this.#later(retryAfter);
        }
    }

    /** What is refused is not sent again until it is typed anew; the rest is. */
    #drop(sent, { errors }) {
        const refused = Object.entries(sent).filter(([name]) => errors.some(({ field }) => field.split(".")[0] === name));
        this.forget(refused.length > 0 ? Object.fromEntries(refused) : sent);
        this.status.set("unsaved");
        if (this.isOpen) this.#later(saveAfter);
    }
}
