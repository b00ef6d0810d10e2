import { PageElement } from "../../base/element.js";
import { list, phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { keyOf, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { deskStore } from "../desk/desk-store.js";
import "./customer-new.js";
import "./customer-search.js";
import { choose, customerAtDesk } from "./customer-store.js";
import { languageName } from "./language-name.js";

/** Left at the desk: who the contact is; several it may be, or a new one. Whoever is chosen can be another at any time. */
class CustomerCard extends PageElement {
    // What the agent does instead of what follows from the matches: null, "search", "new".
    #mode = null;
    #contact = null;

    start() {
        this.watch(customerAtDesk, deskStore);
        this.act({
            other: () => this.#go("search"), make: () => this.#go("new"), back: () => this.#go(null),
            open: () => this.dispatchEvent(new CustomEvent("record-wanted", { bubbles: true })),
        });
        this.listen(this, "picked", ({ detail }) => this.#choose(detail.id));
        this.listen(this, "made", ({ detail }) => this.#choose(detail.id));
    }

    show() {
        const { contact, number, chosen, matches, known } = customerAtDesk.value;
        if (contact !== this.#contact) {
            this.#contact = contact;
            this.#mode = null;
        }
        if (!known) return render(this, html``);
        const mode = this.#mode ?? (chosen ? "chosen" : matches.length > 0 ? "search" : "new");
        render(
            this,
            html`<section class="panel customer-card" tabindex="0" aria-label="${t("customers.card")}">
                ${mode === "chosen" && this.#chosen(chosen)}
                ${mode === "search" && html`<div data-key="search" class="card-part">
                    <h2 class="panel-title">${matches.length > 0 && !chosen ? t("customers.several", { number: matches.length }) : t("customers.whoElse")}</h2>
                    <customer-search name="desk-search" ${attribute("project", customerAtDesk.value.project)}></customer-search>
                    <button data-action="make">${icon("personNew")}<span>${t("customers.new")}</span></button>
                    ${chosen && html`<button class="plain" data-action="back">${t("customers.back")}</button>`}</div>`}
                ${mode === "new" && html`<div data-key="new" class="card-part">
                    <customer-new draft="${contact}" ${attribute("number", number)} project="${customerAtDesk.value.project}"></customer-new>
                    <button class="plain" data-action="other">${t("customers.other")}</button></div>`}
            </section>`,
        );
        const search = this.querySelector("customer-search");
        if (search) search.offered = matches;
    }

    #chosen({ name, kind, languages, numbers, consents }) {
        const refused = consents.filter(({ state }) => state === "refused");
        return html`<div data-key="chosen" class="card-part">
            <h2 class="card-name">${icon(kind === "company" ? "company" : "person")}<bdi>${name || t("customers.nameless")}</bdi></h2>
            <p class="soft">${t(`customers.kind.${kind}`)}${languages.length > 0 && ` · ${list(languages.map(languageName))}`}</p>
            ${numbers.slice(0, 2).map(({ number, label }) => html`<p data-key="${number}"><span class="number">${phone(number)}</span>${label && html` <bdi
                class="soft">${label}</bdi>`}</p>`)}
            ${refused.map(({ channel }) => html`<p class="card-refusal" data-key="refused-${channel}">${icon("refused")}<span>${
                t(`customers.consent.${channel}.refused`)}</span></p>`)}
            <div class="card-deeds">
                <button data-action="open" aria-keyshortcuts="${keyOf("customer").replace("Key", "")}" title="${shownKeyOf("customer")}">${t("customers.openRecord")}</button>
                <button class="plain" data-action="other">${t("customers.other")}</button></div>
        </div>`;
    }

    /** Where there is nobody yet: the place where one says who it is. */
    focus() {
        (this.querySelector("input") ?? this.querySelector("button"))?.focus();
    }

    #go(mode) {
        this.#mode = mode;
        this.show();
        this.focus();
    }

    async #choose(customer) {
        try {
            await choose(customer);
            this.#mode = null;
            this.show();
            this.querySelector("[data-action='open']")?.focus();
        } catch (problem) {
            notifyProblem(problem);
        }
    }
}

customElements.define("customer-card", CustomerCard);
