import { announce } from "../../base/announce.js";
import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { date } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { draftOf, dropDraft, keepDraft } from "../customers/customer-drafts.js";
import { may } from "../session/session.js";
import { keyFor } from "../settings/values.js";
import { textsField } from "./texts-field.js";
import { inOrder, money, named } from "./words.js";

const blank = () => ({
    name: {}, about: {}, category: "", price: "", per: "month", validFrom: null, validUntil: null, regions: [], licence: null, replaces: [], answers: [],
    retired: false,
});
const roles = ["agent", "senior", "supervisor", "manager"];

/**
 * One thing of what a project sells, edited as a whole: a product (`what` is its id, or "new"), or "reasons", "authority", "licences". `list`
 * is what the server told of the project. What is typed stays in this browser until it is saved. Fires `saved`.
 */
class ProductEditor extends PageElement {
    static observedAttributes = ["what"];
    #list = null;
    #edited = null;
    #at = null;
    #problem = null;
    #busy = false;
    #answered = null;

    start() {
        this.listen(this, "input", ({ target }) => target.dataset.path && this.#typed(target));
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#save();
        });
        this.act({
            drop: () => this.#drop(), more: () => this.#more(), less: ({ value }) => this.#less(Number(value)), answered: () => this.#find(),
        });
    }

    set list(list) {
        this.#list = list;
        if (this.isConnected) this.show();
    }

    get #what() {
        return this.getAttribute("what");
    }

    get #draftKey() {
        return `products-${this.#list.project}`;
    }

    /** What the server keeps of it. */
    get #kept() {
        const { products, reasons, currency, limits, licences } = this.#list;
        switch (this.#what) {
            case "reasons": return { reasons };
            case "authority": return { currency, limits: roles.map((role) => limits.find((one) => one.role === role) ?? { role, discount: "0", refund: "0", goodwill: "0" }) };
            case "licences": return { licences };
            case "new": return blank();
            default: return { ...blank(), ...products.find(({ id }) => id === this.#what)?.fields };
        }
    }

    show() {
        if (this.#list === null || !this.#what) return;
        const at = `${this.#list.project} ${this.#what}`;
        if (this.#at !== at) {
            this.#at = at;
            this.#problem = this.#answered = null;
            this.#edited = null;
        }
        this.#edited ??= draftOf(this.#draftKey, this.#what)?.values ?? structuredClone(this.#kept);
        const mayEdit = this.#list.mayManage;
        render(
            this,
            html`<form class="panel product-editor" novalidate data-key="${at}" aria-labelledby="product-title">
                <h2 id="product-title">${this.#title}</h2>
                <fieldset class="product-fields" ${attribute("disabled", mayEdit ? null : "")}>${this.#fields()}</fieldset>
                ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text} ${this.#elsewhere}</span></p>`}
                ${mayEdit && html`<div class="desk-actions" data-key="actions">
                    <button class="primary" ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("check")}<span>${t("products.save")}</span></button>
                    <button type="button" class="plain" data-action="drop">${t("products.drop")}</button></div>`}
                ${!["new", "reasons", "authority", "licences"].includes(this.#what) && may("manageCustomers") && this.#whom()}
            </form>`,
        );
        for (const field of this.querySelectorAll("[data-path]")) this.#fill(field);
    }

    get #title() {
        if (["reasons", "authority", "licences", "new"].includes(this.#what)) return t(`products.${this.#what}`);
        const product = this.#list.products.find(({ id }) => id === this.#what);
        return product ? named(product.fields.name) : t("products.gone");
    }

    /** What is wrong with fields that have no place on the screen. */
    get #elsewhere() {
        const shown = new Set([...this.querySelectorAll("[data-path]")].map(({ dataset }) => dataset.path.split(".")[0]));
        return this.#problem.errors.filter(({ field }) => !shown.has(field.split(".")[0])).map(({ field }) => `${field}: ${this.#problem.textFor(field)}`).join(" ");
    }

    #fields() {
        if (this.#what === "reasons") return this.#reasons();
        if (this.#what === "authority") return this.#authority();
        if (this.#what === "licences") return this.#licences();
        const { language, products, reasons, currency, licences } = this.#list;
        const others = products.filter(({ id }) => id !== this.#what);
        const known = [...new Set(licences.map(({ licence }) => licence))];
        return html`${textsField("name", t("products.name"), { language, error: this.#wrong("name") })}
            ${textsField("about", t("products.about"), { language, lines: 3, error: this.#wrong("about") })}
            ${this.#field("price", `${t("products.price")} (${currency})`, html`<input data-path="price" inputmode="decimal" dir="ltr" autocomplete="off">`)}
            ${this.#field("per", t("products.period"), html`<select data-path="per">${["once", "month", "year"].map((per) => html`<option value="${per}">${t(`products.period.${per}`)}</option>`)}</select>`)}
            ${this.#field("category", t("products.category"), html`<input data-path="category" dir="auto" autocomplete="off">`, t("products.category.hint"))}
            ${this.#field("validFrom", t("products.validFrom"), html`<input type="date" data-path="validFrom">`)}
            ${this.#field("validUntil", t("products.validUntil"), html`<input type="date" data-path="validUntil">`)}
            ${this.#field("regions", t("products.regions"), html`<input data-path="regions" data-list="yes" dir="auto" autocomplete="off">`, t("products.regions.hint"))}
            ${this.#field("licence", t("products.licence"), html`<input data-path="licence" dir="auto" autocomplete="off" list="known-licences"><datalist id="known-licences">${known.map((one) => html`<option value="${one}"></option>`)}</datalist>`)}
            ${others.length > 0 && html`<fieldset class="record-field" data-key="replaces"><legend>${t("products.replaces")}</legend>${others.map(({ key, fields }) => html`<label data-key="${key}"><input
                type="checkbox" data-path="replaces" value="${key}">${named(fields.name)}</label>`)}</fieldset>`}
            ${reasons.length > 0 && html`<fieldset class="record-field" data-key="answers"><legend>${t("products.answers")}</legend>${inOrder(reasons).map(({ key, name, depth }) => html`<label data-key="${key}" data-depth="${depth}"><input
                type="checkbox" data-path="answers" value="${key}">${"\u2003".repeat(depth)}${named(name)}</label>`)}</fieldset>`}
            <label class="record-field" data-key="retired"><span><input type="checkbox" data-path="retired" data-flag="yes"> ${t("products.retired")}</span></label>`;
    }

    #reasons() {
        const { reasons } = this.#edited;
        return html`${reasons.map(({ key }, index) => html`<fieldset class="product-row" data-key="${key}"><legend class="visually-hidden">${key}</legend>
                ${textsField(`reasons.${index}.name`, t("products.name"), { language: this.#list.language, error: this.#wrong(`reasons.${index}.name`) })}
                ${this.#field(`reasons.${index}.parent`, t("products.parent"), html`<select data-path="reasons.${index}.parent"><option value="">–</option>${reasons.filter((one) => one.key !== key).map((one) => html`<option
                    value="${one.key}">${named(one.name)}</option>`)}</select>`)}
                <label data-key="retired"><input type="checkbox" data-path="reasons.${index}.retired" data-flag="yes"> ${t("products.retired")}</label>
                ${!this.#list.reasons.some((one) => one.key === key) && html`<button type="button" class="plain" data-key="less" data-action="less" value="${index}">${t("products.remove")}</button>`}
            </fieldset>`)}
            <button type="button" data-action="more" data-key="more">${t("products.moreReasons")}</button>`;
    }

    #authority() {
        const { limits } = this.#edited;
        return html`<p class="soft">${t("products.authority.hint")}</p>
            ${this.#field("currency", t("products.currency"), html`<input data-path="currency" dir="ltr" size="4" maxlength="3" autocomplete="off">`)}
            <table class="grid"><thead><tr><th scope="col">${t("settings.role")}</th>${["discount", "refund", "goodwill"].map((kind) => html`<th scope="col">${t(`products.kind.${kind}`)}${kind === "discount" && " (%)"}</th>`)}</tr></thead>
            <tbody>${limits.map(({ role }, index) => html`<tr data-key="${role}"><th scope="row">${t(`settings.role.${role}`)}</th>${["discount", "refund", "goodwill"].map((kind) => html`<td
                data-key="${kind}"><input data-path="limits.${index}.${kind}" inputmode="decimal" dir="ltr" size="8" autocomplete="off"
                aria-label="${t(`settings.role.${role}`)}: ${t(`products.kind.${kind}`)}" ${attribute("aria-invalid", this.#wrong(`limits.${role}.${kind}`) ? "true" : null)}>${this.#wrong(`limits.${role}.${kind}`) &&
                html`<span class="field-error">${this.#wrong(`limits.${role}.${kind}`)}</span>`}</td>`)}</tr>`)}</tbody></table>`;
    }

    #licences() {
        const { licences } = this.#edited;
        return html`${licences.map((_, index) => html`<fieldset class="product-row" data-key="${index}"><legend class="visually-hidden">${index + 1}</legend>
                ${this.#field(`licences.${index}.user`, t("products.person"), html`<select data-path="licences.${index}.user"><option value="">–</option>${this.#list.people.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select>`)}
                ${this.#field(`licences.${index}.licence`, t("products.licence"), html`<input data-path="licences.${index}.licence" dir="auto" autocomplete="off">`)}
                ${this.#field(`licences.${index}.until`, t("products.validUntil"), html`<input type="date" data-path="licences.${index}.until">`)}
                <button type="button" class="plain" data-key="less" data-action="less" value="${index}">${t("products.remove")}</button></fieldset>`)}
            <button type="button" data-action="more" data-key="more">${t("products.moreLicences")}</button>`;
    }

    /** Whom this product would please now. */
    #whom() {
        const found = this.#answered;
        return html`<section class="product-whom" data-key="whom" aria-label="${t("products.whom")}"><h3>${t("products.whom")}</h3>
            <button type="button" data-action="answered">${icon("search")}<span>${t("products.whomFind")}</span></button>
            ${found && html`<p role="status" data-key="count">${t("products.whomFound", { count: found.customers.length })} ${found.suppressed > 0 && t("products.whomSuppressed", { count: found.suppressed })}</p>
            ${found.customers.length > 0 && html`<table class="grid" data-key="table"><thead><tr><th scope="col">${t("customers.field.name")}</th><th scope="col">${t("products.refusedThen")}</th>
                <th scope="col">${t("products.reason")}</th><th scope="col">${t("products.gap")}</th></tr></thead>
                <tbody>${found.customers.map((one) => html`<tr data-key="${one.id}"><th scope="row"><a href="/customers/${one.id}">${one.name || t("customers.nameless")}</a></th>
                    <td>${named(one.product)} · ${money(one.refusedPrice, found.currency)} · <time>${date(one.refusedAt)}</time></td><td>${named(one.reason)}</td>
                    <td class="number">${money(one.gap, found.currency)}</td></tr>`)}</tbody></table>`}`}</section>`;
    }

    #field(path, label, control, hint = null) {
        const error = this.#wrong(path);
        return html`<label class="record-field" data-key="${path}"><span>${label}</span>${control}${hint && html`<span class="soft">${hint}</span>`}${error &&
            html`<span class="field-error" data-key="error">${icon("alert")}<span>${error}</span></span>`}</label>`;
    }

    #wrong(path) {
        const error = this.#problem?.errors.find(({ field }) => field === path || field.startsWith(`${path}.`));
        return error ? this.#problem.textFor(error.field) : null;
    }

    #fill(field) {
        const { path, list, flag } = field.dataset;
        const value = path.split(".").reduce((at, step) => at?.[step], this.#edited);
        if (flag) field.checked = value === true;
        else if (field.type === "checkbox") field.checked = (value ?? []).includes(field.value);
        else {
            const text = list ? (value ?? []).join(", ") : (value ?? "");
            if (field.value !== text && field !== document.activeElement) field.value = text;
        }
    }

    #typed({ type, value, checked, dataset: { path, list, flag } }) {
        const steps = path.split(".");
        const last = steps.pop();
        const at = steps.reduce((part, step) => (part[step] ??= {}), this.#edited);
        if (flag) at[last] = checked;
        else if (type === "checkbox") at[last] = checked ? [...at[last], value] : at[last].filter((one) => one !== value);
        else if (list) at[last] = value.split(",").map((one) => one.trim()).filter((one) => one !== "");
        else if (value === "" && (["validFrom", "validUntil", "licence", "parent", "until"].includes(last) || steps.at(-1) === "name" || steps.at(-1) === "about")) {
            if (["name", "about"].includes(steps.at(-1))) delete at[last];
            else at[last] = null;
        } else at[last] = value;
        this.#keep();
    }

    #keep() {
        keepDraft(this.#draftKey, this.#what, { values: this.#edited });
    }

    #more() {
        if (this.#what === "reasons") {
            const taken = this.#edited.reasons.map(({ key }) => key);
            let number = taken.length + 1;
            while (taken.includes(`reason-${number}`)) number += 1;
            this.#edited.reasons.push({ key: `reason-${number}`, parent: null, name: {}, retired: false });
        } else this.#edited.licences.push({ user: "", licence: "", until: null });
        this.#keep();
        this.show();
        [...this.querySelectorAll(".product-row")].at(-1).querySelector("[data-path]").focus();
    }

    #less(index) {
        this.#edited[this.#what].splice(index, 1);
        this.#keep();
        this.show();
        this.querySelector("[data-action='more']").focus();
    }

    #drop() {
        dropDraft(this.#draftKey, this.#what);
        this.#edited = this.#problem = null;
        this.show();
    }

    async #save() {
        if (this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        this.show();
        const what = this.#what;
        try {
            const id = await this.#send(what);
            dropDraft(this.#draftKey, what);
            this.#edited = null;
            announce(t("products.saved"));
            this.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: { id } }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }

    async #send(what) {
        const { project, products, revisions } = this.#list;
        const values = this.#edited;
        if (["reasons", "authority", "licences"].includes(what)) {
            await command("PUT", `/api/products/${what}?project=${project}`, { revision: revisions[what], ...values });
            return what;
        }
        const fields = { ...values, validFrom: values.validFrom || null, validUntil: values.validUntil || null, licence: values.licence || null };
        if (what === "new") {
            // A key begins with a letter, whatever the name does.
            const key = keyFor({ en: `p ${Object.values(fields.name)[0] ?? ""}`.slice(0, 30) }, "product", products.map((one) => one.key));
            const { id } = await command("POST", "/api/products", { project, key, fields });
            return id;
        }
        await command("PUT", `/api/products/${encodeURIComponent(what)}`, { revision: products.find(({ id }) => id === what).revision, fields });
        return what;
    }

    async #find() {
        try {
            this.#answered = await get(`/api/products/${encodeURIComponent(this.#what)}/answered`);
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.show();
    }
}

customElements.define("product-editor", ProductEditor);
