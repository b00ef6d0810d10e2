import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { duration, phone, time } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "../../elements/count-down/count-down.js";
import "../../elements/disposition-tree/disposition-tree.js";
import { callCommand, deskStore } from "./desk-store.js";
import { offer } from "./desk-tabs.js";
import { draftOf, noteMax } from "./draft.js";

/** Whether the talk is over and there is still something to say of it. */
function isOver(contact) {
    return contact?.state === "wrapUp" || contact?.state === "writeUp";
}

/**
 * Right: what came of the contact. It can be filled in from the first word on; it is completed when the talk is over. The
 * form belongs to one contact: a new offer shows beside it and leaves what is typed here alone. Where wrap-up is optional the agent is
 * free meanwhile, and the last contact stays here until he has his next.
 */
class OutcomeForm extends PageElement {
    #contact = null;
    #draft = null;
    #undo = () => {};
    #missing = false;
    #busy = false;

    start() {
        this.keep(deskStore.subscribe(() => this.#receive()));
        this.watch(ownKeys);
        this.keep(() => this.#undo());
        this.listen(this, "input", (event) => {
            if (event.target.matches("textarea")) this.#draft?.write({ note: event.target.value });
        });
        this.listen(this, "change", (event) => {
            if (!event.target.matches("disposition-tree")) return;
            this.#missing = false;
            this.#draft?.write({ disposition: event.target.value });
            this.show();
        });
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#complete();
        });
        this.keep(shortcut("form", () => this.#focus()));
        this.keep(shortcut("complete", () => this.#complete()));
        this.act({ askForWrapUp: () => this.#askForWrapUp() });
        this.keep(shortcut("askForWrapUp", () => this.#askForWrapUp()));
    }

    get #handled() {
        const contact = deskStore.value?.contact ?? null;
        return contact?.state === "talking" || contact?.state === "wrapUp" ? contact : (deskStore.value?.writeUp ?? null);
    }

    /** Takes the desk as it is now; what is being typed stays. */
    #receive() {
        const contact = this.#handled;
        if (contact?.id !== this.#contact) {
            this.#undo();
            this.#contact = contact?.id ?? null;
            this.#draft = contact ? draftOf(contact) : null;
            this.#undo = this.#draft?.status.subscribe(() => this.isConnected && this.show()) ?? (() => {});
            this.#missing = false;
            this.#busy = false;
            this.show();
            this.#fill();
        } else {
            const note = this.querySelector("textarea");
            if (contact && note !== document.activeElement && this.#draft.receive(contact.draft, deskStore.value.position)) this.#fill();
            this.show();
        }
    }

    #fill() {
        const note = this.querySelector("textarea");
        if (note) note.value = this.#draft?.note ?? "";
        const tree = this.querySelector("disposition-tree");
        if (tree) tree.value = this.#draft?.disposition ?? null;
    }

    show() {
        const contact = this.#handled;
        const ready = isOver(contact);
        render(
            this,
            html`<form class="panel outcome" data-state="${ready ? "wrapUp" : "off"}" novalidate aria-label="${t("desk.outcome")}">
                ${contact
                    ? html`<section class="outcome-disposition" data-key="disposition">
                              <h2 class="panel-title">${t("desk.disposition")}</h2>
                              <disposition-tree label="${t("desk.disposition")}"></disposition-tree>
                              <p class="field-error" role="alert">${this.#missing && html`${icon("alert")}<span>${t("desk.dispositionMissing")}</span>`}</p>
                          </section>
                          <section class="outcome-note" data-key="note">
                              <div class="note-head">
                                  <label for="note" class="panel-title">${t("desk.note")}</label>
                                  <span class="save-state soft"
                                      data-save="${this.#draft.status.value}">${t(`desk.draft.${this.#draft.status.value}`)}</span>
                              </div>
                              <textarea id="note" maxlength="${noteMax}" dir="auto" placeholder="${t("desk.notePlaceholder")}"></textarea>
                          </section>`
                    : html`<div class="empty" data-key="empty">${icon("wrapUp")}<p>${t("desk.outcomeEmpty")}</p></div>`}
                ${this.#aside(contact)}
                <footer class="desk-actions">
                    <div class="wrap-left">
                        ${ready && contact.wrapUpUntil !== null
                            ? html`<span data-key="label">${t("desk.wrapUpLeft")}</span>
                                  <count-down data-key="left" from="${contact.endedAt}" until="${contact.wrapUpUntil}"
                                      label="${t("desk.wrapUpLeft")}"></count-down>`
                            : html`<span class="soft" data-key="hint">${contact?.state === "talking" && !contact.wrapUpOnRequest ? t("desk.completeLater") : ""}</span>`}
                    </div>
                    <button class="primary" aria-keyshortcuts="${shownKeyOf("complete")}" ${attribute("aria-disabled", !ready || this.#busy)}
                        ${attribute("aria-busy", this.#busy ? "true" : null)}>
                        ${icon("check")}<span>${t("desk.complete")}</span><kbd aria-hidden="true">${shownKeyOf("complete")}</kbd>
                    </button>
                </footer>
            </form>`,
        );
        const tree = this.querySelector("disposition-tree");
        if (tree && contact) {
            tree.items = contact.dispositions;
            tree.value = this.#draft.disposition;
        }
    }

    /** What there is to know, or to ask for, where wrap-up is not for everybody. */
    #aside(contact) {
        if (contact?.state === "talking" && contact.wrapUpOnRequest) {
            return html`<div class="outcome-aside" data-key="request">${this.#request(contact.wrapUpOnRequest)}</div>`;
        }
        if (contact?.state !== "writeUp") return null;
        const number = contact.number === null ? t("common.numberWithheld") : phone(contact.number);
        return html`<p class="outcome-aside" data-key="free">${icon("idle")}<span>${t("desk.writeUp", {
            number, time: time(contact.endedAt) })}</span></p>`;
    }

    /** Where time after the talk is for those who ask: the button that does, pressed once it is asked for. */
    #request({ wanted, seconds }) {
        return html`<button type="button" class="wrap-request" data-action="askForWrapUp" aria-pressed="${String(wanted)}"
            aria-keyshortcuts="${shownKeyOf("askForWrapUp")}" title="${t("desk.askForWrapUpText")} (${shownKeyOf("askForWrapUp")})">
            ${icon(wanted ? "check" : "wrapUp")}<span>${t("desk.askForWrapUp", { seconds: duration(seconds * 1000) })}</span>
            <kbd aria-hidden="true">${shownKeyOf("askForWrapUp")}</kbd></button>`;
    }

    async #askForWrapUp() {
        const contact = this.#handled;
        if (contact?.state !== "talking" || !contact.wrapUpOnRequest) return;
        const { wanted } = contact.wrapUpOnRequest;
        try {
            await callCommand(contact.id, wanted ? "no-wrap-up" : "wrap-up");
            announce(t(wanted ? "desk.wrapUpDeclined" : "desk.wrapUpAsked"));
        } catch (problem) {
            notifyProblem(problem);
        }
    }

    /** Comes to the front of its place. */
    #bring() {
        this.dispatchEvent(new CustomEvent("bring", { bubbles: true }));
    }

    #focus() {
        this.#bring();
        const tree = this.querySelector("disposition-tree");
        // The same key again goes on to the note.
        if (tree?.contains(document.activeElement)) this.querySelector("textarea").focus();
        else tree?.focus();
    }

    async #complete() {
        const contact = this.#handled;
        if (!isOver(contact) || this.#busy) return;
        // Another contact may be on the form before the answer comes.
        const draft = this.#draft;
        if (draft.disposition === null) {
            this.#missing = true;
            this.show();
            this.#bring();
            this.querySelector("disposition-tree").focus();
            return;
        }
        this.#busy = true;
        this.show();
        try {
            await draft.complete();
            announce(t("desk.completed"));
        } catch (problem) {
            notifyProblem(problem);
            if (this.#contact === contact.id) this.#busy = false;
            this.show();
        }
    }
}

customElements.define("outcome-form", OutcomeForm);

offer("side", { name: "outcome", label: "desk.tabs.outcome", element: "outcome-form", begins: ({ state }) => state === "wrapUp" || state === "writeUp" });
