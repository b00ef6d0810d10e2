import { get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { compare, dateTime, duration, phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { defineAction, shortcut } from "../../base/keys.js";
import { go, place } from "../../base/router.js";
import { Store } from "../../base/store.js";
import { on } from "../../base/stream.js";
import { t } from "../../base/text.js";
import { directionMark, outcomeMark } from "../../elements/state-mark/state-mark.js";
import { callBack, callBackButton } from "../desk/call-back.js";
import { canDial, deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { may, onNamesChanged } from "../session/session.js";
import { figureChip, figureNames } from "./figure-chip.js";

const pageSize = 50;
const outcomes = ["handled", "abandoned", "refused", "closed", "failed", "lostInRestart", "notReached"];
const filterNames = ["number", "queue", "agent", "outcome"];
const typingPause = 300;

defineAction("filter", { key: "Slash", label: "contacts.keys.filter", when: () => may("viewContacts") });

/** All contacts, newest first. The filters stand in the address, so that a found list can be sent to somebody. */
class ContactList extends PageElement {
    #list = new Store({ contacts: [], next: null, state: "loading", problem: null });
    #fresh = 0;
    #request = 0;
    #typing;

    start() {
        this.watch(this.#list, deskStore);
        this.keep(place.subscribe(({ path }) => path === "/contacts" && this.#load()));
        this.keep(floorStore.subscribe(() => this.#choices()));
        this.keep(onNamesChanged(() => this.#load()));
        this.keep(
            on("contact", () => {
                this.#fresh += 1;
                this.show();
            }),
        );
        this.listen(this, "input", (event) => {
            clearTimeout(this.#typing);
            this.#typing = setTimeout(() => this.#filter(), event.target.name === "number" ? typingPause : 0);
        });
        // Nobody is brought back to a screen that he has left.
        this.keep(() => clearTimeout(this.#typing));
        this.listen(this, "submit", (event) => event.preventDefault());
        this.act({
            more: () => this.#load({ more: true }),
            // New contacts come in by a click: rows that move by themselves are clicked wrongly.
            refresh: () => this.#load(),
            clear: () => {
                this.querySelector("form").reset();
                this.#filter();
            },
            clearFigure: () => {
                this.#filter({ figure: false });
                this.querySelector("[data-action='refresh']").focus();
            },
            again: () => this.#load(),
            callBack: (source) => callBack(source.value),
        });
        this.listen(this, "click", (event) => {
            const row = event.target.closest("tr[data-id]");
            if (row && !event.target.closest("a, button") && String(getSelection()) === "") go(`/contacts/${row.dataset.id}`);
        });
        this.keep(shortcut("filter", () => this.querySelector("input").focus()));
    }

    show() {
        const { contacts, next, state, problem } = this.#list.value;
        const filtered = filterNames.some((name) => place.value.query.get(name));
        const filters = this.#filters();
        render(
            this,
            html`<section class="panel list" aria-labelledby="contacts-title">
                <header class="list-head">
                    <h1 class="list-title" id="contacts-title">${t("common.screen.contacts")}</h1>
                    <form class="filters" role="search" ${attribute("aria-label", t("contacts.filters"))}>
                        <label data-key="number"><span>${t("contacts.number")}</span><input type="search" name="number" inputmode="tel"
                            dir="ltr" autocomplete="off"></label>
                        ${filters.map(
                            ({ name, label, options }) => html`<label data-key="${name}"><span>${label}</span>
                                <select name="${name}"><option
                                    value="">${t("contacts.all")}</option>${options.map((option) => html`<option
                                        value="${option.id}">${option.name}</option>`)}</select></label>`,
                        )}
                        <button type="button" class="plain" data-action="clear" data-key="clear"
                            ${attribute("aria-disabled", !filtered)}>${t("contacts.clear")}</button>
                    </form>
                    <button data-action="refresh" class="fresh"
                        ${attribute("aria-disabled", this.#fresh === 0)}>
                        ${this.#fresh === 0 ? t("contacts.upToDate") : t("contacts.fresh", { count: this.#fresh })}
                    </button>
                </header>
                ${figureChip(place.value.query, now())}
                ${this.#rows(contacts, { state, problem, filtered: filtered || place.value.query.has("figure") })}
                <footer class="list-foot">
                    <p class="soft">${t("contacts.shown", { count: contacts.length })}</p>
                    <button data-action="more" ${attribute("aria-disabled", next === null || state === "loading")}>${t("contacts.more")}</button>
                </footer>
            </section>`,
        );
        this.#choices();
    }

    #rows(contacts, { state, problem, filtered }) {
        if (problem) return html`<div class="empty" data-key="problem">${icon("alert")}<p>${problem.text}</p><button
            data-action="again">${t("contacts.tryAgain")}</button></div>`;
        if (contacts.length === 0) {
            const text = state === "loading" ? t("common.loading") : filtered ? t("contacts.nothingFound") : t("contacts.none");
            return html`<div class="empty" data-key="none">${icon("contacts")}<p>${text}</p></div>`;
        }
        return html`<div class="list-scroll" tabindex="0" role="region" aria-labelledby="contacts-title" data-key="table"
            ${attribute("aria-busy", state === "loading" ? "true" : null)}><table class="grid contacts">
            <thead><tr>
                <th scope="col">${t("contacts.openedAt")}</th><th scope="col">${t("contacts.number")}</th><th
                    scope="col">${t("common.queue")}</th>
                <th scope="col">${t("common.agent")}</th><th scope="col" class="figure">${t("contacts.waited")}</th><th scope="col"
                    class="figure">${t("contacts.talked")}</th>
                <th scope="col" class="figure">${t("contacts.wrapUp")}</th><th scope="col">${t("contacts.outcome")}</th><th scope="col"
                    class="wide">${t("contacts.dispositionAndNote")}</th>
            </tr></thead>
            <tbody>${contacts.map((contact) => this.#row(contact))}</tbody>
        </table></div>`;
    }

    #row(contact) {
        return html`<tr data-key="${contact.id}" data-id="${contact.id}">
            <td><a href="/contacts/${contact.id}"><time>${dateTime(contact.openedAt, now())}</time></a></td>
            <td><div class="row-number"><span class="number">${
                contact.number === null ? t("common.numberWithheld") : phone(contact.number)}</span>
                ${contact.direction === "outbound" && directionMark(contact.direction)}
                ${contact.number !== null && canDial(deskStore.value) && callBackButton(contact)}</div></td>
            <td><bdi>${contact.queue ?? "–"}</bdi></td>
            <td><bdi>${contact.agent ?? "–"}</bdi></td>
            <td class="figure number">${duration(contact.waitedMilliseconds)}</td>
            <td class="figure number">${duration(contact.talkedMilliseconds)}</td>
            <td class="figure number">${duration(contact.wrapUpMilliseconds)}</td>
            <td>${contact.closedAt === null ? html`<span class="soft">${t("contacts.open")}</span>` : outcomeMark(contact.outcome)}</td>
            <td class="wide"><div class="row-note"><bdi class="cut"
                ${attribute("title", contact.disposition)}>${contact.disposition ?? "–"}</bdi>${contact.note && html`<span class="soft cut"
                dir="auto" title="${contact.note}">${contact.note}</span>`}</div></td>
        </tr>`;
    }

    /** The filters that this user can use; queues and agents come from the floor, or from the own desk. */
    #filters() {
        const byName = (first, second) => compare(first.name, second.name);
        const queues = floorStore.value?.queues ?? deskStore.value?.queues ?? [];
        const agents = floorStore.value?.agents ?? [];
        return [
            { name: "queue", label: t("common.queue"), options: [...queues].sort(byName) },
            ...(agents.length > 0 ? [{ name: "agent", label: t("common.agent"), options: [...agents].sort(byName) }] : []),
            { name: "outcome", label: t("contacts.outcome"), options: outcomes.map((id) => ({ id, name: t(`common.outcome.${id}`) })) },
        ];
    }

    /** Puts the filters of the address into the fields, once their options are there. */
    #choices() {
        for (const name of filterNames) {
            const field = this.querySelector(`[name="${name}"]`);
            if (field && field !== document.activeElement) field.value = place.value.query.get(name) ?? "";
        }
    }

    /** Goes to what the fields say; the figure whose contacts these are stays, unless it is cleared. */
    #filter({ figure = true } = {}) {
        const query = new URLSearchParams();
        for (const name of figure ? [...figureNames, "zone"] : []) {
            const value = place.value.query.get(name);
            if (value) query.set(name, value);
        }
        for (const [name, value] of new FormData(this.querySelector("form"))) {
            const plain = name === "number" ? value.replace(/[^\d+]/g, "") : value;
            if (plain !== "") query.set(name, plain);
        }
        const text = query.toString();
        go(text === "" ? "/contacts" : `/contacts?${text}`, { replace: true });
    }

    async #load({ more = false } = {}) {
        const request = ++this.#request;
        const { contacts, next } = this.#list.value;
        const query = new URLSearchParams({ limit: String(pageSize) });
        for (const name of [...filterNames, ...figureNames]) {
            const value = place.value.query.get(name);
            if (value) query.set(name, value);
        }
        if (more) query.set("before", next);
        this.#list.set({ ...this.#list.value, state: "loading", problem: null });
        try {
            const page = await get(`/api/contacts?${query}`);
            if (request !== this.#request) return; // a newer filter has been asked for since
            if (!more) this.#fresh = 0;
            const shown = more ? [...contacts, ...page.contacts] : page.contacts;
            this.#list.set({ contacts: shown, next: page.next, state: "shown", problem: null });
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (request === this.#request) this.#list.set({ contacts, next, state: "shown", problem });
        }
    }
}

customElements.define("contact-list", ContactList);
