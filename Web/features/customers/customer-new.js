import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { draftOf, dropDraft, keepDraft } from "./customer-drafts.js";

/**
 * A new customer of a `project`: who it is and the `number`; all else is added in the record. Half-typed ones are kept under `draft`.
 * Fires `made` with the id.
 */
class CustomerNew extends PageElement {
    static observedAttributes = ["number", "draft", "project"];
    #problem = null;
    #busy = false;
    #filled = null;

    start() {
        this.listen(this, "input", () => keepDraft("new", this.getAttribute("draft"), this.#typed));
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#make();
        });
    }

    get #typed() {
        return Object.fromEntries(new FormData(this.querySelector("form")));
    }

    show() {
        const title = `new-${this.getAttribute("draft")}`;
        render(
            this,
            html`<form class="customer-new" novalidate aria-labelledby="${title}">
                <h3 class="panel-title" id="${title}">${icon("personNew")}${t("customers.new")}</h3>
                ${this.#field("name", html`<input name="name" maxlength="200" dir="auto" autocomplete="off"
                    ${attribute("aria-invalid", this.#problem?.textFor("name") ? "true" : null)}>`)}
                ${this.#field("number", html`<input name="number" type="tel" maxlength="40" dir="ltr" autocomplete="off"
                    ${attribute("aria-invalid", this.#problem?.textFor("numbers") ? "true" : null)}>`)}
                ${this.#field("kind", html`<select name="kind"><option value="person">${t("customers.kind.person")}</option><option
                    value="company">${t("customers.kind.company")}</option></select>`)}
                <p class="field-error" role="alert">${this.#problem && html`${icon("alert")}<span>${this.#said}</span>`}</p>
                <button class="primary" ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("check")}<span>${t("customers.make")}</span></button>
            </form>`,
        );
        const draft = this.getAttribute("draft");
        if (this.#filled === draft) return;
        this.#filled = draft;
        const form = this.querySelector("form");
        const kept = draftOf("new", draft) ?? { name: "", number: this.getAttribute("number") ?? "", kind: "person" };
        for (const [name, value] of Object.entries(kept)) if (form.elements[name]) form.elements[name].value = value;
    }

    get #said() {
        const problem = this.#problem;
        const error = problem.errors[0];
        if (!error) return problem.text;
        const field = { name: "customers.field.name", numbers: "customers.field.number", kind: "customers.field.kind" }[error.field.split(/[./[]/)[0]];
        return field ? `${t(field)}: ${problem.textFor(error.field)}` : problem.text;
    }

    #field(name, input) {
        return html`<label class="record-field" data-key="${name}"><span>${t(`customers.field.${name}`)}</span>${input}</label>`;
    }

    async #make() {
        if (this.#busy) return;
        const { name, number, kind } = this.#typed;
        const draft = this.getAttribute("draft");
        this.#busy = true;
        this.#problem = null;
        this.show();
        try {
            const { id } = await command("POST", "/api/customers", {
                project: this.getAttribute("project"), kind, name: name.trim(), languages: [],
                numbers: number.trim() ? [{ number: number.trim(), label: "" }] : [], emails: [], addresses: [], note: "",
            });
            dropDraft("new", draft);
            this.#filled = null;
            this.dispatchEvent(new CustomEvent("made", { bubbles: true, detail: { id } }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
        if (this.#problem) this.querySelector("[aria-invalid]")?.focus();
    }
}

customElements.define("customer-new", CustomerNew);
