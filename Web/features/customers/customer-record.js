import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, list } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "./customer-care.js";
import { customerAtDesk, load as loadDesk, pathOf } from "./customer-store.js";
import { dropDrafts } from "./customer-drafts.js";
import { RecordEdits, fields } from "./record-edits.js";
import { emptyRow, inputs, shown } from "./record-fields.js";

const openEvery = 20_000;
const channels = ["call", "email", "text"];

/**
 * The record of a `customer`, or of whoever is chosen at the desk: each field is saved when it is left. What could not be saved stays,
 * also when the tab is gone.
 */
class CustomerRecord extends PageElement {
    static observedAttributes = ["customer"];
    #asked = null;
    #edits = null;
    #problem = null;
    #others = [];

    start() {
        this.#asked = null;
        if (this.#atDesk) {
            this.watch(customerAtDesk);
            this.keep(shortcut("customer", () => this.#come()));
            this.listen(document, "record-wanted", () => this.#come());
        }
        const beat = setInterval(() => this.#beat(), openEvery);
        this.keep(() => clearInterval(beat));
        this.listen(this, "input", ({ target }) => target.dataset.path && this.#typed(target));
        this.listen(this, "change", ({ target }) => target.dataset.path && this.#edits.save(target.dataset.path.split(".")[0]));
        this.listen(this, "submit", (event) => event.preventDefault());
        this.listen(this, "customer-changed", () => this.#load());
        this.act({
            more: ({ dataset: { field } }) => this.#more(field),
            less: ({ dataset: { field }, value }) => this.#less(field, Number(value)),
            mine: ({ value }) => this.#edits.insist(value),
            theirs: ({ value }) => this.#edits.drop(value),
            save: ({ value }) => this.#edits.save(value),
            drop: ({ value }) => this.#edits.drop(value),
            consent: ({ dataset: { channel }, value }) => this.#consent(channel, value),
            again: () => this.#load(),
        });
    }

    get #atDesk() {
        return this.closest("desk-tabs") !== null;
    }

    get #wanted() {
        return this.#atDesk ? (customerAtDesk.value.chosen?.id ?? null) : this.getAttribute("customer");
    }

    show() {
        if (this.#asked !== this.#wanted) return void this.#load();
        const customer = this.#edits?.customer;
        const id = this.#atDesk ? "desk-record" : "record";
        render(
            this,
            html`${this.#asked !== null && html`<section class="panel record" tabindex="0" aria-label="${t("customers.record")}">
                ${customer ? this.#record(customer, id) : html`<div class="empty" data-key="none">${
                    this.#problem ? html`${icon("alert")}<p>${this.#problem.text}</p><button data-action="again">${t("contacts.tryAgain")}</button>` :
                        html`<p>${t("common.loading")}</p>`}</div>`}
            </section>${customer && this.#care(customer)}`}`,
        );
        if (customer) this.#fill();
    }

    #record(customer, id) {
        return html`<header class="record-head" data-key="head">
                <h2>${icon(customer.kind === "company" ? "company" : "person")}<bdi>${customer.name || t("customers.nameless")}</bdi></h2>
                <p class="soft">${t("customers.changed")} <time>${dateTime(customer.changedAt)}</time>${customer.changedBy && html` · <bdi>${customer.changedBy}</bdi>`}</p>
                <p class="record-others" role="status">${this.#others.length > 0 && html`${icon("person")}<span>${
                    t("customers.others", { names: list(this.#others) })}</span>`}</p>
            </header>
            <form class="record-fields" data-key="fields-${customer.id}" novalidate>
                ${fields.map((field) => this.#field(field, id, customer.mayEdit))}
                <fieldset class="record-field record-consents" data-key="consents"><legend>${t("customers.field.consents")}</legend>
                    ${channels.map((channel) => this.#channel(channel, customer))}
                </fieldset>
            </form>`;
    }

    // Outside the panel: its questions stand above everything.
    #care(customer) {
        return html`${customer.mayManage && html`<customer-care data-key="care-${customer.id}" customer="${customer.id}" project="${customer.project}" named="${customer.name}"></customer-care>`}`;
    }

    #field(field, id, mayEdit) {
        const state = this.#edits.state(field);
        const more = { disabled: !mayEdit, invalid: state.problem !== undefined, id, project: this.#edits.customer.project };
        return html`<div class="record-field record-${field}" data-key="${field}">
            ${inputs(field, this.#edits.value(field), more)}
            <div class="record-state" id="${id}-${field}-state" role="status">${this.#state(field, state)}</div>
        </div>`;
    }

    #state(field, state) {
        if (state === "typed") return html`<span class="soft" data-key="typed">${t("customers.typed")}</span>
            <button type="button" class="plain" data-key="save" data-action="save" value="${field}">${t("customers.save")}</button>
            <button type="button" class="plain" data-key="drop" data-action="drop" value="${field}">${t("customers.drop")}</button>`;
        if (state === "saving" || state === "saved") return html`<span class="soft" data-key="${state}">${t(`customers.${state}`)}</span>`;
        if (state.problem) {
            const error = state.problem.errors.find((one) => one.field.split(/[./[]/).includes(field)) ?? state.problem.errors[0];
            return html`<span class="field-error" data-key="problem">${icon("alert")}<span>${t(`customers.field.${field}`)}: ${
                error ? state.problem.textFor(error.field) : state.problem.text}</span></span>
                <button type="button" class="plain" data-key="save" data-action="save" value="${field}">${t("customers.save")}</button>
                <button type="button" class="plain" data-key="drop" data-action="drop" value="${field}">${t("customers.drop")}</button>`;
        }
        if (state.theirs === undefined) return null;
        return html`<div class="record-conflict" role="group" aria-label="${t("customers.conflict")}" data-key="conflict">
            <p class="field-error">${icon("alert")}<span>${t("customers.conflict")}</span></p>
            <dl><dt>${t("customers.theirs")}</dt><dd dir="auto">${shown(field, state.theirs)}</dd>
                <dt>${t("customers.mine")}</dt><dd dir="auto">${shown(field, this.#edits.value(field))}</dd></dl>
            <button type="button" data-action="mine" value="${field}">${t("customers.keepMine")}</button>
            <button type="button" data-action="theirs" value="${field}">${t("customers.keepTheirs")}</button>
        </div>`;
    }

    #channel(channel, { consents, mayEdit }) {
        const consent = consents.find((one) => one.channel === channel);
        return html`<div class="record-consent" role="group" aria-label="${t(`customers.channel.${channel}`)}" data-key="${channel}">
            <span>${t(`customers.channel.${channel}`)}</span>
            ${["given", "refused"].map((state) => html`<button type="button" data-action="consent" data-channel="${channel}" value="${state}"
                aria-pressed="${consent?.state === state}" ${attribute("aria-disabled", mayEdit ? null : "true")}>${t(`customers.${state}`)}</button>`)}
            ${consent && html`<span class="soft"><time>${dateTime(consent.at)}</time>${consent.by && html` · <bdi>${consent.by}</bdi>`}</span>`}
        </div>`;
    }

    /** Puts what is typed or kept into the fields, unless it stands there already. */
    #fill() {
        for (const input of this.querySelectorAll("[data-path]")) {
            const [field, index, part] = input.dataset.path.split(".");
            const value = this.#edits.value(field);
            if (input.type === "checkbox") {
                input.checked = value.includes(input.value);
                continue;
            }
            const text = index === undefined ? value : part === undefined ? value[index] : value[index][part];
            if (input.value !== text) input.value = text;
        }
    }

    #typed({ type, value, checked, dataset }) {
        const [field, index, part] = dataset.path.split(".");
        let now = structuredClone(this.#edits.value(field));
        if (type === "checkbox") now = checked ? [...now, value] : now.filter((one) => one !== value);
        else if (index === undefined) now = value;
        else if (part === undefined) now[index] = value;
        else now[index][part] = value;
        this.#edits.write(field, now);
    }

    #more(field) {
        const now = [...this.#edits.value(field), structuredClone(emptyRow[field])];
        this.#edits.write(field, now);
        this.querySelector(`[data-path^="${field}.${now.length - 1}"]`).focus();
    }

    #less(field, index) {
        this.#edits.write(field, this.#edits.value(field).filter((_, place) => place !== index));
        this.#edits.save(field);
        this.querySelector(`[data-action='more'][data-field='${field}']`).focus();
    }

    async #consent(channel, state) {
        try {
            await command("PUT", pathOf(this.#edits.customer.id, `/consents/${channel}`), { state });
            await this.#load();
            if (this.#atDesk) await loadDesk();
        } catch (problem) {
            notifyProblem(problem);
        }
    }

    /** Comes to the front and takes the focus; without anybody, the place where one says who it is. */
    #come() {
        if (this.#asked === null) return document.querySelector("customer-card")?.focus();
        this.dispatchEvent(new CustomEvent("bring", { bubbles: true }));
        (this.querySelector("[data-path]") ?? this.querySelector(".record"))?.focus();
    }

    async #load() {
        const id = this.#wanted;
        if (id !== this.#asked) this.#edits = null;
        this.#asked = id;
        this.#problem = null;
        this.show();
        if (id === null) return;
        try {
            const customer = await get(pathOf(id));
            if (id !== this.#asked) return;
            if (this.#edits) this.#edits.customer = customer;
            else this.#edits = new RecordEdits(customer, () => this.isConnected && this.show());
            this.#beat();
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (problem.code === "notFound") dropDrafts(id);
            if (id !== this.#asked) return;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }

    /** Says that the record is open here, and hears who else has it open. */
    async #beat() {
        const customer = this.#edits?.customer;
        if (!customer?.mayEdit || this.closest("[hidden]")) return;
        const answer = await command("POST", pathOf(customer.id, "/open")).catch(() => null);
        if (answer === null || customer.id !== this.#asked || !this.isConnected) return;
        this.#others = answer.others;
        this.show();
    }
}

customElements.define("customer-record", CustomerRecord);
