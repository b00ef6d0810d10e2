import { attribute, flag, html } from "../../../base/html.js";
import { t } from "../../../base/text.js";
import { wordsOf } from "../words.js";
import { FormField } from "./form-field.js";

/** One line of text; what is typed in Latin letters, numbers above all, runs from left to right in every language. */
class TextField extends FormField {
    start() {
        super.start();
        this.listen(this, "input", ({ target }) => this.change(target.value === "" ? undefined : target.value));
        // What people write between digits is taken out when they are done.
        this.listen(this, "change", ({ target }) => {
            const { tidy } = this.given.field;
            if (tidy && target.value !== "") this.change(tidy(target.value));
        });
    }

    control() {
        const { field, answer } = this.given;
        const suggestions = field.suggestions?.(answer);
        return html`${field.before && html`<span class="before">${field.before}</span>`}
            <input id="${this.idOf()}" ${attribute("dir", field.isLatin ? "ltr" : "auto")} autocomplete="off" spellcheck="false"
                ${attribute("list", suggestions ? this.idOf("-list") : null)} ${this.described}>
            ${suggestions && html`<datalist id="${this.idOf("-list")}">${suggestions.map((one) => html`<option value="${one}"></option>`)}</datalist>`}`;
    }

    fill() {
        this.put("input", this.given.value ?? "");
    }
}

/** A whole number, with its unit behind it. What is no number stays as it is typed, and is wrong. */
class NumberField extends FormField {
    start() {
        super.start();
        this.listen(this, "input", ({ target }) => {
            const text = target.value.trim();
            this.change(text === "" ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : text);
        });
    }

    control() {
        const { unit } = this.given.field;
        return html`<input id="${this.idOf()}" class="short" inputmode="numeric" dir="ltr" autocomplete="off" ${this.described}>
            ${unit && html`<span class="unit">${t(unit)}</span>`}`;
    }

    fill() {
        this.put("input", String(this.given.value ?? ""));
    }
}

/** One of a few. `none` of the field is the text for nothing chosen. */
class ChoiceField extends FormField {
    start() {
        super.start();
        this.listen(this, "change", ({ target }) => this.change(target.value === "" ? undefined : target.value));
    }

    get #options() {
        const { field, answer, whole, id, value } = this.given;
        const options = field.options(answer.setUp, whole, id);
        // What is chosen is shown, even if it may not be chosen any more.
        const isKnown = value === undefined || value === null || options.some((option) => option.id === value);
        return isKnown ? options : [...options, { id: value, name: value }];
    }

    control() {
        const { field, value } = this.given;
        const isNone = value === undefined || value === null;
        return html`<select id="${this.idOf()}" ${this.described}>
            ${(!field.required || isNone) && html`<option value="" data-key="">${field.none ? t(field.none) : t("settings.choose")}</option>`}
            ${this.#options.map(({ id, name }) => html`<option value="${id}" data-key="${id}">${name}</option>`)}</select>`;
    }

    fill() {
        this.put("select", this.given.value ?? "");
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp, this.given.whole);
    }
}

/** Any of a few. */
class ChecksField extends FormField {
    get isGroup() {
        return true;
    }

    start() {
        super.start();
        this.listen(this, "change", () => this.change([...this.querySelectorAll("input:checked")].map(({ value }) => value)));
    }

    control() {
        const { field, answer, whole } = this.given;
        const options = field.options(answer.setUp, whole);
        if (options.length === 0) return html`<p class="soft">${t("settings.noneYet")}</p>`;
        return html`<ul class="checks">${options.map(({ id, name }) => html`<li data-key="${id}"><label><input type="checkbox" value="${id}">
            <span>${name}</span></label></li>`)}</ul>`;
    }

    fill() {
        for (const box of this.querySelectorAll("input")) box.checked = (this.given.value ?? []).includes(box.value);
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp, this.given.whole);
    }
}

/** Yes or no; `on` and `off` of the field are what that means in the set-up file. What was there comes back when it is switched on again. */
class FlagField extends FormField {
    #before;

    get isGroup() {
        return false;
    }

    start() {
        super.start();
        this.listen(this, "change", ({ target }) => {
            const { field, value } = this.given;
            if (!target.checked && typeof value === "object") this.#before = value;
            this.change(target.checked ? (this.#before ?? field.on) : field.off);
        });
    }

    get #isOn() {
        const { field, value } = this.given;
        return value !== undefined && value !== null && value !== field.off;
    }

    control() {
        return html`<input type="checkbox" id="${this.idOf()}" ${this.described}${flag("checked", this.#isOn)}>`;
    }

    fill() {
        this.querySelector("input").checked = this.#isOn;
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp, this.given.whole);
    }
}

/** Several short texts in one line, with commas between them: quicker typed and read than a box for each. */
class ListField extends FormField {
    #typed = null;

    start() {
        super.start();
        this.listen(this, "input", ({ target }) => {
            this.#typed = target.value;
            this.change(target.value.split(/[,;،\s]+/).filter((part) => part !== ""));
        });
        this.listen(this, "focusout", () => {
            this.#typed = null;
            this.fill();
        });
    }

    control() {
        return html`<input id="${this.idOf()}" dir="ltr" autocomplete="off" spellcheck="false" ${this.described}>`;
    }

    fill() {
        if (this.#typed === null) this.put("input", (this.given.value ?? []).join(", "));
    }

    wrongText(errors) {
        const indices = errors.map(({ path }) => /\[(\d+)\]$/.exec(path)?.[1]).filter((index) => index !== undefined);
        const parts = indices.map((index) => `\u2066${this.given.value?.[Number(index)] ?? ""}\u2069`);
        return [parts.join(", "), super.wrongText(errors)].filter(Boolean).join(": ");
    }

    words(value) {
        return (value ?? []).join(", ") || t("settings.nothing");
    }
}

customElements.define("text-field", TextField);
customElements.define("number-field", NumberField);
customElements.define("choice-field", ChoiceField);
customElements.define("checks-field", ChecksField);
customElements.define("flag-field", FlagField);
customElements.define("list-field", ListField);
