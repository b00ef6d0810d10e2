import { duration, number } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";
import { bars, Chart, rules, scale } from "./chart.js";
import { figures } from "./figures-store.js";
import { contactsLink } from "./measures.js";

const margin = { start: 40, end: 14, top: 10, bottom: 24 };
const labelRoom = 36;

/** How long people waited: how many were answered, and how many left, within each span of waiting. */
class WaitChart extends Chart {
    get parts() {
        return figures.value.answer.waits;
    }

    get label() {
        return t("figures.waits");
    }

    get legend() {
        return html`<span class="key" data-series="answered">${t("floor.answered")}</span>
            <span class="key" data-series="abandoned">${t("floor.abandoned")}</span>`;
    }

    say({ from, to, answered, abandoned }) {
        const span = to === null ? `≥ ${duration(from * 1000)}` : `${duration(from * 1000)}–${duration(to * 1000)}`;
        return html`<strong class="number">${span}</strong> <span>${t("floor.answered")} <b class="number">${number(answered)}</b></span>
            <span>${t("floor.abandoned")} <b class="number">${number(abandoned)}</b></span>`;
    }

    link({ from, to, answered, abandoned }) {
        if (answered + abandoned === 0) return null;
        const { answer, view } = figures.value;
        const { project, queue, agent } = view;
        return contactsLink("waited", { since: answer.from, until: answer.to, waitMin: from, waitEnd: to, project, queue, agent });
    }

    #line(width) {
        const { start, end } = margin;
        return { start: this.mirrored ? end : start, length: width - start - end };
    }

    partAt(x, _, { width }) {
        const { start, length } = this.#line(width);
        const share = (x - start) / length;
        if (share < 0 || share >= 1) return null;
        return Math.floor((this.mirrored ? 1 - share : share) * this.parts.length);
    }

    draw({ width, height }) {
        const { parts } = this;
        const answered = (part) => part.answered;
        const both = (part) => part.answered + part.abandoned;
        const line = this.#line(width);
        const bottom = height - margin.bottom;
        const ticks = scale(Math.max(0, ...parts.map(both)));
        const y = (value) => bottom - (value / ticks.at(-1)) * (bottom - margin.top);
        const slot = line.length / Math.max(1, parts.length);
        const bar = Math.max(1, slot - 3);
        const middle = (index) => this.along((index + 0.5) / parts.length, line);
        const sizes = { middle, width: bar, y };
        const side = this.mirrored ? width - margin.start + 8 : margin.start - 8;
        const every = Math.max(1, Math.ceil(labelRoom / slot));
        return html`${rules(ticks, { y, line, side, anchor: this.mirrored ? "start" : "end" })}
            ${this.at !== null && html`<rect class="cursor" x="${middle(this.at) - slot / 2}" y="${margin.top - 4}"
                width="${slot}" height="${bottom - margin.top + 4}"></rect>`}
            <path class="answered" d="${bars(parts, { ...sizes, from: () => 0, to: answered })}"></path>
            <path class="abandoned" d="${bars(parts, { ...sizes, from: answered, to: both })}"></path>
            ${parts.map(({ from }, index) => index % every === 0 && html`<text x="${this.along(index / parts.length, line)}"
                y="${height - 6}" text-anchor="middle">${duration(from * 1000)}</text>`)}`;
    }
}

customElements.define("wait-chart", WaitChart);
