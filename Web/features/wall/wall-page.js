import { now, onTick } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { civil } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { alertName, measureOf, shownLimit, shownMeasure } from "../../base/measures.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { civilTime } from "../figures/civil.js";
import { wallStore } from "./wall-store.js";

const alertsShown = 2;
/** What a title may have for one line of a tile. */
const lineLength = 20;
const standings = { good: "check", warn: "warned", bad: "alert" };

/** The whole wall: whose it is and what time it is there, what alarms, and the figures; and plainly, when they are out of date. */
class WallPage extends PageElement {
    start() {
        this.watch(wallStore);
        this.keep(onTick(() => this.#tick()));
    }

    show() {
        const { state, wall } = wallStore.value;
        document.title = wall?.name ?? "Callfloor";
        if (state === "ended") return this.#say("closed", t("wall.ended"), t("wall.ended.text"));
        if (wall === null) return this.#say("queue", t("wall.connecting"), state === "lost" ? t("wall.outOfDate.text") : "");
        const isLost = state === "lost";
        render(
            this,
            html`<header class="wall-head" data-key="head">
                    <h1 title="${`${wall.name} ${wall.project}`}"><bdi>${wall.name}</bdi> <bdi class="wall-project">${wall.project}</bdi></h1>
                    <time class="wall-clock"></time>
                </header>
                <div class="wall-notes" data-key="notes">
                    ${isLost && this.#outOfDate(wall)}
                    ${wall.alerts.length > 0 && this.#alerts(wall)}
                </div>
                <main class="wall-figures" data-key="figures" data-count="${wall.figures.length}" ${attribute("data-stale", isLost ? "yes" : null)}>
                    ${wall.figures.map((figure, index) => this.#figure(figure, index))}
                </main>`,
        );
        this.#tick();
    }

    #say(sign, title, text) {
        render(this, html`<main class="wall-message" role="status" data-key="message">${icon(sign)}<h1>${title}</h1><p>${text}</p></main>`);
    }

    #outOfDate({ timeZone }) {
        const time = civil("timeSeconds", civilTime(wallStore.value.at, timeZone));
        return html`<p class="wall-stale" role="status" data-key="stale">${icon("warned")}
            <span><strong>${t("wall.outOfDate", { time })}</strong> ${t("wall.outOfDate.text")}</span></p>`;
    }

    #alerts({ alerts }) {
        const more = alerts.length - alertsShown;
        return html`<ul class="wall-alerts" aria-label="${t("wall.alerts")}" data-key="alerts">
            ${alerts.slice(0, alertsShown).map((alert) => html`<li data-key="${alert.id}">${icon("alert")}
                <span class="wall-alert cut" title="${alertName(alert)}"><bdi>${alertName(alert)}</bdi>${alert.queue && html` <bdi class="wall-alert-of">${alert.queue}</bdi>`}</span>
                <live-timer since="${alert.since}"></live-timer></li>`)}
            ${more > 0 && html`<li class="wall-more" data-key="more">+${more}</li>`}
        </ul>`;
    }

    #figure(figure, index) {
        const { label, variant } = measureOf(figure.measure);
        // Seconds that pass by themselves are told as since when.
        const isRunning = figure.since !== null;
        const shown = shownMeasure(figure.measure, isRunning ? now() - figure.since : figure.value);
        const title = label.includes(".") ? t(label) : label;
        return html`<section data-key="${index} ${figure.measure}" ${attribute("data-standing", figure.standing)} ${attribute(
            "data-long", title.length > lineLength ? "yes" : null)} aria-labelledby="figure-${index}">
            <h2 id="figure-${index}">${title}</h2>
            <p class="wall-of" title="${figure.queue ?? t("wall.allQueues")}">${figure.queue === null ? t("wall.allQueues") : html`<bdi>${figure.queue}</bdi>`}${variant && html` · ${t(variant)}`}</p>
            <p class="wall-value" data-length="${Math.min(8, shown.length)}">${
                isRunning ? html`<live-timer since="${figure.since}"></live-timer>` : html`<bdi>${shown}</bdi>`}</p>
            <p class="wall-standing">${figure.good !== null && this.#standing(figure)}</p>
        </section>`;
    }

    /** By a shape and in words: colour is never alone. */
    #standing({ measure, standing, good }) {
        const value = shownLimit(measure, good);
        return html`${standing && html`<strong>${icon(standings[standing])} ${t(`wall.standing.${standing}`)}</strong>`}
            <span>${measureOf(measure).isBetterHigh ? t("wall.target.atLeast", { value }) : t("wall.target.atMost", { value })}</span>`;
    }

    /** The clock of the project, wherever the screen hangs; and room for a time that has grown by a digit. */
    #tick() {
        for (const timer of this.querySelectorAll(".wall-value live-timer")) {
            timer.parentElement.dataset.length = Math.min(8, timer.textContent.length);
        }
        const clock = this.querySelector(".wall-clock");
        const { wall } = wallStore.value;
        if (!clock || wall === null) return;
        const text = civil("time", civilTime(now(), wall.timeZone));
        if (clock.textContent !== text) clock.textContent = text;
    }
}

customElements.define("wall-page", WallPage);
