import { get } from "../../base/api.js";
import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

const typingPause = 200;
const shownMax = 50;

/**
 * Finds a customer by any part of name, number or address. Before anything is typed it shows those `offered`, or with `recent` those
 * changed last. Fires `picked` with the customer as listed, and `projects` with those that the user sees customers of. Arrow keys and Enter choose while one types on.
 */
class CustomerSearch extends PageElement {
    static observedAttributes = ["chosen"];
    #offered = [];
    #found = null;
    #problem = null;
    #at = -1;
    #request = 0;
    #typing;
    #isTyping = false;

    set offered(customers) {
        this.#offered = customers;
        if (this.isConnected && this.#found === null) this.show();
    }

    start() {
        this.keep(() => clearTimeout(this.#typing));
        this.listen(this, "input", () => {
            clearTimeout(this.#typing);
            // What was found for less is not meant any more.
            this.#at = -1;
            this.#request += 1;
            this.#isTyping = true;
            this.#typing = setTimeout(() => this.search(), typingPause);
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.act({ pick: ({ dataset: { index } }) => this.#pick(Number(index)), again: () => this.search() });
        if (this.hasAttribute("recent")) this.search();
    }

    get #shown() {
        return this.#found ?? this.#offered;
    }

    focus() {
        this.querySelector("input").focus();
    }

    show() {
        const name = this.getAttribute("name");
        const shown = this.#shown;
        const active = this.#at >= 0 && this.#at < shown.length ? `${name}-${this.#at}` : null;
        render(
            this,
            html`<div class="search">${icon("search")}<input type="search" role="combobox" aria-autocomplete="list" autocomplete="off" dir="auto"
                    aria-label="${t("customers.search")}" placeholder="${t("customers.searchHint")}" aria-controls="${name}-list"
                    aria-expanded="${shown.length > 0}" ${attribute("aria-activedescendant", active)}></div>
                <div class="found" id="${name}-list" role="listbox" aria-label="${t("customers.found")}" ${attribute("hidden", shown.length === 0 ? "" : null)}>
                    ${shown.map((customer, index) => this.#row(customer, index))}
                </div>
                ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>`}
                ${shown.length === 0 && this.#found && !this.#problem && html`<p class="soft found-none" data-key="none">${t("customers.none")}</p>`}`,
        );
        if (active) this.querySelector(`[id="${active}"]`).scrollIntoView({ block: "nearest" });
    }

    #row({ id, kind, name, numbers, city, open }, index) {
        return html`<div class="found-one" role="option" tabindex="-1" id="${this.getAttribute("name")}-${index}" data-key="${id}" data-action="pick"
            data-index="${index}" aria-selected="${index === this.#at}" ${attribute("aria-current", id === this.getAttribute("chosen") ? "true" : null)}>
            ${icon(kind === "company" ? "company" : "person")}
            <span class="found-who"><bdi class="found-name">${name || t("customers.nameless")}</bdi>
            <span class="soft found-more">${numbers.length > 0 && html`<span class="number">${phone(numbers[0])}</span> `}<bdi>${city}</bdi></span></span>
            ${open > 0 && html`<span class="found-open">${t("customers.openCount", { number: open })}</span>`}
        </div>`;
    }

    /** Asks for what the field says. */
    async search() {
        clearTimeout(this.#typing);
        this.#isTyping = false;
        const text = this.querySelector("input")?.value.trim() ?? "";
        const request = ++this.#request;
        this.#problem = null;
        if (text === "" && !this.hasAttribute("recent")) {
            this.#found = null;
            this.#at = -1;
            return this.show();
        }
        const query = new URLSearchParams({ limit: String(shownMax) });
        if (text !== "") query.set("text", text);
        if (this.getAttribute("project")) query.set("project", this.getAttribute("project"));
        try {
            const { customers, projects } = await get(`/api/customers?${query}`);
            if (request !== this.#request) return;
            this.dispatchEvent(new CustomEvent("projects", { bubbles: true, detail: projects }));
            this.#found = customers;
            this.#at = text !== "" && customers.length > 0 ? 0 : -1;
            if (text !== "") announce(t("customers.foundCount", { number: customers.length }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (request !== this.#request) return;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }

    async #key(event) {
        const shown = this.#shown;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step && shown.length > 0) {
            event.preventDefault();
            this.#at = (this.#at + step + shown.length) % shown.length;
            this.show();
        } else if (event.key === "Enter" && event.target.matches("input")) {
            event.preventDefault();
            if (this.#isTyping) await this.search();
            if (this.#at >= 0) this.#pick(this.#at);
        }
    }

    #pick(index) {
        const customer = this.#shown[index];
        if (customer) this.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: customer }));
    }
}

customElements.define("customer-search", CustomerSearch);
