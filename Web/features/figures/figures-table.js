import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { chosenVariants } from "./chosen-variants.js";
import { dayOf } from "./civil.js";
import { csv, hours, save } from "./csv.js";
import { change } from "./figures-address.js";
import { figures, takeAlong } from "./figures-store.js";
import { intervalName } from "./interval-name.js";
import { columns, contactsLink, nameOf, shown, valueOf } from "./measures.js";

// More rows than these are drawn when somebody wants them: a month of quarter hours are 3,000.
const rowsAtOnce = 100;

/** The figures by the grouping or by interval, with their total. What is seen here can be taken along as a file. */
class FiguresTable extends PageElement {
    #order = [];
    #ordered = null;
    #all = false;

    start() {
        this.watch(figures, chosenVariants);
        this.keep(place.subscribe(() => this.show()));
        this.act({
            sort: ({ value }) => change({ sort: this.#nextSort(value) }),
            rows: ({ value }) => change({ rows: value === "group" ? null : value, sort: null }),
            all: () => {
                this.#all = true;
                this.show();
            },
            export: () => this.#export(),
        });
    }

    get #byInterval() {
        return place.value.query.get("rows") === "interval";
    }

    get #columns() {
        return columns(chosenVariants.value, figures.value.answer.seesQueues);
    }

    show() {
        const { answer, view } = figures.value;
        if (answer === null) return;
        const rows = this.#rows();
        const cut = this.#all ? rows : rows.slice(0, rowsAtOnce);
        const tab = (value, text) => html`<button data-action="rows" value="${value}" aria-pressed="${
            (value === "interval") === this.#byInterval}">${text}</button>`;
        render(
            this,
            html`<header class="figures-table-head" data-key="head">
                    <h2 class="panel-title" id="figures-table-title">${t("figures.table")}</h2>
                    <div class="figures-tabs" role="group" aria-labelledby="figures-table-title">
                        ${tab("group", t(`figures.rows.${view.by}`))}${tab("interval", t("figures.rows.interval"))}</div>
                    <button data-action="export">${icon("export")}<span>${t("figures.export")}</span></button>
                </header>
                <div class="figures-scroll" tabindex="0" role="region" aria-labelledby="figures-table-title" data-key="table">
                    <table class="grid figures-grid">
                        <thead><tr>${this.#heading("name", this.#firstHeading())}
                            ${this.#columns.map((column) => this.#heading(
                                column.name, t(`figures.short.${column.name}`), nameOf(column)))}</tr></thead>
                        <tbody>${cut.map((row) => this.#row(row))}</tbody>
                        <tfoot><tr><th scope="row">${t("figures.total")}</th>${this.#cells(answer.total, {
                            since: answer.from, until: answer.to })}</tr></tfoot>
                    </table>
                </div>
                ${cut.length < rows.length && html`<p class="figures-more" data-key="more"><button
                    data-action="all">${t("figures.showAll", { count: rows.length })}</button></p>`}`,
        );
    }

