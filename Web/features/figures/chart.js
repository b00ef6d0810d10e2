import { PageElement } from "../../base/element.js";
import { number } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { language, patterns } from "../../base/language.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import { figures } from "./figures-store.js";

/**
 * A chart of the figures that are shown: drawn to the width it has, with a cursor that the pointer and the arrow keys move from part to
 * part; what is under the cursor is said in words, and Enter or a click opens its contacts. The table below says the same without a
 * picture. A subclass writes `parts`, `label`, `say(part)`, `link(part)`, `draw(frame)` and `partAt(x, y)`.
 */
export class Chart extends PageElement {
    /** The part under the cursor: an index, or null. */
    at = null;
    #width = 0;

    start() {
        this.watch(figures);
        const observer = new ResizeObserver(([{ contentRect }]) => {
            if (Math.round(contentRect.width) === this.#width) return;
            this.#width = Math.round(contentRect.width);
            this.show();
        });
        observer.observe(this);
        this.keep(() => observer.disconnect());
        this.listen(this, "keydown", (event) => this.#key(event));
        this.listen(this, "pointermove", (event) => this.#point(event));
        this.listen(this, "pointerleave", () => this.#move(null));
        this.listen(this, "focusout", () => this.#move(null));
        this.listen(this, "click", (event) => {
            if (!event.target.closest("svg")) return;
            this.#point(event); // the press may have taken the focus, and the cursor with it, from elsewhere
            this.#open();
        });
    }

    /** The height of the drawing, in pixels. */
    get height() {
        return 224;
    }

    /** How far the arrow keys go: {ArrowUp: …, ArrowDown: …} beside those along the line. */
    get steps() {
        return {};
    }

    /** Whether time runs from right to left. */
    get mirrored() {
        return patterns(language.value).direction === "rtl";
    }

    show() {
        if (figures.value.answer === null || this.#width === 0) return;
        const count = this.parts.length;
        if (this.at !== null && this.at >= count) this.at = null;
        const part = this.at === null ? null : this.parts[this.at];
        const frame = { width: this.#width, height: this.height };
        render(
            this,
            html`${this.controls}<div class="chart-plot" tabindex="0" role="group" aria-label="${this.label} ${t("figures.chartKeys")}"
                    ${attribute("data-opens", part && this.link(part) ? "yes" : null)}>
                    <svg role="img" aria-label="${this.label}" width="${frame.width}" height="${frame.height}"
                        viewBox="0 0 ${frame.width} ${frame.height}">${this.draw(frame)}</svg>
                </div>
                <p class="chart-said" aria-live="polite">${part === null ? this.legend : this.say(part)}</p>`,
        );
    }

    /** What stands under the drawing while the cursor is nowhere. */
    get legend() {
        return "";
    }

    /** What is chosen about the drawing, above it. */
    get controls() {
        return "";
    }

    /** Where something along the line is, in a frame whose line begins at `start` and is `length` long. */
    along(share, { start, length }) {
        return start + (this.mirrored ? 1 - share : share) * length;
    }

    #key(event) {
        // What is chosen above the drawing has arrow keys of its own.
        if (!event.target.closest(".chart-plot")) return;
        const forward = this.mirrored ? "ArrowLeft" : "ArrowRight";
        const back = this.mirrored ? "ArrowRight" : "ArrowLeft";
        const last = this.parts.length - 1;
        const steps = { [forward]: 1, [back]: -1, ...this.steps };
        if (event.key in steps) this.#move(this.at === null ? (steps[event.key] > 0 ? 0 : last) : this.at + steps[event.key]);
        else if (event.key === "Home") this.#move(0);
        else if (event.key === "End") this.#move(last);
        else if (event.key === "Enter") this.#open();
        else return;
        event.preventDefault();
    }

    #point(event) {
        const drawing = event.target.closest("svg");
        if (!drawing) return this.#move(null);
        const box = drawing.getBoundingClientRect();
        this.#move(this.partAt(event.clientX - box.x, event.clientY - box.y, { width: box.width, height: box.height }));
    }

    #move(part) {
        if (part === this.at || (part !== null && (part < 0 || part >= this.parts.length))) return;
        this.at = part;
        this.show();
    }

    #open() {
        const link = this.at === null ? null : this.link(this.parts[this.at]);
        if (link) go(link);
    }
}

/** A round number at or above `most`, and the steps to it: [0, 20, 40, 60]. */
export function scale(most) {
    const rough = Math.max(most, 4) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough && Number.isInteger(one)) ?? 1);
    return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, index) => index * step);
}

/** The lines of a scale across the drawing, each with its number at `side`. */
export function rules(ticks, { y, line, side, anchor }) {
    return ticks.map(
        (tick) => html`<line class="rule" x1="${line.start}" x2="${line.start + line.length}" y1="${y(tick)}" y2="${y(tick)}"></line>
            <text x="${side}" y="${y(tick) + 4}" text-anchor="${anchor}">${number(tick)}</text>`,
    );
}

/** A bar for each part, from one of its numbers to another, as one path: thousands of them are one element. */
export function bars(parts, { middle, width, y, from, to }) {
    const short = (value) => Math.round(value * 100) / 100;
    const bar = (part, index) => {
        const [top, bottom] = [y(to(part)), y(from(part))];
        if (bottom <= top) return "";
        return `M${short(middle(index) - width / 2)} ${short(top)}h${short(width)}v${short(bottom - top)}h${short(-width)}z`;
    };
    return parts.map(bar).join("");
}
