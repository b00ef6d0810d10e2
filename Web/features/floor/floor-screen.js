import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "./agent-board.js";
import "./floor-warnings.js";
import "./group-quotas.js";
import "./queue-table.js";

/** What is going on now: what stands wrong first, then the queues, how teams and projects stand with their quotas, the agents by their state. */
class FloorScreen extends PageElement {
    show() {
        render(
            this,
            html`<h1 class="visually-hidden">${t("common.screen.floor")}</h1>
                <floor-warnings></floor-warnings>
                <queue-table></queue-table>
                <group-quotas></group-quotas>
                <agent-board></agent-board>`,
        );
    }
}

customElements.define("floor-screen", FloorScreen);
