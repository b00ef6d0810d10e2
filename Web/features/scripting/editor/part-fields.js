import { attribute, flag, html } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { patterns } from "../../../base/language.js";
import { known, t } from "../../../base/text.js";
import { at, missing } from "./body.js";

// The fields by which a part of a script or a form is written. `data-path` says where in the body it stands, `data-type` how it is read.
// `edited` is {body, code: the language that is written, flaws, generation, isFixed}.

function idOf(path) {
    return `document-${path.replaceAll("/", "-")}`;
}

/** What is wrong, in the words of the screen. */
export function flawText(rule) {
    return t(known(`errors.flaw.${rule}`) ? `errors.flaw.${rule}` : "errors.rule.malformed");
}

/** A field with its label above and what is wrong with it below; `control` writes it with the attributes that it is given. */
function field({ flaws, generation, code, isFixed }, path, label, { wide = false, hint = null, inLanguage = false } = {}, control) {
    const id = idOf(path);
    const own = flaws.filter((flaw) => flaw.path === path);
    const described = [hint && `${id}-hint`, own.length > 0 && `${id}-flaw`].filter(Boolean).join(" ") || null;
    const attributes = html`id="${id}" data-path="${path}" ${attribute("aria-describedby", described)}
        ${attribute("aria-invalid", own.length > 0 ? "true" : null)} ${flag("disabled", isFixed)}`;
    return html`<div class="document-field" data-key="${path} ${generation} ${inLanguage && code}" ${attribute("data-wide", wide ? "yes" : null)}>
        <label for="${id}">${t(label)}</label>${control(attributes)}
        ${hint && html`<p class="hint" id="${id}-hint" data-key="hint">${hint}</p>`}
        ${own.length > 0 && html`<p class="field-error" id="${id}-flaw" data-key="flaw">${icon("alert")}<span>${
            own.map(({ rule }) => flawText(rule)).join(" ")}</span></p>`}</div>`;
}

/** A text in the language that is being written; says in which it is missing. */
export function textsField(edited, path, label, { lines = 1 } = {}) {
    const { body, code } = edited;
    const texts = at(body, path);
    const gaps = missing(texts).map((one) => patterns(one).name).join(", ");
    const hint = gaps && t("documents.missing", { languages: gaps });
    return field(edited, path, label, { wide: true, hint, inLanguage: true }, (attributes) => html`<textarea ${attributes} rows="${lines}"
        data-type="texts" lang="${code}" dir="${patterns(code).direction}" maxlength="2000" autocomplete="off">${texts?.[code] ?? ""}</textarea>`);
}

/** A plain text; one that is empty is left out. `type` is plain, key, or whole (a whole number). */
export function plainField(edited, path, label, { type = "plain", hint = null, wide = false } = {}) {
    return field(edited, path, label, { hint, wide }, (attributes) => html`<input ${attributes} data-type="${type}" dir="ltr" autocomplete="off"
        spellcheck="false" ${attribute("inputmode", type === "whole" ? "numeric" : null)} value="${at(edited.body, path) ?? ""}">`);
}

/** One of some: [{value, label}]. */
export function choiceField(edited, path, label, options) {
    const now = at(edited.body, path) ?? "";
    return field(edited, path, label, {}, (attributes) => html`<select ${attributes} data-type="choice">${options.map(
        (option) => html`<option value="${option.value}" ${flag("selected", option.value === now)}>${option.label}</option>`)}</select>`);
}

/** Yes or no. */
export function checkField({ body, generation, isFixed }, path, label) {
    return html`<label class="document-check" data-key="${path} ${generation}"><input type="checkbox" data-path="${path}" data-type="check"
        ${flag("checked", at(body, path) === true)} ${flag("disabled", isFixed)}><span>${t(label)}</span></label>`;
}

/** Whether a text is one certain word, or there is none. */
export function wordField({ body, generation, isFixed }, path, label, word) {
    return html`<label class="document-check" data-key="${path} ${generation}"><input type="checkbox" data-path="${path}" data-type="word" value="${word}"
        ${flag("checked", at(body, path) === word)} ${flag("disabled", isFixed)}><span>${t(label)}</span></label>`;
}

/** The keys by which an entry of a list within a part is moved and taken away. */
export function entryButtons({ isFixed }, path, index, count, name) {
    if (isFixed) return null;
    const button = (action, label, sign, isOff) => html`<button type="button" class="plain" data-action="${action}" data-list="${path}"
        data-index="${index}" data-key="${action}" aria-label="${t(label)}: ${name}" ${attribute("aria-disabled", isOff ? "true" : null)}>${sign}</button>`;
    return html`<span class="entry-buttons" data-key="buttons">${button("up", "documents.up", html`<span aria-hidden="true">↑</span>`, index === 0)}
        ${button("down", "documents.down", html`<span aria-hidden="true">↓</span>`, index === count - 1)}
        ${button("remove", "documents.remove", icon("close"), false)}</span>`;
}
