import { html } from "../../../base/html.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../../settings/values.js";
import { checkField, choiceField, entryButtons, plainField, textsField } from "./part-fields.js";

const directions = ["inbound", "outbound", "both"];
const answersMax = 9;

/** How a step is called where it cannot be said wholly: its first words and its key. */
export function stepName({ key, say }) {
    const words = nameIn(say);
    return words ? `${words.length > 60 ? `${words.slice(0, 60)}…` : words} · ${key}` : key;
}

/** The script as a whole. */
export function generalPart(edited) {
    const { body } = edited;
    return html`${textsField(edited, "name", "documents.name")}
        ${choiceField(edited, "direction", "documents.direction", directions.map((value) => ({ value, label: t(`documents.direction.${value}`) })))}
        ${choiceField(edited, "start", "documents.start", body.steps.map((step) => ({ value: step.key, label: stepName(step) })))}`;
}

export function stepPart(edited, path, step) {
    return html`${textsField(edited, `${path}/say`, "documents.say", { lines: 3 })}
        <p class="hint" data-wide="yes" data-key="placeholders">${t("documents.placeholders")} <bdi class="number">{customer.name}
            {customer.number} {agent.name} {project.name}</bdi></p>
        ${textsField(edited, `${path}/hint`, "documents.hint")}
        ${plainField(edited, `${path}/key`, "documents.key", { type: "key" })}
        <h4 data-wide="yes" data-key="answers">${t("documents.answers")}</h4>
        ${step.answers.map((answer, index) => answerEntry(edited, `${path}/answers`, index, answer, step.answers.length))}
        ${!edited.isFixed && step.answers.length < answersMax && html`<button type="button" data-wide="yes" data-action="addEntry"
            data-list="${path}/answers" data-key="add">${t("documents.addAnswer")}</button>`}`;
}

function answerEntry(edited, list, index, answer, count) {
    const path = `${list}/${index}`;
    const name = nameIn(answer.label) || answer.key;
    const targets = edited.body.steps.map((step) => ({ value: step.key, label: stepName(step) }));
    return html`<fieldset class="entry" data-wide="yes" data-key="${path} ${edited.generation}"><legend><kbd aria-hidden="true">${index + 1}</kbd>
            <bdi>${name}</bdi> ${entryButtons(edited, list, index, count, name)}</legend>
        ${textsField(edited, `${path}/label`, "documents.label")}
        ${choiceField(edited, `${path}/next`, "documents.next", [{ value: "", label: t("documents.end") }, ...targets])}
        ${checkField(edited, `${path}/tried`, "documents.tried")}</fieldset>`;
}

export function objectionPart(edited, path) {
    return html`${textsField(edited, `${path}/title`, "documents.objectionTitle")}
        ${textsField(edited, `${path}/say`, "documents.say", { lines: 3 })}
        ${plainField(edited, `${path}/key`, "documents.key", { type: "key" })}`;
}
