import { civil, number, percent } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";
import { bars, Chart, rules, scale } from "./chart.js";
import { chosenVariants } from "./chosen-variants.js";
import { civilTime, dayOf } from "./civil.js";
import { figures } from "./figures-store.js";
import { intervalName } from "./interval-name.js";
import { contactsLink } from "./measures.js";

const margin = { side: 44, top: 10, bottom: 24 };
const labelRoom = 62;

/** How the span went: answered and abandoned as bars, the service level as a line; time runs as the language is written. */
class TrendChart extends Chart {
    start() {
        super.start();
        this.watch(chosenVariants);
    }

    get parts() {
        return figures.value.answer.trend;
    }

    get label() {
        return t("figures.trend");
    }

    get #seesQueues() {
        return figures.value.answer.seesQueues;
    }

    get legend() {
        if (!this.#seesQueues) return html`<span class="key" data-series="answered">${t("figures.handled")}</span>`;
        return html`<span class="key" data-series="answered">${t("floor.answered")}</span>
            <span class="key" data-series="abandoned">${t("floor.abandoned")}</span>
            <span class="key" data-series="level">${t("floor.serviceLevel")}: ${t(`figures.variant.${chosenVariants.value[0]}`)}</span>`;
    }

    say(part) {
        const { timeZone } = figures.value.answer;
        const { values } = part;
        const name = html`<strong>${intervalName(part, { interval: figures.value.view.interval, timeZone })}</strong>`;
        const facts = this.#seesQueues
            ? [
                  [t("floor.offered"), number(values.offered)],
                  [t("floor.answered"), number(values.answered)],
                  [t("floor.abandoned"), number(values.abandoned)],
                  [t("floor.serviceLevel"), percent(this.#level(part))],
              ]
            : [[t("figures.handled"), number(values.handled)]];
        return html`${name} ${facts.map(([label, value]) => html`<span>${label} <b class="number">${value}</b></span> `)}`;
    }

    link({ from, to }) {
        const { project, queue, agent } = figures.value.view;
        return contactsLink(this.#seesQueues ? "offered" : "handled", { since: from, until: to, project, queue, agent });
    }

    partAt(x, _, { width }) {
        const share = (x - margin.side) / (width - 2 * margin.side);
        if (share < 0 || share >= 1) return null;
        return Math.floor((this.mirrored ? 1 - share : share) * this.parts.length);
    }

    #level({ values }) {
        return values.serviceLevel[chosenVariants.value[0]];
    }

    draw({ width, height }) {
        const { parts } = this;
        const seesQueues = this.#seesQueues;
        const line = { start: margin.side, length: width - 2 * margin.side };
        const bottom = height - margin.bottom;
        const counted = ({ values }) => (seesQueues ? values.answered + values.abandoned : values.handled);
        const ticks = scale(Math.max(0, ...parts.map(counted)));
        const y = (value) => bottom - (value / ticks.at(-1)) * (bottom - margin.top);
        const slot = line.length / Math.max(1, parts.length);
        const bar = Math.max(1, Math.min(slot * 0.72, 44));
        const middle = (index) => this.along((index + 0.5) / parts.length, line);
        const lower = ({ values }) => (seesQueues ? values.answered : values.handled);
        const sizes = { middle, width: bar, y };
        const start = this.mirrored ? "end" : "start";
        const left = rules(ticks, { y, line, side: this.#side(width, true), anchor: flipped(start) });
        const right = [0, 50, 100].map((tick) => html`<text x="${this.#side(width, false)}" y="${levelAt(tick, bottom) + 4}"
            text-anchor="${start}">${percent(tick).replace(/[.,]0/, "")}</text>`);
        const cursor = this.at !== null && html`<rect class="cursor" x="${middle(this.at) - slot / 2}" y="${margin.top - 4}"
            width="${slot}" height="${bottom - margin.top + 4}"></rect>`;
        return html`<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect
                class="hatch-ground" width="5" height="5"></rect><rect class="hatch-line" width="2" height="5"></rect></pattern></defs>
            ${left}${seesQueues && right}${cursor}
            <path class="answered" d="${bars(parts, { ...sizes, from: () => 0, to: lower })}"></path>
            ${seesQueues && html`<path class="abandoned" d="${bars(parts, { ...sizes, from: lower, to: counted })}"></path>
            ${this.#line(parts, middle, bottom, slot)}`}
            ${this.#names(parts, middle, slot, height)}`;
    }

    /** The service level goes from interval to interval; where nothing came it is not known, and the line is interrupted. */
    #line(parts, middle, bottom, slot) {
        let path = "";
        let drawing = false;
        const dots = [];
        parts.forEach((part, index) => {
            const level = this.#level(part);
            if (level !== null) {
                const [x, y] = [Math.round(middle(index) * 10) / 10, Math.round(levelAt(level, bottom) * 10) / 10];
                path += `${drawing ? "L" : "M"}${x} ${y}`;
                if (slot >= 14) dots.push(html`<circle class="level-dot" cx="${x}" cy="${y}" r="3"></circle>`);
            }
            drawing = level !== null;
        });
        const ground = slot >= 6 && html`<path class="level-ground" d="${path}"></path>`;
        return html`${ground}<path class="level${ground ? "" : " thin"}" d="${path}"></path>${dots}`;
    }

    /** The names of the intervals, as many as there is room for; over several days, those of the days. */
    #names(parts, middle, slot, height) {
        const { timeZone } = figures.value.answer;
        const { interval } = figures.value.view;
        const byTime = interval === "hour" || interval === "quarterHour";
        const { from, to } = figures.value.answer;
        const several = dayOf(from, timeZone) !== dayOf(to - 1, timeZone);
        const named = parts
            .map((part, index) => ({ index, fields: civilTime(part.from, timeZone) }))
            .filter(({ fields, index }) => !byTime || !several || (fields.hour === 0 && fields.minute === 0) || index === 0)
            .filter(({ fields }) => !byTime || several || fields.minute === 0);
        const room = named.length > 1 ? Math.abs(middle(named[1].index) - middle(named[0].index)) : slot;
        const every = Math.max(1, Math.ceil((byTime && !several ? 44 : labelRoom) / room));
        return named.filter((_, place) => place % every === 0).map(({ index, fields }) => html`<text x="${middle(index)}"
            y="${height - 6}" text-anchor="middle">${civil(byTime && !several ? "time" : "dayMonth", fields)}</text>`);
    }

    /** Where the numbers of an axis stand: those of the bars where reading begins, those of the level where it ends. */
    #side(width, atStart) {
        return atStart !== this.mirrored ? margin.side - 8 : width - margin.side + 8;
    }
}

function levelAt(value, bottom) {
    return bottom - (value / 100) * (bottom - margin.top);
}

function flipped(anchor) {
    return anchor === "start" ? "end" : "start";
}

customElements.define("trend-chart", TrendChart);
