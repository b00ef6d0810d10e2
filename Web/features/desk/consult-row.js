import { PageElement } from "../../base/element.js";
import { phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { Attempt } from "./attempt.js";
import { callCommand, deskStore } from "./desk-store.js";
import { draftOf } from "./draft.js";

const stages = ["colleague", "customer", "conference"];

/** The colleague, or the number outside, whom the agent asks: who hears whom now, whom to talk with next, and how it ends. */
class ConsultRow extends PageElement {
    #attempt = new Attempt(() => this.show());

    start() {
        this.watch(deskStore, ownKeys);
        this.act({
            stage: (source) => this.#change(source.value),
            complete: () => this.#complete(),
            cancel: () => this.#cancel(),
        });
        this.keep(shortcut("swap", () => this.#change(this.#consult?.stage === "colleague" ? "customer" : "colleague")));
        this.keep(shortcut("confer", () => this.#change("conference")));
        this.keep(shortcut("completeConsult", () => this.#complete()));
        this.keep(shortcut("cancelConsult", () => this.#cancel()));
    }

    get #contact() {
        return deskStore.value?.contact ?? null;
    }

    get #consult() {
        return this.#contact?.consult ?? null;
    }

    #change(stage) {
        const contact = this.#contact;
        if (!contact?.consult || contact.consult.stage === "ringing" || contact.consult.stage === stage) return;
        this.#attempt.run(stage, () => callCommand(contact.id, "consult/change", { stage }));
    }

    #complete() {
        const contact = this.#contact;
        if (!contact?.consult || contact.consult.stage === "ringing") return;
        this.#attempt.run("complete", async () => {
            await draftOf(contact).settle();
            await callCommand(contact.id, "consult/complete");
        });
    }

    #cancel() {
        const contact = this.#contact;
        if (contact?.consult) this.#attempt.run("cancel", () => callCommand(contact.id, "consult/cancel"));
    }

    show() {
        const consult = this.#consult;
        if (consult === null) return;
        // Of a number that has been forgotten nothing is left but that it is one.
        const number = consult.agent === null ? phone(consult.number) || t("call.transfer.number") : null;
        const agent = consult.agent?.name ?? number;
        const rings = consult.stage === "ringing";
        const isCalled = rings && number !== null;
        const said = isCalled ? t("call.consult.stage.calling", { number }) : t(`call.consult.stage.${consult.stage}`, { agent });
        render(
            this,
            html`<section class="situation" data-state="consulted" aria-label="${t("call.consult.title", { agent })}">
                <h3>${icon("consulted")}<span>${t("call.consult.title", { agent })}</span></h3>
                <p role="status">${said}</p>
                <div class="situation-actions">
                    <div class="consult-stages" role="group" aria-label="${t("call.consult.who")}">
                        ${stages.map(
                            (stage) => html`<button data-key="${stage}" data-action="stage" value="${stage}"
                                aria-pressed="${String(consult.stage === stage)}" ${this.#attempt.state(stage, !rings)}>${
                                    t(`call.consult.${stage === "colleague" && number !== null ? "outside" : stage}`)}</button>`,
                        )}
                    </div>
                    <button class="primary" data-action="complete" aria-keyshortcuts="${shownKeyOf("completeConsult")}"
                        ${this.#attempt.state("complete", !rings)}>${icon("transfer")}<span>${t("call.consult.complete", { agent })}</span></button>
                    <button data-action="cancel" aria-keyshortcuts="${shownKeyOf("cancelConsult")}"
                        ${this.#attempt.state("cancel", true)}>${icon("close")}<span>${t("call.consult.cancel")}</span></button>
                </div>
                ${this.#attempt.said}
            </section>`,
        );
    }
}

customElements.define("consult-row", ConsultRow);
