import { phone } from "../../base/format.js";
import { attribute, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import { dial } from "./desk-store.js";

let busy = false;

/** Calls the number of an earlier contact, by its id, and leads to the desk, where it goes on. */
export async function callBack(contact) {
    if (busy) return;
    busy = true;
    try {
        await dial({ contact });
        go("/desk");
    } catch (problem) {
        notifyProblem(problem);
    } finally {
        busy = false;
    }
}

/** The button for that: the element around it does "callBack" with its value. */
export function callBackButton({ id, number }, possible = true) {
    const label = `${t("call.dial.back")} ${phone(number)}`;
    return html`<button type="button" data-action="callBack" data-key="back-${id}" value="${id}" aria-label="${label}" title="${label}"
        ${attribute("aria-disabled", possible ? null : "true")}>${icon("phone")}<span>${t("call.dial.back")}</span></button>`;
}
