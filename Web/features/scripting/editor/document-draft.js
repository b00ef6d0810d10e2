import { command, get } from "../../../base/api.js";
import { Store } from "../../../base/store.js";

const pause = 600;
const retryAfter = 5000;

/** A script or a form while it is written: kept on the server as one types, never over what somebody else has written meanwhile. */
export class DocumentDraft {
    #path;
    #timer = null;
    #saving = null;
    #revision = 0;
    #checks = 0;
    /** The document as the server has it; null before it is read. */
    whole = null;
    body = null;
    flaws = [];
    problem = null;
    isDirty = false;
    isConflict = false;
    /** Something of the above has changed. */
    changes = new Store(0);

    constructor(id) {
        this.#path = `/api/documents/${encodeURIComponent(id)}`;
    }

    get isSaving() {
        return this.#saving !== null;
    }

    /** Whether there is anything that is not published. */
    get hasChanges() {
        return this.isDirty || this.#revision > 0;
    }

    /** Reads it anew; what was typed and not saved is forgotten. Never throws: `problem` says what went wrong. */
    async load() {
        try {
            const whole = await get(this.#path);
            const newest = whole.draft ?? whole.published ?? (await this.version(whole.versions[0].version));
            Object.assign(this, { whole, body: newest.body, problem: null, isDirty: false, isConflict: false });
            this.#revision = whole.draft?.revision ?? 0;
            this.#tell();
            await this.#check();
        } catch (problem) {
            this.#wrong(problem);
        }
    }

    /** A version that was published. Throws a Problem. */
    version(number) {
        return get(`${this.#path}/versions/${number}`);
    }

    write(body) {
        this.body = body;
        this.isDirty = true;
        this.#after(pause);
        this.#tell();
    }

    /** Saves at once what is not saved. */
    save() {
        clearTimeout(this.#timer);
        this.#saving ??= this.#send().finally(() => {
            this.#saving = null;
            this.#tell();
        });
        return this.#saving;
    }

    async #send() {
        while (this.isDirty && !this.isConflict) {
            const { body } = this;
            this.isDirty = false;
            try {
                const { revision } = await command("PUT", `${this.#path}/draft`, { revision: this.#revision, body }, { keepalive: true });
                this.#revision = revision;
                this.problem = null;
            } catch (problem) {
                this.isDirty = true;
                this.isConflict = problem.code === "conflict";
                if (problem.code === "unreachable") this.#after(retryAfter);
                return this.#wrong(problem);
            }
            await this.#check();
        }
    }

    /** After somebody else has written meanwhile: what was typed here takes the place of his. */
    async keepMine() {
        try {
            const whole = await get(this.#path);
            this.#revision = whole.draft?.revision ?? 0;
            this.isConflict = false;
            await this.save();
        } catch (problem) {
            this.#wrong(problem);
        }
    }

    /** Publishes what is written; true when it is. */
    async publish() {
        await this.save();
        if (this.isDirty || !this.hasChanges || this.flaws.length > 0) return false;
        try {
            await command("POST", `${this.#path}/publish`, { revision: this.#revision });
            await this.load();
            return true;
        } catch (problem) {
            this.isConflict = problem.code === "conflict";
            await this.#check();
            this.#wrong(problem);
            return false;
        }
    }

    async retire() {
        try {
            await command("POST", `${this.#path}/retire`);
            await this.load();
        } catch (problem) {
            this.#wrong(problem);
        }
    }

    async #check() {
        const mine = (this.#checks += 1);
        try {
            const { flaws } = await command("POST", `${this.#path}/check`, { body: this.body });
            if (mine !== this.#checks) return; // a later body has been sent since
            this.flaws = flaws;
            this.#tell();
        } catch (problem) {
            this.#wrong(problem);
        }
    }

    #after(delay) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.save(), delay);
    }

    #wrong(problem) {
        if (problem.code === undefined) throw problem;
        this.problem = problem;
        this.#tell();
    }

    #tell() {
        this.changes.set(this.changes.value + 1);
    }
}
