import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "./call-bar.js";
import "./contact-panel.js";
import "./desk-actions.js";
import "./desk-messages.js";
import "./desk-tabs.js";
import "../supervision/seat-panel.js";
import "./earlier-contacts.js";
import "./outcome-form.js";
import "../customers/place.js";
import "../products/place.js";
import "../scripting/places.js";

/**
 * The agent's one screen: left what happened before, in the middle who is there now, right what came of it, at the bottom what can be
 * done with the call.
 */
class DeskScreen extends PageElement {
    start() {
        // What a panel offers of the bar's own, the bar does.
        this.listen(this, "wanted", ({ detail }) => this.querySelector("call-bar").press(detail.name, detail.reason));
    }

    show() {
        render(
            this,
            html`<h1 class="visually-hidden">${t("common.screen.desk")}</h1>
                <earlier-contacts></earlier-contacts>
                <desk-messages></desk-messages>
                <seat-panel></seat-panel>
                <desk-tabs place="middle"></desk-tabs>
                <desk-tabs place="side"></desk-tabs>
                <call-bar></call-bar>`,
        );
    }
}

customElements.define("desk-screen", DeskScreen);
