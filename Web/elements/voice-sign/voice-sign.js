import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

// Each has a shape of its own, beside its word.
const pictures = {
    talkOver: "consulted", deadAir: "hold", customerRaised: "ahead", agentRaised: "ahead", echo: "retrieve", noise: "monitor",
};

/** Something about the voices of a talk that is worth a glance. */
export function voiceSign(sign) {
    const name = t(`common.voice.${sign}`);
    return html`<span class="voice-sign" data-key="voice-${sign}" data-sign="${sign}" title="${name}">${icon(
        pictures[sign] ?? "alert")}<span class="cut">${name}</span></span>`;
}
