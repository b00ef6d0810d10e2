import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";

// What a voice in a microphone is, in decibels below full scale; 60 dB down is a quiet room.
const floor = -60;
const words = [
    [-50, "silent"],
    [-36, "quiet"],
    [-8, "good"],
    [Infinity, "loud"],
];
// A word stands for as long as one needs to read it: the loudest of the last second decides.
const wordFor = 1000;

/** How loud something is: `level` is the root mean square of the samples, 0 to 1. A bar, and a word that says what to make of it. */
class LevelMeter extends PageElement {
    static observedAttributes = ["label"];
    #recent = [];

    show() {
        render(
            this,
            html`<meter min="${floor}" max="0" low="-36" high="-8" optimum="-20" value="${floor}"
                    aria-label="${this.getAttribute("label")}"></meter>
                <span class="level-word"></span>`,
        );
        this.level = 0;
    }

    set level(value) {
        const meter = this.querySelector("meter");
        if (!meter) return;
        const decibels = Math.max(floor, 20 * Math.log10(Math.max(value, 1e-9)));
        const at = performance.now();
        this.#recent = [...this.#recent.filter((entry) => at - entry.at < wordFor), { at, decibels }];
        const loudest = Math.max(...this.#recent.map((entry) => entry.decibels));
        const word = t(`headset.level.${words.find(([below]) => loudest <= below)[1]}`);
        meter.value = decibels;
        if (meter.getAttribute("aria-valuetext") === word) return;
        meter.setAttribute("aria-valuetext", word);
        this.querySelector(".level-word").textContent = word;
    }
}

customElements.define("level-meter", LevelMeter);
