import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { headset } from "./headset.js";
import { adviceOn, lineIcons, lineOf } from "./headset-text.js";

/** One line that says whether calls can ring in this browser. */
class HeadsetLine extends PageElement {
    start() {
        this.watch(headset);
    }

    show() {
        const line = lineOf(headset.value, null);
        const [trouble] = adviceOn(headset.value);
        this.toggleAttribute("data-own-trouble", trouble !== undefined || line === "lost");
        render(this, html`${icon(lineIcons[line])}<span>${trouble ?? t(`headset.line.${line}`)}</span>`);
    }
}

customElements.define("headset-line", HeadsetLine);
