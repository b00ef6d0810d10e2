import { attribute, html } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { measureName, measureNames } from "../../../base/measures.js";
import { t } from "../../../base/text.js";
import { queuesOf } from "../kinds/choices.js";
import { wordsOf } from "../words.js";
import { FormField } from "./form-field.js";

// More cannot be read from ten metres.
const figuresMax = 6;

/** The figures of a wallboard, one a row: what it shows, of which queue, and from where on it is good or still fine. */
class FiguresField extends FormField {
    get isGroup() {
        return true;
    }

    start() {
        super.start();
        this.listen(this, "change", ({ target }) => target.matches("select") && this.#take());
        this.listen(this, "input", ({ target }) => target.matches("input") && this.#take());
    }

    actions() {
        return {
            add: () => {
                const shown = this.#figures.map(({ measure }) => measure);
                const next = measureNames.find((name) => !shown.includes(name)) ?? measureNames[0];
                this.change([...this.#figures, { measure: next }]);
            },
            drop: ({ value }) => this.change(this.#figures.filter((_, index) => index !== Number(value))),
        };
    }

    get #figures() {
        return this.given.value ?? [];
    }

    #take() {
        const numberIn = (row, part) => {
            const text = row.querySelector(`[data-part="${part}"]`).value.trim();
            return text === "" ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : text;
        };
        const figures = [...this.querySelectorAll("tbody tr")].map((row) => ({
            measure: row.querySelector('[data-part="measure"]').value, queue: row.querySelector('[data-part="queue"]').value || undefined,
            good: numberIn(row, "good"), warn: numberIn(row, "warn"),
        }));
        // What is not there is not said, as in a file.
        this.change(figures.map((figure) => Object.fromEntries(Object.entries(figure).filter(([, value]) => value !== undefined))));
    }

    control() {
        const { answer, whole } = this.given;
        const queues = queuesOf(answer.setUp, whole.$project);
        const wrong = new Set(this.given.errors.map(({ path }) => Number(/\[(\d+)\]/.exec(path)?.[1] ?? -1)));
        return html`<table class="figure-rows">
            <thead><tr><th scope="col">${t("settings.wallboard.measure")}</th><th scope="col">${t("common.queue")}</th>
                <th scope="col">${t("settings.wallboard.good")}</th><th scope="col">${t("settings.wallboard.warn")}</th>
                <th scope="col"><span class="visually-hidden">${t("settings.remove")}</span></th></tr></thead>
            <tbody>${this.#figures.map((_, index) => this.#row(index, queues, wrong.has(index)))}</tbody></table>
            ${this.#figures.length < figuresMax && html`<button type="button" data-action="add" data-key="add">${t("settings.wallboard.addFigure")}</button>`}`;
    }

    #row(index, queues, isWrong) {
        const figure = t("settings.wallboard.figure", { number: index + 1 });
        const invalid = attribute("aria-invalid", isWrong ? "true" : null);
        const named = (text) => attribute("aria-label", `${figure}: ${text}`);
        return html`<tr data-key="${index}">
            <td><select data-part="measure" ${named(t("settings.wallboard.measure"))}>${measureNames.map((name) => html`<option
                value="${name}">${measureName(name)}</option>`)}</select></td>
            <td><select data-part="queue" ${named(t("common.queue"))}><option value="">${t("wall.allQueues")}</option>${queues.map(
                ({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></td>
            ${["good", "warn"].map((part) => html`<td><input data-part="${part}" class="short" inputmode="numeric" dir="ltr" autocomplete="off"
                ${named(t(`settings.wallboard.${part}`))} ${invalid}></td>`)}
            <td><button type="button" class="icon-button" data-action="drop" value="${index}" aria-label="${t("settings.wallboard.removeFigure", {
                number: index + 1 })}">${icon("close")}</button></td>
        </tr>`;
    }

    fill() {
        for (const [index, row] of [...this.querySelectorAll("tbody tr")].entries()) {
            for (const control of row.querySelectorAll("[data-part]")) {
                const text = String(this.#figures[index]?.[control.dataset.part] ?? "");
                if (control.value !== text) control.value = text;
            }
        }
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp);
    }
}

customElements.define("figures-field", FiguresField);
