import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { session } from "../session/session.js";
import { floorStore } from "../floor/floor-store.js";
import { change, filters, groupings, intervals, namedDays, ranges, viewOf } from "./figures-address.js";
import { choices, figures, today } from "./figures-store.js";

// A date is typed digit by digit, and each digit makes another date of it.
const typingPause = 400;
const groupingLabels = { queue: "common.queue", agent: "common.agent", project: "common.project", disposition: "desk.disposition" };

/** What is asked for. It stands in the address; what the server refuses is said at its field. */
class FiguresFilters extends PageElement {
    #typing;

    start() {
        this.watch(figures, choices, floorStore);
        this.keep(place.subscribe(() => this.show()));
        this.listen(this, "submit", (event) => event.preventDefault());
        this.listen(this, "input", (event) => {
            clearTimeout(this.#typing);
            const { name, value, type } = event.target;
            // A choice counts at once: what is drawn before it does would take it back.
            if (type === "date") this.#typing = setTimeout(() => this.#change(name, value), typingPause);
            else this.#change(name, value);
        });
        this.act({ clear: () => change({ project: null, queue: null, agent: null }) });
    }

    #change(name, value) {
        if (name !== "range" || value !== "dates") {
            // Another span gets the interval that fits it, unless it is chosen again.
            return change(name === "range" ? { range: value, from: null, through: null, interval: null } : { [name]: value });
        }
        const [from, through] = namedDays(this.#view, today());
        return change({ range: "dates", from, through, interval: null });
    }

    get #view() {
        return viewOf(place.value.query, today());
    }

    show() {
        const view = this.#view;
        const select = (name, label, options) => this.#field(name, label, html`<select name="${name}" ${this.#wrong(name)}>${options.map(
            (option) => html`<option value="${option.id}">${option.name}</option>`)}</select>`);
        const named = (ids, text) => ids.map((id) => ({ id, name: t(text(id)) }));
        const day = (name, label) => this.#field(name, label, html`<input type="date" name="${name}" required ${this.#wrong(name)}>`);
        const filtered = filters.some((name) => view[name]);
        render(
            this,
            html`<form class="figures-filters" role="search" ${attribute("aria-label", t("contacts.filters"))}>
                ${select("range", t("figures.range"), named(ranges, (id) => `figures.range.${id}`))}
                ${view.range === "dates" && [day("from", t("figures.from")), day("through", t("figures.through"))]}
                ${select("interval", t("figures.interval"), named(intervals, (id) => `figures.interval.${id}`))}
                ${select("by", t("figures.by"), named(groupings, (id) => groupingLabels[id]))}
                ${this.#filters().map(({ name, label, options }) => select(name, label, [{ id: "", name: t("contacts.all") }, ...options]))}
                <button type="button" class="plain" data-action="clear" data-key="clear"
                    ${attribute("aria-disabled", !filtered)}>${t("contacts.clear")}</button>
            </form>`,
        );
        for (const field of this.querySelectorAll("select, input")) {
            const value = view[field.name] ?? "";
            if (field.value !== value && (field.type !== "date" || field !== document.activeElement)) field.value = value;
        }
    }

    #field(name, label, control) {
        const error = this.#error(name);
        return html`<div class="field" data-key="${name}"><label><span>${label}</span>${control}</label>${error && html`<p
            class="field-error" id="wrong-${name}" role="alert">${icon("alert")}<span>${error}</span></p>`}</div>`;
    }

    #wrong(name) {
        const wrong = this.#error(name) !== null;
        return [attribute("aria-invalid", wrong ? "true" : null), attribute("aria-describedby", wrong ? `wrong-${name}` : null)];
    }

    /** What is wrong with a field: seen here, or said by the server. */
    #error(name) {
        const own = this.#view.errors[name];
        if (own) return t(own);
        const refused = figures.value.problem?.errors.find(({ field }) => field === name);
        if (!refused) return null;
        if (refused.rule !== "notAllowed") return figures.value.problem.textFor(name);
        return t(name === "interval" ? "figures.refused.tooFine" : "figures.refused.tooLong");
    }

    /** The filters this user has a choice of: nobody chooses among agents who sees only the own figures. */
    #filters() {
        const onFloor = { queue: floorStore.value?.queues ?? [], agent: floorStore.value?.agents ?? [], project: [] };
        const labels = { project: t("common.project"), queue: t("common.queue"), agent: t("common.agent") };
        const view = this.#view;
        return filters
            .filter((name) => name !== "agent" || session.value?.permissions.viewFigures !== "own")
            .map((name) => {
                const known = new Map([...onFloor[name], ...choices.value[name]].map((one) => [one.id, one]));
                // An address from elsewhere may name what nobody has told us of.
                if (view[name] && !known.has(view[name])) known.set(view[name], { id: view[name], name: view[name] });
                return { name, label: labels[name], options: [...known.values()].sort((one, other) => compare(one.name, other.name)) };
            });
    }
}

customElements.define("figures-filters", FiguresFilters);
