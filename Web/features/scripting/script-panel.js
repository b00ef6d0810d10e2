import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf, singleKeys } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { customerAtDesk } from "../customers/customer-store.js";
import { Kept } from "./kept.js";
import { spoken, spokenText, textOf, work, workedOn } from "./work.js";

/**
 * What to say next: one step, its answers by the keys 1 to 9, the way back, what was tried, and what to say to an objection. The way is kept
 * with the contact.
 */
class ScriptPanel extends PageElement {
    #contact = null;
    #kept = null;
    // The way so far: {steps: [{step, answer}], current}.
    #run = null;
    // What stands in place of the step: null, "" for the list of objections, or the key of one.
    #objection = null;
    #search = "";

    start() {
        this.keep(work.subscribe(() => this.#receive()));
        this.watch(ownKeys, singleKeys, customerAtDesk);
        this.act({
            answer: ({ dataset: { key } }) => this.#answer(key),
            back: () => this.#back(),
            objections: () => this.#toggleObjections(),
            object: ({ dataset: { key } }) => this.#object(key),
            step: () => this.#object(null),
        });
        this.keep(shortcut("script", () => this.#focus()));
        this.keep(shortcut("scriptBack", () => this.#back()));
        this.keep(shortcut("objections", () => this.#toggleObjections()));
        this.listen(document, "keydown", (event) => this.#key(event));
        this.listen(this, "input", (event) => {
            this.#search = event.target.value.trim().toLocaleLowerCase();
            this.show();
        });
    }

    get #script() {
        return work.value?.script ?? null;
    }

    get #step() {
        return this.#script?.body.steps.find(({ key }) => key === this.#run.current) ?? null;
    }

    #receive() {
        const contact = this.#script && work.value.contact;
        if (contact === this.#contact) return;
        this.#contact = contact;
        this.#objection = null;
        this.#search = "";
        if (contact !== null) {
            const path = `/api/desk/contacts/${contact}/script`;
            this.#kept = new Kept(`script-${contact}`, path, ({ run }) => run);
            this.#run = this.#kept.open.run ?? this.#script.run;
            this.keep(this.#kept.status.subscribe(() => this.isConnected && this.show()));
        }
        this.show();
    }

    show() {
        if (!this.#script) return render(this, html``);
        const name = textOf(this.#script.body.name);
        const { objections } = this.#script.body;
        render(
            this,
            html`<section class="panel script" aria-labelledby="script-title">
                <header class="script-head">
                    <h2 class="panel-title" id="script-title" lang="${name.tag}" dir="auto">${name.text}</h2>
                    <span class="save-state soft" data-save="${this.#kept.status.value}">${this.#kept.status.value === "saved" ? "" : t(`scripting.kept.${this.#kept.status.value}`)}</span>
                </header>
                ${this.#objection === null ? this.#stepNow() : this.#objection === "" ? this.#objectionList() : this.#objectionNow()}
                ${this.#way()}
                <footer class="desk-actions script-actions">
                    <button data-action="back" aria-keyshortcuts="${shownKeyOf("scriptBack")}"
                        ${attribute("aria-disabled", this.#run.steps.length === 0 ? "true" : null)}>
                        ${icon("back")}<span>${t("scripting.back")}</span><kbd aria-hidden="true">${shownKeyOf("scriptBack")}</kbd></button>
                    ${objections.length > 0 && html`<button data-action="objections" data-key="objections" aria-pressed="${this.#objection !== null}"
                        aria-keyshortcuts="${shownKeyOf("objections")}">
                        ${icon("message")}<span>${t("scripting.objections")}</span><kbd aria-hidden="true">${shownKeyOf("objections")}</kbd></button>`}
                </footer>
            </section>`,
        );
    }

    #stepNow() {
        const step = this.#step;
        if (step === null) {
            return html`<div class="script-step" tabindex="-1" data-key="end"><p class="script-say">${t("scripting.end")}</p></div>`;
        }
        return html`<div class="script-step" tabindex="-1" data-key="step-${step.key}" aria-label="${t("scripting.step")}">
            <p class="script-say">${spoken(step.say, workedOn())}</p>
            ${step.hint && html`<p class="script-hint soft" data-key="hint">${icon("help")}${spoken(step.hint, workedOn())}</p>`}
            ${step.answers.length > 0
                ? html`<ol class="script-answers" data-key="answers" aria-label="${t("scripting.answers")}">${step.answers.map((answer, index) => this.#choice(answer, index))}</ol>`
                : html`<p class="soft" data-key="last">${t("scripting.last")}</p>`}
        </div>`;
    }

    #choice({ key, label }, index) {
        const { text, tag } = textOf(label);
        return html`<li data-key="${key}"><button data-action="answer" data-key="${key}" aria-keyshortcuts="${index + 1}">
            <kbd aria-hidden="true">${index + 1}</kbd><span lang="${tag}" dir="auto">${text}</span></button></li>`;
    }

    get #objections() {
        return this.#script.body.objections.filter(({ title, say }) => [title, say].some((texts) => textOf(texts).text.toLocaleLowerCase().includes(this.#search)));
    }

    #objectionList() {
        const found = this.#objections;
        return html`<div class="script-step" data-key="objections" role="search" aria-label="${t("scripting.objections")}">
            <label for="script-objection">${t("scripting.findObjection")}</label>
            <input id="script-objection" type="search" autocomplete="off" dir="auto">
            <ul class="script-answers">${found.map(({ key, title }) => {
                const { text, tag } = textOf(title);
                return html`<li data-key="${key}"><button data-action="object" data-key="${key}"><span lang="${tag}" dir="auto">${text}</span></button></li>`;
            })}</ul>
            ${found.length === 0 && html`<p class="soft" data-key="none">${t("common.tree.nothingFound")}</p>`}
        </div>`;
    }

    #objectionNow() {
        const { title, say } = this.#script.body.objections.find(({ key }) => key === this.#objection);
        const heading = textOf(title);
        return html`<div class="script-step" tabindex="-1" data-key="objection" aria-label="${t("scripting.objection")}">
            <h3 lang="${heading.tag}" dir="auto">${heading.text}</h3>
            <p class="script-say">${spoken(say, workedOn())}</p>
            <button data-action="step">${icon("back")}<span>${t("scripting.backToStep")}</span><kbd aria-hidden="true">Esc</kbd></button>
        </div>`;
    }

    /** What was answered so far; what was tried stands out. */
    #way() {
        if (this.#run.steps.length === 0) return null;
        const { steps } = this.#script.body;
        return html`<details class="script-way" data-key="way" open>
            <summary>${t("scripting.way", { count: this.#run.steps.length })}</summary>
            <ol tabindex="0" aria-label="${t("scripting.way", { count: this.#run.steps.length })}">${this.#run.steps.map(({ step, answer }, index) => {
                const at = steps.find(({ key }) => key === step);
                const given = at?.answers.find(({ key }) => key === answer);
                if (!given) return null;
                const said = spokenText(at.say, workedOn());
                const label = textOf(given.label);
                return html`<li data-key="${index}">
                    <span class="soft script-asked" lang="${textOf(at.say).tag}" dir="auto" title="${said}">${said}</span>
                    ${given.tried && html`<span class="script-tried" data-key="tried">${icon("check")}${t("scripting.tried")}</span>`}
                    <b lang="${label.tag}" dir="auto">${label.text}</b></li>`;
            })}</ol>
        </details>`;
    }

    #key(event) {
        if (event.repeat || !this.#script || this.closest("[hidden]") || document.querySelector("dialog[open]")) return;
        if (event.key === "Escape" && this.#objection !== null && this.contains(event.target)) {
            event.preventDefault();
            return this.#object(null);
        }
        const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
        if (!digit || event.ctrlKey || event.metaKey || event.shiftKey || this.#objection !== null) return;
        const isTyped = event.target.closest?.("input, textarea, select, [role=tree], [role=listbox], [contenteditable]");
        if (!event.altKey && (isTyped || !singleKeys.value)) return;
        const answer = this.#step?.answers[Number(digit) - 1];
        if (!answer) return;
        event.preventDefault();
        this.#answer(answer.key);
    }

    #answer(key) {
        const step = this.#step;
        const { next = null } = step.answers.find((answer) => answer.key === key);
        this.#go({ steps: [...this.#run.steps, { step: step.key, answer: key }], current: next });
    }

    #back() {
        const last = this.#run?.steps.at(-1);
        if (!last) return;
        this.#objection = null;
        this.#go({ steps: this.#run.steps.slice(0, -1), current: last.step });
    }

    #go(run) {
        const wasInside = this.contains(document.activeElement);
        this.#run = run;
        this.#kept.write({ run });
        this.#kept.flush();
        this.show();
        // What had the focus may be gone; whoever types elsewhere goes on there.
        if (wasInside) this.#focusStep();
        const step = this.#step;
        announce(step ? spokenText(step.say, workedOn()) : t("scripting.end"));
    }

    #toggleObjections() {
        if (!this.#script || this.#script.body.objections.length === 0) return;
        this.#bring();
        this.#search = "";
        this.#objection = this.#objection === null ? "" : null;
        this.show();
        if (this.#objection === null) return this.#focusStep();
        const field = this.querySelector("input");
        field.value = "";
        field.focus();
    }

    #object(key) {
        this.#objection = key;
        this.show();
        this.#focusStep();
    }

    #bring() {
        this.dispatchEvent(new CustomEvent("bring", { bubbles: true }));
    }

    #focus() {
        if (!this.#script) return;
        this.#bring();
        this.#focusStep();
    }

    #focusStep() {
        this.querySelector(".script-step")?.focus();
    }
}

customElements.define("script-panel", ScriptPanel);
