import { now, onTick } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { duration } from "../../base/format.js";

/**
 * A running time. `since` (server milliseconds) counts up, `until` counts down to 0:00, `to` stops it. Nobody wants a screen
 * reader to speak every second: it has no live region, and is read when the reader comes to it.
 */
class LiveTimer extends PageElement {
    static observedAttributes = ["since", "until", "to"];

    constructor() {
        super();
        this.attachInternals().role = "timer"; // an attribute would be taken away when the parent renders
    }

    start() {
        this.keep(onTick(() => this.show()));
    }

    show() {
        const at = (name) => (this.hasAttribute(name) ? Number(this.getAttribute(name)) : null);
        const [since, until, to] = [at("since"), at("until"), at("to")];
        let text = "–";
        if (until !== null) text = duration(until - now(), { left: true });
        else if (since !== null) text = duration((to ?? now()) - since);
        if (this.textContent !== text) this.textContent = text;
    }
}

customElements.define("live-timer", LiveTimer);
