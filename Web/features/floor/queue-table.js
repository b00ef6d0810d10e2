import { PageElement } from "../../base/element.js";
import { compare, duration, number, percent } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { seesProjects } from "../session/session.js";
import { floorStore } from "./floor-store.js";
import "./past-alerts.js";

const columns = ["waiting", "oldest", "serviceLevel", "offered", "answered", "abandoned", "averageSpeedOfAnswer", "ready"];

/** The queues with their figures since midnight. The service level names its variant: without it the figure says nothing. */
class QueueTable extends PageElement {
    start() {
        this.watch(floorStore);
    }

    show() {
        const floor = floorStore.value;
        const queues = [...(floor?.queues ?? [])].sort((first, second) => compare(first.name, second.name));
        const levels = [
            ...new Set(queues.map(({ serviceLevel: { variant, within } }) => t(`floor.variant.${variant}`, { count: within }))),
        ];
        render(
            this,
            html`<section class="panel" aria-labelledby="queues-title">
                <header class="floor-head">
                    <h2 class="panel-title" id="queues-title">${t("floor.queues")}</h2>
                    <p class="soft">${t("floor.sinceMidnight")}</p>
                    <p class="soft floor-level">${levels.join(" · ")}</p>
                    <past-alerts data-key="alerts"></past-alerts>
                </header>
                ${queues.length === 0
                    ? html`<div class="empty" data-key="none">
                          ${icon("queue")}<p>${floor === null ? t("common.loading") : t("floor.noQueues")}</p>
                      </div>`
                    : html`<div class="table-scroll" tabindex="0" role="region" aria-labelledby="queues-title" data-key="table"><table
                        class="grid">
                          <thead>
                              <tr>
                                  <th scope="col">${t("common.queue")}</th>
                                  ${columns.map((column) => html`<th scope="col" class="figure"
                                      title="${t(`floor.explain.${column}`)}">${t(`floor.${column}`)}</th>`)}
                              </tr>
                          </thead>
                          <tbody>${queues.map((queue) => this.#row(queue))}</tbody>
                      </table></div>`}
            </section>`,
        );
    }

    #row(queue) {
        const level = queue.serviceLevel;
        return html`<tr data-key="${queue.id}" ${attribute("data-waiting", queue.waiting > 0 ? "yes" : null)}>
            <th scope="row"><bdi class="queue-name">${queue.name}</bdi> <bdi class="soft">${queue.project}</bdi>
                ${queue.closed && html`<span class="queue-closed" title="${t("floor.closedText")}">${icon("closed")}<span>${t("floor.closed")}</span></span>`}</th>
            <td class="figure waiting"><strong>${number(queue.waiting)}</strong></td>
            <td class="figure">${queue.oldestSince === null ? html`<span class="soft">–</span>` : html`<live-timer
                since="${queue.oldestSince}"></live-timer>`}</td>
            <td class="figure level">
                ${level.percent !== null && html`<meter min="0" max="100" low="60" high="80" optimum="100" value="${level.percent}"
                    aria-label="${t("floor.serviceLevel")}"></meter>`}
                <strong class="number">${percent(level.percent)}</strong>
                <span class="visually-hidden">${t(`floor.variant.${level.variant}`, { count: level.within })}</span>
            </td>
            ${["offered", "answered", "abandoned"].map((figure) => html`<td class="figure">${this.#count(queue, figure)}</td>`)}
            <td class="figure number">${duration(queue.averageSpeedOfAnswer)}</td>
            <td class="figure"><strong>${number(queue.ready)}</strong> <span class="soft">/ ${number(queue.signedIn)}</span></td>
        </tr>`;
    }

    /** A count opens the contacts behind it, for whom all of them are his to see. */
    #count(queue, figure) {
        const { since, until } = queue;
        if (queue[figure] === 0 || since === null || !seesProjects("viewContacts")) return number(queue[figure]);
        const query = new URLSearchParams({ figure, since, until, queue: queue.id });
        return html`<a href="/contacts?${query}">${number(queue[figure])}</a>`;
    }
}

customElements.define("queue-table", QueueTable);
