import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "./agent-board.js";
import "./floor-warnings.js";
import "./queue-table.js";

/** What is going on now: what stands wrong first, then the queues, and the agents by their state below. */
class FloorScreen extends PageElement {
    show() {
        render(
            this,
            html`<h1 class="visually-hidden">${t("common.screen.floor")}</h1>
                <floor-warnings></floor-warnings>
                <queue-table></queue-table>
                <agent-board></agent-board>`,
        );
    }
}

customElements.define("floor-screen", FloorScreen);
