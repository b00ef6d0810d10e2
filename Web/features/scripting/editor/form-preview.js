import { PageElement } from "../../../base/element.js";
import { html, render } from "../../../base/html.js";
import { language, patterns } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../../settings/values.js";
import { today } from "../dates.js";
import { fieldBox, problemText } from "../form-field.js";
import { Malformed, parse } from "../formula.js";
import { fillInput, problemOf, valueOf } from "../inputs.js";
import { check } from "../values.js";

/** A form filled in before anybody works by it: what is shown when, what is reckoned, what is refused. Nothing of it is kept. */
class FormPreview extends PageElement {
    #form = null;
    #code = "en";
    #typed = {};
    #touched = new Set();

    /** What is filled in, and in which language. */
    give(body, code) {
        this.#code = code;
        this.#form = { fields: body.fields.map((field) => asRead(field, code)) };
        this.show();
    }

    start() {
        this.listen(this, "input", ({ target }) => this.#type(target));
        this.listen(this, "focusout", ({ target }) => this.#leave(target));
    }

    #fieldOf(input) {
        return this.#form.fields.find(({ key }) => key === input.dataset.field);
    }

    #type(input) {
        const field = this.#fieldOf(input);
        if (!field) return;
        this.#typed = { ...this.#typed, [field.key]: valueOf(this, input, field) };
        this.show();
    }

    #leave(input) {
        const field = this.#fieldOf(input);
        if (!field) return;
        this.#touched.add(field.key);
        fillInput(input, field, this.#typed[field.key] ?? "");
        setTimeout(() => this.isConnected && this.show());
    }

    show() {
        if (this.#form === null) return;
        const found = check(this.#form, this.#typed, { today: today(), kept: {} });
        render(
            this,
            html`<p class="soft" data-key="note">${t("documents.tryNote")}</p>
                <form class="form-fields" novalidate lang="${this.#code}" dir="${patterns(this.#code).direction}" data-key="fields">${this.#form.fields
                    .filter(({ key }) => found.seen.has(key)).map((field) => {
                        const problem = problemOf(field, found, this.#touched);
                        return fieldBox(field, { problem: problem && problemText(field, problem), computed: found.computed[field.key] ?? null, value: this.#typed[field.key] ?? "" });
                    })}</form>`,
        );
        for (const input of this.querySelectorAll("[data-field]:not([data-own-filled])")) {
            input.dataset.ownFilled = "";
            fillInput(input, this.#fieldOf(input), this.#typed[input.dataset.field] ?? "");
        }
    }
}

/** A field as it can be filled in: its texts in one language, and without formulas that cannot be read yet. */
function asRead(field, code) {
    const inOne = (texts) => texts && { [language.value]: texts[code] || nameIn(texts) };
    const { visibleIf, computed } = field;
    return {
        ...field, label: inOne(field.label), help: inOne(field.help), patternSays: inOne(field.patternSays),
        options: field.options?.map((option) => ({ ...option, label: inOne(option.label) })),
        visibleIf: reads(visibleIf) ? visibleIf : null, computed: reads(computed) ? computed : null,
    };
}

function reads(formula) {
    try {
        return Boolean(formula && parse(formula));
    } catch (problem) {
        if (!(problem instanceof Malformed)) throw problem;
        return false;
    }
}

customElements.define("form-preview", FormPreview);
