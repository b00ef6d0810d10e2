import { number, percent, weekdaysShort } from "../../base/format.js";
import { html } from "../../base/html.js";
import { place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { Chart } from "./chart.js";
import { addDays, dayOf, daysBetween, fieldsOf, instant } from "./civil.js";
import { levelOf } from "./figure-tiles.js";
import { change } from "./figures-address.js";
import { figures } from "./figures-store.js";
import { contactsLink } from "./measures.js";

const head = { start: 46, top: 20 };
const row = 25;
const shades = 6;

/** When in the week people come, and how well they are served: a cell for each hour of each weekday, with its figure in it. */
class WeekMap extends Chart {
    start() {
        super.start();
        this.keep(place.subscribe(() => this.show()));
        this.listen(this, "change", ({ target }) => change({ shade: target.value === "offered" ? null : target.value }));
    }

    get height() {
        return head.top + 7 * row;
    }

    get steps() {
        return { ArrowDown: 24, ArrowUp: -24 };
    }

    get parts() {
        const cells = Array.from({ length: 168 }, (_, index) => ({
            weekday: Math.floor(index / 24) + 1, hour: index % 24, offered: 0, serviceLevel: null,
        }));
        for (const cell of figures.value.answer.week) cells[(cell.weekday - 1) * 24 + cell.hour] = cell;
        return cells;
    }

    get label() {
        return t("figures.week");
    }

    get #byLevel() {
        return place.value.query.get("shade") === "level";
    }

    get controls() {
        const choice = (value, label) => html`<label><input type="radio" name="shade" value="${value}"> <span>${label}</span></label>`;
        return html`<div class="chart-choice" role="radiogroup" aria-label="${t("figures.shade")}">${choice("offered", t("floor.offered"))}
            ${choice("level", t("floor.serviceLevel"))}</div>`;
    }

    get legend() {
        return t("figures.weekHint");
    }

    show() {
        super.show();
        for (const field of this.querySelectorAll("input")) field.checked = (field.value === "level") === this.#byLevel;
    }

    say(cell) {
        return html`<strong>${this.#name(cell)}</strong> <span>${t("floor.offered")} <b class="number">${number(cell.offered)}</b></span>
            <span>${t("floor.serviceLevel")} <b class="number">${percent(cell.serviceLevel)}</b></span>`;
    }

    #name({ weekday, hour }) {
        return `${weekdaysShort()[weekday % 7]} ${two(hour)}:00–${two(hour + 1)}:00`;
    }

    /** In a span of a week or less each cell is one hour of one day, and its contacts can be listed. */
    link({ weekday, hour, offered }) {
        const { from, to, timeZone } = figures.value.answer;
        const [first, last] = [dayOf(from, timeZone), dayOf(to - 1, timeZone)];
        if (offered === 0 || daysBetween(first, last) > 7) return null;
        const day = addDays(first, (weekday - fieldsOf(first).weekday + 7) % 7);
        const since = instant(day, hour, timeZone);
        const until = hour === 23 ? instant(addDays(day, 1), 0, timeZone) : instant(day, hour + 1, timeZone);
        const { project, queue, agent } = figures.value.view;
        return contactsLink("offered", { since, until, project, queue, agent });
    }

    partAt(x, y, { width }) {
        const share = (this.mirrored ? width - head.start - x : x - head.start) / (width - head.start);
        const day = Math.floor((y - head.top) / row);
        if (share < 0 || share >= 1 || day < 0 || day > 6) return null;
        return day * 24 + Math.floor(share * 24);
    }

    draw({ width }) {
        const { parts } = this;
        const slot = (width - head.start) / 24;
        const most = Math.max(1, ...parts.map(({ offered }) => offered));
        const x = (hour) => (this.mirrored ? width - head.start - (hour + 1) * slot : head.start + hour * slot);
        const day = (index) => weekdaysShort()[(index + 1) % 7];
        const heading = this.mirrored ? { x: width, anchor: "end" } : { x: 0, anchor: "start" };
        return html`${Array.from({ length: 24 }, (_, hour) => html`<text x="${x(hour) + slot / 2}" y="12"
                text-anchor="middle">${two(hour)}</text>`)}
            ${Array.from({ length: 7 }, (_, index) => html`<text x="${heading.x}" y="${head.top + index * row + 17}"
                text-anchor="${heading.anchor}">${day(index)}</text>`)}
            ${parts.map((cell, index) => {
                const y = head.top + (cell.weekday - 1) * row;
                return this.#cell(cell, { x: x(cell.hour), y, slot, most, here: index === this.at });
            })}`;
    }

    #cell(cell, { x, y, slot, most, here }) {
        const { offered, serviceLevel } = cell;
        const shade = this.#byLevel ? `level-${levelOf(serviceLevel)}` : `shade-${Math.ceil((offered / most) * shades)}`;
        const text = this.#byLevel ? (serviceLevel === null ? "–" : number(serviceLevel)) : number(offered);
        return html`<g class="cell ${shade}${here ? " here" : ""}"><title>${this.#name(cell)}: ${t("floor.offered")} ${number(offered)},
            ${t("floor.serviceLevel")} ${percent(serviceLevel)}</title><rect x="${x + 1}" y="${y + 1}" width="${slot - 2}"
            height="${row - 2}" rx="3"></rect><text x="${x + slot / 2}" y="${y + 17}" text-anchor="middle">${text}</text></g>`;
    }
}

function two(value) {
    return String(value).padStart(2, "0");
}

customElements.define("week-map", WeekMap);
