import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "../../elements/count-down/count-down.js";
import { deskStore } from "../desk/desk-store.js";
import { headset, panelOpen } from "./headset.js";
import { adviceOn } from "./headset-text.js";

/** Says over every screen that the agent cannot hear or be heard, and how long a customer waits for him. Empty when all is well. */
class HeadsetBanner extends PageElement {
    start() {
        this.watch(headset, deskStore);
        this.act({ open: () => panelOpen.set(true) });
    }

    show() {
        render(this, this.#message() ?? html``);
    }

    #message() {
        const { state, trouble, heldBack, lostAt, reconnectSeconds } = headset.value;
        const desk = deskStore.value;
        if (state === "lost") {
            const until = desk?.audio?.until ?? lostAt + reconnectSeconds * 1000;
            // A count only where somebody waits; otherwise nothing happens when it is over.
            const waits = desk?.contact?.state === "talking";
            return html`<p data-key="lost">${icon("lineLost")}<span>${t(waits ? "headset.lostInCall" : "headset.lost")}</span>
                ${waits && html`<count-down from="${lostAt}" until="${until}" label="${t("headset.timeLeft")}"></count-down>`}</p>`;
        }
        if (trouble !== null || state === "refused" || state === "elsewhere") {
            return html`<p data-key="trouble">${icon("alert")}<span>${adviceOn(headset.value)[0]}</span>
                <button data-action="open">${t("headset.whatToDo")}</button></p>`;
        }
        return heldBack && state === "open" ? html`<p data-key="held">${icon("alert")}<span>${t("headset.heldBack")}</span></p>` : null;
    }
}

customElements.define("headset-banner", HeadsetBanner);
