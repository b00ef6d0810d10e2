import { dateTime } from "../../base/format.js";
import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";

/** What the address of a list says when it came from a figure; the server takes the same names. */
export const figureNames = ["figure", "since", "until", "project", "disposition"];

/** Which figure of which span these contacts are, with a button that shows all contacts again; nothing for any other list. */
export function figureChip(query, now) {
    const figure = query.get("figure");
    if (!figure) return null;
    const name = known(`contacts.figure.${figure}`) ? t(`contacts.figure.${figure}`) : figure;
    const [since, until] = ["since", "until"].map((end) => Number(query.get(end)) || null);
    return html`<p class="figure-chip" data-key="figure">${icon("figures")}<span>${t("contacts.figure")}: <strong>${name}</strong>
        ${since && until && html`<span class="soft"><time>${dateTime(since, now)}</time> –
            <time>${dateTime(until, now)}</time></span>`}</span>
        <button class="plain" data-action="clearFigure" aria-label="${t("contacts.figure.clear")}"
            title="${t("contacts.figure.clear")}">${icon("close")}</button></p>`;
}
