import { attribute, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";

/** What somebody tries to do where he is looking: nothing twice at a time, and what was refused last is said there. */
export class Attempt {
    #changed;
    #busy = new Set();

    /** What was refused last; null once something is tried again. */
    problem = null;

    /** `changed` is called whenever there is something new to show. */
    constructor(changed) {
        this.#changed = changed;
    }

    /** Tries `deed`. Returns whether it was done; what is being tried already is not tried again. */
    async run(name, deed) {
        if (this.#busy.has(name)) return false;
        this.#busy.add(name);
        this.problem = null;
        this.#changed();
        try {
            await deed();
            return true;
        } catch (problem) {
            this.refuse(problem);
            return false;
        } finally {
            this.#busy.delete(name);
            this.#changed();
        }
    }

    /** Says what was refused. Throws what is no refusal. */
    refuse(problem) {
        if (problem.text === undefined) throw problem;
        this.problem = problem;
        this.#changed();
    }

    /** Forgets what was refused. */
    forget() {
        this.problem = null;
    }

    /** What was refused, in words: what is wrong with a field where it is one, nothing if nothing is. */
    get text() {
        const { problem } = this;
        return problem && (problem.textFor(problem.errors[0]?.field) ?? problem.text);
    }

    /** The attributes of a button: dimmed while it cannot be pressed, busy while the server has not answered. */
    state(name, possible = true) {
        const busy = this.#busy.has(name);
        return html`${attribute("aria-disabled", possible && !busy ? null : "true")} ${attribute("aria-busy", busy ? "true" : null)}`;
    }

    /** What was refused, in the language of the screen. */
    get said() {
        return html`<p class="field-error" role="alert" data-key="refused">${this.problem &&
        html`${icon("alert")}<span>${this.text}</span>`}</p>`;
    }
}
