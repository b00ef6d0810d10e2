import { announce } from "../../../base/announce.js";
import { PageElement } from "../../../base/element.js";
import { dateTime } from "../../../base/format.js";
import { attribute, flag, html, render } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { language, languages, patterns } from "../../../base/language.js";
import { notifyProblem } from "../../../base/notices.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../../settings/values.js";
import { added, at, lists, put, putText, renamed, shifted, without } from "./body.js";
import { DocumentDraft } from "./document-draft.js";
import * as form from "./form-parts.js";
import "./form-preview.js";
import { flawText } from "./part-fields.js";
import "./script-preview.js";
import * as script from "./script-parts.js";

const parts = { steps: script.stepPart, objections: script.objectionPart, fields: form.fieldPart };
const addLabels = { steps: "documents.addStep", objections: "documents.addObjection", fields: "documents.addField" };
const general = "general";

/** A script or a form: its parts as a list, one of them beside it to be written, what keeps it from being published below. */
class DocumentEditor extends PageElement {
    #draft = null;
    #part = general;
    // Null: the texts are written in the language of the screen.
    #chosen = null;
    // An older version that is looked at: {version, body, at, by}.
    #viewed = null;
    #isPreview = false;
    // Whether it is really to be retired.
    #isAsked = false;
    // Counts what moves fields to other places: they are made anew then.
    #generation = 0;

