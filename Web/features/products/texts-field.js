import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { languages, patterns } from "../../base/language.js";
import { t } from "../../base/text.js";

/** A text in the six languages, the project's first, the others behind a disclosure. `path` says where in what is edited it stands. */
export function textsField(path, label, { language, lines = 1, error = null }) {
    const control = (code, name) => (lines > 1
        ? html`<textarea data-path="${path}.${code}" rows="${lines}" lang="${code}" dir="${patterns(code).direction}" aria-label="${name}"></textarea>`
        : html`<input data-path="${path}.${code}" lang="${code}" dir="${patterns(code).direction}" autocomplete="off" aria-label="${name}">`);
    return html`<div class="record-field product-texts" data-key="${path}"><span>${label}</span>
        ${control(language, label)}
        <details data-key="others"><summary class="soft">${t("settings.otherLanguages")}</summary>${languages.filter((code) => code !== language).map(
            (code) => html`<label data-key="${code}"><span lang="${code}">${patterns(code).name}</span>${control(code, `${label}: ${patterns(code).name}`)}</label>`)}</details>
        ${error && html`<span class="field-error" data-key="error">${icon("alert")}<span>${error}</span></span>`}</div>`;
}
