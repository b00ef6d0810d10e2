import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { draftOf, draftsChanged } from "./drafts.js";
import { queuesIn } from "./kinds/choices.js";
import { skills } from "./kinds/skills.js";
import { saveDraft } from "./saving.js";
import { settings } from "./settings-store.js";
import { same } from "./values.js";

/**
 * Who serves which queue: people × queues. The arrows go from cell to cell, a digit is the priority, Delete takes the queue away, Enter
 * opens the cell for the priority and the delay. Everything is saved at once.
 */
class SkillsMatrix extends PageElement {
    #draft = null;
    #cell = { row: 0, column: 0 };
    #problem = null;
    #busy = false;

    start() {
        this.watch(settings, draftsChanged, ownKeys);
        this.listen(this, "keydown", (event) => event.target.matches("td[tabindex]") && this.#key(event));
        this.listen(this, "click", ({ target }) => {
            const cell = target.closest("td[tabindex]");
            if (cell) this.#open(Number(cell.dataset.row), Number(cell.dataset.column));
        });
        this.listen(this, "input", ({ target }) => target.closest("[popover]") && this.#type(target));
        this.act({
            save: () => this.#save(),
            discard: () => {
                this.#problem = null;
                this.#draft.done();
                this.#focus();
            },
            remove: () => {
                this.#set(null);
                this.querySelector("[popover]").hidePopover();
            },
            done: () => this.querySelector("[popover]").hidePopover(),
        });
        this.listen(this, "toggle", ({ newState }) => newState === "closed" && this.#focus(), { capture: true });
        this.keep(shortcut("saveSettings", () => this.#save()));
    }

    get #rows() {
        const { users } = settings.value.answer.setUp;
        return Object.keys(this.#draft.value)
            .filter((login) => users[login])
            .map((login) => ({ login, name: users[login].name ?? login, projects: users[login].projects ?? [] }))
            .sort((one, other) => compare(one.name, other.name));
    }

    get #columns() {
        const { setUp } = settings.value.answer;
        return queuesIn(setUp, Object.keys(setUp.projects ?? {}));
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const [thing] = skills.all(answer.setUp);
        this.#draft = draftOf(skills, "all", thing.value);
        const [rows, columns] = [this.#rows, this.#columns];
        if (rows.length === 0 || columns.length === 0) {
            render(this, html`<div class="panel empty">${icon("floor")}<p>${t("settings.skills.none")}</p></div>`);
            return;
        }
        this.#cell = { row: Math.min(this.#cell.row, rows.length - 1), column: Math.min(this.#cell.column, columns.length - 1) };
        const { isDirty } = this.#draft;
        const key = shownKeyOf("saveSettings");
        render(
            this,
            html`<div class="panel matrix-panel">
                <p class="soft" id="matrix-keys" data-key="keys">${t("settings.skills.keys")}</p>
                <div class="thing-notes" role="alert" data-key="notes">${this.#draft.meanwhile && html`<p class="note conflict">${icon("warned")}<span>${
                    t("settings.conflict.somebody")} ${t("settings.conflict.kept")}</span></p>`}
                    ${this.#problem && html`<p class="field-error">${icon("alert")}<span>${this.#problem}</span></p>`}</div>
                <div class="matrix-scroll" data-key="scroll">
                <table class="matrix" role="grid" aria-label="${t("settings.skills")}" aria-describedby="matrix-keys">
                    <thead><tr><th scope="col" role="columnheader">${t("settings.person.name")}</th>${columns.map(
                        ({ id, name }) => html`<th scope="col" role="columnheader" data-key="${id}">${name}</th>`)}</tr></thead>
                    <tbody>${rows.map((row, index) => html`<tr data-key="${row.login}"><th scope="row" role="rowheader">${row.name}</th>
                        ${columns.map((column, place) => this.#cellOf(row, column, index, place))}</tr>`)}</tbody>
                </table></div>
                <div popover id="skill-cell" class="skill-cell" role="dialog" aria-labelledby="skill-title" data-key="cell">${this.#editor(rows, columns)}</div>
                <footer class="thing-foot" data-key="foot">
                    <button type="button" class="primary" data-action="save" aria-keyshortcuts="${key}" ${attribute("aria-disabled", isDirty && !this.#busy ? null : "true")}
                        ${attribute("aria-busy", this.#busy ? "true" : null)}>${icon("check")}<span>${t("settings.save")}</span><kbd aria-hidden="true">${key}</kbd></button>
                    ${isDirty && html`<button type="button" data-action="discard" data-key="discard">${t("settings.discard")}</button>`}
                </footer>
            </div>`,
        );
        const editor = this.querySelector("[popover]:popover-open");
        if (editor) this.#place(editor);
    }

    #cellOf({ login, name, projects }, queue, row, column) {
        const isHere = row === this.#cell.row && column === this.#cell.column;
        const skill = this.#draft.value[login]?.[queue.id];
        const isChanged = !same(skill, this.#draft.base[login]?.[queue.id]);
        const isForeign = !projects.includes(queue.project) && skill === undefined;
        const text = skill ? html`<b>${skill.priority ?? 1}</b>${(skill.delay ?? 0) > 0 && html` <span class="soft"><bdi class="number">+${skill.delay}</bdi> ${t("settings.unit.seconds")}</span>`}`
            : html`<span class="soft" aria-hidden="true">${isForeign ? "" : "·"}</span>`;
        const label = `${name}, ${queue.name}: ${skill ? t("settings.skills.cell", { priority: skill.priority ?? 1, delay: skill.delay ?? 0 }) : t("settings.skills.no")}`;
        return html`<td role="gridcell" data-key="${queue.id}" data-row="${row}" data-column="${column}" tabindex="${isHere ? 0 : -1}"
            aria-label="${label}" ${attribute("data-changed", isChanged ? "yes" : null)} ${attribute("data-has", skill ? "yes" : null)}
            ${attribute("aria-disabled", isForeign ? "true" : null)}>${text}</td>`;
    }

    #editor(rows, columns) {
        const [row, column] = [rows[this.#cell.row], columns[this.#cell.column]];
        const skill = this.#draft.value[row.login]?.[column.id];
        return html`<p id="skill-title"><b>${row.name}</b> · ${column.name}</p>
            <label><span>${t("settings.skills.priority")}</span><input data-part="priority" inputmode="numeric" dir="ltr" autocomplete="off"></label>
            <label><span>${t("settings.skills.delay")}</span><input data-part="delay" inputmode="numeric" dir="ltr" autocomplete="off"></label>
            <footer><button type="button" class="primary" data-action="done">${t("settings.done")}</button>
                ${skill && html`<button type="button" data-action="remove">${t("settings.remove")}</button>`}</footer>`;
    }

    get #chosen() {
        return [this.#rows[this.#cell.row], this.#columns[this.#cell.column]];
    }

    /** The skill of the chosen cell; null takes it away. */
    #set(skill) {
        const [{ login, projects }, { id, project }] = this.#chosen;
        if (!projects.includes(project) && skill !== null) return;
        const { [id]: before, ...others } = this.#draft.value[login] ?? {};
        this.#draft.write({ ...this.#draft.value, [login]: skill === null ? others : { ...others, [id]: { priority: 1, delay: 0, ...before, ...skill } } });
    }

    #type({ dataset, value }) {
        const text = value.trim();
        this.#set({ [dataset.part]: /^\d{1,9}$/.test(text) ? Number(text) : text });
    }

    #focus() {
        this.querySelector(`td[data-row="${this.#cell.row}"][data-column="${this.#cell.column}"]`)?.focus();
    }

    #open(row, column) {
        this.#cell = { row, column };
        this.show();
        const [{ login, projects }, { id, project }] = this.#chosen;
        if (!projects.includes(project)) return this.#focus();
        const cell = this.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
        const editor = this.querySelector("[popover]");
        const { priority = 1, delay = 0 } = this.#draft.value[login]?.[id] ?? {};
        editor.querySelector("[data-part='priority']").value = priority;
        editor.querySelector("[data-part='delay']").value = delay;
        editor.showPopover({ source: cell });
        this.#place(editor);
        return editor.querySelector("input").select();
    }

    /** The editor stands below its cell, wherever that is. */
    #place(editor) {
        const { row, column } = this.#cell;
        const box = this.querySelector(`td[data-row="${row}"][data-column="${column}"]`).getBoundingClientRect();
        editor.style.setProperty("inset-block-start", `${Math.min(box.bottom + 4, innerHeight - editor.offsetHeight - 8)}px`);
        const start = getComputedStyle(this).direction === "rtl" ? innerWidth - box.right : box.left;
        editor.style.setProperty("inset-inline-start", `${Math.max(8, Math.min(start, innerWidth - editor.offsetWidth - 8))}px`);
    }

    #key(event) {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const [next, previous] = getComputedStyle(this).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
        const { row, column } = this.#cell;
        const moves = {
            ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], [next]: [row, column + 1], [previous]: [row, column - 1],
            Home: [row, 0], End: [row, this.#columns.length - 1],
        };
        const target = moves[event.key];
        let run = null;
        if (target && this.#rows[target[0]] && this.#columns[target[1]]) run = () => (this.#cell = { row: target[0], column: target[1] });
        else if (/^Digit[1-9]$|^Numpad[1-9]$/.test(event.code)) run = () => this.#set({ priority: Number(event.code.slice(-1)) });
        else if (["Delete", "Backspace"].includes(event.key)) run = () => this.#set(null);
        else if (["Enter", "F2"].includes(event.key)) run = () => this.#open(row, column);
        if (run === null) return;
        event.preventDefault();
        run();
        if (["Enter", "F2"].includes(event.key)) return;
        this.show();
        this.#focus();
    }

    async #save() {
        const draft = this.#draft;
        if (this.#busy || !draft?.isDirty) return;
        if (skills.isWrong(draft.value)) {
            this.#problem = t("settings.skills.wrong");
            return this.show();
        }
        this.#busy = true;
        this.#problem = null;
        this.show();
        try {
            const [thing] = skills.all(settings.value.answer.setUp);
            await saveDraft(draft, thing);
            announce(t("settings.saved"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (!draft.meanwhile || problem.left?.length !== 0) this.#problem = problem.left?.join(" ") || problem.text;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("skills-matrix", SkillsMatrix);
