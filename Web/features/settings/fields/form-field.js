import { PageElement } from "../../../base/element.js";
import { attribute, html, render } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { t } from "../../../base/text.js";
import { ruleText } from "../rules.js";

/**
 * What every field of a form does: it shows its label, what it is for, what is wrong with it and what somebody else wrote meanwhile, and
 * says `edited` with {name, value} when somebody changes it, `left` when he is done. A subclass writes `control()`, and `fill()` where
 * the page keeps a value of its own.
 */
export class FormField extends PageElement {
    given = null;

    /** {field, value: of the field, whole: of the thing, answer, id, errors, theirs: what somebody else wrote, or undefined} */
    give(given) {
        this.given = given;
        if (this.isConnected) this.show();
    }

    start() {
        this.listen(this, "focusout", (event) => {
            // Later: the field may be leaving the page at this very moment, and then nobody has left it.
            if (this.isLeft(event)) queueMicrotask(() => this.isConnected && this.#say("left", {}));
        });
        this.act({ ...this.actions(), takeTheirs: () => this.change(this.given.theirs ?? undefined) });
    }

    /** Whether somebody is done with the field, so that what is wrong may be said. */
    isLeft({ relatedTarget }) {
        return !this.contains(relatedTarget);
    }

    /** What buttons inside do, as for `act`. */
    actions() {
        return {};
    }

    /** Says what is in the field now. */
    change(value) {
        this.#say("edited", { value });
    }

    #say(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: { name: this.given.field.name, ...detail } }));
    }

    /** The id of the control; parts of it add a word. */
    idOf(part = "") {
        return `field-${this.given.field.name.replace(/\W/g, "-")}${part}`;
    }

    /** Whether the field has several controls, and the label names the group. */
    get isGroup() {
        return false;
    }

    /** The attributes of the control that say what is wrong and what it is for. */
    get described() {
        const { errors, field } = this.given;
        const ids = [errors.length > 0 && this.idOf("-wrong"), field.hint && this.idOf("-hint")].filter(Boolean).join(" ");
        return [
            attribute("aria-invalid", errors.length > 0 ? "true" : null),
            attribute("aria-describedby", ids || null),
            attribute("aria-required", field.required === true && !this.isGroup ? "true" : null),
        ];
    }

    show() {
        if (this.given === null) return;
        const { field, whole, answer, id, errors, theirs } = this.given;
        const optional = field.required === undefined && field.type === "text" ? html` <span class="optional">${t("settings.optional")}</span>` : null;
        const label = html`${t(field.label)}${optional}`;
        const hint = field.hint?.(whole, answer, id);
        render(
            this,
            html`${
                this.isGroup
                    ? html`<span class="field-label" id="${this.idOf("-label")}" data-key="label">${label}</span>`
                    : html`<label for="${this.idOf()}" data-key="label">${label}</label>`
            }
            <div class="control" data-key="control" ${this.isGroup && attribute("role", "group")}
                ${this.isGroup && attribute("aria-labelledby", this.idOf("-label"))} ${this.isGroup && this.described}>${this.control()}</div>
            <div class="field-below" data-key="below">
                ${errors.length > 0
                    ? html`<p class="field-error" id="${this.idOf("-wrong")}" role="alert" data-key="wrong">${icon("alert")}<span>${
                        this.wrongText(errors)}</span></p>`
                    : hint && html`<p class="hint" id="${this.idOf("-hint")}" data-key="hint">${hint}</p>`}
                ${theirs !== undefined && html`<p class="theirs" data-key="theirs">${icon("warned")}
                    <span>${t("settings.conflict.theirs", { value: this.words(theirs) })}</span>
                    <button type="button" data-action="takeTheirs">${t("settings.conflict.take")}</button></p>`}
            </div>`,
        );
        this.fill();
    }

    /** What is wrong, in words; the part of the value that is wrong stands before it. */
    wrongText(errors) {
        return errors.map((error) => ruleText(error)).filter((text, index, all) => all.indexOf(text) === index).join(" ");
    }

    control() {
        return html``;
    }

    fill() {}

    /** A value in words. */
    words(value) {
        return value === null || value === undefined ? t("settings.nothing") : String(value);
    }

    /** Puts a value into a control that does not have it, and leaves alone one that does. */
    put(selector, value) {
        const control = this.querySelector(selector);
        if (control && control.value !== value) control.value = value;
    }
}
