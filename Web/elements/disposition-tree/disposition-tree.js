import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

const searchAbove = 8;
const openBelow = 9;
const digitsMax = 9;

/**
 * One leaf chosen from a tree of dispositions. Keys as the ARIA practices ask of a tree: up and down, into and out of a branch,
 * Home and End, a letter; and the digits 1–9 for the entries of the level one is in. Many leaves can be searched.
 * Fires `change` when a leaf is chosen; `value` is its id or null.
 */
class DispositionTree extends PageElement {
    #items = [];
    #value = null;
    #open = new Set();
    #active = null;
    #search = "";

    /** [{id, name, children}] */
    set items(items) {
        const same = JSON.stringify(items) === JSON.stringify(this.#items);
        if (same) return;
        this.#items = items;
        const branches = this.#all(items).filter(({ item }) => item.children.length > 0);
        // A small tree lies open: then every leaf is one key away.
        this.#open = new Set(this.#all(items).length <= openBelow + branches.length ? branches.map(({ item }) => item.id) : []);
        this.#reveal(this.#value);
        if (this.isConnected) this.show();
    }

    get value() {
        return this.#value;
    }

    set value(id) {
        if (id === this.#value) return;
        this.#value = id;
        this.#reveal(id);
        if (this.isConnected) this.show();
    }

    /** Puts the focus into the tree: on the chosen leaf, else on the first entry. */
    focus() {
        (this.querySelector("[role=treeitem][tabindex='0']") ?? this.querySelector("input"))?.focus();
    }

    start() {
        this.listen(this, "keydown", (event) => this.#key(event));
        this.listen(this, "input", (event) => {
            event.stopPropagation();
            this.#search = event.target.value.trim();
            this.show();
        });
        this.listen(this, "click", (event) => {
            const row = event.target.closest("[role=treeitem]");
            if (row) this.#act(row.dataset.id);
        });
    }

    show() {
        const rows = this.#rows();
        if (!rows.some(({ item }) => item.id === this.#active)) this.#active = rows[0]?.item.id ?? null;
        const leaves = this.#all(this.#items).filter(({ item }) => item.children.length === 0).length;
        render(
            this,
            html`${leaves > searchAbove &&
                html`<div class="search" data-key="search">
                    ${icon("search")}
                    <input type="search" ${attribute("aria-label", t("common.tree.search"))}
                        ${attribute("placeholder", t("common.tree.search"))} autocomplete="off">
                </div>`}
                <div role="tree" class="tree" data-key="tree" aria-label="${this.getAttribute("label")}" aria-required="true">
                    ${rows.map((row) => this.#row(row))}
                </div>
                ${rows.length === 0 && html`<p class="soft" data-key="none">${t("common.tree.nothingFound")}</p>`}`,
        );
    }

    #row({ item, path, place, count }) {
        const branch = item.children.length > 0;
        const chosen = item.id === this.#value;
        const digit = this.#search === "" && place < digitsMax && this.#sameLevel(path) ? place + 1 : null;
        return html`<div role="treeitem" data-key="${item.id}" data-id="${item.id}" data-depth="${this.#search === "" ? path.length : 0}"
            tabindex="${item.id === this.#active ? 0 : -1}" aria-level="${path.length + 1}"
            aria-posinset="${place + 1}" aria-setsize="${count}"
            ${attribute("aria-expanded", branch ? String(this.#open.has(item.id)) : null)}
            ${attribute("aria-checked", branch ? null : String(chosen))} ${attribute("aria-selected", branch ? null : String(chosen))}>
            <span class="mark">${branch && icon("open")}</span>
            <span class="name">${this.#search !== "" && path.length > 0 && html`<span
                class="soft">${path.map(({ name }) => name).join(" › ")} › </span>`}${item.name}</span>
            ${digit !== null && html`<kbd aria-hidden="true">${digit}</kbd>`}
        </div>`;
    }

    /** All entries with the branches above them and their place among their siblings. */
    #all(items, path = []) {
        return items.flatMap((item, place) => [{ item, path, place, count: items.length }, ...this.#all(item.children, [...path, item])]);
    }

    /** The entries that can be seen now. */
    #rows() {
        const all = this.#all(this.#items);
        if (this.#search === "") return all.filter(({ path }) => path.every(({ id }) => this.#open.has(id)));
        const wanted = this.#search.toLocaleLowerCase();
        const matches = ({ name }) => name.toLocaleLowerCase().includes(wanted);
        return all
            .filter(({ item, path }) => item.children.length === 0 && [...path, item].some(matches))
            .sort((first, second) => compare(first.item.name, second.item.name));
    }

    #reveal(id) {
        const found = this.#all(this.#items).find(({ item }) => item.id === id);
        if (!found) return;
        for (const { id: branch } of found.path) this.#open.add(branch);
        this.#active = id;
    }

    /** Whether entries under `path` are on the level of the active entry: those the digits choose. */
    #sameLevel(path) {
        const active = this.#all(this.#items).find(({ item }) => item.id === this.#active);
        return active !== undefined && active.path.at(-1)?.id === path.at(-1)?.id;
    }

    #act(id) {
        const found = this.#all(this.#items).find(({ item }) => item.id === id);
        if (!found) return;
        if (found.item.children.length > 0) {
            if (this.#open.has(id)) this.#open.delete(id);
            else this.#open.add(id);
            this.#move(id);
            return;
        }
        this.#value = id;
        this.#move(id);
        this.dispatchEvent(new Event("change", { bubbles: true }));
    }

    #move(id) {
        this.#active = id;
        this.show();
        this.querySelector("[role=treeitem][tabindex='0']")?.focus();
    }

    #key(event) {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const searching = event.target.matches("input");
        const rows = this.#rows();
        const index = rows.findIndex(({ item }) => item.id === this.#active);
        const active = rows[index];
        if (!active || (searching && !["ArrowDown", "Enter"].includes(event.key))) return;
        const [into, outOf] = getComputedStyle(this).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
        const siblings = rows.filter(({ path }) => path.at(-1)?.id === active.path.at(-1)?.id);
        const branch = active.item.children.length > 0;
        const keys = {
            ArrowDown: () => this.#move(rows[searching ? index : Math.min(index + 1, rows.length - 1)].item.id),
            ArrowUp: () => this.#move(rows[Math.max(index - 1, 0)].item.id),
            Home: () => this.#move(rows[0].item.id),
            End: () => this.#move(rows.at(-1).item.id),
            [into]: () => branch && (this.#open.has(active.item.id) ? this.#enter(active.item) : this.#act(active.item.id)),
            [outOf]: () => {
                if (branch && this.#open.has(active.item.id)) this.#act(active.item.id);
                else if (active.path.length > 0) this.#move(active.path.at(-1).id);
            },
            Enter: () => this.#act(active.item.id),
            " ": () => this.#act(active.item.id),
        };
        let run = keys[event.key];
        if (!run && /^Digit[1-9]$/.test(event.code) && !event.shiftKey) run = () => this.#choose(siblings[Number(event.code.slice(5)) - 1]);
        if (!run && event.key.length === 1) run = () => this.#find(event.key, rows, index);
        if (!run) return;
        event.preventDefault();
        run();
    }

    /** A digit: a leaf is chosen, a branch is opened and entered. */
    #choose(row) {
        if (!row) return;
        if (row.item.children.length === 0) return this.#act(row.item.id);
        this.#open.add(row.item.id);
        this.#enter(row.item);
    }

    #enter(branch) {
        this.#move(branch.children[0].id);
    }

    /** The next entry whose name begins with the letter. */
    #find(letter, rows, index) {
        const wanted = letter.toLocaleLowerCase();
        const following = [...rows.slice(index + 1), ...rows.slice(0, index + 1)];
        const found = following.find(({ item }) => item.name.toLocaleLowerCase().startsWith(wanted));
        if (found) this.#move(found.item.id);
    }
}

customElements.define("disposition-tree", DispositionTree);
