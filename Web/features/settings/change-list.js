import { announce } from "../../base/announce.js";
import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, list } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { fieldsOf } from "./forms.js";
import { kindNamed } from "./kinds/kinds.js";
import { settings, undo } from "./settings-store.js";
import { at, nameIn, same } from "./values.js";
import { undoRefusal } from "./undo-refusal.js";
import { kindWords, wordsOf } from "./words.js";

const pageSize = 30;

/** Who changed what, and when, newest first: each change in words, and how it is taken back. */
class ChangeList extends PageElement {
    #changes = [];
    #more = false;
    #problem = null;
    #refused = null;
    #state = "loading";
    #request = 0;
    #busy = false;

    start() {
        this.watch(settings);
        let version = settings.value.answer?.version;
        this.keep(
            settings.subscribe(({ answer }) => {
                if (!answer || answer.version === version) return;
                version = answer.version;
                this.#load();
            }),
        );
        this.#load();
        this.act({
            more: () => this.#load(this.#changes.at(-1)?.id),
            again: () => this.#load(),
            undo: ({ value }) => this.#undo(value),
        });
    }

    async #load(before = null) {
        const request = ++this.#request;
        try {
            const { changes, more } = await get(`/api/set-up/changes?limit=${pageSize}${before === null ? "" : `&before=${encodeURIComponent(before)}`}`);
            if (request !== this.#request) return; // another page has been asked for since
            this.#changes = before === null ? changes : [...this.#changes, ...changes];
            this.#more = more;
            this.#problem = null;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (request !== this.#request) return;
            this.#problem = problem;
        }
        this.#state = "shown";
        if (this.isConnected) this.show();
    }

