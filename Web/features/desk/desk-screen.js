import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "./contact-panel.js";
import "./earlier-contacts.js";
import "./outcome-form.js";

/** The agent's one screen: left what happened before, in the middle who is there now, right what came of it. */
class DeskScreen extends PageElement {
    show() {
        render(
            this,
            html`<h1 class="visually-hidden">${t("common.screen.desk")}</h1>
                <earlier-contacts></earlier-contacts>
                <contact-panel></contact-panel>
                <outcome-form></outcome-form>`,
        );
    }
}

customElements.define("desk-screen", DeskScreen);
