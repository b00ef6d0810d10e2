import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { civil } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { onNamesChanged } from "../session/session.js";
import { civilTime } from "./civil.js";
import "./figure-tiles.js";
import "./figures-filters.js";
import { figures, follow, forgetChoices, isRunning, load } from "./figures-store.js";
import "./figures-table.js";
import "./trend-chart.js";
import "./wait-chart.js";
import "./week-map.js";

const reloadEvery = 30_000;
// Fields that an answer refuses; what is wrong with them is said there and not over the whole screen.
const fieldProblems = new Set(["invalid"]);

/** The figures of a span: what is asked for above, then the main figures, the charts, and the table they are drawn from. */
class FiguresScreen extends PageElement {
    start() {
        this.watch(figures);
        load();
        this.keep(place.subscribe(({ path }) => path === "/figures" && follow()));
        let names = false;
        this.keep(
            onNamesChanged(() => {
                if (!names) return (names = true);
                forgetChoices();
                return load();
            }),
        );
        const timer = setInterval(() => this.#reload(), reloadEvery);
        this.keep(() => clearInterval(timer));
        this.listen(document, "visibilitychange", () => now() - (figures.value.answer?.now ?? 0) > reloadEvery && this.#reload());
        this.keep(shortcut("filter", () => this.querySelector("figures-filters select").focus()));
        this.act({ again: () => load() });
    }

    /** Only what can still change, and only while somebody looks. */
    #reload() {
        if (document.visibilityState === "visible" && isRunning() && !figures.value.busy) load({ own: false });
    }

    show() {
        const { answer, problem, busy } = figures.value;
        const failed = problem !== null && !fieldProblems.has(problem.code);
        render(
            this,
            html`<header class="panel figures-head" data-key="head">
                    <div class="figures-title">
                        <h1>${t("common.screen.figures")}</h1>
                        ${answer && html`<p class="figures-span">${this.#span(answer)}</p>`}
                        <p class="figures-state soft" ${attribute("aria-busy", busy ? "true" : null)}>${this.#state(failed)}</p>
                    </div>
                    <figures-filters></figures-filters>
                </header>
                ${this.#content(failed)}`,
        );
    }

    #content(failed) {
        const { answer, problem } = figures.value;
        if (answer === null) {
            if (!failed) return html`<div class="panel empty" data-key="none"><p>${problem ? "" : t("common.loading")}</p></div>`;
            return html`<div class="panel empty" data-key="none">${icon("alert")}<p role="alert">${problem.text}</p>
                <button data-action="again">${t("contacts.tryAgain")}</button></div>`;
        }
        const { seesQueues } = answer;
        return html`${isEmpty(answer) && html`<p class="panel figures-nothing" role="status" data-key="nothing">${icon("search")}
                <span>${t("figures.nothing")}</span></p>`}
            <figure-tiles data-key="tiles"></figure-tiles>
            <section class="panel chart chart-trend" aria-labelledby="trend-title" data-key="trend"
                ${attribute("data-alone", seesQueues ? null : "yes")}>
                <h2 class="panel-title" id="trend-title">${t("figures.trend")}</h2><trend-chart></trend-chart></section>
            ${seesQueues && html`<section class="panel chart chart-waits" aria-labelledby="waits-title" data-key="waits">
                <h2 class="panel-title" id="waits-title">${t("figures.waits")}</h2><wait-chart></wait-chart></section>`}
            ${seesQueues && html`<section class="panel chart chart-week" aria-labelledby="week-title" data-key="week">
                <h2 class="panel-title" id="week-title">${t("figures.week")}</h2><week-map></week-map></section>`}
            <figures-table class="panel" data-key="table"></figures-table>`;
    }

    /** "16 Nov 2026 – 22 Nov 2026 · Europe/London" */
    #span({ from, to, timeZone }) {
        const [first, last] = [from, to - 1].map((at) => civil("date", civilTime(at, timeZone)));
        return html`<time>${first}</time>${first !== last && html` – <time>${last}</time>`} <span class="soft number">${timeZone}</span>`;
    }

    #state(failed) {
        const { answer, problem } = figures.value;
        if (answer === null) return "";
        const time = civil("timeSeconds", civilTime(answer.now, answer.timeZone));
        if (!failed) return t("figures.asOf", { time });
        return html`<span class="field-error" role="alert">${icon("alert")}
            <span>${t("figures.stale", { time })} ${problem.text}</span></span>`;
    }
}

function isEmpty({ total }) {
    return !total.offered && total.handled === 0 && total.occupancy === null;
}

customElements.define("figures-screen", FiguresScreen);
