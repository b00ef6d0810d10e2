import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { alertName } from "../../base/measures.js";
import { follow } from "../../base/stream.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";

/** {alerts}: those that have begun and not ended; null before the server has said so. */
const alertStore = follow("alerts", (_, change) => change);

/** What is beyond its threshold now; nothing at all when nothing is. */
class FloorAlerts extends PageElement {
    start() {
        this.watch(alertStore);
    }

    show() {
        const alerts = alertStore.value?.alerts ?? [];
        // The region stays, so that a reader of the screen is told of what comes into it.
        render(
            this,
            html`<div role="status" aria-label="${t("wall.alerts")}">${alerts.length > 0 && html`<ul class="panel floor-alerts">
                ${alerts.map((alert) => html`<li data-key="${alert.id}">${icon("alert")}
                    <strong><bdi>${alertName(alert)}</bdi></strong> <bdi class="soft">${alert.queue ?? alert.project}</bdi>
                    <live-timer since="${alert.since}"></live-timer></li>`)}
            </ul>`}</div>`,
        );
    }
}

customElements.define("floor-alerts", FloorAlerts);
