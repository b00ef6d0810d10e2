import { civil, dateTime, duration } from "../../base/format.js";
import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import { civilTime } from "../figures/civil.js";

/** What the address of a list says when it came from a figure; the server takes the same names. */
export const figureNames = ["figure", "since", "until", "waitMin", "waitEnd", "project", "disposition"];

/** Which figure of which span these contacts are, with a button that shows all contacts again; nothing for any other list. */
export function figureChip(query, now) {
    const figure = query.get("figure");
    if (!figure) return null;
    const name = known(`contacts.figure.${figure}`) ? t(`contacts.figure.${figure}`) : figure;
    const [since, until] = ["since", "until"].map((end) => Number(query.get(end)) || null);
    const moment = (at) => html`<time>${momentIn(query.get("zone"), at, now)}</time>`;
    return html`<p class="figure-chip" data-key="figure">${icon("figures")}<span>${t("contacts.figure")}: <strong>${name}${waits(query)}</strong>
        ${since && until && html`<span class="soft">${moment(since)} – ${moment(until)}</span>`}</span>
        <button class="plain" data-action="clearFigure" aria-label="${t("contacts.figure.clear")}"
            title="${t("contacts.figure.clear")}">${icon("close")}</button></p>`;
}

/** Which waits they are: "0:20–0:30" */
function waits(query) {
    const [min, end] = ["waitMin", "waitEnd"].map((bound) => (query.has(bound) ? Number(query.get(bound)) * 1000 : null));
    if (min === null && end === null) return null;
    return html` <bdi class="number">${end === null ? `≥ ${duration(min)}` : `${duration(min ?? 0)}–${duration(end)}`}</bdi>`;
}

/** A moment as the figure's own clock has it; by this computer's, if nobody says which that is. */
function momentIn(zone, at, now) {
    try {
        const fields = zone && civilTime(at, zone);
        if (fields) return `${civil("dayMonth", fields)} ${civil("time", fields)}`;
    } catch (error) {
        // An address that somebody wrote by hand names a zone that does not exist.
        if (!(error instanceof RangeError)) throw error;
    }
    return dateTime(at, now);
}
