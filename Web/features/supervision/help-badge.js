import { PageElement } from "../../base/element.js";
import { number } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { helpFlags, maySupervise } from "./supervision-store.js";

/** On the way to the floor: how many ask for help there, seen from every screen. Empty while nobody does. */
class HelpBadge extends PageElement {
    start() {
        this.watch(floorStore, deskStore);
    }

    show() {
        const count = maySupervise() ? helpFlags().length : 0;
        const text = t("supervise.help.waiting", { count });
        render(this, html`${count > 0 && html`${icon("flag")}<span aria-hidden="true">${number(count)}</span><span
            class="visually-hidden">${text}</span>`}`);
    }
}

customElements.define("help-badge", HelpBadge);