    #firstHeading() {
        return this.#byInterval ? t("figures.interval") : t(`figures.rows.${figures.value.view.by}`);
    }

    #heading(name, text, title = text) {
        const [column, down] = this.#sort();
        const sorted = column === name;
        return html`<th scope="col" data-key="${name}" ${attribute("class", name === "name" ? null : "figure")}
            ${attribute("aria-sort", sorted ? (down ? "descending" : "ascending") : null)}><button class="plain" data-action="sort"
            value="${name}" title="${title}"><span>${text}</span><span class="sort-mark" aria-hidden="true">${
                sorted ? (down ? "▼" : "▲") : ""}</span></button></th>`;
    }

    #row({ key, name, values, within }) {
        return html`<tr data-key="${key}"><th scope="row"><bdi>${name}</bdi></th>${this.#cells(values, within)}</tr>`;
    }

    #cells(values, within) {
        const { project, queue, agent } = figures.value.view;
        return this.#columns.map((column) => {
            const value = valueOf(column, values);
            const text = shown(column, value);
            const link = (column.kind === "count" || column.opens) && value > 0;
            return html`<td class="figure number">${link
                ? html`<a href="${contactsLink(column.figure, { project, queue, agent, ...within })}">${text}</a>` : text}</td>`;
        });
    }

    // MARK: The rows and their order

    /** The rows as the server has them: {key, name, values, within}. */
    #found() {
        const { answer, view } = figures.value;
        const whole = { since: answer.from, until: answer.to };
        if (this.#byInterval) {
            return answer.trend.map((part) => ({
                key: String(part.from),
                name: intervalName(part, { interval: view.interval, timeZone: answer.timeZone }),
                values: part.values,
                within: { since: part.from, until: part.to },
            }));
        }
        return answer.rows.map(({ id, name, values }) => ({
            key: id ?? "none",
            name: name ?? t(view.by === "disposition" ? "desk.noDisposition" : "figures.nameless"),
            values,
            within: { ...whole, [view.by]: id ?? "none" },
        }));
    }

    /** The rows in their order. What comes by itself is put in its place only when somebody asks: rows that move are clicked wrongly. */
    #rows() {
        const rows = this.#found();
        const { view, own } = figures.value;
        const wanted = JSON.stringify([view, place.value.query.get("sort"), this.#byInterval, chosenVariants.value]);
        if (own || wanted !== this.#ordered) {
            if (wanted !== this.#ordered) this.#all = false;
            this.#ordered = wanted;
            this.#order = this.#sorted(rows).map(({ key }) => key);
            return this.#sorted(rows);
        }
        const rank = new Map(this.#order.map((key, index) => [key, index]));
        return rows.sort((one, other) => (rank.get(one.key) ?? rank.size) - (rank.get(other.key) ?? rank.size));
    }

    #sorted(rows) {
        const [name, down] = this.#sort();
        const column = this.#columns.find((one) => one.name === name);
        if (name === null || (name !== "name" && !column)) return rows;
        const sign = down ? -1 : 1;
        if (name === "name" && this.#byInterval) return down ? [...rows].reverse() : rows;
        if (name === "name") return [...rows].sort((one, other) => sign * compare(one.name, other.name));
        return [...rows].sort((one, other) => {
            const [first, second] = [valueOf(column, one.values), valueOf(column, other.values)];
            // What is not known is last, whichever way.
            if (first === null || second === null) return (first === null) - (second === null);
            return sign * (first - second);
        });
    }

    /** The column that is sorted by, and whether downwards: "-offered" in the address. */
    #sort() {
        const text = place.value.query.get("sort");
        return text ? [text.replace(/^-/, ""), text.startsWith("-")] : [null, false];
    }

    /** Names from the first on, figures from the largest; then the other way, then as they came. */
    #nextSort(name) {
        const [before, down] = this.#sort();
        const firstDown = name !== "name";
        if (before !== name) return firstDown ? `-${name}` : name;
        if (down === firstDown) return firstDown ? name : `-${name}`;
        return null;
    }

    // MARK: The file

    /** The server is asked first, and the file is made of its answer: who takes figures along stands in the audit. */
    async #export() {
        if (!(await takeAlong())) return;
        const { answer, view } = figures.value;
        const unit = { count: "", percent: " (%)", duration: " (h:mm:ss)" };
        const head = [this.#firstHeading(), ...this.#columns.map((column) => nameOf(column) + unit[column.kind])];
        const cells = (values) => this.#columns.map((column) => {
            const value = valueOf(column, values);
            return value !== null && column.kind === "duration" ? hours(value) : value;
        });
        const rows = this.#rows().map(({ name, values }) => [name, ...cells(values)]);
        const [from, through] = [dayOf(answer.from, answer.timeZone), dayOf(answer.to - 1, answer.timeZone)];
        const span = from === through ? from : `${from}_${through}`;
        const name = `figures_${span}_by-${this.#byInterval ? view.interval : view.by}.csv`;
        save(name, csv([head, ...rows, [t("figures.total"), ...cells(answer.total)]]));
    }
}

customElements.define("figures-table", FiguresTable);
