import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { onSignOut, session } from "../session/session.js";
import { Attempt } from "./attempt.js";
import { deskStore, dial, dialQueues } from "./desk-store.js";

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

/** A number to call, as people write it, and for which queue where there are several; what is wrong is said below, and nothing is lost. */
class DialForm extends PageElement {
    #attempt = new Attempt(() => this.show());
    #queue = null;

    start() {
        this.watch(deskStore, ownKeys);
        this.listen(this, "input", ({ target }) => {
            if (!target.matches("input")) return;
            typed = target.value;
            if (this.#attempt.problem === null) return;
            this.#attempt.forget();
            this.show();
        });
        this.listen(this, "change", ({ target }) => target.matches("select") && (this.#queue = target.value));
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#dial();
        });
        this.keep(
            shortcut("dial", () => {
                this.#field.focus();
                this.#field.select();
            }),
        );
    }

    get #field() {
        return this.querySelector("input");
    }

    show() {
        const queues = dialQueues(deskStore.value);
        const key = shownKeyOf("dial");
        const said = this.#attempt.text;
        render(
            this,
            html`<form class="dial" novalidate aria-label="${t("call.dial.title")}">
                <label class="dial-number"><span>${t("call.dial.title")} <kbd aria-hidden="true">${key}</kbd></span>
                    <input type="tel" dir="ltr" autocomplete="off" aria-keyshortcuts="${key}" aria-describedby="dial-problem"
                        ${attribute("aria-invalid", said && "true")}></label>
                ${queues.length > 1 &&
                html`<label data-key="queue"><span>${t("call.dial.queue")}</span><select>${queues.map(
                    ({ id, name }) => html`<option value="${id}" data-key="${id}">${name}</option>`,
                )}</select></label>`}
                <button ${this.#attempt.state("dial")}>${icon("phone")}<span>${t("call.dial.go")}</span></button>
                <p class="field-error" role="alert" id="dial-problem">${said && html`${icon("alert")}<span>${said}</span>`}</p>
            </form>`,
        );
        if (this.#field.value !== typed) this.#field.value = typed;
        if (!queues.some(({ id }) => id === this.#queue)) this.#queue = queues[0]?.id ?? null;
        const choice = this.querySelector("select");
        if (choice && choice.value !== this.#queue) choice.value = this.#queue;
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
