import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { callCommand, deskStore } from "../desk/desk-store.js";
import { today } from "./dates.js";
import { fieldBox, problemText } from "./form-field.js";
import { fillInput, problemOf, valueOf } from "./inputs.js";
import { Kept } from "./kept.js";
import { cardTyped } from "./typed.js";
import { check } from "./values.js";
import { textOf, work, workedOn } from "./work.js";

/**
 * The project's forms for the contact: what is typed is kept field by field, what is wrong is said beside its field, and the whole is submitted
 * at last. The server holds it against the same rules.
 */
class FormSheet extends PageElement {
    #contact = null;
    #chosen = null;
    #sheets = new Map();
    #submitting = false;
    // The contact whose recording this form has paused while a card's number is said.
    #paused = null;
    // One after the other, however fast somebody goes through the fields.
    #commands = Promise.resolve();

    start() {
        this.keep(work.subscribe(() => this.#receive()));
        this.watch(ownKeys);
        // It may begin, or be taken up again, while the number is said.
        this.keep(deskStore.subscribe(() => this.#cover()));
        this.act({ submit: () => this.#submit() });
        this.keep(shortcut("forms", () => this.#focus()));
        this.listen(this, "input", (event) => this.#typed(event.target));
        this.listen(this, "change", (event) => event.target.id === "form-chosen" && this.#choose(event.target.value));
        this.listen(this, "focusin", () => this.#cover());
        this.listen(this, "focusout", (event) => this.#left(event.target));
        this.listen(this, "keydown", (event) => {
            if (event.key !== "Enter" || !event.ctrlKey) return;
            event.preventDefault();
            this.#submit();
        });
    }

    get #sheet() {
        return this.#sheets.get(this.#chosen) ?? null;
    }

    #receive() {
        const contact = work.value?.contact ?? null;
        if (contact === this.#contact) return;
        this.#contact = contact;
        this.#submitting = false;
        this.#cover();
        this.#sheets = new Map((work.value?.forms ?? []).map((form) => [form.id, this.#begin(contact, form)]));
        this.#chosen = work.value?.forms[0]?.id ?? null;
        this.show();
        this.#fill();
    }

    #begin(contact, { id, version, body, values, submittedAt }) {
        const path = `/api/desk/contacts/${contact}/forms/${id}`;
        const kept = new Kept(`form-${contact}-${id}`, `${path}/values`, (values) => ({ version, values }));
        this.keep(kept.status.subscribe(() => this.isConnected && this.show()));
        // What was taken of a card stands for it.
        const cards = Object.fromEntries(body.fields.filter(({ kind, key }) => kind === "card" && values[key]).map(({ key }) => [key, values[key]]));
        return { id, version, path, form: body, kept, cards, typed: { ...values, ...kept.open }, touched: new Set(), refused: [], submittedAt, changed: kept.isOpen };
    }

    /** What is right and wrong now. */
    #checked({ form, typed, cards }) {
        return check(form, typed, { today: today(), kept: cards });
    }

    show() {
        const sheet = this.#sheet;
        if (!sheet) return render(this, html``);
        const found = this.#checked(sheet);
        const forms = [...this.#sheets.values()];
        const name = textOf(sheet.form.name);
        const state = sheet.kept.status.value;
        render(
            this,
            html`<section class="panel form-sheet" aria-labelledby="form-title">
                <header class="script-head">
                    <h2 class="panel-title" id="form-title" lang="${name.tag}" dir="auto">${name.text}</h2>
                    ${forms.length > 1 && html`<label data-key="chosen"><span class="visually-hidden">${t("scripting.form")}</span>
                        <select id="form-chosen">${forms.map(({ id, form }) => html`<option value="${id}" data-key="${id}"
                            ${attribute("selected", id === this.#chosen ? "" : null)}>${textOf(form.name).text}</option>`)}</select></label>`}
                    <span class="save-state soft" data-save="${state}">${t(`scripting.kept.${state}`)}</span>
                </header>
                <form class="form-fields" data-key="form-${sheet.id}" novalidate tabindex="0" aria-labelledby="form-title">
                    ${sheet.form.fields.filter(({ key }) => found.seen.has(key)).map((field) => fieldBox(field, {
                        problem: this.#problemOf(sheet, field, found), computed: found.computed[field.key] ?? null, value: sheet.typed[field.key] ?? "",
                        warning: this.#warningOf(field) }))}
                </form>
                <footer class="desk-actions">
                    <span class="soft" role="status">${this.#standing(sheet)}</span>
                    <button class="primary" data-action="submit" aria-keyshortcuts="Control+Enter" ${attribute("aria-disabled", this.#submitting ? "true" : null)}
                        ${attribute("aria-busy", this.#submitting ? "true" : null)}>
                        ${icon("check")}<span>${t("scripting.submit")}</span><kbd aria-hidden="true">Ctrl+Enter</kbd></button>
                </footer>
            </section>`,
        );
        // Fields that have just come to be shown hold what was typed into them before.
        for (const input of this.querySelectorAll("[data-field]:not([data-own-filled])")) this.#fillOne(input);
    }

    #standing({ submittedAt, changed }) {
        if (submittedAt === null) return t("scripting.notSubmitted");
        return t(changed ? "scripting.changedSince" : "scripting.submittedAt", { time: dateTime(submittedAt) });
    }

    /** Where the recording cannot be paused, nobody may say a card's number. */
    #warningOf({ kind }) {
        const contact = workedOn();
        const isRecorded = contact?.state === "talking" && contact.recording.state === "on" && !contact.recording.mayPause;
        return kind === "card" && isRecorded ? t("scripting.recorded") : null;
    }

    #problemOf(sheet, field, found) {
        const refused = sheet.refused.find((problem) => problem.field === field.key);
        if (refused) return problemText(field, refused);
        const problem = problemOf(field, found, sheet.touched);
        return problem && problemText(field, problem);
    }

    #fill() {
        for (const input of this.querySelectorAll("[data-field]")) this.#fillOne(input);
    }

    #fillOne(input) {
        const field = this.#sheet.form.fields.find(({ key }) => key === input.dataset.field);
        input.dataset.ownFilled = "";
        fillInput(input, field, this.#sheet.typed[field.key] ?? "");
    }

    #choose(form) {
        this.#sheet?.kept.flush();
        this.#chosen = form;
        this.show();
        this.#fill();
    }

    #typed(input) {
        const sheet = this.#sheet;
        const field = sheet?.form.fields.find(({ key }) => key === input.dataset.field);
        if (!field) return;
        if (field.kind === "card") this.#group(input);
        sheet.typed = { ...sheet.typed, [field.key]: valueOf(this, input, field) };
        sheet.refused = sheet.refused.filter((problem) => problem.field !== field.key);
        sheet.changed = true;
        // Not a digit of a card is kept anywhere.
        if (field.kind !== "card") sheet.kept.write({ [field.key]: sheet.typed[field.key] });
        // At once: the next Tab goes to the field that this one has called for.
        this.show();
    }

    #group(input) {
        const digits = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
        input.value = cardTyped(input.value);
        let place = 0;
        for (let seen = 0; place < input.value.length && seen < digits; place += 1) if (/\d/.test(input.value[place])) seen += 1;
        input.setSelectionRange(place, place);
    }

    get #isAtCard() {
        const { activeElement } = document;
        if (!this.contains(activeElement)) return false;
        return this.#sheet?.form.fields.some(({ key, kind }) => kind === "card" && key === activeElement.dataset.field) ?? false;
    }

    /** While a card's number is said, neither recording nor supervisor hears it. */
    #cover() {
        const contact = workedOn();
        const isSaid = contact?.state === "talking" && this.#isAtCard;
        if (this.#paused !== null && (!isSaid || contact.id !== this.#paused)) {
            this.#privacy(this.#paused, "resume-recording");
            this.#paused = null;
        }
        if (isSaid && this.#paused === null && contact.recording.state === "on" && contact.recording.mayPause) {
            this.#paused = contact.id;
            this.#privacy(contact.id, "pause-recording");
        }
    }

    #privacy(contact, deed) {
        // Whose talk is over has nothing to take up.
        const isOver = ({ code }) => deed === "resume-recording" && (code === "staleState" || code === "notFound");
        this.#commands = this.#commands.then(() => callCommand(contact, deed)).catch((problem) => isOver(problem) || notifyProblem(problem));
    }

