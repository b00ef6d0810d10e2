import { list } from "../../base/format.js";
import { attribute, flag, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "../gazetteer/street-input.js";
import { languageName, offeredLanguages } from "./language-name.js";

/** The parts of an address, in the order in which they are asked. */
export const addressParts = ["label", "street", "houseNumber", "unit", "postcode", "city", "region", "country", "directions"];
/** What a row more of a list begins with. */
export const emptyRow = {
    numbers: { number: "", label: "" },
    emails: "",
    addresses: Object.fromEntries(addressParts.map((part) => [part, ""])),
};
const lengths = { name: 200, number: 40, label: 40, email: 254, note: 4000, part: 200 };

/** The inputs of one field; their values are filled in by path ("numbers.0.label"). `id` makes what they are named by unique on the page. */
export function inputs(field, value, { disabled, invalid, id, project }) {
    const more = html`${flag("disabled", disabled)} ${attribute("aria-invalid", invalid ? "true" : null)} ${attribute("aria-describedby", `${id}-${field}-state`)}`;
    const writers = { name, kind, languages, numbers, emails, addresses, note };
    return writers[field](value, more, disabled, { invalid, id, project });
}

function name(_, more) {
    return html`<label><span>${t("customers.field.name")}</span><input data-path="name" maxlength="${lengths.name}" dir="auto" autocomplete="off" ${more}></label>`;
}

function kind(_, more) {
    return html`<label><span>${t("customers.field.kind")}</span><select data-path="kind" ${more}><option value="person">${t("customers.kind.person")}</option><option
        value="company">${t("customers.kind.company")}</option></select></label>`;
}

function note(_, more) {
    return html`<label><span>${t("customers.field.note")}</span><textarea data-path="note" maxlength="${lengths.note}" dir="auto" ${more}></textarea></label>`;
}

function languages(value, more) {
    return html`<fieldset><legend>${t("customers.field.languages")}</legend><div class="record-choices">${offeredLanguages(value).map(
        (code) => html`<label data-key="${code}"><input type="checkbox" data-path="languages" value="${code}" ${more}><span>${languageName(code)}</span></label>`,
    )}</div></fieldset>`;
}

function rows(field, value, row, disabled) {
    return html`<fieldset><legend>${t(`customers.field.${field}`)}</legend>
        ${value.map((_, index) => html`<div class="record-row" data-key="${index}">${row(index)}
            ${!disabled && html`<button type="button" class="plain" data-action="less" data-field="${field}" value="${index}"
                aria-label="${t(`customers.less.${field}`, { place: index + 1 })}">${icon("close")}</button>`}</div>`)}
        ${!disabled && html`<button type="button" class="plain record-more" data-action="more" data-field="${field}">${t(`customers.more.${field}`)}</button>`}
    </fieldset>`;
}

function numbers(value, more, disabled) {
    return rows("numbers", value, (index) => html`<input type="tel" dir="ltr" data-path="numbers.${index}.number" maxlength="${lengths.number}"
            autocomplete="off" aria-label="${t("customers.field.number")} ${index + 1}" ${more}><input dir="auto" data-path="numbers.${index}.label"
            maxlength="${lengths.label}" autocomplete="off" placeholder="${t("customers.field.label")}" aria-label="${t("customers.field.label")} ${index + 1}" ${more}>`,
        disabled);
}

function emails(value, more, disabled) {
    return rows("emails", value, (index) => html`<input type="email" dir="ltr" data-path="emails.${index}" maxlength="${lengths.email}" autocomplete="off"
        aria-label="${t("customers.field.email")} ${index + 1}" ${more}>`, disabled);
}

function addresses(value, more, disabled, around) {
    return rows("addresses", value, (index) => html`<div class="record-address" data-address>${addressParts.map((part) => part === "street" ? street(index, disabled, around) :
        html`<label data-key="${part}" class="part-${part}"><span>${t(`customers.address.${part}`)}</span><input dir="auto" data-path="addresses.${index}.${part}"
            data-address-part="${part}" maxlength="${part === "label" ? lengths.label : lengths.part}" autocomplete="off" ${more}></label>`)}</div>`, disabled);
}

/** With what the project's gazetteer suggests. */
function street(index, disabled, { invalid, id, project }) {
    const attributes = { "data-path": `addresses.${index}.street`, "aria-describedby": `${id}-addresses-state`, "aria-invalid": invalid ? "true" : null, disabled: Boolean(disabled) };
    return html`<div data-key="street" class="part-street"><label for="${id}-street-${index}"><span>${t("customers.address.street")}</span></label><street-input
        input-id="${id}-street-${index}" project="${project}" attributes="${JSON.stringify(attributes)}"></street-input></div>`;
}

/** A value as people read it, for the question which of two shall be. */
export function shown(field, value) {
    const words = {
        kind: () => t(value === "company" ? "customers.kind.company" : "customers.kind.person"),
        languages: () => list(value.map(languageName)),
        numbers: () => list(value.map(({ number, label }) => [number, label].filter(Boolean).join(" "))),
        emails: () => list(value),
        addresses: () => value.map((address) => addressParts.map((part) => address[part]).filter(Boolean).join(", ")).join("; "),
    };
    return (words[field]?.() ?? value) || "–";
}