    start() {
        this.#draft = new DocumentDraft(this.getAttribute("document"));
        this.watch(this.#draft.changes);
        this.#draft.load();
        this.keep(() => this.#draft.save());
        this.listen(window, "pagehide", () => this.#draft.save());
        this.listen(this, "input", (event) => this.#input(event.target));
        this.listen(this, "change", (event) => this.#change(event.target));
        this.listen(this, "focusout", (event) => event.target.dataset.path && this.#draft.isDirty && this.#draft.save());
        this.listen(this, "keydown", (event) => event.target.closest(".document-parts") && this.#key(event));
        this.act({
            part: ({ dataset }) => this.#open(dataset.part),
            add: ({ dataset }) => this.#add(dataset.list),
            addEntry: ({ dataset }) => this.#addEntry(dataset.list),
            up: ({ dataset }) => this.#shift(dataset.list, Number(dataset.index), -1),
            down: ({ dataset }) => this.#shift(dataset.list, Number(dataset.index), 1),
            remove: ({ dataset }) => this.#remove(dataset.list, Number(dataset.index)),
            flaw: ({ dataset }) => this.#openFlaw(dataset.path),
            preview: () => this.#preview(),
            publish: () => this.#publish(),
            ask: () => this.#ask(true),
            keep: () => this.#ask(false),
            retire: () => this.#retire(),
            theirs: () => this.#renew(() => this.#draft.load()),
            mine: () => this.#draft.keepMine(),
            takeBack: () => this.#takeBack(),
            leave: () => this.#view(null),
        });
    }

    get #code() {
        return this.#chosen ?? language.value;
    }

    get #body() {
        return this.#viewed?.body ?? this.#draft.body;
    }

    show() {
        const { whole, problem } = this.#draft;
        if (whole === null) {
            return render(this, html`<div class="panel empty">${problem ? html`${icon("alert")}<p role="alert">${problem.text}</p>` : t("common.loading")}</div>`);
        }
        const edited = { body: this.#body, code: this.#code, flaws: this.#viewed ? [] : this.#draft.flaws, generation: this.#generation, isFixed: this.#viewed !== null };
        if (this.#part !== general && at(edited.body, this.#part) === undefined) this.#part = general;
        render(
            this,
            html`<div class="panel document-side" data-key="side">${this.#list(whole.kind)}</div>
                <div class="panel document-main" data-key="main">
                    ${this.#head(whole)}
                    <div class="document-notes" role="alert" data-key="notes">${this.#notes()}</div>
                    ${this.#isPreview ? (whole.kind === "script" ? html`<script-preview data-key="preview"></script-preview>` :
                        html`<form-preview data-key="preview"></form-preview>`) : html`<div class="document-fields"
                        data-key="fields ${this.#part}">${this.#fields(edited)}</div>`}
                    ${!this.#viewed && this.#flawList()}
                    ${this.#foot(whole)}
                </div>`,
        );
        this.querySelector("script-preview, form-preview")?.give(edited.body, this.#code);
    }

    #head({ kind, key }) {
        return html`<header class="document-head" data-key="head"><h2><bdi>${nameIn(this.#body.name) || key}</bdi></h2>
            <span class="soft">${t(`documents.${kind}`)} · <bdi class="number">${key}</bdi></span>
            <span class="document-language" data-key="language"><label for="document-language">${t("documents.language")}</label><select
                name="language" id="document-language">${languages.map((code) => html`<option value="${code}"
                ${flag("selected", code === this.#code)}>${patterns(code).name}</option>`)}</select></span></header>`;
    }

    #notes() {
        const { problem, isConflict } = this.#draft;
        if (isConflict) {
            return html`<p class="note">${icon("warned")}<span>${problem.text}</span><button data-action="theirs">${t("documents.theirs")}</button>
                <button data-action="mine">${t("documents.mine")}</button></p>`;
        }
        return problem && html`<p class="field-error">${icon("alert")}<span>${problem.text}</span></p>`;
    }

    #list(kind) {
        const item = (part, name) => {
            const isFlawed = !this.#viewed && this.#draft.flaws.some(({ path }) => (part === general ? /^(name|start|direction)$/.test(path) : `${path}/`.startsWith(`${part}/`)));
            return html`<li data-key="${part}"><button type="button" class="plain" data-action="part" data-part="${part}"
                tabindex="${part === this.#part ? 0 : -1}" ${attribute("aria-current", part === this.#part ? "true" : null)}><span class="cut" title="${name}"><bdi>${name}</bdi></span>
                ${isFlawed && html`${icon("alert")}<span class="visually-hidden">${t("documents.flawed")}</span>`}</button></li>`;
        };
        return html`<ul class="document-parts" aria-label="${t("documents.parts")}" aria-describedby="document-keys" data-key="parts">
                ${item(general, t("documents.general"))}
                ${lists[kind].flatMap((list) => [
                    html`<li class="document-list-name soft" data-key="${list}">${t(`documents.${list}`)}</li>`,
                    ...(this.#body[list] ?? []).map((entry, index) => item(`${list}/${index}`, nameOf(list, entry))),
                ])}</ul>
            <p class="hint" id="document-keys" data-key="keys">${t("documents.keys", { shift: "Shift", insert: "Insert", delete: "Delete", enter: "Enter" })}</p>
            ${!this.#viewed && html`<footer data-key="foot">${lists[kind].map((list) => html`<button type="button" data-action="add" data-list="${list}"
                data-key="${list}">${t(addLabels[list])}</button>`)}</footer>`}`;
    }

    #fields(edited) {
        if (this.#part === general) return (this.#draft.whole.kind === "script" ? script : form).generalPart(edited);
        return parts[this.#part.split("/")[0]](edited, this.#part, at(edited.body, this.#part));
    }

    #flawList() {
        const { flaws } = this.#draft;
        if (flaws.length === 0) return html`<p class="document-flawless soft" data-key="flaws">${icon("check")}<span>${t("documents.flawless")}</span></p>`;
        return html`<section class="document-flaws" aria-label="${t("documents.flaws")}" data-key="flaws"><h3>${t("documents.flaws")}</h3>
            <ul>${flaws.map(({ path, rule }) => html`<li data-key="${path} ${rule}"><button type="button" class="plain" data-action="flaw"
                data-path="${path}"><bdi class="soft">${this.#placeName(path)}</bdi><span>${flawText(rule)}</span></button></li>`)}</ul></section>`;
    }

    #placeName(path) {
        const [list, index] = path.split("/");
        const entry = index === undefined ? undefined : this.#draft.body[list]?.[index];
        return entry === undefined ? t("documents.general") : nameOf(list, entry);
    }

    #foot({ kind, published, versions }) {
        const { isDirty, isSaving, hasChanges, flaws } = this.#draft;
        const state = isSaving ? t("documents.saving") : isDirty ? t("documents.unsaved") : t("documents.saved");
        const viewed = this.#viewed;
        return html`<footer class="document-foot" data-key="foot">
            ${viewed ? html`<span data-key="viewed">${t("documents.viewed", { version: viewed.version })}</span>
                <button class="primary" data-action="takeBack" data-key="take">${t("documents.takeBack")}</button>
                <button data-action="leave" data-key="leave">${t("documents.leave")}</button>` : html`<button class="primary" data-action="publish" data-key="publish"
                ${attribute("aria-disabled", flaws.length > 0 || !hasChanges ? "true" : null)}>${icon("check")}<span>${t("documents.publish")}</span></button>`}
            <button data-action="preview" data-key="preview" aria-pressed="${this.#isPreview}">${t(kind === "script" ? "documents.preview" : "documents.tryForm")}</button>
            ${!viewed && html`<span class="soft" role="status" data-key="state">${state}</span>`}
            ${versions.length > 0 && html`<span class="document-versions" data-key="versions"><label
                for="document-version">${t("documents.versions")}</label><select name="version" id="document-version">
                <option value="" ${flag("selected", viewed === null)}>${t("documents.draft")}</option>
                ${versions.map(({ version, at, by }) => html`<option value="${version}" ${flag("selected", viewed?.version === version)}>${
                    t("documents.version", { version })} · ${dateTime(at)}${by && html` · ${by}`}</option>`)}</select></span>`}
            ${published && !viewed && (this.#isAsked ? html`<span class="document-retire" role="group" data-key="retire"><span>${t("documents.retireAsk")}</span>
                <button class="risky" data-action="retire" data-key="now">${t("documents.retireNow")}</button>
                <button class="plain" data-action="keep" data-key="keep">${t("customers.no")}</button></span>` :
                html`<button class="risky" data-action="ask" data-key="ask">${t("documents.retire")}</button>`)}</footer>`;
    }

    #input(target) {
        const { path, type } = target.dataset;
        if (!path || this.#viewed || type === "choice" || type === "check" || type === "word" || type === "key") return;
        const { body } = this.#draft;
        if (type === "texts") return this.#draft.write(putText(body, path, this.#code, target.value));
        const plain = target.value.trim();
        const whole = /^\d{1,9}$/.test(plain) ? Number(plain) : undefined;
        this.#draft.write(put(body, path, type === "whole" ? whole : plain || undefined));
    }

    #change(target) {
        const { path, type } = target.dataset;
        if (target.name === "language") {
            this.#chosen = target.value;
            return this.show();
        }
        if (target.name === "version") return this.#view(target.value === "" ? null : Number(target.value));
        if (!path || this.#viewed) return;
        const { body } = this.#draft;
        if (type === "key") return this.#draft.write(renamed(body, path, target.value.trim()));
        if (type === "check") return this.#draft.write(put(body, path, target.checked));
        if (type === "word") return this.#draft.write(put(body, path, target.checked ? target.value : undefined));
        if (type === "choice") return this.#draft.write(put(body, path, target.value || undefined));
    }

    #open(part, { focus = false } = {}) {
        this.#part = part;
        this.#isPreview = false;
        this.show();
        if (focus) this.querySelector(".document-fields textarea, .document-fields input").focus();
        else this.querySelector(".document-parts [aria-current]").focus();
    }

    #openFlaw(path) {
        const [list, index] = path.split("/");
        this.#open(parts[list] && index !== undefined ? `${list}/${index}` : general);
        const field = this.querySelector(`.document-fields [data-path="${CSS.escape(path)}"]`) ?? this.querySelector(".document-fields textarea");
        field?.focus();
    }

    #add(list) {
        const [current, index] = this.#part.split("/");
        const next = added(this.#draft.body, list, current === list ? Number(index) : Infinity);
        this.#moved(next.body);
        this.#open(`${list}/${next.index}`, { focus: true });
    }

    #addEntry(list) {
        const { body, index } = added(this.#draft.body, list);
        this.#moved(body);
        this.querySelector(`[data-path="${list}/${index}/label"]`).focus();
    }

    #shift(list, index, by) {
        const body = shifted(this.#draft.body, list, index, by);
        if (body === null) return;
        this.#moved(body);
        announce(t("documents.moved", { place: index + by + 1, count: at(body, list).length }));
        if (parts[list]) return this.#open(`${list}/${index + by}`);
        this.querySelector(`[data-action="${by < 0 ? "up" : "down"}"][data-list="${list}"][data-index="${index + by}"]`)?.focus();
    }

    #remove(list, index) {
        this.#moved(without(this.#draft.body, list, index));
        const count = at(this.#draft.body, list).length;
        if (parts[list]) return this.#open(count === 0 ? general : `${list}/${Math.min(index, count - 1)}`);
        this.querySelector(`[data-action="addEntry"][data-list="${list}"]`)?.focus();
    }

    #moved(body) {
        this.#generation += 1;
        this.#draft.write(body);
    }

    /** In the list: arrows go, with Shift they move; Insert and Delete as they say; Enter goes to the fields. */
    #key(event) {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const buttons = [...this.querySelectorAll(".document-parts button")];
        const place = buttons.indexOf(event.target);
        const [list, index] = event.target.dataset.part.split("/");
        const mayChange = index !== undefined && !this.#viewed;
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        const to = by === undefined ? { Home: 0, End: buttons.length - 1 }[event.key] : place + by;
        let run = null;
        if (event.shiftKey && by !== undefined) run = mayChange && (() => this.#shift(list, Number(index), by));
        else if (buttons[to]) run = () => this.#open(buttons[to].dataset.part);
        else if (event.key === "Enter") run = () => this.#open(event.target.dataset.part, { focus: true });
        else if (event.key === "Delete" && mayChange) run = () => this.#remove(list, Number(index));
        else if (event.key === "Insert" && mayChange) run = () => this.#add(list);
        if (!run) return;
        event.preventDefault();
        run();
    }

    #preview() {
        this.#isPreview = !this.#isPreview;
        this.show();
    }

    #ask(isAsked) {
        this.#isAsked = isAsked;
        this.show();
        this.querySelector(`[data-action="${isAsked ? "retire" : "ask"}"]`)?.focus();
    }

    async #retire() {
        this.#isAsked = false;
        await this.#draft.retire();
        this.show();
    }

    async #publish() {
        if (!(await this.#draft.publish())) return;
        announce(t("documents.published", { version: this.#draft.whole.published.version }));
        this.dispatchEvent(new CustomEvent("documentchanged", { bubbles: true }));
    }

    async #renew(action) {
        await action();
        this.#generation += 1;
        this.show();
    }

    async #view(version) {
        try {
            this.#viewed = version === null ? null : await this.#draft.version(version);
        } catch (problem) {
            notifyProblem(problem);
        }
        this.#generation += 1;
        this.show();
    }

    #takeBack() {
        const { body } = this.#viewed;
        this.#viewed = null;
        this.#moved(body);
        this.#draft.save();
        this.#open(general);
    }
}

function nameOf(list, entry) {
    if (list === "steps") return script.stepName(entry);
    return nameIn(list === "objections" ? entry.title : entry.label) || entry.key;
}

customElements.define("document-editor", DocumentEditor);
