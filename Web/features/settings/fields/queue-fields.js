import { html } from "../../../base/html.js";
import { t } from "../../../base/text.js";
import { agentsOf, queuesIn, queuesOf } from "../kinds/choices.js";
import { wordsOf } from "../words.js";
import { FormField } from "./form-field.js";

const secondsUsual = 60;

/** What comes after a talk: how long, or by which rule. */
class WrapUpField extends FormField {
    start() {
        super.start();
        this.listen(this, "change", ({ target }) => target.matches("select") && this.change(ruleFor(target.value, secondsUsual)));
        this.listen(this, "input", ({ target }) => {
            if (!target.matches("input")) return;
            this.change(ruleFor(this.querySelector("select").value, /^\d{1,9}$/.test(target.value.trim()) ? Number(target.value) : target.value));
        });
    }

    control() {
        const mode = modeOf(this.given.value);
        return html`<select id="${this.idOf()}" ${this.described}>${["timed", "onRequest", "untilDisposed", "optional", "none"].map(
            (one) => html`<option value="${one}">${t(`settings.wrapUp.${one}`)}</option>`)}</select>
            ${["timed", "onRequest"].includes(mode) && html`<input class="short" inputmode="numeric" dir="ltr" data-key="seconds"
                aria-label="${t("settings.wrapUp.seconds")}"><span class="unit" data-key="unit">${t("settings.unit.seconds")}</span>`}`;
    }

    fill() {
        const { value } = this.given;
        this.put("select", modeOf(value));
        this.put("input", String(value?.onRequest ?? value));
    }

    words(value) {
        return wordsOf(this.given.field, value);
    }
}

/** "timed", "onRequest" and the like: the rule that a queue's `wrapUp` says. */
export function modeOf(value) {
    if (typeof value === "object" && value !== null) return "onRequest";
    return ["none", "untilDisposed", "optional"].includes(value) ? value : "timed";
}

function ruleFor(mode, seconds) {
    if (mode === "timed") return seconds;
    return mode === "onRequest" ? { onRequest: seconds } : mode;
}

/** To whom contacts go that need a supervisor: a person first, a queue, both, or nobody. */
class EscalationField extends FormField {
    get isGroup() {
        return true;
    }

    start() {
        super.start();
        this.listen(this, "change", () => {
            const [user, queue] = ["user", "queue"].map((name) => this.querySelector(`[data-part="${name}"]`).value);
            if (user === "") this.change(queue === "" ? undefined : queue);
            else this.change(queue === "" ? { user } : { user, queue });
        });
    }

    control() {
        const { answer, whole, id } = this.given;
        const [project, key] = id === null ? [whole.$project, null] : id.split("/");
        const queues = queuesOf(answer.setUp, project).filter((queue) => queue.id !== key);
        const select = (part, options) => html`<select data-part="${part}" aria-label="${t(`settings.kind.${part}`)}">
            <option value="">${t(`settings.escalation.${part}`)}</option>${options.map(({ id: one, name }) => html`<option value="${one}">${name}</option>`)}</select>`;
        return html`${select("user", agentsOf(answer.setUp, project))} ${select("queue", queues)}`;
    }

    fill() {
        const { value } = this.given;
        const isPlain = typeof value === "string";
        this.put('[data-part="user"]', isPlain ? "" : (value?.user ?? ""));
        this.put('[data-part="queue"]', isPlain ? value : (value?.queue ?? ""));
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp);
    }
}

/** The queues of a person, each with a priority and the seconds after which he helps. */
class SkillsField extends FormField {
    // Queues that he had since the field was opened: a row does not go away under the hand that unticks it.
    #had = new Set();

    get isGroup() {
        return true;
    }

    start() {
        super.start();
        this.listen(this, "change", ({ target }) => target.matches("[type=checkbox]") && this.#take());
        this.listen(this, "input", ({ target }) => !target.matches("[type=checkbox]") && this.#take());
    }

    #take() {
        const chosen = [...this.querySelectorAll("tbody tr")].filter((row) => row.querySelector("[type=checkbox]").checked);
        const numberIn = (row, part, usual) => {
            const text = row.querySelector(`[data-part="${part}"]`)?.value.trim() ?? String(usual);
            return /^\d{1,9}$/.test(text) ? Number(text) : text;
        };
        this.change(Object.fromEntries(chosen.map((row) => [
            row.dataset.queue, { priority: numberIn(row, "priority", 1), delay: numberIn(row, "delay", 0) }])));
    }

    get #queues() {
        const { answer, whole, value } = this.given;
        const projects = whole.projects ?? [];
        for (const id of Object.keys(value ?? {})) this.#had.add(id);
        // Who does not work for a project any more may still serve a queue of it.
        const all = queuesIn(answer.setUp, Object.keys(answer.setUp.projects ?? {}));
        return all.filter(({ id, project }) => projects.includes(project) || this.#had.has(id));
    }

    control() {
        if (this.#queues.length === 0) return html`<p class="soft">${t("settings.queues.none")}</p>`;
        const { value } = this.given;
        return html`<table class="skills">
            <thead><tr><th scope="col">${t("common.queue")}</th><th scope="col">${t("settings.skills.priority")}</th>
                <th scope="col">${t("settings.skills.delay")}</th></tr></thead>
            <tbody>${this.#queues.map(({ id, name }) => html`<tr data-key="${id}" data-queue="${id}">
                <th scope="row"><label><input type="checkbox"> <span>${name}</span></label></th>
                ${value?.[id]
                    ? ["priority", "delay"].map((part) => html`<td data-key="${part}"><input data-part="${part}" class="short" inputmode="numeric"
                        dir="ltr" aria-label="${`${name}: ${t(`settings.skills.${part}`)}`}"></td>`)
                    : html`<td data-key="no" colspan="2" class="soft">${t("settings.skills.no")}</td>`}
            </tr>`)}</tbody></table>`;
    }

    fill() {
        const { value } = this.given;
        for (const row of this.querySelectorAll("tbody tr")) {
            const skill = value?.[row.dataset.queue];
            row.querySelector("[type=checkbox]").checked = skill !== undefined;
            for (const input of row.querySelectorAll("[data-part]")) {
                const text = String(skill?.[input.dataset.part] ?? (input.dataset.part === "priority" ? 1 : 0));
                if (input.value !== text) input.value = text;
            }
        }
    }

    words(value) {
        return wordsOf(this.given.field, value, this.given.answer.setUp);
    }
}

customElements.define("wrap-up-field", WrapUpField);
customElements.define("escalation-field", EscalationField);
customElements.define("skills-field", SkillsField);
