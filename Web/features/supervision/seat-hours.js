import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, duration, number } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";

/** Whose hours one wants to see: {id, name}; null while nobody does. */
const asked = new Store(null);

/** Opens the window with the hours that an agent has sat beside others, and others beside him. */
export function showHours({ id, name }) {
    asked.set({ id, name });
}

/** The hours of learning of one agent: with whom, since when, for how long and in how many contacts; the newest first. */
class SeatHours extends PageElement {
    // Null while they are on their way.
    #hours = null;
    #problem = null;
    #before = null;

    start() {
        this.keep(asked.subscribe((agent) => agent !== null && this.#open(agent)));
        this.act({ close: () => this.querySelector("dialog").close() });
        this.listen(this, "close", () => this.#closed(), { capture: true });
    }

    async #open({ id }) {
        this.#hours = this.#problem = null;
        this.#before = document.activeElement;
        this.show();
        this.querySelector("dialog").showModal();
        try {
            const hours = await get(`/api/floor/agents/${id}/seats`);
            if (asked.value?.id !== id) return;
            this.#hours = hours;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }

    #closed() {
        asked.set(null);
        if (this.#before?.isConnected) this.#before.focus();
    }

    show() {
        render(
            this,
            html`<dialog class="panel seat-hours" aria-labelledby="seat-hours-title">
                <h2 id="seat-hours-title">${t("supervise.hours.title", { agent: asked.value?.name ?? "" })}</h2>
                <div class="seat-hours-list" role="region" tabindex="0" aria-labelledby="seat-hours-title" data-key="list">${asked.value !== null && this.#list()}</div>
                <footer><button type="button" data-action="close">${t("common.close")}</button></footer>
            </dialog>`,
        );
    }

    #list() {
        if (this.#problem) return html`<p class="field-error" role="alert">${icon("alert")}<span>${this.#problem.text}</span></p>`;
        if (this.#hours === null) return html`<p class="soft">${t("common.loading")}</p>`;
        if (this.#hours.seats.length === 0) return html`<p class="soft">${t("supervise.hours.none")}</p>`;
        return html`<p>${t("supervise.hours.total", { time: duration(this.#hours.total) })}</p>
            <table class="grid">
                <thead><tr><th scope="col">${t("supervise.hours.who")}</th><th scope="col">${t("supervise.hours.how")}</th>
                    <th scope="col">${t("supervise.hours.since")}</th><th scope="col" class="figure">${t("supervise.hours.lasted")}</th>
                    <th scope="col" class="figure">${t("common.screen.contacts")}</th></tr></thead>
                <tbody>${this.#hours.seats.map((seat) => this.#row(seat))}</tbody>
            </table>`;
    }

    #row({ guest, host, mentored, since, until, contacts }) {
        const isGuest = guest.id === asked.value?.id;
        const who = isGuest ? t("supervise.seat.with", { name: host.name }) : t("supervise.seat.by", { name: guest.name });
        return html`<tr data-key="${since} ${guest.id}">
            <th scope="row">${who}</th>
            <td>${t(mentored ? "supervise.hours.mentored" : "supervise.hours.listened")}</td>
            <td><time>${dateTime(since)}</time></td>
            <td class="figure number">${duration((until ?? Date.now()) - since)}</td>
            <td class="figure number">${number(contacts)}</td>
        </tr>`;
    }
}

customElements.define("seat-hours", SeatHours);