    async #undo(id) {
        if (this.#busy) return;
        this.#busy = true;
        this.#refused = null;
        try {
            await undo(id);
            announce(t("settings.undone"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#refused = { id, problem };
        }
        this.#busy = false;
        await this.#load();
        // What is taken back has no button any more.
        if (document.activeElement === document.body) this.querySelector(".change-list")?.focus();
    }

    show() {
        if (this.#state === "loading") return render(this, html`<div class="panel empty"><p>${t("common.loading")}</p></div>`);
        if (this.#problem && this.#changes.length === 0) {
            return render(this, html`<div class="panel empty">${icon("alert")}<p role="alert">${this.#problem.text}</p>
                <button type="button" data-action="again">${t("contacts.tryAgain")}</button></div>`);
        }
        return render(
            this,
            html`<div class="panel change-list" tabindex="0" role="region" aria-label="${t("settings.changes")}">
                ${this.#changes.length === 0 && html`<p class="soft" data-key="none">${t("settings.changes.none")}</p>`}
                <ol data-key="list">${this.#changes.map((change) => this.#change(change))}</ol>
                ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>`}
                ${this.#more && html`<button type="button" data-action="more" data-key="more">${t("contacts.more")}</button>`}
            </div>`,
        );
    }

    #change({ id, at: moment, by, parts, undoes, undoneBy }) {
        const refused = this.#refused?.id === id ? this.#refused.problem : null;
        const who = by ? by.name : t("settings.changes.commandLine");
        const title = parts.map((part) => this.#nameOf(part)).join(", ");
        return html`<li data-key="${id}" ${attribute("data-undone", undoneBy ? "yes" : null)}>
            <header><time>${dateTime(moment / 1000)}</time> <bdi>${who}</bdi>
                ${undoes && html`<span class="tag">${t("settings.changes.undoing")}</span>`}${undoneBy && html`<span class="tag">${t("settings.changes.undone")}</span>`}
                ${!undoneBy && html`<button type="button" data-action="undo" data-key="undo" value="${id}"
                    aria-label="${t("settings.changes.undoOf", { what: title })}">${t("settings.undo")}</button>`}</header>
            ${refused && html`<p class="field-error" role="alert">${icon("alert")}<span>${undoRefusal(refused)}</span></p>`}
            <ul>${parts.map((part) => this.#part(part))}</ul>
        </li>`;
    }

    #part(part) {
        const name = this.#nameOf(part);
        const what = part.before === null ? "made" : part.after === null ? "removed" : "changed";
        const rows = part.kind === "dispositions" ? treeDifferences(part.before ?? [], part.after ?? [])
            : part.before !== null && part.after !== null ? this.#differences(part) : [];
        return html`<li data-key="${part.kind} ${part.project} ${part.key}"><p><span class="soft">${kindWords(part.kind)}</span> <bdi class="part-name">${name}</bdi>
                ${what !== "changed" && html`<span class="part-what">${t(`settings.changes.${what}`)}</span>`}</p>
            ${part.secretChanged && part.before !== null && html`<p>${t("settings.changes.secret")}</p>`}
            ${rows.length > 0 && html`<dl>${rows.map(({ label, before, after }) => html`<div><dt>${label}</dt>
                <dd><del>${before}</del> <span aria-hidden="true" class="arrow">${icon("back")}</span> <ins>${after}</ins></dd></div>`)}</dl>`}</li>`;
    }

    #nameOf({ kind: one, key, project, before, after }) {
        const setUp = settings.value.answer?.setUp ?? {};
        if (one === "dispositions") return nameIn(setUp.projects?.[key]?.name) || key;
        const kind = kindNamed(one);
        const value = { ...before, ...after };
        if (!kind) return nameIn(value.name) || key;
        return kind.name({ key, project, value, id: key }, setUp);
    }

    /** The settings that differ, by the fields of the form; what no field shows is named as the file names it. */
    #differences({ kind: one, before, after, project }) {
        const kind = kindNamed(one);
        const setUp = settings.value.answer?.setUp ?? {};
        const context = (value) => ({ ...value, $project: project });
        const [own, other] = [before, after].map((value) => (kind ? kind.open(value) : value));
        const fields = kind ? [...new Set([...fieldsOf(kind, context(own), setUp), ...fieldsOf(kind, context(other), setUp)])] : [];
        const rows = fields
            .filter(({ name, type }) => !name.startsWith("$") && type !== "secret" && !same(at(own, name), at(other, name)))
            // A switch that stays on says nothing: what it switches does.
            .filter(({ name, type }) => type !== "flag" || typeof at(own, name) !== typeof at(other, name) || typeof at(own, name) !== "object")
            .map((field) => ({
                label: t(field.label), before: wordsOf(field, at(own, field.name), setUp, context(own)),
                after: wordsOf(field, at(other, field.name), setUp, context(other)) }))
            .filter((row) => row.before !== row.after);
        if (rows.length > 0) return rows;
        return Object.keys({ ...before, ...after })
            .filter((name) => name !== "password" && name !== "secret")
            .filter((name) => !same(before[name], after[name]))
            .map((name) => ({ label: name, before: plain(before[name]), after: plain(after[name]) }));
    }
}

/** Which dispositions came, went, or were renamed or moved: each by where it stands and what it means. */
function treeDifferences(before, after) {
    const [old, now] = [before, after].map((tree) => new Map(placesOf(tree)));
    const keys = [...new Set([...old.keys(), ...now.keys()])];
    return keys
        .filter((key) => old.get(key) !== now.get(key))
        .map((key) => ({
            label: t("settings.kind.disposition"), before: old.get(key) ?? t("settings.nothing"), after: now.get(key) ?? t("settings.nothing") }));
}

function placesOf(tree, above = []) {
    return tree.flatMap(({ key, name, meanings = [], below = [] }) => {
        const path = [...above, nameIn(name) || key];
        const meant = meanings.length > 0 ? ` (${list(meanings.map((one) => t(`settings.meaning.${one}`)))})` : "";
        return [[key, path.join(" › ") + meant], ...placesOf(below, path)];
    });
}

function plain(value) {
    if (value === undefined || value === null) return t("settings.nothing");
    return typeof value === "object" ? nameIn(value) || JSON.stringify(value) : String(value);
}

customElements.define("change-list", ChangeList);
