import { attribute, flag, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { CallPopover } from "./call-popover.js";
import { callCommand } from "./desk-store.js";

/** Why a call may be ended whose customer is still there, in the order of the buttons. */
export const dismissalReasons = ["silence", "wrongNumber", "test", "abuse"];

/** Ends a call whose customer is still there: never without a reason, and for abuse only in the order of the procedure. */
class CallEnd extends CallPopover {
    static id = "call-end";
    static heading = "call.end.title";
    #reason = null;

    start() {
        super.start();
        this.act({
            warn: () => this.#warn(),
            handOver: () => {
                this.close();
                this.dispatchEvent(new CustomEvent("wanted", { bubbles: true, detail: { name: "handOver" } }));
            },
            go: () => this.#go(),
        });
        this.listen(this, "change", (event) => {
            this.#reason = event.target.value;
            this.show();
        });
    }

    /** Opens it with a reason chosen. */
    openFor(reason) {
        this.open();
        this.#reason = reason;
        this.show();
        this.first()?.focus();
    }

    opened() {
        this.#reason = null;
    }

    first() {
        return this.querySelector("input:checked, [data-first]");
    }

    show() {
        super.show();
        // What is checked is a property: an attribute says only what was checked at first.
        for (const input of this.querySelectorAll("input")) input.checked = input.value === this.#reason;
    }

    content(contact) {
        return html`<p class="soft">${t("call.end.text")}</p>
            <fieldset class="end-reasons">
                <legend class="visually-hidden">${t("call.end.title")}</legend>
                ${dismissalReasons.map(
                    (reason) => html`<label data-key="${reason}"><input type="radio" name="end-reason" value="${reason}"
                        ${flag("data-first", reason === dismissalReasons[0])}> <span>${t(`contacts.dismissal.${reason}`)}</span></label>`,
                )}
            </fieldset>
            ${this.#reason === "abuse" && this.#procedure(contact)}
            <footer><button class="danger" data-action="go" ${this.attempt.state("go")}>
                ${icon("end")}<span>${t("call.end.go")}</span></button></footer>`;
    }

    #procedure(contact) {
        const canWarn = !contact.warned && !contact.leftBehind;
        return html`<section class="end-procedure" data-key="procedure" aria-label="${t("call.end.procedure")}">
            <p>${t("call.end.procedure")}</p>
            <ol>
                <li ${attribute("data-done", contact.warned ? "yes" : null)}><span>${t("call.end.warn")}</span>
                    <button data-action="warn" ${this.attempt.state("warn", canWarn)}>${icon(contact.warned ? "check" : "warned")}<span>${
                        contact.warned ? t("call.warned") : t("call.end.haveWarned")}</span></button></li>
                <li><span>${t("call.end.handOver")}</span>
                    <button data-action="handOver">${icon("handOver")}<span>${t("call.handOver")}</span></button></li>
                <li><span>${t("call.end.last")}</span></li>
            </ol>
        </section>`;
    }

    #warn() {
        const { contact } = this;
        this.attempt.run("warn", () => callCommand(contact.id, "warn"));
    }

    async #go() {
        const { contact } = this;
        const reason = this.#reason;
        if (await this.attempt.run("go", () => callCommand(contact.id, "end", { reason }))) this.close();
    }
}

customElements.define("call-end", CallEnd);
