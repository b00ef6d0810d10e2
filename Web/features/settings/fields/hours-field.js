import { attribute, html } from "../../../base/html.js";
import { icon } from "../../../base/icons.js";
import { patterns } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { minutes, spans } from "../rules.js";
import { dayWords } from "../words.js";
import { FormField } from "./form-field.js";

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const usual = { week: Object.fromEntries(weekdays.map((name, index) => [name, index < 5 ? ["09:00-17:00"] : []])) };

/** The name of a weekday of the set-up file, "mon". */
function weekdayName(name) {
    return patterns().weekdays[(weekdays.indexOf(name) + 1) % 7];
}

/**
 * Opening hours: always, the project's, or by weekday and special days. A day is one line, as people write it on a door: 08:00-12:00,
 * 13:00-17:00; an empty one is closed. A bar beside it shows the day.
 */
class HoursField extends FormField {
    // What is being typed into a line: it is written tidily once it is left.
    #typed = null;
    #own = null;
    // The special days in the order in which they stand, {id, date}: a day stays in its row while its date is typed, figure by figure.
    #rows = [];
    #lastRow = 0;
    #isInside = false;

    get isGroup() {
        return true;
    }

    start() {
        super.start();
        this.listen(this, "change", ({ target }) => {
            if (target.matches("select")) this.#choose(target.value);
            if (target.matches("[type=date]")) this.#rename(target.dataset.date, target.value);
        });
        this.listen(this, "input", ({ target }) => {
            if (!target.matches("[data-day]")) return;
            this.#typed = target.dataset.day;
            this.#write(target.dataset.day, target.value.split(/[,;،]+/).map(tidy).filter((part) => part !== ""));
        });
        this.listen(this, "focusin", () => (this.#isInside = true));
        this.listen(this, "focusout", ({ relatedTarget }) => {
            this.#typed = null;
            this.#isInside = this.contains(relatedTarget);
            queueMicrotask(() => this.isConnected && this.show());
        });
    }

    /** Each line is a field of its own. */
    isLeft() {
        return true;
    }

    actions() {
        return {
            copy: () => {
                const { week } = this.given.value;
                this.change({ ...this.given.value, week: { ...week, ...Object.fromEntries(weekdays.slice(1, 5).map((name) => [name, week.mon ?? []])) } });
            },
            addDay: () => {
                const { days = {} } = this.given.value;
                const next = nextDay(Object.keys(days));
                this.change({ ...this.given.value, days: { ...days, [next]: [] } });
                this.querySelector(`[data-date="${next}"]`)?.focus();
            },
            removeDay: ({ value }) => {
                const { [value]: _, ...days } = this.given.value.days;
                this.change({ ...this.given.value, days });
                this.querySelector("[data-action='addDay']")?.focus();
            },
        };
    }

    get #mode() {
        const { value, field } = this.given;
        if (typeof value === "object" && value !== null) return "own";
        return value === "always" || value === "none" ? value : field.modes[0];
    }

    #choose(mode) {
        const { value } = this.given;
        if (typeof value === "object" && value !== null) this.#own = value;
        if (mode === "own") this.change(this.#own ?? usual);
        else this.change(mode === "project" ? undefined : mode);
    }

    #write(name, list) {
        const { value } = this.given;
        if (weekdays.includes(name)) this.change({ ...value, week: { ...value.week, [name]: list } });
        else this.change({ ...value, days: { ...value.days, [name]: list } });
    }

