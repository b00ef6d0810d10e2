import { announce } from "../../base/announce.js";
import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, flag, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

const lettersMin = 2;
/** What a suggestion fills in beside the street. */
const places = ["city", "region", "postcode", "country"];
const lengthMax = 200;
let made = 0;

/** A query whose spaces the server reads as such: to it a plus is a plus. */
function spaced(query) {
    return query.toString().replaceAll("+", "%20");
}

/**
 * The street of an address, with what the gazetteer of a `project` suggests while somebody types (a combobox as ARIA has it). Whatever is taken
 * fills in the other parts: inputs with `data-address-part` within the nearest `data-address`. `attributes` (JSON) are those of its input, whose id
 * is `input-id`. Without a gazetteer it is a plain input.
 */
class StreetInput extends PageElement {
    static observedAttributes = ["attributes", "input-id", "project"];
    #list = `street-list-${(made += 1)}`;
    #found = [];
    #active = -1;
    #asked = 0;
    #hasStreets = true;
    // What is typed is held against the gazetteer; which part it does not know.
    #unknown = null;

    start() {
        this.listen(this, "input", ({ target }) => target === this.#input && !this.#filling && this.#suggest());
        this.listen(this, "keydown", (event) => this.#key(event));
        this.listen(this, "focusout", () => this.#close());
        // The focus stays where somebody types.
        this.listen(this, "mousedown", (event) => event.target.closest("[role=option]") && event.preventDefault());
        this.listen(this, "click", ({ target }) => {
            const option = target.closest("[role=option]");
            if (option) this.#take(Number(option.dataset.index));
        });
        // It is asked when the whole address is left.
        this.listen(this.#address, "focusout", ({ relatedTarget }) => this.#address.contains(relatedTarget) || this.#check());
    }

    #filling = false;

    get #input() {
        return this.querySelector("input");
    }

    get #address() {
        return this.closest("[data-address]") ?? this;
    }

    #part(part) {
        return this.#address.querySelector(`[data-address-part="${part}"]`);
    }

    show() {
        const isOpen = this.#found.length > 0;
        const own = JSON.parse(this.getAttribute("attributes") ?? "{}");
        const note = `${this.#list}-note`;
        const described = [own["aria-describedby"], this.#unknown && note].filter(Boolean).join(" ") || null;
        const { disabled, ...others } = own;
        const label = t("gazetteer.suggestions");
        render(
            this,
            html`<input type="text" id="${this.getAttribute("input-id")}" role="combobox" data-address-part="street" autocomplete="off" dir="auto" maxlength="${lengthMax}"
                    ${Object.entries(others).map(([name, value]) => attribute(name, value))} ${flag("disabled", disabled)}
                    aria-autocomplete="list" ${attribute("aria-expanded", isOpen)} aria-controls="${this.#list}" ${attribute("aria-describedby", described)}
                    ${attribute("aria-activedescendant", isOpen && this.#active >= 0 ? `${this.#list}-${this.#active}` : null)}>
                <ul class="street-list" role="listbox" id="${this.#list}" aria-label="${label}" ${flag("hidden", !isOpen)}>${this.#found.map((one, index) => html`<li
                    role="option" id="${this.#list}-${index}" data-index="${index}" ${attribute("aria-selected", index === this.#active)}><bdi>${
                        [one.street, one.houseNumber].filter(Boolean).join(" ")}</bdi> <span class="soft"><bdi>${
                        [one.city, one.region === one.city ? "" : one.region, one.postcode].filter(Boolean).join(", ")}</bdi></span></li>`)}</ul>
                ${this.#unknown && html`<p class="street-note soft" id="${note}" role="status">${icon("alert")}<span>${t(`gazetteer.unknown.${this.#unknown}`)}</span></p>`}`,
        );
    }

    #key(event) {
        const count = this.#found.length;
        if (event.target !== this.#input || event.ctrlKey || event.altKey || event.isComposing) return;
        if (event.key === "Escape" && count > 0) {
            event.stopPropagation();
            this.#close();
        } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
            const step = event.key === "ArrowDown" ? 1 : -1;
            this.#active = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
            this.show();
            this.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter" && count > 0) {
            this.#take(Math.max(this.#active, 0));
        } else {
            return;
        }
        event.preventDefault();
    }

    async #suggest() {
        this.#unknown = null;
        const asked = (this.#asked += 1);
        const text = this.#input.value.trim();
        if (!this.#hasStreets || text.length < lettersMin || !this.getAttribute("project")) return this.#close();
        const query = new URLSearchParams({ project: this.getAttribute("project"), text, city: this.#part("city")?.value.trim() ?? "" });
        let answer;
        try {
            answer = await get(`/api/gazetteer?${spaced(query)}`);
        } catch (problem) {
            // An address can be typed without.
            if (problem.code === undefined) throw problem;
            answer = { hasStreets: true, suggestions: [] };
        }
        if (asked !== this.#asked || !this.isConnected) return;
        this.#hasStreets = answer.hasStreets;
        this.#found = document.activeElement === this.#input ? answer.suggestions : [];
        this.#active = -1;
        this.show();
        if (this.#found.length > 0) announce(t("gazetteer.found", { count: this.#found.length, key: "Enter" }));
    }

    #close() {
        this.#asked += 1;
        if (this.#found.length === 0 && this.#unknown === null) return;
        this.#found = [];
        this.#active = -1;
        this.show();
    }

    #take(index) {
        const taken = this.#found[index];
        this.#close();
        const isElsewhere = (this.#part("city")?.value ?? "") !== taken.city;
        this.#fill("street", taken.street);
        if (taken.houseNumber) this.#fill("houseNumber", taken.houseNumber);
        // What belongs to another town goes with it.
        for (const part of places) if (taken[part] || isElsewhere) this.#fill(part, taken[part]);
        this.#input.dispatchEvent(new Event("change", { bubbles: true }));
        const house = this.#part("houseNumber");
        if (house && house.value === "") house.focus();
    }

    #fill(part, value) {
        const input = this.#part(part);
        if (!input || input.value === value) return;
        input.value = value;
        this.#filling = true;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        this.#filling = false;
    }

    async #check() {
        const value = (part) => this.#part(part)?.value.trim() ?? "";
        const street = value("street");
        if (!this.#hasStreets || street === "" || this.#input.disabled || !this.getAttribute("project")) return;
        const query = new URLSearchParams({ project: this.getAttribute("project"), street });
        for (const part of ["houseNumber", "city", "postcode"]) if (value(part)) query.set(part, value(part));
        const answer = await get(`/api/gazetteer/check?${spaced(query)}`).catch(() => null);
        if (answer === null || !this.isConnected || value("street") !== street || answer.why === this.#unknown) return;
        this.#unknown = answer.why;
        this.show();
    }
}

customElements.define("street-input", StreetInput);
