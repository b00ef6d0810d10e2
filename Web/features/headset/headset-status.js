import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { deskStore } from "../desk/desk-store.js";
import { headset, panelOpen } from "./headset.js";
import "./headset-panel.js";
import { lineIcons, lineOf } from "./headset-text.js";

/** The button that says how it is with the headset, and the panel it opens. */
class HeadsetStatus extends PageElement {
    start() {
        this.watch(headset, deskStore);
        this.listen(
            this,
            "toggle",
            ({ target, newState }) => target === this.#panel && panelOpen.set(newState === "open"),
            { capture: true },
        );
        this.keep(
            panelOpen.subscribe((open) => {
                if (this.#panel && open !== this.#panel.matches(":popover-open")) this.#panel.togglePopover(open);
                this.querySelector(".headset-status")?.setAttribute("aria-expanded", String(open));
            }),
        );
        this.keep(() => panelOpen.set(false));
    }

    show() {
        const line = lineOf(headset.value, deskStore.value);
        const word = t(`headset.word.${line}`);
        render(
            this,
            html`<button class="headset-status" popovertarget="headset-panel" aria-expanded="${panelOpen.value}"
                    data-line="${line}" title="${t("headset.title")}: ${word}">
                    ${icon(lineIcons[line])}<span class="visually-hidden">${t("headset.title")}</span>
                    <span class="headset-word cut">${word}</span>
                </button>
                <headset-panel class="panel" id="headset-panel" popover role="dialog" aria-label="${t("headset.title")}"></headset-panel>`,
        );
    }

    get #panel() {
        return this.querySelector("headset-panel");
    }
}

customElements.define("headset-status", HeadsetStatus);