    #rename(before, after) {
        const { days } = this.given.value;
        // A date is typed digit by digit: on the way it may be none, or that of another row.
        if (after === "" || days[after]) return;
        this.#rows.find(({ date }) => date === before).date = after;
        const renamed = Object.entries(days).map(([date, list]) => [date === before ? after : date, list]);
        this.change({ ...this.given.value, days: Object.fromEntries(renamed) });
    }

    control() {
        const { field, value } = this.given;
        const mode = this.#mode;
        return html`<select aria-label="${t(field.label)}" data-key="mode">${field.modes.map(
            (one) => html`<option value="${one}">${t(`settings.hours.mode.${one}`)}</option>`)}</select>
            ${mode === "own" && html`<div class="hours" data-key="week">
                ${weekdays.map((name) => this.#line(name, weekdayName(name), value.week?.[name] ?? []))}
                <button type="button" class="plain" data-action="copy" data-key="copy">${t("settings.hours.copy")}</button>
            </div>
            <div class="hours days" data-key="days">
                <p class="field-label" data-key="title">${t("settings.hours.days")}</p>
                ${this.#inRows(value.days ?? {}).map(({ id, date }) => this.#special(id, date, value.days[date]))}
                <button type="button" data-action="addDay" data-key="add">${t("settings.hours.addDay")}</button>
            </div>`}`;
    }

    #line(name, label, list) {
        return html`<label for="${this.idOf(`-${name}`)}" data-key="label-${name}">${label}</label>${this.#input(name, label, list)}${bar(list, name)}`;
    }

    /** The special days as they stand; in the order of the calendar once nobody is at one of them. */
    #inRows(days) {
        this.#rows = this.#rows.filter(({ date }) => days[date]);
        for (const date of Object.keys(days).sort()) {
            if (!this.#rows.some((row) => row.date === date)) this.#rows.push({ id: ++this.#lastRow, date });
        }
        if (!this.#isInside) this.#rows.sort((one, other) => (one.date < other.date ? -1 : 1));
        return this.#rows;
    }

    #special(id, date, list) {
        const name = dayWords(date);
        return html`<div class="special" data-key="${id}">
            <input type="date" max="9999-12-31" data-date="${date}" ${attribute("aria-label", t("settings.hours.date"))}>
            ${this.#input(date, name, list)}
            <button type="button" class="plain" data-action="removeDay" value="${date}"
                ${attribute("aria-label", t("settings.hours.removeDay", { date: name }))}>
                ${icon("close")}</button></div>`;
    }

    #input(name, label, list) {
        const wrong = !spans(list) ? null : "true";
        return html`<input id="${this.idOf(`-${name}`)}" data-day="${name}" data-key="day-${name}" dir="ltr" autocomplete="off" spellcheck="false"
            placeholder="${t("settings.hours.closed")}" aria-label="${label}" ${attribute("aria-invalid", wrong)}>`;
    }

    fill() {
        const { value } = this.given;
        this.put("select", this.#mode);
        if (this.#mode !== "own") return;
        for (const input of this.querySelectorAll("[data-day]")) {
            const { day: name } = input.dataset;
            const text = (value.week?.[name] ?? value.days?.[name] ?? []).join(", ");
            if (name !== this.#typed && input.value !== text) input.value = text;
        }
        for (const input of this.querySelectorAll("[type=date]:not(:focus)")) {
            if (input.value !== input.dataset.date) input.value = input.dataset.date;
        }
    }

    words(value) {
        return typeof value === "object" ? t("settings.hours.mode.own") : t(`settings.hours.mode.${value ?? this.given.field.modes[0]}`);
    }
}

/** "8 - 12:30" as the file has it: "08:00-12:30". What cannot be read stays. */
function tidy(written) {
    const parts = written.trim().replace(/[–—]/g, "-").split("-").map((part) => part.trim());
    if (parts.length !== 2) return written.trim();
    return parts.map((part) => (/^\d{1,2}$/.test(part) ? `${part}:00` : part).replace(/^\d:/, "0$&")).join("-");
}

function nextDay(dates) {
    const date = new Date();
    do date.setDate(date.getDate() + 1);
    while (dates.includes(date.toISOString().slice(0, 10)));
    return date.toISOString().slice(0, 10);
}

/** The day from 0 to 24 as a bar; what passes midnight goes to its end. */
function bar(list, name) {
    const read = spans(list) ? [] : list.map((written) => written.split("-").map(minutes));
    return html`<svg class="day-bar" viewBox="0 0 1440 10" preserveAspectRatio="none" aria-hidden="true" data-key="bar-${name}">
        <rect width="1440" height="10" rx="4"></rect>
        ${read.map(([from, to]) => html`<rect class="open" x="${from}" width="${(to < from ? 1440 : to) - from}" height="10"></rect>`)}</svg>`;
}

customElements.define("hours-field", HoursField);
