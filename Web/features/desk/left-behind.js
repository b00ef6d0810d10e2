import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import "../../elements/count-down/count-down.js";
import { Attempt } from "./attempt.js";
import { dismissalReasons } from "./call-end.js";
import { beganAt, callCommand, deskStore } from "./desk-store.js";

/** The agent's phone hung up first, and the customer is still there: how long for, what happens then, and what can be done before. */
class LeftBehind extends PageElement {
    #attempt = new Attempt(() => this.show());
    // A bar begins full where nobody saw it begin.
    #shownAt = now();

    start() {
        this.watch(deskStore, ownKeys);
        this.act({
            ring: () => this.#want("answer"),
            handOver: () => this.#want("handOver"),
            end: (source) => (source.value === "abuse" ? this.#want("end", "abuse") : this.#end(source.value)),
        });
    }

    /** The bar does it: there is one way. */
    #want(name, reason) {
        this.dispatchEvent(new CustomEvent("wanted", { bubbles: true, detail: { name, reason } }));
    }

    #end(reason) {
        const { contact } = deskStore.value;
        if (contact) this.#attempt.run(reason, () => callCommand(contact.id, "end", { reason }));
    }

    show() {
        const desk = deskStore.value;
        const left = desk?.contact?.leftBehind;
        if (!left) return;
        const rings = left.phoneRings;
        const from = beganAt("leftBehind") ?? this.#shownAt;
        const label = t("call.left.time");
        render(
            this,
            html`<section class="situation" data-state="leftBehind" aria-labelledby="left-title">
                <header>
                    <h3 id="left-title">${icon("notResponding")}<span>${t("call.left.title")}</span></h3>
                    <count-down from="${from}" until="${left.until}" label="${label}"></count-down>
                </header>
                <p>${rings ? t("call.left.rings", { phone: desk.agent.phone?.name }) : t("call.left.text")}</p>
                <div class="situation-actions">
                    <button class="primary" data-action="ring" aria-keyshortcuts="${shownKeyOf("answer")}"
                        ${attribute("aria-disabled", rings ? "true" : null)}>
                        ${icon("bell")}<span>${t("call.left.ring")}</span><kbd aria-hidden="true">${shownKeyOf("answer")}</kbd></button>
                    <button data-action="handOver">${icon("handOver")}<span>${t("call.handOver.title")}</span></button>
                </div>
                <div class="situation-actions" role="group" aria-labelledby="left-because">
                    <span id="left-because">${t("call.left.because")}</span>
                    ${dismissalReasons.map(
                        (reason) => html`<button data-key="${reason}" data-action="end" value="${reason}"
                            ${this.#attempt.state(reason)}
                            ${attribute("aria-haspopup", reason === "abuse" ? "dialog" : null)}>${t(`contacts.dismissal.${reason}`)}</button>`,
                    )}
                </div>
                ${this.#attempt.said}
            </section>`,
        );
    }
}

customElements.define("left-behind", LeftBehind);
