import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** Asks the provider of a line whether it hears us, and says in words what it answered. It tests what is saved. */
class TrunkTest extends PageElement {
    #result = null;
    #problem = null;
    #busy = false;

    start() {
        this.act({ test: () => this.#test() });
    }

    show() {
        render(
            this,
            html`<div class="trunk-test">
                <button type="button" data-action="test" ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("phone")}
                    <span>${t("settings.trunkTest")}</span></button>
                <div class="trunk-answer" role="status">${this.#busy ? t("settings.trunkTest.busy") : this.#said()}</div>
            </div>`,
        );
    }

    #said() {
        if (this.#problem) return html`<span class="field-error">${icon("alert")}<span>${this.#problem.text}</span></span>`;
        if (this.#result === null) return html`<span class="hint">${t("settings.trunkTest.hint")}</span>`;
        const { outcome, request, address, status, reason, milliseconds } = this.#result;
        const isGood = outcome === "answered" && (status === null || status < 400);
        const known = ["answered", "noAnswer", "nameUnknown", "notConnected", "loginRefused"].includes(outcome);
        const text = isGood || outcome !== "answered" ? `settings.trunkTest.${known ? outcome : "noAnswer"}` : "settings.trunkTest.refused";
        const details = [request, address, status && `${status} ${reason ?? ""}`.trim(), milliseconds !== null && `${milliseconds} ms`];
        return html`<p class="${isGood ? "good" : "field-error"}">${icon(isGood ? "check" : "alert")}<span>${t(text)}</span></p>
            <p class="soft number">${details.filter(Boolean).join(" · ")}</p>`;
    }

    async #test() {
        if (this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        this.show();
        try {
            this.#result = await command("POST", `/api/set-up/trunks/${encodeURIComponent(this.getAttribute("thing"))}/test`, {}, {
                signal: AbortSignal.timeout(40_000) });
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("trunk-test", TrunkTest);
