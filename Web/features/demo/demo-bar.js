import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { plug, setTraffic, traffic } from "./demo-store.js";
import "./plug-dialog.js";

/** What only a demo has: how many customers call, and the plug of the server. */
class DemoBar extends PageElement {
    // Where the slider is while it is drawn and the server does not know yet.
    #drawn = null;

    start() {
        this.watch(traffic, plug);
        this.act({ pull: () => this.querySelector("plug-dialog").open() });
        this.listen(this, "input", ({ target }) => {
            if (target.type !== "range") return;
            this.#drawn = Number(target.value);
            this.show();
        });
        this.listen(this, "change", ({ target }) => target.type === "range" && this.#change(Number(target.value)));
    }

    async #change(factor) {
        try {
            await setTraffic(factor);
            announce(this.#rate(factor));
        } catch (problem) {
            notifyProblem(problem);
        } finally {
            // It may be drawn further meanwhile.
            if (this.#drawn === factor) this.#drawn = null;
            this.show();
        }
    }

    #rate(factor) {
        const { factor: now, callsAMinute } = traffic.value;
        return t("demo.rate", { factor, count: Math.round((callsAMinute / now) * factor) });
    }

    show() {
        const factor = this.#drawn ?? traffic.value?.factor;
        const calls = (traffic.value?.callsAMinute ?? 0) > 0;
        render(
            this,
            html`${calls && html`<label class="demo-traffic" data-key="traffic">
                    <span>${t("demo.traffic")}</span>
                    <input type="range" min="1" max="${traffic.value.factorMax}" step="1" aria-valuetext="${this.#rate(factor)}">
                    <span class="demo-rate" aria-hidden="true">${this.#rate(factor)}</span>
                </label>`}
                <button data-key="pull" class="demo-pull" data-action="pull" aria-haspopup="dialog"
                    ${attribute("aria-disabled", plug.value.pulled ? "true" : null)}>${icon("plug")}<span>${t("demo.pull")}</span></button>
                <plug-dialog data-key="dialog"></plug-dialog>`,
        );
        const slider = this.querySelector("input");
        if (slider && this.#drawn === null) slider.value = factor;
    }
}

customElements.define("demo-bar", DemoBar);
