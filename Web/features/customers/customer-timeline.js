import { command, get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { dateTime } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { directionMark, outcomeMark } from "../../elements/state-mark/state-mark.js";
import { money, named, price } from "../products/words.js";
import { pathOf } from "./customer-store.js";

/** All that happened with a `customer`: what is open first, then the newest. `manages`: a merge can be undone from here. */
class CustomerTimeline extends PageElement {
    static observedAttributes = ["customer", "manages"];
    #entries = null;
    #next = null;
    #asked = null;
    #problem = null;

    start() {
        this.act({
            more: () => this.load({ more: true }), again: () => this.load(),
            unmerge: ({ value }) => this.#unmerge(value),
        });
        this.#asked = null;
    }

    show() {
        if (this.#asked !== this.getAttribute("customer")) return void this.load();
        const title = `timeline-${this.id || "customer"}`;
        render(
            this,
            html`<section class="panel earlier" aria-labelledby="${title}">
                <h2 class="panel-title" id="${title}">${t("desk.earlier")}</h2>
                ${this.#body(title)}
            </section>`,
        );
    }

    #body(title) {
        if (this.#problem) return html`<div class="empty" data-key="problem">${icon("alert")}<p>${this.#problem.text}</p><button
            data-action="again">${t("contacts.tryAgain")}</button></div>`;
        if (this.#entries === null) return html`<div class="empty" data-key="loading"><p>${t("common.loading")}</p></div>`;
        if (this.#entries.length === 0) return html`<div class="empty" data-key="none">${icon("contacts")}<p>${t("desk.earlierFirst")}</p></div>`;
        return html`<ol data-key="list" tabindex="0" aria-labelledby="${title}">
            ${this.#entries.map((entry) => this.#entry(entry))}
            ${this.#next !== null && html`<li data-key="more"><button data-action="more">${t("contacts.more")}</button></li>`}
        </ol>`;
    }

    #entry(entry) {
        const at = html`<time>${dateTime(entry.at, now())}</time>`;
        if (entry.kind === "contact") {
            return html`<li data-key="contact-${entry.id}" class="${entry.open ? "earlier-open" : ""}">
                <p class="earlier-head">${at} ${entry.open ? html`<span class="found-open">${t("contacts.open")}</span>` : outcomeMark(entry.outcome)}</p>
                <p class="earlier-what">${entry.direction === "outbound" && directionMark(entry.direction)} ${entry.disposition ?? t("desk.noDisposition")}</p>
                ${entry.note && html`<p class="earlier-note" dir="auto">${entry.note}</p>`}
                <p class="soft earlier-who"><bdi>${entry.queue}</bdi>${entry.agent && html` · <bdi>${entry.agent}</bdi>`}</p>
            </li>`;
        }
        if (entry.kind === "proposal" || entry.kind === "concession") return this.#sold(entry, at);
        const what = entry.kind === "consent" ? t(`customers.consent.${entry.channel}.${entry.state}`) : t(`customers.timeline.${entry.kind}`);
        return html`<li data-key="${entry.kind}-${entry.at}-${entry.channel ?? entry.other}">
            <p class="earlier-head">${at}</p><p class="earlier-what">${what}</p>
            ${entry.by && html`<p class="soft earlier-who"><bdi>${entry.by}</bdi></p>`}
            ${entry.kind === "merged" && entry.into === this.getAttribute("customer") && this.hasAttribute("manages") && !this.#undone(entry) && html`<button data-action="unmerge"
                value="${entry.other}">${t("customers.unmerge")}</button>`}
        </li>`;
    }

    /** What was proposed to him, and what he was given. */
    #sold({ kind, state, product, reason, amount, currency, per, note, by, ...entry }, at) {
        const what = kind === "proposal"
            ? html`${named(product)} · ${price(amount, currency, per)}: ${t(`products.state.${state}`)}${reason && html` (${named(reason)})`}`
            : html`${t(`customers.timeline.${state}`)} · ${money(amount, currency)}`;
        return html`<li data-key="${kind}-${entry.at}-${amount}"><p class="earlier-head">${at}</p><p class="earlier-what">${what}</p>
            ${note && html`<p class="earlier-note" dir="auto">${note}</p>`}${by && html`<p class="soft earlier-who"><bdi>${by}</bdi></p>`}</li>`;
    }

    #undone({ other, at }) {
        return this.#entries.some((entry) => entry.kind === "unmerged" && entry.other === other && entry.at >= at);
    }

    async #unmerge(other) {
        try {
            await command("POST", pathOf(this.getAttribute("customer"), "/unmerge"), { other });
            this.dispatchEvent(new CustomEvent("customer-changed", { bubbles: true }));
            await this.load();
        } catch (problem) {
            notifyProblem(problem);
        }
    }

    /** Asks what happened. */
    async load({ more = false } = {}) {
        const customer = this.getAttribute("customer");
        if (!more && this.#asked !== customer) this.#entries = null;
        this.#asked = customer;
        if (!customer) return;
        this.#problem = null;
        this.show();
        try {
            const page = await get(pathOf(customer, `/timeline${more ? `?before=${encodeURIComponent(this.#next)}` : ""}`));
            if (customer !== this.#asked) return;
            this.#entries = more ? [...this.#entries, ...page.entries] : page.entries;
            this.#next = page.next;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (customer !== this.#asked) return;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }
}

customElements.define("customer-timeline", CustomerTimeline);
