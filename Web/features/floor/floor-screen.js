import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "../supervision/agent-menu.js";
import "../supervision/help-flags.js";
import "../supervision/message-dialog.js";
import "../supervision/seat-hours.js";
import "./agent-board.js";
import "./floor-alerts.js";
import "./floor-warnings.js";
import "./group-quotas.js";
import "./queue-table.js";

/** What is going on now: who asks for help first, what alarms, what stands wrong, then the queues, how teams and projects stand with their quotas, the agents by their state. */
class FloorScreen extends PageElement {
    start() {
        this.listen(this, "menu", ({ detail: { agent, opener } }) => this.querySelector("agent-menu").open(agent, opener));
    }

    show() {
        render(
            this,
            html`<h1 class="visually-hidden">${t("common.screen.floor")}</h1>
                <help-flags></help-flags>
                <floor-alerts></floor-alerts>
                <floor-warnings></floor-warnings>
                <queue-table></queue-table>
                <group-quotas></group-quotas>
                <agent-board></agent-board>
                <agent-menu></agent-menu>
                <message-dialog></message-dialog>
                <seat-hours></seat-hours>`,
        );
    }
}

customElements.define("floor-screen", FloorScreen);
