import { get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { civil, duration, number, percent } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { civilTime, dayOf, daysBetween, spanOf } from "../figures/civil.js";
import { csv, hours, save } from "../figures/csv.js";
import { intervalName } from "../figures/interval-name.js";
import { onNamesChanged } from "../session/session.js";

const reloadEvery = 60_000;
// A date is typed digit by digit, and each digit makes another date of it.
const typingPause = 400;
const ranges = ["today", "yesterday", "thisWeek", "lastWeek", "thisMonth", "lastMonth", "dates"];
const columns = [
    { name: "offered", label: "floor.offered", shown: number },
    { name: "answered", label: "floor.answered", shown: number },
    { name: "abandoned", label: "floor.abandoned", shown: number },
    { name: "serviceLevel", label: "floor.serviceLevel", shown: percent },
    { name: "averageSpeedOfAnswer", label: "floor.averageSpeedOfAnswer", shown: duration, isSpan: true },
    { name: "longestWait", label: "figures.longestWait", shown: duration, isSpan: true },
    { name: "handled", label: "figures.handled", shown: number },
    { name: "averageHandleTime", label: "figures.averageHandleTime", shown: duration, isSpan: true },
];

/** What a client's project came to: the whole span in eight figures, then its course, its queues, and what came of the contacts. */
class ClientScreen extends PageElement {
    #range = "thisWeek";
    // The first and the last day, where two are chosen.
    #days = [];
    #typing;
    #project = null;
    #answer = null;
    #problem = null;
    #requests = 0;
    #zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

    start() {
        this.#load();
        const timer = setInterval(() => this.#reload(), reloadEvery);
        this.keep(() => clearInterval(timer));
        let isKnown = false;
        this.keep(onNamesChanged(() => (isKnown ? this.#load() : (isKnown = true))));
        this.listen(this, "change", ({ target }) => {
            if (target.type === "date") return;
            if (target.name === "range") this.#choose(target.value);
            if (target.name === "project") this.#project = target.value;
            this.#load();
        });
        this.listen(this, "input", ({ target: { type, name, value } }) => {
            if (type !== "date") return;
            this.#days[name === "from" ? 0 : 1] = value;
            clearTimeout(this.#typing);
            this.#typing = setTimeout(() => this.isConnected && this.#days.every(Boolean) && this.#load(), typingPause);
        });
        this.act({ again: () => this.#load(), export: () => this.#export() });
    }

    /** Two days begin as those of the span before. */
    #choose(range) {
        if (range === "dates") this.#days = spanOf(this.#range, dayOf(now(), this.#zone));
        this.#range = range;
        this.show();
    }

    show() {
        const answer = this.#answer;
        render(
            this,
            html`<header class="panel client-head" data-key="head">
                    <h1>${t("common.screen.clientReport")}</h1>
                    ${this.#choice("range", t("figures.range"), ranges.map((id) => ({ id, name: t(`figures.range.${id}`) })))}
                    ${this.#range === "dates" && ["from", "through"].map((name) => html`<label class="client-choice" data-key="${name}"><span>${t(`figures.${name}`)}</span><input
                        type="date" name="${name}" required></label>`)}
                    ${answer?.projects.length > 1 && this.#choice("project", t("common.project"), answer.projects)}
                    ${answer && html`<p class="client-span" data-key="span"><bdi>${this.#projectName}</bdi> · ${this.#span(answer)}</p>
                        <button data-action="export" data-key="export">${icon("export")}<span>${t("figures.export")}</span></button>`}
                </header>
                ${this.#problem && html`<div class="panel empty" data-key="problem">${icon("alert")}<p role="alert">${this.#problem.text}</p>
                    <button data-action="again">${t("contacts.tryAgain")}</button></div>`}
                ${answer ? this.#report(answer) : !this.#problem && html`<div class="panel empty" data-key="loading"><p>${t("common.loading")}</p></div>`}`,
        );
        const [from, through] = this.#days;
        const fields = { range: this.#range, project: this.#project ?? answer?.project, from, through };
        for (const field of this.querySelectorAll("select, input")) if (field !== document.activeElement || field.type !== "date") field.value = fields[field.name];
    }

    get #projectName() {
        return this.#answer.projects.find(({ id }) => id === this.#answer.project)?.name ?? "";
    }

    #choice(name, label, options) {
        return html`<label class="client-choice" data-key="${name}"><span>${label}</span><select name="${name}">${options.map(
            (one) => html`<option value="${one.id}">${one.name}</option>`)}</select></label>`;
    }

    #span({ from, to, timeZone, now: at }) {
        const [first, last] = [from, to - 1].map((moment) => civil("date", civilTime(moment, timeZone)));
        return html`<time>${first}</time>${first !== last && html` – <time>${last}</time>`}
            <span class="soft">${t("figures.asOf", { time: civil("timeSeconds", civilTime(at, timeZone)) })}</span>`;
    }

    #report({ total, trend, queues, dispositions, timeZone, interval }) {
        const handled = dispositions.reduce((sum, one) => sum + one.handled, 0);
        const most = Math.max(1, ...trend.map(({ figures }) => figures.offered));
        return html`<dl class="client-total" data-key="total">${columns.map(({ name, label, shown }) => html`<div class="panel" data-key="${name}">
                <dt>${t(label)}</dt><dd><span class="number">${total[name] === null ? "–" : shown(total[name])}</span></dd></div>`)}</dl>
            ${this.#table("trend", t("figures.trend"), t("figures.interval"), trend.map((part) => ({
                name: intervalName(part, { interval, timeZone }), figures: part.figures, share: part.figures.offered / most })))}
            ${this.#table("queues", t("figures.rows.queue"), t("common.queue"), queues)}
            <section class="panel client-table" data-key="dispositions" tabindex="0" aria-labelledby="client-dispositions">
                <h2 class="panel-title" id="client-dispositions">${t("figures.rows.disposition")}</h2>
                <table class="grid"><thead><tr><th scope="col">${t("figures.rows.disposition")}</th><th scope="col">${t("figures.handled")}</th>
                    <th scope="col">${t("client.share")}</th></tr></thead>
                <tbody>${dispositions.map((one, place) => html`<tr data-key="${place}"><th scope="row">${one.name ?? t("desk.noDisposition")}</th>
                    <td class="number">${number(one.handled)}</td>
                    <td class="number">${percent((100 * one.handled) / handled)}</td></tr>`)}</tbody></table>
            </section>`;
    }

    /** Rows {name, figures, share}: what share of the busiest came is drawn behind a name. */
    #table(id, title, what, rows) {
        return html`<section class="panel client-table" data-key="${id}" tabindex="0" aria-labelledby="client-${id}">
            <h2 class="panel-title" id="client-${id}">${title}</h2>
            <table class="grid"><thead><tr><th scope="col">${what}</th>${columns.map(({ label }) => html`<th scope="col">${t(label)}</th>`)}</tr></thead>
            <tbody>${rows.map(({ name, figures, share }, place) => html`<tr data-key="${place}"><th scope="row">${name}${share !== undefined &&
                html`<meter aria-hidden="true" min="0" max="1" value="${share}"></meter>`}</th>${columns.map((column) => html`<td
                class="number">${figures[column.name] === null ? "–" : column.shown(figures[column.name])}</td>`)}</tr>`)}</tbody></table>
        </section>`;
    }

    #reload() {
        if (document.visibilityState === "visible" && this.#answer !== null && now() < this.#answer.to) this.#load();
    }

    #asked() {
        const [from, through] = this.#range === "dates" ? this.#days : spanOf(this.#range, dayOf(now(), this.#zone));
        const query = new URLSearchParams({ from, through, interval: daysBetween(from, through) > 1 ? "day" : "hour" });
        if (this.#project) query.set("project", this.#project);
        return query;
    }

    async #load(more = "") {
        const request = ++this.#requests;
        try {
            const answer = await get(`/api/client-report?${this.#asked()}${more}`);
            if (request !== this.#requests) return false;
            this.#answer = answer;
            this.#zone = answer.timeZone;
            this.#problem = null;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (request !== this.#requests) return false;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
        return this.#problem === null;
    }

    /** What is shown, as a file: asked for once more, so that the server notes who takes it along. */
    async #export() {
        if (!(await this.#load("&purpose=export"))) return;
        const { from, to, timeZone, interval, trend, total } = this.#answer;
        const cells = (figures) => columns.map(({ name, isSpan }) => (isSpan && figures[name] !== null ? hours(figures[name]) : figures[name]));
        const rows = trend.map((part) => [intervalName(part, { interval, timeZone }), ...cells(part.figures)]);
        const [first, last] = [dayOf(from, timeZone), dayOf(to - 1, timeZone)];
        save(
            `report_${first}_${last}.csv`,
            csv([[t("figures.interval"), ...columns.map(({ label }) => t(label))], ...rows, [t("figures.total"), ...cells(total)]]),
        );
    }
}

customElements.define("client-screen", ClientScreen);
