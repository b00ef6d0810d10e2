import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { go, place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { draftOf, draftsChanged } from "./drafts.js";
import "./fields/name-field.js";
import "./fields/simple-fields.js";
import { meanings, projects } from "./kinds/choices.js";
import { nameField } from "./kinds/small.js";
import { dispositions } from "./kinds/trees.js";
import { ruleText } from "./rules.js";
import { saveDraft } from "./saving.js";
import { settings } from "./settings-store.js";
import { added, changed, find, identified, lowered, placed, raised, shifted, without } from "./tree-moves.js";
import { nameIn } from "./values.js";

const meaningsField = { name: "meanings", type: "checks", label: "settings.meanings", options: meanings, hint: () => t("settings.meanings.hint") };

/** The dispositions of a project as a tree: moved by keys or mouse, each node with its name and meanings beside it; saved as a whole. */
class DispositionEditor extends PageElement {
    #draft = null;
    #active = null;
    #dragged = null;
    #over = null;
    #busy = false;
    #problem = null;
    #tried = false;

    start() {
        this.watch(settings, draftsChanged, ownKeys);
        let query = place.value.query.toString();
        this.keep(place.subscribe(({ query: next }) => {
            if (next.toString() === query) return;
            query = next.toString();
            this.#active = null;
            this.show();
        }));
        this.listen(this, "keydown", (event) => event.target.matches("[role=treeitem]") && this.#key(event));
        this.listen(this, "edited", ({ detail }) => this.#write(changed(this.#tree, this.#active, (node) => ({ ...node, [detail.name]: detail.value }))));
        this.listen(this, "change", ({ target }) => target.name === "project" && go(`/settings/dispositions?thing=${encodeURIComponent(target.value)}`));
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#save();
        });
        for (const type of ["dragstart", "dragover", "drop", "dragend"]) this.listen(this, type, (event) => this.#drag(event));
        this.act({
            select: (row) => this.#select(row.dataset.id),
            beside: () => this.begin(),
            below: () => this.begin({ below: true }),
            remove: () => this.#remove(),
            discard: () => {
                this.#problem = null;
                this.#draft.done();
                this.#focus();
            },
        });
        this.keep(shortcut("saveSettings", () => this.#save()));
    }

    get #project() {
        const { setUp } = settings.value.answer;
        const wanted = place.value.query.get("thing");
        return setUp.projects[wanted] ? wanted : (projects(setUp)[0]?.id ?? null);
    }

    get #tree() {
        return identified(this.#draft.value.dispositions);
    }

    /** A new disposition after the one that is chosen, or below it. */
    begin({ below = false } = {}) {
        if (this.#draft === null) return;
        const { tree, id } = added(this.#tree, this.#active, { below });
        this.#active = id;
        this.#write(tree);
        this.querySelector("name-field input")?.focus();
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const project = this.#project;
        if (project === null) {
            this.#draft = null;
            return render(this, html`<div class="panel empty">${icon("contacts")}<p>${t("settings.dispositions.noProject")}</p></div>`);
        }
        const thing = dispositions.all(answer.setUp).find(({ id }) => id === project);
        this.#draft = draftOf(dispositions, project, dispositions.open(thing.value));
        const tree = this.#tree;
        if (!find(tree, this.#active)) this.#active = tree[0]?.$id ?? null;
        const found = this.#active === null ? null : find(tree, this.#active);
        const choices = projects(answer.setUp);
        render(
            this,
            html`<div class="things">
                <div class="panel tree-panel" data-key="tree">
                    ${choices.length > 1 && html`<label class="tree-project" data-key="project"><span>${t("common.project")}</span><select name="project">${
                        choices.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label>`}
                    <div role="tree" aria-label="${t("settings.dispositions")}" aria-describedby="tree-keys" data-key="items">${this.#rows(tree)}</div>
                    ${tree.length === 0 && html`<p class="soft" data-key="none">${t("settings.dispositions.none")}</p>`}
                    <p class="hint" id="tree-keys" data-key="keys">${t("settings.dispositions.keys")}</p>
                    <footer data-key="foot">
                        <button type="button" data-action="beside" aria-keyshortcuts="${shownKeyOf("newSetting")}">${t("settings.dispositions.add")}
                            <kbd aria-hidden="true">${shownKeyOf("newSetting")}</kbd></button>
                        <button type="button" data-action="below" ${attribute("aria-disabled", found ? null : "true")}>${t("settings.dispositions.below")}</button>
                    </footer>
                </div>
                <form class="panel thing" novalidate data-key="form" aria-labelledby="thing-title">
                    ${found ? this.#form(found) : html`<div class="empty" data-key="purpose">${icon("contacts")}<p>${t("settings.dispositions.purpose")}</p></div>`}
                    ${this.#footer(found)}
                </form>
            </div>`,
        );
        const choice = this.querySelector("select[name=project]");
        if (choice && choice.value !== project) choice.value = project;
        if (found) this.#fill(found.node);
    }

    #form({ node, path }) {
        const above = path.map((id) => nameIn(find(this.#tree, id).node.name)).join(" › ");
        return html`<header class="thing-head" data-key="head"><h3 id="thing-title">${nameIn(node.name) || t("settings.dispositions.add")}</h3>
                ${above && html`<span class="soft">${above}</span>`}</header>
            <div class="thing-notes" role="alert" data-key="notes">${this.#draft.meanwhile && html`<p class="note conflict">${icon("warned")}<span>${
                t("settings.conflict.somebody")} ${t("settings.conflict.kept")}</span></p>`}
                ${this.#problem && html`<p class="field-error">${icon("alert")}<span>${this.#problem}</span></p>`}</div>
            <div class="thing-fields" data-key="fields ${node.$id}">
                <name-field data-name="name" data-wide="yes"></name-field>
                ${node.below.length === 0 ? html`<checks-field data-name="meanings" data-wide="yes"></checks-field>`
                    : html`<p class="hint" data-wide="yes">${t("settings.dispositions.branch")}</p>`}
            </div>`;
    }

    #footer(found) {
        const key = shownKeyOf("saveSettings");
        const { isDirty } = this.#draft;
        return html`<footer class="thing-foot" data-key="foot">
            <button class="primary" aria-keyshortcuts="${key}" ${attribute("aria-disabled", isDirty && !this.#busy ? null : "true")}
                ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("check")}<span>${t("settings.dispositions.save")}</span><kbd aria-hidden="true">${key}</kbd></button>
            ${isDirty && html`<button type="button" data-action="discard" data-key="discard">${t("settings.discard")}</button>`}
            ${found && html`<button type="button" class="risky" data-action="remove" data-key="remove">${t("settings.remove")}</button>`}
        </footer>`;
    }

    #fill(node) {
        const { answer } = settings.value;
        const isWrong = this.#tried && nameIn(node.name) === "";
        for (const field of [nameField, meaningsField]) {
            const errors = field === nameField && isWrong ? [{ path: "name", rule: "required" }] : [];
            this.querySelector(`[data-name="${field.name}"]`)?.give({ field, value: node[field.name], whole: node, answer, id: node.$id, errors });
        }
    }

    #rows(tree, depth = 0) {
        return tree.flatMap((node, index) => [
            html`<div role="treeitem" draggable="true" data-key="${node.$id}" data-id="${node.$id}" data-action="select" data-depth="${depth}"
                tabindex="${node.$id === this.#active ? 0 : -1}" aria-level="${depth + 1}" aria-posinset="${index + 1}" aria-setsize="${tree.length}"
                aria-selected="${node.$id === this.#active}" ${attribute("aria-expanded", node.below.length > 0 ? "true" : null)}
                ${attribute("data-over", this.#over?.id === node.$id ? this.#over.where : null)}>
                <span class="name">${nameIn(node.name) || t("settings.dispositions.unnamed")}</span>
                <span class="soft meanings">${node.below.length === 0 && (node.meanings ?? []).map((one) => t(`settings.meaning.${one}`)).join(", ")}</span></div>`,
            ...this.#rows(node.below, depth + 1),
        ]);
    }

    #write(tree) {
        if (tree !== null) this.#draft.write({ dispositions: tree });
    }

    #select(id) {
        this.#active = id;
        this.show();
        this.#focus();
    }

    #focus() {
        (this.querySelector("[role=treeitem][tabindex='0']") ?? this.querySelector("[data-action='beside']")).focus();
    }

    #remove() {
        const rows = [...this.querySelectorAll("[role=treeitem]")];
        const index = rows.findIndex((row) => row.dataset.id === this.#active);
        const gone = this.#active;
        const tree = without(this.#tree, gone);
        const next = [...rows.slice(index + 1), ...rows.slice(0, index).reverse()].find((row) => find(tree, row.dataset.id));
        this.#active = next?.dataset.id ?? null;
        this.#write(tree);
        this.#focus();
    }

    #key(event) {
        const rows = [...this.querySelectorAll("[role=treeitem]")];
        const index = rows.indexOf(event.target);
        // What has the focus is meant, however it came there.
        this.#active = event.target.dataset.id;
        const isRTL = getComputedStyle(this).direction === "rtl";
        const key = isRTL ? ({ ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[event.key] ?? event.key) : event.key;
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const moves = { ArrowUp: (tree, id) => shifted(tree, id, -1), ArrowDown: (tree, id) => shifted(tree, id, 1), ArrowRight: lowered, ArrowLeft: raised };
        if (event.shiftKey && moves[key]) {
            event.preventDefault();
            return this.#move(moves[key](this.#tree, this.#active));
        }
        const targets = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 };
        const runs = {
            Enter: () => this.querySelector("name-field input").focus(),
            Delete: () => this.#remove(),
            Insert: () => this.begin(),
            ArrowLeft: () => {
                const above = find(this.#tree, this.#active).path.at(-1);
                if (above) this.#select(above);
            },
            ArrowRight: () => {
                const first = find(this.#tree, this.#active).node.below[0];
                if (first) this.#select(first.$id);
            },
        };
        const run = rows[targets[key]] ? () => this.#select(rows[targets[key]].dataset.id) : runs[key];
        if (!run) return;
        event.preventDefault();
        run();
    }

    #move(tree) {
        if (tree === null) return;
        this.#write(tree);
        this.#focus();
        const { node, index, siblings, path } = find(this.#tree, this.#active);
        const above = path.length > 0 ? nameIn(find(this.#tree, path.at(-1)).node.name) : t("settings.dispositions");
        announce(t("settings.dispositions.moved", { name: nameIn(node.name), place: index + 1, count: siblings.length, above }));
    }

    /** Onto a row: its upper third before it, its lower third after it, between them below it. */
    #drag(event) {
        const row = event.target.closest?.("[role=treeitem]");
        if (event.type === "dragstart" && row) {
            this.#dragged = row.dataset.id;
            event.dataTransfer.effectAllowed = "move";
            return;
        }
        if (event.type === "dragend" || this.#dragged === null) {
            this.#dragged = this.#over = null;
            return this.show();
        }
        if (!row) return;
        event.preventDefault();
        const { top, height } = row.getBoundingClientRect();
        const part = (event.clientY - top) / height;
        const over = { id: row.dataset.id, where: part < 0.33 ? "before" : part > 0.67 ? "after" : "below" };
        if (event.type === "dragover") {
            if (over.id === this.#over?.id && over.where === this.#over.where) return;
            this.#over = over;
            return this.show();
        }
        const { node, path, index } = find(this.#tree, over.id);
        const dragged = this.#dragged;
        this.#dragged = this.#over = null;
        this.#active = dragged;
        const [parent, position] = over.where === "below" ? [over.id, node.below.length] : [path.at(-1) ?? null, index + (over.where === "after" ? 1 : 0)];
        this.#move(placed(this.#tree, dragged, parent, position));
        this.show();
    }

    async #save() {
        const draft = this.#draft;
        if (this.#busy || !draft?.isDirty) return;
        this.#tried = true;
        this.#problem = null;
        if (draft.wrong(settings.value.answer).length > 0) {
            const unnamed = [...this.querySelectorAll("[role=treeitem]")].find((row) => nameIn(find(this.#tree, row.dataset.id).node.name) === "");
            this.#select(unnamed.dataset.id);
            return this.querySelector("name-field input").focus();
        }
        this.#busy = true;
        this.show();
        try {
            const thing = dispositions.all(settings.value.answer.setUp).find(({ id }) => id === draft.id);
            await saveDraft(draft, thing);
            announce(t("settings.saved"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            const refused = draft.refused.map((error) => ruleText(error));
            if (!draft.meanwhile || problem.code !== "invalid") this.#problem = [...(problem.left ?? []), ...refused].join(" ") || problem.text;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("disposition-editor", DispositionEditor);
