import { language } from "./language.js";

/**
 * What every element of Callfloor does: it subscribes when it comes onto the page, undoes exactly that when it leaves, and
 * shows itself again when the language changes. A subclass writes `show()` and, where it needs more, `start()`.
 */
export class PageElement extends HTMLElement {
    #undo = [];

    connectedCallback() {
        this.start();
        this.keep(language.subscribe(() => this.show()));
    }

    disconnectedCallback() {
        for (const undo of this.#undo.splice(0)) undo();
    }

    attributeChangedCallback() {
        if (this.isConnected) this.show();
    }

    /** Subscribes to stores and listens to events; called each time the element comes onto the page. */
    start() {}

    /** Renders the element from what it knows. */
    show() {}

    /** Remembers how to undo something when the element leaves the page. */
    keep(undo) {
        this.#undo.push(undo);
    }

    /** Shows the element again whenever `store` changes. */
    watch(...stores) {
        for (const store of stores) {
            let first = true;
            this.keep(store.subscribe(() => (first ? (first = false) : this.show())));
        }
    }

    /** Listens as long as the element is on the page. */
    listen(target, type, handler, options) {
        target.addEventListener(type, handler, options);
        this.keep(() => target.removeEventListener(type, handler, options));
    }

    /** Runs `actions[name]` when something with `data-action="name"` inside is clicked. */
    act(actions) {
        this.listen(this, "click", (event) => {
            const source = event.target.closest("[data-action]");
            if (!source || !this.contains(source) || source.getAttribute("aria-disabled") === "true") return;
            actions[source.dataset.action]?.(source, event);
        });
    }
}
