import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { go, place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { draftsChanged, isUnsaved } from "./drafts.js";
import { hrefOf, kindOf } from "./kinds/kinds.js";
import { settings } from "./settings-store.js";

const searchAbove = 8;

/** All things of one kind. Arrows move, Enter opens one and goes to its form; where there are many, one is searched for. */
class ThingList extends PageElement {
    static observedAttributes = ["kind"];
    #search = "";

    start() {
        this.watch(settings, draftsChanged);
        let query = place.value.query.toString();
        this.keep(
            place.subscribe(({ query: next }) => {
                if (next.toString() === query) return;
                query = next.toString();
                this.show();
            }),
        );
        this.listen(this, "input", ({ target }) => {
            this.#search = target.value.trim().toLocaleLowerCase();
            this.show();
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.keep(shortcut("filter", () => (this.querySelector("input") ?? this.#links[0])?.focus()));
    }

    attributeChangedCallback() {
        this.#search = "";
        super.attributeChangedCallback();
    }

    get #links() {
        return [...this.querySelectorAll("li a")];
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const kind = kindOf(this.getAttribute("kind"));
        const chosen = place.value.query.get("thing");
        const all = kind.all(answer.setUp).map((thing) => ({
            thing, name: kind.name(thing, answer.setUp), detail: kind.detail?.(thing, answer.setUp, answer.facts) ?? "" }));
        const found = all
            .filter(({ name, detail }) => `${name} ${detail}`.toLocaleLowerCase().includes(this.#search))
            .sort((one, other) => compare(one.name, other.name));
        // One of them is reached by Tab: the chosen one, else the first.
        const reached = found.find(({ thing }) => thing.id === chosen) ?? found[0];
        render(
            this,
            html`${all.length > searchAbove && html`<div class="search" data-key="search">${icon("search")}
                    <input type="search" aria-label="${t("common.tree.search")}" placeholder="${t("common.tree.search")}" autocomplete="off"></div>`}
                <ul data-key="list" aria-label="${t(kind.title)}">
                    ${found.map((row) => this.#row(kind, row, row === reached, row.thing.id === chosen))}
                </ul>
                ${all.length === 0 && html`<p class="soft" data-key="none">${t("settings.noneYet")}</p>`}
                ${all.length > 0 && found.length === 0 && html`<p class="soft" data-key="nothing">${t("common.tree.nothingFound")}</p>`}`,
        );
        const search = this.querySelector("input");
        if (search && this.#search === "" && search.value.trim() !== "") search.value = "";
    }

    #row(kind, { thing, name, detail }, isReached, isChosen) {
        return html`<li data-key="${thing.id}"><a href="${hrefOf(kind, thing)}" tabindex="${isReached ? 0 : -1}"
            ${attribute("aria-current", isChosen ? "true" : null)}>
            ${icon(kind.icon)}<span class="row-text"><bdi class="row-name cut" title="${name}" ${attribute("dir", kind.isLatinName ? "ltr" : null)}>${name}</bdi>
            ${detail && html`<span class="row-detail cut" title="${detail}">${detail}</span>`}</span>
            ${isUnsaved(kind, thing.id) && html`<span class="unsaved">${icon("wrapUp")}<span class="visually-hidden">${t("settings.unsaved")}</span></span>`}
        </a></li>`;
    }

    #key(event) {
        const links = this.#links;
        const inSearch = event.target.matches("input");
        const index = links.indexOf(event.target.closest("a"));
        if (event.key === "Enter" && index >= 0) {
            event.preventDefault();
            go(links[index].getAttribute("href"));
            this.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
            return;
        }
        const targets = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: links.length - 1 };
        const target = targets[event.key] ?? -1;
        if (!(event.key in targets) || target < 0 || target >= links.length || (inSearch && event.key !== "ArrowDown")) return;
        event.preventDefault();
        links[target].focus();
    }
}

customElements.define("thing-list", ThingList);
