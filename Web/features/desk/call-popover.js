import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { ownKeys } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { Attempt } from "./attempt.js";
import { contactInHand, deskStore } from "./desk-store.js";

/**
 * What a button of the call bar opens: a small window over the contact, never over a form. It closes by Escape, by a click beside it,
 * and when its customer is gone; then the focus returns to where it came from. A subclass writes `content(contact)`; what the server
 * refuses is said inside.
 */
export class CallPopover extends PageElement {
    /** The id by which the button of the bar names it. */
    static id;
    /** The text key of its title. */
    static heading;
    /** What is tried inside. */
    attempt = new Attempt(() => this.show());
    #contact = null;

    start() {
        this.watch(deskStore, ownKeys);
        this.keep(deskStore.subscribe(() => this.isOpen && contactInHand(deskStore.value)?.id !== this.#contact && this.close()));
        this.listen(this, "toggle", ({ newState }) => this.#toggled(newState === "open"), { capture: true });
    }

    /** The contact in hand, for the actions inside. */
    get contact() {
        return contactInHand(deskStore.value);
    }

    get isOpen() {
        return this.querySelector("[popover]")?.matches(":popover-open") ?? false;
    }

    /** Opens it and puts the focus inside; once more does no harm. */
    open() {
        if (!this.contact) return;
        if (!this.isOpen) {
            this.querySelector("[popover]").showPopover();
            // That it was closed before may not have been told yet.
            this.#contact = null;
        }
        // At once: the next key is already on its way.
        this.#toggled(true);
    }

    close() {
        if (this.isOpen) this.querySelector("[popover]").hidePopover();
    }

    #toggled(isOpen) {
        const contact = this.contact?.id ?? null;
        const isNew = isOpen && (this.#contact !== contact || !this.querySelector("[popover]").contains(document.activeElement));
        if (isOpen ? !isNew : this.#contact === null) return;
        this.#contact = isOpen ? contact : null;
        this.attempt.forget();
        if (isOpen) this.opened();
        else this.closed();
        this.show();
        if (isOpen) this.first()?.focus();
    }

    /** It has just been opened. */
    opened() {}

    /** It has just been closed. */
    closed() {}

    /** What gets the focus. */
    first() {
        return this.querySelector("[data-first]");
    }

    show() {
        const { contact } = this;
        const { id, heading } = this.constructor;
        render(
            this,
            html`<section popover class="call-popover" id="${id}" aria-labelledby="${id}-title" role="dialog">
                <h2 id="${id}-title">${t(heading)}</h2>
                ${contact && this.content(contact)}
                ${this.attempt.said}
            </section>`,
        );
    }
}