    #left(input) {
        const { field } = input.dataset;
        // Another window is in front; the field is still the one that is worked in.
        if (document.activeElement === input) return;
        this.#cover();
        if (!field || !this.#sheet) return;
        this.#sheet.touched.add(field);
        this.#sheet.kept.flush();
        // How a day was understood is seen: "+7" is one of November now.
        if (this.#sheet.form.fields.find(({ key }) => key === field)?.kind === "date") this.#fillOne(input);
        // Whoever goes on to the next field of an address has not left it.
        setTimeout(() => this.isConnected && this.#sheet && this.show());
    }

    async #submit() {
        const sheet = this.#sheet;
        if (!sheet || this.#submitting) return;
        const { problems, seen, computed } = this.#checked(sheet);
        for (const { key } of sheet.form.fields) sheet.touched.add(key);
        sheet.refused = [];
        this.show();
        if (problems.length > 0) return this.#complain(problems);
        const entries = Object.entries(sheet.typed).filter(([key]) => seen.has(key) && !(key in computed));
        const { typed } = sheet;
        this.#submitting = true;
        this.show();
        try {
            await command("POST", `${sheet.path}/submit`, { version: sheet.version, values: Object.fromEntries(entries) });
            sheet.submittedAt = Date.now();
            // What was typed while it was on its way is not part of it.
            sheet.changed = sheet.typed !== typed;
            sheet.kept.forget(typed);
            this.#coverCards(sheet, typed);
            announce(t("scripting.submitted", { form: textOf(sheet.form.name).text }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            sheet.refused = problem.errors.map(({ field, rule, limit = null, expected = null }) => ({ field, rule, limit: expected ?? limit }));
            if (sheet.refused.length === 0) notifyProblem(problem);
            else setTimeout(() => this.#complain(sheet.refused));
        }
        this.#submitting = false;
        if (this.isConnected) this.show();
    }

    /** What is kept of a card is its end; no more of it stays on the screen either. */
    #coverCards(sheet, sent) {
        for (const { key } of sheet.form.fields.filter(({ kind, key }) => kind === "card" && sent[key])) {
            sheet.cards[key] = `•••• ${sent[key].replace(/\D/g, "").slice(-4)}`;
            if (sheet.typed[key] === sent[key]) sheet.typed = { ...sheet.typed, [key]: sheet.cards[key] };
        }
        if (sheet === this.#sheet) this.#fill();
    }

    #complain(problems) {
        announce(t("scripting.wrong", { count: problems.length }));
        const first = this.#sheet.form.fields.find(({ key }) => problems.some(({ field }) => field === key));
        if (first) this.querySelector(`[data-field="${CSS.escape(first.key)}"]`)?.focus();
    }

    #focus() {
        if (!this.#sheet) return;
        this.dispatchEvent(new CustomEvent("bring", { bubbles: true }));
        this.querySelector("[data-field]")?.focus();
    }
}

customElements.define("form-sheet", FormSheet);
