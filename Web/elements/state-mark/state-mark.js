import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** The states of an agent, those that need somebody first. */
export const agentStates = ["notResponding", "offered", "talking", "wrapUp", "idle", "notReady", "off"];

/** A state as an icon of its own shape and its name: never by colour alone. */
export function stateMark(state) {
    return html`<span class="state-mark state-text" data-state="${state}">${icon(state)}<span>${t(`common.state.${state}`)}</span></span>`;
}

/** Who called whom, as an icon and its word. */
export function directionMark(direction) {
    const name = t(`common.direction.${direction}`);
    return html`<span class="direction-mark" data-direction="${direction}">${icon(direction)}<span>${name}</span></span>`;
}

/** How a contact ended, as an icon and its name. */
export function outcomeMark(outcome) {
    if (!outcome) return html`<span class="soft">–</span>`;
    return html`<span class="outcome-mark" data-outcome="${outcome}">${icon(outcome)}<span>${t(`common.outcome.${outcome}`)}</span></span>`;
}
