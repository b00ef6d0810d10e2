import { attribute, html } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { language, languages, patterns } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../values.js";
import { FormField } from "./form-field.js";

/** A name, or a longer text of some `lines`, in the six languages: that of the screen first, the others behind a disclosure, which says how many are still missing. */
class NameField extends FormField {
    start() {
        super.start();
        this.listen(this, "input", ({ target }) => {
            const before = typeof this.given.value === "string" ? { en: this.given.value } : this.given.value;
            const texts = { ...before, [target.dataset.language]: target.value };
            this.change(Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== "")));
        });
    }

    get #texts() {
        const { value } = this.given;
        return typeof value === "string" ? { en: value } : (value ?? {});
    }

    control() {
        const others = languages.filter((code) => code !== language.value);
        const missing = others.filter((code) => !this.#texts[code]).length;
        const fallback = nameIn(this.#texts);
        const { lines = 1 } = this.given.field;
        const placeholder = attribute("placeholder", this.#texts[language.value] ? null : fallback || null);
        return html`${lines > 1 ? html`<textarea id="${this.idOf()}" data-language="${language.value}" dir="auto" rows="${lines}" ${placeholder}
                ${this.described}></textarea>` : html`<input id="${this.idOf()}" data-language="${language.value}" dir="auto" autocomplete="off" ${placeholder}
                ${this.described}>`}
            <details>
                <summary><span class="soft">${icon("language")} ${t("settings.otherLanguages")}</span>
                    <span class="soft">${missing > 0 ? t("settings.missingLanguages", { count: missing }) : icon("check")}</span></summary>
                <div class="names">
                    ${others.map((code) => html`<label data-key="${code}"><span lang="${code}">${patterns(code).name}</span>
                        ${lines > 1 ? html`<textarea data-language="${code}" lang="${code}" dir="${patterns(code).direction}" rows="${lines}"
                            ${attribute("aria-label", `${t(this.given.field.label)}: ${patterns(code).name}`)}></textarea>` : html`<input
                            data-language="${code}" lang="${code}" dir="${patterns(code).direction}" autocomplete="off"
                            ${attribute("aria-label", `${t(this.given.field.label)}: ${patterns(code).name}`)}>`}</label>`)}
                </div>
            </details>`;
    }

    fill() {
        for (const code of languages) this.put(`[data-language="${code}"]`, this.#texts[code] ?? "");
    }

    words(value) {
        return nameIn(value);
    }
}

customElements.define("name-field", NameField);
