import { command, get } from "../../../base/api.js";
import { PageElement } from "../../../base/element.js";
import { attribute, html, render } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { language } from "../../../base/language.js";
import { notifyProblem } from "../../../base/notices.js";
import { go } from "../../../base/router.js";
import { t } from "../../../base/text.js";
import "../../gazetteer/gazetteer-panel.js";
import { floorStore } from "../../floor/floor-store.js";
import { nameIn } from "../../settings/values.js";
import { blank, freeKey } from "./body.js";
import "./document-editor.js";

const kinds = ["script", "form"];

/** Scripts and forms: those there are by project and kind, and the one that is open beside them. */
class DocumentsScreen extends PageElement {
    static observedAttributes = ["document"];
    #documents = null;
    #problem = null;
    #project = "";
    // The document whose project was chosen with it.
    #opened = null;
    #busy = false;

    start() {
        this.#load();
        this.keep(floorStore.subscribe(() => this.show()));
        this.listen(this, "documentchanged", () => this.#load());
        this.listen(this, "change", ({ target }) => {
            if (target.name !== "project") return;
            this.#project = target.value;
            this.show();
        });
        this.act({ again: () => this.#load(), make: ({ dataset }) => this.#make(dataset.kind) });
    }

    /** The projects that are known here: those somebody works for, and those that have something. */
    get #projects() {
        const named = (floorStore.value?.agents ?? []).flatMap(({ projects }) => projects ?? []);
        const all = new Map((this.#documents ?? []).map(({ project }) => [project, { id: project, name: project }]));
        for (const one of named) all.set(one.id, one);
        return [...all.values()].sort((one, other) => one.name.localeCompare(other.name, language.value));
    }

    show() {
        const projects = this.#projects;
        const opened = this.#documents?.find(({ id }) => id === this.getAttribute("document"));
        if (opened && opened.id !== this.#opened) this.#project = opened.project;
        this.#opened = opened?.id ?? null;
        if (!projects.some(({ id }) => id === this.#project)) this.#project = projects[0]?.id ?? "";
        const open = this.getAttribute("document");
        render(
            this,
            html`<nav class="panel documents-nav" aria-label="${t("common.screen.scripts")}" data-key="nav">
                    <h1>${t("common.screen.scripts")}</h1>
                    ${projects.length > 1 && html`<label data-key="project"><span>${t("common.project")}</span><select name="project">${
                        projects.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label>`}
                    ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>
                        <button data-action="again" data-key="again">${t("contacts.tryAgain")}</button>`}
                    ${kinds.map((kind) => this.#group(kind, open))}
                    ${this.#project && html`<gazetteer-panel role="region" aria-labelledby="gazetteer-title" project="${this.#project}" data-key="gazetteer"></gazetteer-panel>`}
                </nav>
                ${open ? html`<document-editor document="${open}" data-key="editor ${open}"></document-editor>` : html`<div class="panel empty" data-key="none">
                    ${icon("message")}<p>${this.#documents === null && !this.#problem ? t("common.loading") : t("documents.purpose")}</p></div>`}`,
        );
        const choice = this.querySelector("select[name=project]");
        if (choice) choice.value = this.#project;
    }

    #group(kind, open) {
        const all = (this.#documents ?? []).filter((one) => one.kind === kind && one.project === this.#project);
        return html`<section data-key="${kind}"><h2>${t(`documents.${kind}s`)}</h2>
            <ul>${all.map((one) => html`<li data-key="${one.id}"><a href="/scripts/${one.id}" ${attribute("aria-current", one.id === open ? "page" : null)}>
                <bdi>${nameIn(one.name) || one.key}</bdi><span class="soft">${this.#state(one)}</span></a></li>`)}</ul>
            <button data-action="make" data-kind="${kind}" ${attribute("aria-disabled", this.#project === "" || this.#busy ? "true" : null)}>${
                t(kind === "script" ? "documents.newScript" : "documents.newForm")}</button></section>`;
    }

    #state({ published, hasDraft }) {
        const version = published && t("documents.version", { version: published });
        return [version, (hasDraft || !published) && t("documents.draft")].filter(Boolean).join(" · ");
    }

    async #load() {
        try {
            const { documents } = await get("/api/documents");
            this.#documents = documents.filter(({ mayManage }) => mayManage !== false);
            this.#problem = null;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }

    async #make(kind) {
        this.#busy = true;
        this.show();
        try {
            const taken = this.#documents.filter(({ project }) => project === this.#project).map(({ key }) => key);
            const body = blank(kind, t(kind === "script" ? "documents.newScript" : "documents.newForm"), language.value);
            const { id } = await command("POST", "/api/documents", { project: this.#project, kind, key: freeKey(kind, taken), body });
            await this.#load();
            go(`/scripts/${id}`);
        } catch (problem) {
            notifyProblem(problem);
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("documents-screen", DocumentsScreen);
