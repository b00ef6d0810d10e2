import { now, onTick } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import "../live-timer/live-timer.js";

const urgentBelow = 10_000;

/** The time left between `from` and `until` (server milliseconds): a bar that empties and the seconds beside it. */
class CountDown extends PageElement {
    static observedAttributes = ["from", "until", "label"];

    start() {
        this.keep(onTick(() => this.#move()));
    }

    show() {
        render(
            this,
            html`<progress max="1" value="0" aria-label="${this.getAttribute("label")}"></progress>
                <live-timer until="${this.getAttribute("until")}"></live-timer>`,
        );
        this.#move();
    }

    #move() {
        const [from, until] = [Number(this.getAttribute("from")), Number(this.getAttribute("until"))];
        const left = Math.max(0, until - now());
        const bar = this.querySelector("progress");
        if (bar) bar.value = until > from ? Math.min(1, left / (until - from)) : 0;
        this.toggleAttribute("data-own-urgent", left < urgentBelow);
    }
}

customElements.define("count-down", CountDown);
