import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { dateTime } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, singleKeys } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { draftOf, dropDraft, keepDraft } from "../customers/customer-drafts.js";
import { load, proposals, tell } from "./proposals-store.js";
import { because, inOrder, money, named, price, wrong } from "./words.js";

/**
 * What suits the customer and why, by the keys 1 to 9; what is proposed, what came of it, what is given. Whatever is more than one may
 * decide alone is asked of a senior from here. Half-typed words stay.
 */
class ProposalPanel extends PageElement {
    #contact = null;
    // The product that is open, or "give" for money that is given.
    #open = null;
    #problem = null;
    #busy = false;

    start() {
        this.watch(proposals, ownKeys, singleKeys);
        this.keep(shortcut("proposals", () => this.#come()));
        this.act({
            open: ({ dataset: { product } }) => this.#choose(product), close: () => this.#choose(null), give: () => this.#choose("give"),
            say: ({ value }) => this.#say(value), ask: () => this.#ask(), withdraw: ({ value }) => this.#do("POST", `/approvals/${value}/withdraw`, {}),
            send: () => this.#give(), again: () => load(),
        });
        this.listen(this, "submit", (event) => event.preventDefault());
        this.listen(this, "input", () => keepDraft(`proposal-${this.#contact}`, this.#open, { values: this.#typed }));
        this.listen(this, "keydown", (event) => this.#key(event));
    }

    show() {
        const now = proposals.value;
        if (now === null) return render(this, html``);
        if (now.contact !== this.#contact) {
            this.#contact = now.contact;
            this.#open = this.#problem = null;
        }
        const suggestion = now.suggestions.find(({ key }) => key === this.#open);
        render(
            this,
            html`<section class="panel proposals" tabindex="0" aria-labelledby="proposals-title">
                <h2 class="panel-title" id="proposals-title">${t("products.suits")}</h2>
                ${this.#open === "give" ? this.#giving(now) : suggestion ? this.#one(suggestion, now) : this.#list(now)}
                ${this.#approvals(now)}
                ${this.#done(now)}
            </section>`,
        );
        this.#fill();
    }

    #list({ suggestions, notProposed, currency, customer }) {
        return html`<div class="proposal-part" data-key="list">
            ${customer === null && html`<p class="soft" data-key="nobody">${t("products.nobody")}</p>`}
            ${suggestions.length === 0 && html`<p class="soft" data-key="none">${t("products.nothingSuits")}</p>`}
            <ol class="script-answers" data-key="suggestions" aria-label="${t("products.suits")}">${suggestions.map(({ key, fields, why }, index) => html`<li data-key="${key}"><button
                data-action="open" data-product="${key}" ${attribute("aria-keyshortcuts", index < 9 ? index + 1 : null)}>
                ${index < 9 && html`<kbd aria-hidden="true">${index + 1}</kbd>`}<span><b>${named(fields.name)}</b> · ${price(fields.price, currency, fields.per)}<br><span
                class="soft">${why.map((one) => because(one, currency)).join(" ")}</span></span></button></li>`)}</ol>
            ${notProposed.length > 0 && html`<details data-key="not"><summary>${t("products.notProposed", { count: notProposed.length })}</summary>
                <ul>${notProposed.map(({ name, why }, index) => html`<li data-key="${index}">${named(name)}: ${because(why, currency)}</li>`)}</ul></details>`}
            <button data-action="give" data-key="give">${icon("handOver")}<span>${t("products.give")}</span></button>
        </div>`;
    }

    #one({ key, fields, why }, { reasons, currency, limits }) {
        const over = this.#problem?.code === "overLimit";
        return html`<form class="proposal-part" data-key="one-${key}" novalidate>
            <h3>${named(fields.name)} · ${price(fields.price, currency, fields.per)}</h3>
            <p class="script-say">${named(fields.about)}</p>
            <p class="soft">${why.map((one) => because(one, currency)).join(" ")}</p>
            <div class="proposal-fields">
                ${this.#field("discount", t("products.discount"), html`<input name="discount" inputmode="decimal" dir="ltr" autocomplete="off" size="6">`, t("products.alone", { limit: `${Number(limits.discount)} %` }))}
                ${this.#field("reason", t("products.reason"), html`<select name="reason"><option value="">–</option>${inOrder(reasons).map(({ key: reason, name, depth }) => html`<option
                    value="${reason}">${"\u2003".repeat(depth)}${named(name)}</option>`)}</select>`)}
                ${this.#field("competitorPrice", t("products.competitorPrice"), html`<input name="competitorPrice" inputmode="decimal" dir="ltr" autocomplete="off" size="8">`)}
                ${this.#field("note", t("products.note"), html`<input name="note" dir="auto" autocomplete="off" maxlength="1000">`)}
            </div>
            ${this.#trouble(over)}
            <div class="desk-actions">
                ${["accepted", "refused", "proposed"].map((state) => html`<button type="button" data-key="${state}" data-action="say" value="${state}"
                    class="${state === "accepted" ? "primary" : ""}" ${attribute("aria-busy", this.#busy ? "true" : null)}>${t(`products.state.${state}`)}</button>`)}
                <button type="button" class="plain" data-key="close" data-action="close">${t("products.back")}<kbd aria-hidden="true">Esc</kbd></button>
            </div>
        </form>`;
    }

    #giving({ currency, limits }) {
        const over = this.#problem?.code === "overLimit";
        return html`<form class="proposal-part" data-key="give" novalidate>
            <h3>${t("products.give")}</h3>
            <div class="proposal-fields">
                ${this.#field("kind", t("products.what"), html`<select name="kind">${["refund", "goodwill"].map((kind) => html`<option
                    value="${kind}">${t(`products.kind.${kind}`)} (${t("products.alone", { limit: money(limits[kind], currency) })})</option>`)}</select>`)}
                ${this.#field("amount", `${t("products.amount")} (${currency})`, html`<input name="amount" inputmode="decimal" dir="ltr" autocomplete="off" size="8">`)}
                ${this.#field("note", t("products.whyGiven"), html`<input name="note" dir="auto" autocomplete="off" maxlength="1000">`)}
            </div>
            ${this.#trouble(over)}
            <div class="desk-actions">
                <button type="button" class="primary" data-key="send" data-action="send" ${attribute("aria-busy", this.#busy ? "true" : null)}>${t("products.giveNow")}</button>
                <button type="button" class="plain" data-key="close" data-action="close">${t("products.back")}<kbd aria-hidden="true">Esc</kbd></button>
            </div>
        </form>`;
    }

    #field(name, label, control, hint = null) {
        const error = wrong(this.#problem, name);
        return html`<label class="record-field" data-key="${name}"><span>${label}</span>${control}${hint && html`<span class="soft">${hint}</span>`}${error &&
            this.#problem.code !== "overLimit" && html`<span class="field-error" data-key="error">${icon("alert")}<span>${error}</span></span>`}</label>`;
    }

    #trouble(over) {
        if (this.#problem === null) return null;
        return html`<div class="field-error" role="alert" data-key="trouble">${icon("alert")}<span>${this.#problem.text}</span>
            ${over && html`<button type="button" class="primary" data-action="ask" data-key="ask">${t("products.ask")}</button>`}</div>`;
    }

    /** What was asked of a senior, and how it stands. */
    #approvals({ approvals, currency }) {
        if (approvals.length === 0) return null;
        return html`<section class="proposal-part" data-key="approvals" aria-label="${t("products.asked")}" aria-live="polite"><h3>${t("products.asked")}</h3>
            <ul>${approvals.map(({ id, kind, amount, product, state, decidedBy }) => html`<li data-key="${id}" data-state="${state}">
                ${kind === "discount" ? `${Number(amount)} % ` : `${money(amount, currency)} `}${t(`products.kind.${kind}`)}${product && html` · ${named(product)}`}:
                <b>${t(`products.approval.${state}`, { name: decidedBy ?? "" })}</b>
                ${state === "asked" && html`<button class="plain" data-action="withdraw" value="${id}">${t("products.withdraw")}</button>`}</li>`)}</ul></section>`;
    }

    #done({ proposals: here, earlier, concessions }) {
        const all = [...here, ...earlier];
        if (all.length + concessions.length === 0) return null;
        return html`<section class="proposal-part" data-key="done" aria-label="${t("products.told")}"><h3>${t("products.told")}</h3><ul>
            ${all.map((one) => html`<li data-key="${one.id}">${named(one.name)} · ${price(one.total, one.currency, one.per)}: <b>${t(`products.state.${one.state}`)}</b>
                ${one.reasonName && html` (${named(one.reasonName)})`} <span class="soft"><time>${dateTime(one.at)}</time></span></li>`)}
            ${concessions.map((one) => html`<li data-key="${one.id}">${t(`products.kind.${one.kind}`)} · ${money(one.amount, one.currency)}
                <span class="soft">${one.note}</span></li>`)}</ul></section>`;
    }

    get #typed() {
        return Object.fromEntries(new FormData(this.querySelector("form")));
    }

    /** What was typed before stands in the fields again. */
    #fill() {
        const form = this.querySelector("form");
        const at = `${this.#contact} ${this.#open}`;
        if (!form || form.dataset.filled === at) return;
        form.dataset.filled = at;
        const kept = draftOf(`proposal-${this.#contact}`, this.#open)?.values ?? {};
        for (const [name, value] of Object.entries(kept)) if (form.elements[name]) form.elements[name].value = value;
    }

    #choose(product) {
        this.#open = product;
        this.#problem = null;
        this.show();
        (this.querySelector("form [name]") ?? this.querySelector("[data-product], .proposals")).focus();
    }

    #come() {
        if (proposals.value === null) return;
        this.dispatchEvent(new CustomEvent("bring", { bubbles: true }));
        (this.querySelector("form [name], [data-product]") ?? this.querySelector(".proposals"))?.focus();
    }

    /** A digit chooses, Escape goes back; in a field both mean what they mean there. */
    #key(event) {
        if (event.key === "Escape" && this.#open !== null) {
            event.preventDefault();
            return this.#choose(null);
        }
        if (!singleKeys.value || this.#open !== null || event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
        const product = proposals.value.suggestions[Number(event.key) - 1]?.key;
        if (!product) return;
        event.preventDefault();
        event.stopPropagation();
        this.#choose(product);
    }

    async #say(state) {
        const { discount, reason, competitorPrice, note } = this.#typed;
        const product = this.#open;
        const there = proposals.value.proposals.find((one) => one.product === product);
        const body = {
            product, state, discount: discount.trim() || "0", note, reason: state === "refused" ? reason || null : null,
            competitorPrice: competitorPrice.trim() || null,
        };
        await this.#do(there ? "PUT" : "POST", there ? `/proposals/${there.id}` : "/proposals", body, () => announce(t(`products.state.${state}`)));
    }

    async #give() {
        const { kind, amount, note } = this.#typed;
        await this.#do("POST", "/concessions", { kind, amount: amount.trim(), note }, () => announce(t("products.given")));
    }

    /** Asks a senior for what one may not decide alone; what is typed stays for when he has. */
    async #ask() {
        const { discount, kind, amount, note } = this.#typed;
        const body = this.#open === "give" ? { kind, amount: amount.trim(), note } : { kind: "discount", amount: discount.trim(), product: this.#open, note };
        await this.#do("POST", "/approvals", body);
    }

    /** `done`: the form has done its work, and closes. */
    async #do(method, below, body, done = null) {
        if (this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        try {
            await tell(method, below, body);
            if (done) {
                dropDraft(`proposal-${this.#contact}`, this.#open);
                this.#open = null;
                done();
            }
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (!this.isConnected) return;
        this.show();
        if (this.#problem) (this.querySelector("[data-action='ask']") ?? this.querySelector("form [name]"))?.focus();
        else if (done) (this.querySelector("[data-product]") ?? this.querySelector(".proposals"))?.focus();
    }
}

customElements.define("proposal-panel", ProposalPanel);
