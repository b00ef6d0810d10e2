import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { follow } from "../../base/stream.js";
import { t } from "../../base/text.js";
import { voiceSign } from "../../elements/voice-sign/voice-sign.js";
import { deskStore } from "./desk-store.js";

/** How the talk sounds: {agent, customer: "quiet" | "good" | "loud" | null, signs}; the server tells when that changes. */
export const voiceStore = follow("voice", (_, next) => next);

const steps = { quiet: 1, good: 2, loud: 3 };

/**
 * Two small levels, and one sign while something is wrong: for a glance. Nothing is spoken, nothing moves, and the room for it is always
 * there.
 */
class VoiceLine extends PageElement {
    start() {
        this.watch(voiceStore, deskStore);
    }

    show() {
        const contact = deskStore.value?.contact ?? null;
        const voice = contact?.state === "talking" && !contact.leftBehind ? voiceStore.value : null;
        render(
            this,
            html`${voice?.signs.length > 0 && voiceSign(voice.signs[0])}
                ${voice && (voice.agent || voice.customer) && html`${this.#level("agent", voice.agent)}${this.#level("customer", voice.customer)}`}`,
        );
    }

    #level(side, level) {
        const name = `${t(`desk.voice.${side}`)}: ${t(`desk.voice.level.${level ?? "none"}`)}`;
        return html`<span class="voice-level" role="img" aria-label="${name}" title="${name}" ${attribute("data-level", level)}>
            ${[1, 2, 3].map((step) => html`<i ${attribute("data-on", step <= (steps[level] ?? 0) ? "yes" : null)}></i>`)}</span>`;
    }
}

customElements.define("voice-line", VoiceLine);
