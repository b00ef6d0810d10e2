import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { defineAction, ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { go, place } from "../../base/router.js";
import { known, t } from "../../base/text.js";
import { may } from "../session/session.js";
import "./change-list.js";
import "./disposition-editor.js";
import { draftsChanged, isUnsaved } from "./drafts.js";
import "./file-panel.js";
import { hrefOf, thingAt } from "./kinds/kinds.js";
import "./roles-table.js";
import { groups, sectionAt } from "./sections.js";
import { lastSave, load, settings, undo } from "./settings-store.js";
import "./skills-matrix.js";
import "./start-list.js";
import "./thing-form.js";
import "./thing-list.js";
import { undoRefusal } from "./undo-refusal.js";

const when = () => may("manageSetUp");
defineAction("newSetting", { key: "Alt+KeyN", label: "settings.keys.new", when, onButton: true });
defineAction("saveSettings", { key: "Alt+KeyS", label: "settings.save", when, onButton: true });
defineAction("undoSettings", { key: "Alt+KeyZ", label: "settings.undo", when, onButton: true });

/** The set-up of the centre: what there is at the side, then the things of one kind, and the form of one of them. */
class SettingsScreen extends PageElement {
    static observedAttributes = ["path"];
    #undoing = false;
    #problem = null;

    start() {
        // What could not be taken back is no matter once something else is saved.
        this.keep(lastSave.subscribe(() => (this.#problem = null)));
        this.watch(settings, draftsChanged, lastSave, ownKeys);
        load();
        let before = place.value;
        this.keep(
            place.subscribe((value) => {
                if (value === before || !value.path.startsWith("/settings")) return;
                before = value;
                this.show();
                if (value.query.has("new")) this.querySelector("thing-form")?.enter();
            }),
        );
        // Somebody else may have been here meanwhile.
        this.listen(document, "visibilitychange", () => document.visibilityState === "visible" && load());
        this.listen(this, "opened", () => this.querySelector("thing-form")?.enter());
        this.listen(this, "closed", () => this.#focusList());
        this.listen(this, "removed", () => {
            go(`/settings/${this.#section.id}`);
            this.#focusList();
        });
        this.act({
            again: () => load(),
            undo: () => this.#undo(),
            dismissSaved: () => {
                lastSave.set(null);
                this.#keepFocus();
            },
        });
        this.keep(shortcut("newSetting", () => this.#begin()));
        this.keep(shortcut("undoSettings", () => this.#undo()));
    }

    attributeChangedCallback() {
        this.#problem = null;
        super.attributeChangedCallback();
    }

    get #section() {
        return sectionAt(this.getAttribute("path"));
    }

    show() {
        const { answer, problem } = settings.value;
        const section = this.#section;
        render(
            this,
            html`<nav class="settings-nav panel" aria-labelledby="settings-title" data-key="nav">
                    <h1 id="settings-title">${t("common.screen.settings")}</h1>
                    ${groups.map((group, index) => html`<div data-key="${index}">
                        ${group.title && html`<h2 id="nav-${index}">${t(group.title)}</h2>`}
                        <ul ${attribute("aria-labelledby", group.title ? `nav-${index}` : null)}>${group.sections.map((one) => this.#entry(one, one === section))}</ul>
                    </div>`)}
                </nav>
                ${answer === null ? this.#nothing(problem) : this.#content(section)}`,
        );
    }

    #entry({ id, icon: name, title, kind }, isHere) {
        return html`<li data-key="${id}"><a href="/settings/${id}" ${attribute("aria-current", isHere ? "page" : null)}>
            ${icon(name)}<span>${t(title)}</span>
            ${kind && isUnsaved(kind) && html`<span class="unsaved">${icon("wrapUp")}<span class="visually-hidden">${t("settings.unsaved")}</span></span>`}</a></li>`;
    }

    #nothing(problem) {
        if (problem === null) return html`<div class="panel empty" data-key="none"><p>${t("common.loading")}</p></div>`;
        return html`<div class="panel empty" data-key="none">${icon("alert")}<p role="alert">${problem.text}</p>
            <button data-action="again">${t("contacts.tryAgain")}</button></div>`;
    }

    #content(section) {
        if (section === null) return html`<div class="panel empty" data-key="none">${icon("alert")}<p>${t("common.nowhere")}</p></div>`;
        return html`<section class="settings-content" aria-labelledby="section-title" data-key="content">
            <header class="section-head" data-key="head">
                <h2 id="section-title" tabindex="-1">${t(section.title)}</h2>
                ${this.#saved()}
                ${section.kind && !section.isOwn && html`<a class="button" href="/settings/${section.id}?new=1" data-key="new"
                    aria-keyshortcuts="${shownKeyOf("newSetting")}"><span>${t(section.kind.add)}</span>
                    <kbd aria-hidden="true">${shownKeyOf("newSetting")}</kbd></a>`}
            </header>
            ${this.#warnings(section)}
            ${section.element ? html`<${section.element} data-key="${section.id}"></${section.element}>` : this.#things(section)}
        </section>`;
    }

    #things({ id, kind }) {
        const { query } = place.value;
        const chosen = query.get("thing");
        const isOpen = chosen !== null || query.has("new");
        const form = isOpen && html`<thing-form data-key="form" kind="${id}" ${attribute("thing", query.has("new") ? null : chosen)}></thing-form>`;
        return html`<div class="things" data-key="${id}">
            <thing-list class="panel" kind="${id}" data-key="list"></thing-list>
            <div class="panel thing" data-key="thing">${form || html`<div class="empty" data-key="purpose">${icon(kind.icon)}
                <p>${t(kind.purpose)}</p></div>`}</div>
        </div>`;
    }

    /** The notice after a save, by which it can be taken back. */
    #saved() {
        if (this.#problem) return html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${undoRefusal(this.#problem)}</span></p>`;
        const { value } = lastSave;
        const key = shownKeyOf("undoSettings");
        return html`<div class="saved" role="status" data-key="saved">${value && html`${icon("check")}
            <span class="cut" title="${value.what}">${t("settings.savedWhat", { what: value.what })}</span>
            <button type="button" data-action="undo" aria-keyshortcuts="${key}" ${attribute("aria-busy", this.#undoing ? "true" : null)}>
                ${t("settings.undo")} <kbd aria-hidden="true">${key}</kbd></button>
            <button type="button" class="plain" data-action="dismissSaved" aria-label="${t("common.dismiss")}">${icon("close")}</button>`}</div>`;
    }

    /** What is wrong with the set-up as it stands: all of it at the start, else what concerns the section. */
    #warnings(section) {
        const { warnings = [], setUp } = settings.value.answer;
        const found = warnings
            .map(({ code, path }) => ({ code, path, at: thingAt(path, setUp) }))
            .filter(({ at }) => section.id === "start" || at?.kind === section.kind);
        if (found.length === 0) return null;
        return html`<ul class="warnings" aria-label="${t("settings.warnings")}" data-key="warnings">${found.map(({ code, path, at }) => {
            const key = known(`settings.warning.${code}`) ? `settings.warning.${code}` : "settings.warning.other";
            const name = at ? at.kind.name(at.thing, setUp) : path;
            return html`<li data-key="${code} ${path}">${icon("warned")}<span>${t(key, { name })}</span>
                ${at && html`<a href="${hrefOf(at.kind, at.thing)}" aria-label="${t("settings.openThing", { name })}">${t("settings.open")}</a>`}</li>`;
        })}</ul>`;
    }

    #begin() {
        const section = this.#section;
        if (section?.kind && !section.isOwn) go(`/settings/${section.id}?new=1`);
        else this.querySelector("disposition-editor")?.begin();
    }

    /** From a form that goes away to where the next one is opened. */
    #focusList() {
        (this.querySelector("thing-list [tabindex='0']") ?? this.querySelector(".section-head > .button"))?.focus();
    }

    async #undo() {
        const last = lastSave.value;
        if (last === null || this.#undoing) return;
        this.#undoing = true;
        this.show();
        try {
            await undo(last.change);
            announce(t("settings.undone"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#undoing = false;
        if (!this.isConnected) return;
        this.show();
        this.#keepFocus();
    }

    /** The notice is gone, and with it the button that was pressed. */
    #keepFocus() {
        if (document.activeElement === document.body) this.querySelector("#section-title")?.focus();
    }
}

customElements.define("settings-screen", SettingsScreen);
