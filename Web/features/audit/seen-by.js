import { now } from "../../base/clock.js";
import { dateTime } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";
import { personName } from "./audit-words.js";

/** Who looked at a contact, for who may know that; nothing for anybody else. */
export function seenBy({ id, seenBy: lookers }) {
    if (lookers === null) return null;
    return html`<section class="panel story-seen" aria-labelledby="seen-title" data-key="seen">
        <h2 class="panel-title" id="seen-title">${t("audit.seenBy")}</h2>
        ${lookers.length === 0
            ? html`<p class="soft">${t("audit.seenByNobody")}</p>`
            : html`<ul>${lookers.map((looker) => html`<li data-key="${looker.user}"><strong><bdi>${personName(looker)}</bdi></strong>
                <span class="soft"><time>${dateTime(looker.last, now())}</time> · ${t("audit.looks", { count: looker.looks })}</span></li>`)}</ul>
            <p><a href="/audit?contact=${id}">${t("audit.openTrail")}</a></p>`}
    </section>`;
}
