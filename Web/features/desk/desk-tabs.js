import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import { deskStore } from "./desk-store.js";

const offered = { middle: [], side: [] };

/**
 * Offers something to stand at a place of the desk ("middle", "side"), beside what is there already: its name, the text key of its label,
 * and the name of its element. `isThere(desk)` says whether there is anything to show, which may change with the desk and with `store`;
 * `begins(contact)` whether the contact's state, when it has just come about, wants it in front; what is offered later goes first. An element that wants to be in front, because its key was
 * pressed, sends the event `bring`.
 */
export function offer(place, { name, label, element, store = null, isThere = () => true, begins = () => false }) {
    offered[place].push({ name, label, element, store, isThere, begins });
}

/** One place of the desk. Where there is more than one thing for it, each has a tab; whatever is not in front keeps what is typed in it. */
class DeskTabs extends PageElement {
    #front = null;
    // The contact, its state and what there was to show when it was last decided what is in front.
    #seen = null;

    start() {
        this.watch(deskStore, ...this.#all.map(({ store }) => store).filter(Boolean));
        this.act({ choose: ({ dataset: { name } }) => this.#bring(name) });
        this.listen(this, "bring", (event) => {
            const tab = this.#tabs.find(({ element }) => element === event.target.localName);
            if (!tab) return;
            event.stopPropagation();
            this.#bring(tab.name);
        });
        this.listen(this, "keydown", (event) => this.#key(event));
    }

    get #all() {
        return offered[this.getAttribute("place")];
    }

    get #tabs() {
        return this.#all.filter(({ isThere }) => isThere(deskStore.value));
    }

    show() {
        const tabs = this.#tabs;
        this.#choose(tabs);
        const several = tabs.length > 1;
        const id = (name) => `${this.getAttribute("place")}-${name}`;
        // A tag's name cannot be a value of the markup; these are our own.
        const tag = (element) => html([`<${element}></${element}>`]);
        render(
            this,
            html`${several && html`<div class="desk-tab-list" role="tablist" data-key="tabs" aria-label="${t(`desk.tabs.${this.getAttribute("place")}`)}">
                    ${tabs.map(({ name, label }) => html`<button class="plain" role="tab" id="tab-${id(name)}" data-key="${name}" data-name="${name}"
                        data-action="choose" aria-selected="${name === this.#front}" aria-controls="panel-${id(name)}"
                        tabindex="${name === this.#front ? 0 : -1}">${t(label)}</button>`)}
                </div>`}
                ${this.#all.map(({ name, element }) => html`<div class="desk-tab" data-key="panel-${name}" id="panel-${id(name)}"
                    ${attribute("role", several ? "tabpanel" : null)} ${attribute("aria-labelledby", several ? `tab-${id(name)}` : null)}
                    ${attribute("hidden", name === this.#front ? null : "")}>${tag(element)}</div>`)}`,
        );
    }

    /** A new contact, or a new state of it, may bring something to the front, but never away from under whoever works in it. */
    #choose(tabs) {
        const contact = deskStore.value?.contact ?? deskStore.value?.writeUp ?? null;
        const seen = [contact?.id, contact?.state, ...tabs.map(({ name }) => name)].join(" ");
        if (seen !== this.#seen) {
            this.#seen = seen;
            const wanted = contact ? [...tabs].reverse().find(({ begins }) => begins(contact)) : tabs[0];
            if (wanted && !this.querySelector(".desk-tab:not([hidden])")?.contains(document.activeElement)) this.#front = wanted.name;
        }
        if (!tabs.some(({ name }) => name === this.#front)) this.#front = tabs[0]?.name ?? null;
    }

    #bring(name) {
        this.#front = name;
        this.show();
    }

    #key(event) {
        if (event.target.role !== "tab") return;
        const tabs = this.#tabs;
        const index = tabs.findIndex(({ name }) => name === this.#front);
        const ahead = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        const back = ahead === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
        const target = { [ahead]: index + 1, [back]: index - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
        if (target === undefined) return;
        event.preventDefault();
        this.#bring(tabs[target % tabs.length].name);
        this.querySelector("[role=tab][aria-selected=true]").focus();
    }
}

customElements.define("desk-tabs", DeskTabs);
