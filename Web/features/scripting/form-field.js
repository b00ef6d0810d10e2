import { attribute, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import "../gazetteer/street-input.js";
import { dayRead, dayTyped, numberRead, weekdayRead } from "./typed.js";
import { addressParts } from "./values.js";
import { textOf, workedOn } from "./work.js";

// Shows in an empty field which number is the day and which the month.
const exampleDay = "1990-12-31";
// What a rule is called where days are held against it.
const dateRules = { tooSmall: "notBefore", tooLarge: "notAfter" };

/** What is wrong with a field: its name and the rule, in the reader's language. */
export function problemText(field, { rule, limit }) {
    const label = textOf(field.label).text;
    if (rule === "pattern" && field.patternSays) return textOf(field.patternSays).text;
    const named = field.kind === "date" ? (dateRules[rule] ?? rule) : rule;
    const key = `scripting.rule.${named}`;
    const shown = limit === null ? "" : field.kind === "date" ? dayRead(String(limit)) : numberRead(String(limit));
    return t(known(key) ? key : "scripting.rule.malformed", { field: label, limit: shown });
}

/** A field with its label, its help and what is wrong with it. */
export function fieldBox(field, { problem, computed, value = "", warning = null }) {
    const label = textOf(field.label);
    const id = `field-${field.key}`;
    const help = field.help ? textOf(field.help) : null;
    const described = [help && `${id}-help`, warning && `${id}-warning`, problem && `${id}-error`].filter(Boolean).join(" ") || null;
    const attributes = html`data-field="${field.key}" ${attribute("aria-describedby", described)} ${attribute("aria-invalid", problem ? "true" : null)}
        ${attribute("aria-required", field.required ? "true" : null)}`;
    const isGroup = field.kind === "address";
    const name = html`<span lang="${label.tag}" dir="auto">${label.text}</span>${field.required && computed === null && html` <span class="form-required" aria-hidden="true">*</span>`}`;
    const below = html`${help && html`<p class="soft form-help" id="${id}-help" data-key="help" lang="${help.tag}" dir="auto">${help.text}</p>`}
        ${warning && html`<p class="field-error" id="${id}-warning" data-key="warning">${icon("recording")}<span>${warning}</span></p>`}
        <p class="field-error" id="${id}-error" data-key="error">${problem && html`${icon("alert")}<span>${problem}</span>`}</p>`;
    if (isGroup) {
        return html`<fieldset class="form-field" data-key="${field.key}" data-kind="address"><legend>${name}</legend>
            <div class="form-address" data-address>${streetBox(field, id, { described, problem })}${addressParts.filter((part) => part !== "street").map((part) => html`<label
                data-key="${part}" data-part="${part}"><span>${t(`scripting.address.${part}`)}</span><input type="text" data-part="${part}" data-address-part="${part}"
                autocomplete="off" dir="auto" maxlength="200" ${attributes}></label>`)}</div>${below}</fieldset>`;
    }
    if (computed !== null) {
        return html`<div class="form-field" data-key="${field.key}" data-kind="computed"><span id="${id}-name">${name}</span>
            <output aria-labelledby="${id}-name">${computed === "" ? "–" : numberRead(computed)}${field.currency && computed !== "" && html` <span class="soft">${field.currency}</span>`}</output>${below}</div>`;
    }
    if (field.kind === "check") {
        return html`<div class="form-field" data-key="${field.key}" data-kind="check"><label class="form-check"><input type="checkbox" ${attributes}>${name}</label>${below}</div>`;
    }
    return html`<div class="form-field" data-key="${field.key}" data-kind="${field.kind}"><label for="${id}">${name}</label>
        <div class="form-control">${control(field, html`id="${id}" ${attributes}`)}${field.currency && html`<span class="soft" data-key="currency">${field.currency}</span>`}${
            field.kind === "date" && html`<span class="soft" data-key="weekday">${weekdayRead(value)}</span>`}</div>${below}</div>`;
}

/** The street, with what the project's gazetteer suggests. */
function streetBox({ key, required }, id, { described, problem }) {
    const attributes = { "data-field": key, "data-part": "street", "aria-describedby": described, "aria-invalid": problem ? "true" : null,
        "aria-required": required ? "true" : null };
    return html`<div data-key="street" data-place="street"><label for="${id}-street">${t("scripting.address.street")}</label><street-input input-id="${id}-street"
        project="${workedOn()?.project.id ?? ""}" attributes="${JSON.stringify(attributes)}"></street-input></div>`;
}

function control({ kind, lines = 1, options = [] }, attributes) {
    switch (kind) {
        case "text": return lines > 1
            ? html`<textarea rows="${lines}" dir="auto" ${attributes}></textarea>`
            : html`<input type="text" autocomplete="off" dir="auto" ${attributes}>`;
        case "number":
        case "money": return html`<input type="text" inputmode="decimal" autocomplete="off" dir="ltr" ${attributes}>`;
        case "date": return html`<input type="text" inputmode="numeric" autocomplete="off" dir="ltr" maxlength="10" placeholder="${dayTyped(exampleDay)}" ${attributes}>`;
        case "choice": return html`<select ${attributes}><option value="">${t("scripting.choose")}</option>${options.map(({ key, label }) => html`<option value="${key}"
            data-key="${key}">${textOf(label).text}</option>`)}</select>`;
        case "phone": return html`<input type="tel" autocomplete="off" dir="ltr" ${attributes}>`;
        case "card": return html`<input type="text" inputmode="numeric" autocomplete="off" dir="ltr" ${attributes}>`;
    }
    throw new Error(kind);
}
