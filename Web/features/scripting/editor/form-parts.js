import { html } from "../../../base/html.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../../settings/values.js";
import { checkField, choiceField, entryButtons, plainField, textsField, wordField } from "./part-fields.js";

const kinds = ["text", "number", "money", "date", "choice", "phone", "address", "card", "check"];
const optionsMax = 200;

// Which rules a kind of field can have.
const bounded = new Set(["number", "money", "date"]);
const patterned = new Set(["text", "number", "money", "phone"]);
const computable = new Set(["text", "number", "money", "date", "check"]);

/** The form as a whole. */
export function generalPart(edited) {
    return textsField(edited, "name", "documents.name");
}

export function fieldPart(edited, path, field) {
    const { kind } = field;
    const plain = (name, how) => plainField(edited, `${path}/${name}`, `documents.${name}`, how);
    return html`${textsField(edited, `${path}/label`, "documents.fieldLabel")}
        ${choiceField(edited, `${path}/kind`, "documents.kind", kinds.map((value) => ({ value, label: t(`documents.kind.${value}`) })))}
        ${plain("key", { type: "key" })}
        ${checkField(edited, `${path}/required`, "documents.required")}
        ${(kind === "address" || field.gazetteer) && wordField(edited, `${path}/gazetteer`, "documents.gazetteer", "require")}
        ${textsField(edited, `${path}/help`, "documents.help")}
        ${kind === "choice" && options(edited, `${path}/options`, field.options ?? [])}
        ${kind === "text" && html`${plain("lines", { type: "whole" })}${plain("lengthMax", { type: "whole" })}`}
        ${bounded.has(kind) && html`${plain("min", { hint: kind === "date" && t("documents.dateHint", { day: "2026-01-31", today: "today", later: "today+90" }) })}${plain("max")}`}
        ${(kind === "number" || kind === "money") && plain("decimals", { type: "whole" })}
        ${kind === "money" && plain("currency")}
        ${patterned.has(kind) && html`${plain("pattern", { wide: true })}
            ${field.pattern && textsField(edited, `${path}/patternSays`, "documents.patternSays")}`}
        ${plain("visibleIf", { wide: true, hint: t("documents.formulaHint", { example: "plan = 'fibre' and months >= 12" }) })}
        ${computable.has(kind) && plain("computed", { wide: true })}`;
}

function options(edited, list, all) {
    return html`<h4 data-wide="yes" data-key="options">${t("documents.options")}</h4>
        ${all.map((option, index) => {
            const name = nameIn(option.label) || option.key;
            return html`<fieldset class="entry" data-wide="yes" data-key="${list} ${index} ${edited.generation}"><legend><bdi>${name}</bdi>
                    ${entryButtons(edited, list, index, all.length, name)}</legend>
                ${textsField(edited, `${list}/${index}/label`, "documents.label")}
                ${plainField(edited, `${list}/${index}/key`, "documents.key", { type: "key" })}</fieldset>`;
        })}
        ${!edited.isFixed && all.length < optionsMax && html`<button type="button" data-wide="yes" data-action="addEntry" data-list="${list}"
            data-key="add option">${t("documents.addOption")}</button>`}`;
}
