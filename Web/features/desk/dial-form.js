import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, flag, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { onSignOut, session } from "../session/session.js";
import { Attempt } from "./attempt.js";
import { colleagues, deskStore, dial, dialQueues, notTaken } from "./desk-store.js";

// What is typed outlasts an offer that comes in between, and nobody's shift.
let typed = "";
let typist = null;
onSignOut(() => (typed = ""));
session.subscribe((value) => {
    const user = value?.user.id ?? null;
    if (user !== null && user !== typist) {
        typist = user;
        typed = "";
    }
});

/**
 * A number to call, as people write it, and for which queue where there are several; or a colleague. What is wrong is said below, and nothing
 * is lost.
 */
class DialForm extends PageElement {
    #attempt = new Attempt(() => this.show());
    #calling = new Attempt(() => this.show());
    #queue = null;
    #colleagues = [];
    #colleague = "";

    start() {
        this.watch(deskStore, ownKeys, notTaken);
        this.#read();
        this.listen(this, "input", ({ target }) => {
            if (!target.matches("input")) return;
            typed = target.value;
            if (this.#attempt.problem === null) return;
            this.#attempt.forget();
            this.show();
        });
        this.listen(this, "change", ({ target }) => {
            if (target.name === "queue") this.#queue = target.value;
            if (target.name !== "colleague") return;
            this.#colleague = target.value;
            this.#calling.forget();
            this.show();
        });
        // Who is free changes: it is read again before somebody looks, and not while he does.
        for (const event of ["focusin", "pointerenter"]) this.listen(this, event, () => this.#read());
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            if (event.target.matches(".dial-colleague")) this.#call();
            else this.#dial();
        });
        this.keep(
            shortcut("dial", () => {
                (this.#field ?? this.querySelector("select"))?.focus();
                this.#field?.select();
            }),
        );
    }

    get #field() {
        return this.querySelector("input");
    }

    show() {
        const queues = dialQueues(deskStore.value);
        const key = shownKeyOf("dial");
        if (!this.#colleagues.some(({ id, free }) => id === this.#colleague && free)) this.#colleague = "";
        const isWrong = this.#attempt.text !== null;
        const said =
            this.#attempt.text ?? this.#calling.text ?? (notTaken.value && t("call.colleague.notTaken", { agent: notTaken.value.name }));
        render(
            this,
            html`<div class="dial">
                ${queues.length > 0 && html`<form class="dial-part" data-key="number" novalidate aria-label="${t("call.dial.title")}">
                    <label class="dial-number"><span>${t("call.dial.title")} <kbd aria-hidden="true">${key}</kbd></span>
                        <input type="tel" dir="ltr" autocomplete="off" aria-keyshortcuts="${key}" aria-describedby="dial-problem"
                            ${attribute("aria-invalid", isWrong ? "true" : null)}></label>
                    ${queues.length > 1 &&
                    html`<label data-key="queue"><span>${t("call.dial.queue")}</span><select name="queue">${queues.map(
                        ({ id, name }) => html`<option value="${id}" data-key="${id}">${name}</option>`,
                    )}</select></label>`}
                    <button ${this.#attempt.state("dial")}>${icon("phone")}<span>${t("call.dial.go")}</span></button>
                </form>`}
                <form class="dial-part dial-colleague" data-key="colleague" novalidate aria-label="${t("call.colleague.title")}">
                    <label><span>${t("call.colleague.title")}</span><select name="colleague" aria-describedby="dial-problem">
                        <option value="" data-key="none">${t("call.colleague.choose")}</option>
                        ${this.#colleagues.map(
                            ({ id, name, state, free }) => html`<option value="${id}" data-key="${id}" ${flag("disabled", !free)}>${
                                free ? name : `${name} · ${t(`common.state.${state === "handling" ? "talking" : state}`)}`}</option>`,
                        )}</select></label>
                    <button ${this.#calling.state("colleague", this.#colleague !== "")}>${icon("consulted")}<span>${
                        t("call.colleague.go")}</span></button>
                </form>
                <p class="field-error" role="alert" id="dial-problem">${said && html`${icon("alert")}<span>${said}</span>`}</p>
            </div>`,
        );
        if (this.#field && this.#field.value !== typed) this.#field.value = typed;
        if (!queues.some(({ id }) => id === this.#queue)) this.#queue = queues[0]?.id ?? null;
        for (const [name, value] of [["queue", this.#queue], ["colleague", this.#colleague]]) {
            const choice = this.querySelector(`select[name="${name}"]`);
            if (choice && choice.value !== value) choice.value = value;
        }
    }

    async #read() {
        try {
            const found = await colleagues();
            this.#colleagues = found.sort((first, second) => Number(second.free) - Number(first.free) || compare(first.name, second.name));
            if (this.isConnected) this.show();
        } catch (problem) {
            // Those who were read before stand; calling one who is not free any more is refused.
            if (problem.code === undefined) throw problem;
        }
    }

    async #call() {
        if (this.#colleague === "") return;
        const done = await this.#calling.run("colleague", () => dial({ agent: this.#colleague }));
        if (!done) await this.#read();
    }

    async #dial() {
        const number = this.#field.value.trim();
        const done = await this.#attempt.run("dial", () => dial({ number, queue: this.#queue }));
        if (done && typed.trim() === number) typed = "";
        if (!done) this.querySelector("input")?.focus();
        if (this.isConnected) this.show();
    }
}

customElements.define("dial-form", DialForm);
