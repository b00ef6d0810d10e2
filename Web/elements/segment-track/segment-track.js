import { PageElement } from "../../base/element.js";
import { duration } from "../../base/format.js";
import { html, render } from "../../base/html.js";

/** The parts of a contact to scale, one after the other. `segments` = [{kind, label, from, to}] with closed ends. */
class SegmentTrack extends PageElement {
    #segments = [];

    set segments(segments) {
        this.#segments = segments;
        if (this.isConnected) this.show();
    }

    show() {
        const shown = this.#segments.filter(({ from, to }) => to > from);
        render(
            this,
            html`${shown.map(
                ({ kind, label, from, to }) => html`<div class="segment" data-kind="${kind}" title="${label} ${duration(to - from)}">
                    <span>${label}</span> <span class="number">${duration(to - from)}</span>
                </div>`,
            )}`,
        );
        // The page forbids style attributes; the object model is allowed to set the share of each.
        [...this.children].forEach((child, index) => child.style.setProperty("--share", String(shown[index].to - shown[index].from)));
    }
}

customElements.define("segment-track", SegmentTrack);
