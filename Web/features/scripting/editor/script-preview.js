import { announce } from "../../../base/announce.js";
import { PageElement } from "../../../base/element.js";
import { attribute, html, render } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { patterns } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../../settings/values.js";

/** A script walked through before anybody works by it: the answers by 1 to 9, back by Backspace. Nothing of it is kept. */
class ScriptPreview extends PageElement {
    #body = null;
    #code = "en";
    #way = [];
    #isFirst = true;

    /** What is walked through, and in which language. */
    give(body, code) {
        this.#body = body;
        this.#code = code;
        // A way that the script no longer has is walked anew.
        const isWay = this.#way.every(({ step, answer }, index) => step === this.#place(index) && this.#answer(step, answer));
        if (!isWay) this.#way = [];
        this.show();
    }

    start() {
        this.act({ answer: ({ dataset }) => this.#choose(Number(dataset.index)), back: () => this.#back() });
        this.listen(this, "keydown", (event) => {
            if (event.ctrlKey || event.altKey || event.metaKey) return;
            const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
            if (event.key !== "Backspace" && !digit) return;
            event.preventDefault();
            return digit ? this.#choose(Number(digit) - 1) : this.#back();
        });
    }

    #place(count) {
        const last = this.#way[count - 1];
        return last === undefined ? this.#body.start : (this.#answer(last.step, last.answer)?.next ?? null);
    }

    #step(key) {
        return this.#body.steps.find((step) => step.key === key);
    }

    #answer(step, key) {
        return this.#step(step)?.answers.find((answer) => answer.key === key);
    }

    #text(texts) {
        return texts?.[this.#code] || nameIn(texts);
    }

    #choose(index) {
        const step = this.#step(this.#place(this.#way.length));
        const answer = step?.answers[index];
        if (answer) this.#go([...this.#way, { step: step.key, answer: answer.key }]);
    }

    #back() {
        if (this.#way.length > 0) this.#go(this.#way.slice(0, -1));
    }

    #go(way) {
        this.#way = way;
        this.show();
        this.querySelector(".preview-step").focus();
        announce(this.querySelector(".preview-step").textContent.trim());
    }

    show() {
        if (this.#body === null) return;
        const step = this.#step(this.#place(this.#way.length));
        const { direction } = patterns(this.#code);
        render(
            this,
            html`<div class="preview-step" tabindex="-1" role="group" aria-label="${t("documents.preview")}" lang="${this.#code}" dir="${direction}" data-key="step">
                    <p class="preview-say">${step ? this.#text(step.say) : t("documents.end")}</p>
                    ${step?.hint && html`<p class="soft">${this.#text(step.hint)}</p>`}</div>
                <ol class="preview-answers" lang="${this.#code}" dir="${direction}" data-key="answers">${(step?.answers ?? []).map((answer, index) => html`<li
                    data-key="${step.key} ${answer.key}"><button type="button" data-action="answer" data-index="${index}">
                        <kbd aria-hidden="true">${index + 1}</kbd><span>${this.#text(answer.label)}</span></button></li>`)}</ol>
                <button type="button" data-action="back" data-key="back" ${attribute("aria-disabled", this.#way.length === 0 ? "true" : null)}>
                    ${icon("back")}<span>${t("documents.back")}</span></button>`,
        );
        if (this.#isFirst) this.querySelector(".preview-step").focus();
        this.#isFirst = false;
    }
}

customElements.define("script-preview", ScriptPreview);
