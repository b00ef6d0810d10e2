import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { go, place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { draftOf, draftsChanged } from "./drafts.js";
import "./fields/figures-field.js";
import "./fields/hours-field.js";
import "./fields/name-field.js";
import "./fields/queue-fields.js";
import "./fields/secret-field.js";
import "./fields/simple-fields.js";
import { fieldsIn, opened } from "./forms.js";
import "./hand-over-card.js";
import { kindOf, hrefOf } from "./kinds/kinds.js";
import { saveDraft } from "./saving.js";
import { settings } from "./settings-store.js";
import "./thing-removal.js";
import "./trunk-test.js";
import "./wall-link.js";
import { at } from "./values.js";

/**
 * The form of one thing, written from the description of its kind. What is typed is a draft until it is saved; what is wrong is said at
 * its field; what somebody else changed meanwhile is shown, and nothing that was typed is lost.
 */
class ThingForm extends PageElement {
    static observedAttributes = ["kind", "thing"];
    #draft = null;
    #group = null;
    #problem = null;
    #busy = false;
    #card = null;

    start() {
        this.watch(settings, draftsChanged, ownKeys);
        this.listen(this, "edited", ({ detail }) => {
            this.#card = null;
            this.#draft.edit(detail.name, detail.value);
        });
        this.listen(this, "left", ({ detail }) => {
            this.#draft?.leave(detail.name);
            this.show();
        });
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#save();
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.act({
            tab: ({ value }) => this.#open(value),
            discard: () => this.#discard(),
            remove: () => this.querySelector("thing-removal").ask(this.#kind, this.#thing),
        });
        this.keep(shortcut("saveSettings", () => this.#save()));
    }

    attributeChangedCallback(_, before, after) {
        if (before === after) return;
        // The card of what was new stays beside what has become of it.
        if (this.#card?.id !== this.getAttribute("thing")) this.#card = null;
        this.#group = null;
        this.#problem = null;
        super.attributeChangedCallback();
    }

    get #kind() {
        return kindOf(this.getAttribute("kind"));
    }

    /** Null for what is new. */
    get #thing() {
        const id = this.getAttribute("thing");
        const { setUp } = settings.value.answer;
        return this.#kind.all(setUp).find((thing) => thing.id === id || thing.key === id) ?? null;
    }

    /** Puts the focus into the first field. */
    enter() {
        this.querySelector(".thing-fields input, .thing-fields select")?.focus();
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const kind = this.#kind;
        const isNew = !this.hasAttribute("thing");
        const thing = this.#thing;
        if (!isNew && thing === null) {
            // The question about taking it away has still to hear that it is gone.
            return render(this, html`<div class="empty" data-key="gone">${icon("alert")}<p>${t("settings.gone")}</p></div>
                <thing-removal data-key="removal"></thing-removal>`);
        }
        const present = isNew ? { ...kind.blank(answer.setUp), $isNew: true } : opened(kind, thing);
        this.#draft = draftOf(kind, thing?.id ?? null, present);
        const { value } = this.#draft;
        const groups = kind.groups.filter((group) => fieldsIn(group, value, answer.setUp).length > 0);
        const group = groups.find(({ id }) => id === this.#group) ?? groups[0];
        const fields = fieldsIn(group, value, answer.setUp);
        render(
            this,
            html`<hand-over-card data-key="card"></hand-over-card>
            <form novalidate aria-labelledby="thing-title" data-key="${kind.id} ${thing?.id}">
                <header class="thing-head" data-key="head">
                    <h3 id="thing-title" ${attribute("dir", kind.isLatinName && thing ? "ltr" : null)}>${
                        thing ? kind.name(thing, answer.setUp) : t(kind.add)}</h3>
                    ${thing && !kind.isLatinName && html`<span class="thing-key soft number" title="${t("settings.key")}">${thing.key}</span>`}
                    ${this.#draft.isDirty && !isNew && html`<span class="unsaved">${icon("wrapUp")} ${t("settings.unsaved")}</span>`}
                </header>
                <div class="thing-notes" data-key="notes">${this.#notes()}</div>
                ${groups.length > 1 && html`<div class="tabs" role="tablist" aria-labelledby="thing-title" data-key="tabs">
                    ${groups.map((one) => this.#tab(one, one === group))}</div>`}
                <div class="thing-fields" data-key="fields ${group.id}" ${groups.length > 1 && [attribute("role", "tabpanel"),
                    attribute("aria-labelledby", `tab-${group.id}`)]}>
                    ${fields.map(({ name, type, wide }) => html`<${type}-field data-key="${name}" data-name="${name}"
                        ${attribute("data-wide", wide ? "yes" : null)}></${type}-field>`)}
                    ${kind.extra && thing && group === groups[0] && html`<${kind.extra} data-key="extra" data-wide="yes"
                        thing="${thing.id}"></${kind.extra}>`}
                </div>
                ${this.#footer(thing)}
            </form>
            <thing-removal data-key="removal"></thing-removal>`,
        );
        for (const field of fields) this.#fill(field, thing);
        this.querySelector("hand-over-card").card = this.#card;
    }

    #fill(field, thing) {
        const { answer } = settings.value;
        const { value, theirs } = this.#draft;
        this.querySelector(`[data-name="${CSS.escape(field.name)}"]`).give({
            field, value: at(value, field.name), whole: value, answer, id: thing?.id ?? null,
            errors: this.#draft.errorsOf(field, answer), theirs: theirs[field.name],
        });
    }

    #tab(group, isChosen) {
        const { answer } = settings.value;
        const isWrong = fieldsIn(group, this.#draft.value, answer.setUp).some((field) => this.#draft.errorsOf(field, answer).length > 0);
        return html`<button type="button" role="tab" id="tab-${group.id}" data-key="${group.id}" data-action="tab" value="${group.id}"
            aria-selected="${isChosen}" tabindex="${isChosen ? 0 : -1}">${t(group.label)}${isWrong && html` <span
            class="tab-wrong">${icon("alert")}<span class="visually-hidden">${t("settings.wrongInside")}</span></span>`}</button>`;
    }

    #notes() {
        const { meanwhile } = this.#draft;
        return html`${meanwhile && html`<p class="note conflict" role="alert" data-key="meanwhile">${icon("warned")}<span>${
                meanwhile.name ? t("settings.conflict.by", { name: meanwhile.name }) : t("settings.conflict.somebody")}
                ${t("settings.conflict.kept")}</span></p>`}
            ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem}</span></p>`}`;
    }

    #footer(thing) {
        const canSave = this.#draft.isDirty || thing === null;
        const key = shownKeyOf("saveSettings");
        return html`<footer class="thing-foot" data-key="foot">
            <button class="primary" aria-keyshortcuts="${key}" ${attribute("aria-disabled", canSave && !this.#busy ? null : "true")}
                ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("check")}<span>${t("settings.save")}</span>
                <kbd aria-hidden="true">${key}</kbd></button>
            ${(this.#draft.isDirty || thing === null) && html`<button type="button" data-action="discard" data-key="discard">${
                t(thing ? "settings.discard" : "settings.cancel")}</button>`}
            ${thing && !this.#kind.isOwn?.(thing) && html`<button type="button" class="risky" data-action="remove" data-key="remove">${t("settings.remove")}</button>`}
        </footer>`;
    }

    #open(group) {
        this.#group = group;
        this.show();
    }

    #key(event) {
        const tabs = [...this.querySelectorAll("[role=tab]")];
        const index = tabs.indexOf(event.target);
        if (event.key === "Escape" && index < 0 && !event.target.closest("dialog")) this.#close();
        if (index < 0) return;
        const [next, previous] = getComputedStyle(this).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
        const target = { [next]: index + 1, [previous]: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
        if (!tabs[target]) return;
        event.preventDefault();
        this.#open(tabs[target].value);
        this.querySelector(`[role=tab][aria-selected="true"]`).focus();
    }

    /** Says that the focus is to leave. */
    #close() {
        this.dispatchEvent(new CustomEvent("closed", { bubbles: true }));
    }

    #discard() {
        const isNew = this.#draft.id === null;
        this.#draft.done();
        this.#problem = null;
        if (!isNew) return this.enter();
        this.#close();
        go(`/settings/${this.#kind.id}`);
    }

    async #save() {
        const [draft, thing] = [this.#draft, this.#thing];
        if (this.#busy || draft === null || (!draft.isDirty && thing !== null)) return;
        draft.attempt();
        this.#problem = null;
        if (draft.wrong(settings.value.answer).length > 0) return this.#pointOut(draft);
        this.#busy = true;
        this.show();
        try {
            const { id, card } = await saveDraft(draft, thing);
            this.#card = card ? { ...card, id } : null;
            announce(t("settings.saved"));
            if (thing === null && this.isConnected && place.value.query.has("new")) {
                go(hrefOf(draft.kind, { id }), { replace: true });
                this.enter();
            }
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            // Something else may be open by now: what its fields do not say is said above all screens.
            if (this.#draft !== draft || !this.isConnected) notifyProblem(problem);
            else this.#problem = problem.code === "invalid" && problem.left?.length === 0 ? null : (problem.left?.join(" ") || problem.text);
        }
        this.#busy = false;
        if (!this.isConnected) return;
        this.show();
        if (this.#draft === draft && draft.refused.length > 0) this.#pointOut(draft);
    }

    /** Goes to the first field that is wrong, in whichever group it is. */
    #pointOut(draft) {
        const { answer } = settings.value;
        const isWrong = (field) => draft.errorsOf(field, answer).length > 0;
        const groups = draft.kind.groups.filter((group) => fieldsIn(group, draft.value, answer.setUp).some(isWrong));
        const present = groups.find(({ id }) => id === this.#group);
        if (groups.length > 0 && !present) this.#group = groups[0].id;
        this.show();
        const control = this.querySelector("[aria-invalid]:is(input, select)") ?? this.querySelector("[aria-invalid] :is(input, select)");
        control?.focus();
    }
}

customElements.define("thing-form", ThingForm);
