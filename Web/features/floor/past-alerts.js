import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, duration } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { alertName, shownMeasure } from "../../base/measures.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { seesProjects } from "../session/session.js";

/** Opens a window with the alerts of before: when each began, for how long it lasted, and the contacts behind it. */
class PastAlerts extends PageElement {
    #isOpen = false;
    // Null while they are on their way.
    #alerts = null;
    #problem = null;

    start() {
        this.act({ open: () => this.#open(), close: () => this.querySelector("dialog").close() });
        this.listen(this, "close", () => (this.#isOpen = false), { capture: true });
    }

    async #open() {
        this.#alerts = this.#problem = null;
        this.#isOpen = true;
        this.show();
        this.querySelector("dialog").showModal();
        try {
            this.#alerts = (await get("/api/alerts")).alerts;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }

    show() {
        render(
            this,
            html`<button class="plain" data-action="open" aria-haspopup="dialog">${icon("bell")}<span>${t("wall.past")}</span></button>
                <dialog class="panel past-alerts" aria-labelledby="past-alerts-title">
                    <h2 id="past-alerts-title">${t("wall.past")}</h2>
                    <div class="past-list" role="region" tabindex="0" aria-labelledby="past-alerts-title" data-key="list">${this.#isOpen && this.#list()}</div>
                    <footer><button type="button" data-action="close">${t("common.close")}</button></footer>
                </dialog>`,
        );
    }

    #list() {
        if (this.#problem) return html`<p class="field-error" role="alert">${icon("alert")}<span>${this.#problem.text}</span></p>`;
        if (this.#alerts === null) return html`<p class="soft">${t("common.loading")}</p>`;
        if (this.#alerts.length === 0) return html`<p class="soft">${t("wall.past.none")}</p>`;
        return html`<table class="grid">
            <thead><tr><th scope="col">${t("wall.past.alert")}</th><th scope="col">${t("wall.past.began")}</th>
                <th scope="col" class="figure">${t("wall.past.lasted")}</th><th scope="col" class="figure">${t("wall.past.value")}</th>
                ${seesProjects("viewContacts") && html`<th scope="col">${t("common.screen.contacts")}</th>`}</tr></thead>
            <tbody>${this.#alerts.map((past) => this.#row(past))}</tbody>
        </table>`;
    }

    #row({ alert, queueId, projectId, day, began, beganValue, ended }) {
        const name = alertName(alert);
        const query = new URLSearchParams({
            figure: "offered", since: day, until: ended ?? Date.now(), ...(queueId === null ? { project: projectId } : { queue: queueId }) });
        return html`<tr data-key="${alert.id} ${began}">
            <th scope="row"><bdi>${name}</bdi> <bdi class="soft">${alert.queue ?? alert.project}</bdi></th>
            <td><time>${dateTime(began)}</time></td>
            <td class="figure number">${ended === null
                ? html`<strong>${t("wall.past.on")}</strong> <live-timer since="${alert.since}"></live-timer>`
                : duration(ended - alert.since)}</td>
            <td class="figure number">${shownMeasure(alert.measure, beganValue)}</td>
            ${seesProjects("viewContacts") && html`<td><a href="/contacts?${query}" aria-label="${t("wall.past.contactsOf", { alert: name })}">${t(
                "common.screen.contacts")}</a></td>`}
        </tr>`;
    }
}

customElements.define("past-alerts", PastAlerts);
