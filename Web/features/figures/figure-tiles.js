import { PageElement } from "../../base/element.js";
import { duration, percent } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { dayOf } from "./civil.js";
import { chosenVariants, chooseVariant } from "./chosen-variants.js";
import { figures } from "./figures-store.js";
import { contactsLink, formula, measure, nameOf, shown, valueOf, variants } from "./measures.js";
import { intervalStart } from "./interval-name.js";

const parts = [
    { kind: "talk", name: "averageTalk" },
    { kind: "hold", name: "averageHold" },
    { kind: "wrapUp", name: "averageWrapUp" },
];

/** The main figures: each opens the contacts behind it and says how it is reckoned. */
class FigureTiles extends PageElement {
    start() {
        this.watch(figures, chosenVariants);
        this.listen(this, "change", ({ target }) => target.dataset.place && chooseVariant(Number(target.dataset.place), target.value));
    }

    show() {
        const { answer } = figures.value;
        if (answer === null) return;
        const { total, seesQueues } = answer;
        const queues = html`${this.#tile("offered", this.#busiest())}
            ${this.#tile("answered", this.#share(total.answered))}
            ${this.#tile("abandoned", this.#short())}
            ${chosenVariants.value.map((variant, index) => this.#level(variant, index))}
            ${this.#tile("averageSpeedOfAnswer")}
            ${this.#tile("longestWait")}`;
        render(
            this,
            html`${seesQueues && queues}
                ${this.#tile("handled")}
                ${this.#handleTime()}
                ${this.#tile("occupancy")}
                ${this.#tile("agentReleasedFirst")}`,
        );
        const widths = parts.map(({ name }) => total[name] ?? 0);
        this.querySelectorAll(".parts > i").forEach((part, index) => part.style.setProperty("--share", String(widths[index])));
        for (const field of this.querySelectorAll("select")) field.value = chosenVariants.value[Number(field.dataset.place)];
    }

    #tile(name, more = null) {
        const one = measure(name);
        return html`<section class="panel tile" data-key="${name}" aria-labelledby="tile-${name}">
            <header><h2 id="tile-${name}">${nameOf(one)}</h2>${this.#formula(one, name)}</header>
            ${this.#value(one)}
            <div class="tile-more soft">${more}</div>
        </section>`;
    }

    #value(one) {
        const { total } = figures.value.answer;
        const value = valueOf(one, total);
        const text = shown(one, value);
        if (value === null) return html`<p class="tile-value"><span>${text}</span></p>`;
        return html`<p class="tile-value"><a href="${this.#link(one.figure)}"
            aria-label="${nameOf(one)}: ${text}. ${t("figures.openContacts")}"><span class="number">${text}</span></a></p>`;
    }

    /** One of the two service levels that stand side by side; which variant it is, is its name, and can be chosen. */
    #level(variant, index) {
        const one = measure(variant);
        const value = valueOf(one, figures.value.answer.total);
        const name = `${t("floor.serviceLevel")} ${index + 1}`;
        return html`<section class="panel tile tile-level" data-key="level${index}" aria-label="${name}"
            data-level="${levelOf(value)}">
            <header><h2>${t("floor.serviceLevel")}</h2>${this.#formula(one, `level${index}`)}</header>
            ${this.#value(one)}
            <label class="tile-more"><span class="visually-hidden">${t("figures.variant")}</span><select
                data-place="${index}">${variants.map((each) => html`<option
                    value="${each}">${t(`figures.variant.${each}`)}</option>`)}</select></label>
        </section>`;
    }

    #handleTime() {
        const one = measure("averageHandleTime");
        const { total } = figures.value.answer;
        return html`<section class="panel tile tile-wide" data-key="averageHandleTime" aria-labelledby="tile-averageHandleTime">
            <header><h2 id="tile-averageHandleTime">${nameOf(one)}</h2>${this.#formula(one, "averageHandleTime")}</header>
            <div class="tile-parts">${this.#value(one)}
                <div class="parts" aria-hidden="true">${parts.map(({ kind }) => html`<i data-kind="${kind}"></i>`)}</div></div>
            <dl class="tile-more parts-key">${parts.map(({ kind, name }) => html`<div data-kind="${kind}"><dt>${t(measure(name).label)}</dt>
                <dd class="number">${duration(total[name])}</dd></div>`)}</dl>
        </section>`;
    }

    #formula(one, id) {
        const { total } = figures.value.answer;
        const value = valueOf(one, total);
        const late = one.level && value !== null;
        const name = t("figures.formula", { figure: nameOf(one) });
        return html`<button class="plain tile-formula" popovertarget="formula-${id}" id="formula-of-${id}"
                aria-label="${name}" title="${name}">${icon("formula")}</button>
            <div popover class="formula" id="formula-${id}" role="group" aria-labelledby="formula-${id}-title">
                <h3 id="formula-${id}-title">${nameOf(one)}</h3>
                <p>${formula(one, total)}</p>
                <p class="formula-result number">= ${shown(one, value)}</p>
                ${value !== null && html`<p class="formula-links"><a href="${this.#link(one.figure)}">${t("figures.openContacts")}</a>
                    ${late && html`<a href="${this.#link("late")}">${t("figures.openLate")}</a>`}</p>`}
            </div>`;
    }

    #share(answered) {
        const { offered } = figures.value.answer.total;
        return offered ? t("figures.ofOffered", { percent: percent((answered / offered) * 100) }) : null;
    }

    #short() {
        const one = measure("shortAbandons");
        const value = valueOf(one, figures.value.answer.total);
        return html`<a href="${this.#link(one.figure)}">${t("figures.ofThemShort", { count: value ?? 0 })}</a>
            ${this.#formula(one, one.name)}`;
    }

    /** When most came, among the intervals of the span. */
    #busiest() {
        const { from, to, trend, timeZone } = figures.value.answer;
        const { interval } = figures.value.view;
        const most = trend.reduce((best, one) => (one.values.offered > (best?.values.offered ?? 0) ? one : best), null);
        if (most === null || trend.length < 2) return null;
        const oneDay = dayOf(from, timeZone) === dayOf(to - 1, timeZone);
        const when = intervalStart(most, { interval, timeZone, oneDay });
        return t("figures.busiest", { when, count: most.values.offered });
    }

    #link(figure) {
        const { answer, view } = figures.value;
        const { project, queue, agent } = view;
        return contactsLink(figure, { since: answer.from, until: answer.to, project, queue, agent });
    }
}

/** How good a service level is, in three steps; the figure itself stands beside the colour. */
export function levelOf(value) {
    if (value === null) return "none";
    if (value >= 80) return "good";
    return value >= 60 ? "fair" : "poor";
}

customElements.define("figure-tiles", FigureTiles);
