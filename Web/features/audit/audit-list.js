import { get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { compare, date, dateTime, timeSeconds } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { go, place } from "../../base/router.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { dayOf } from "../figures/civil.js";
import { csv, save } from "../figures/csv.js";
import { onNamesChanged } from "../session/session.js";
import { actionName, actions, personName, questionText, subjectLink, subjectName, subjects, termText } from "./audit-words.js";

const pageSize = 100;
// As many as the server gives at once for a file.
const exportSize = 10_000;
const filterNames = ["from", "through", "user", "action", "subject", "contact"];
// A date is typed digit by digit, and each digit makes another date of it.
const typingPause = 400;

/** Who saw, changed and took along what, the newest first. The filters stand in the address, so that a found list can be sent to somebody. */
class AuditList extends PageElement {
    #list = new Store({ entries: [], next: null, people: [], state: "loading", problem: null });
    #request = 0;
    #typing;
    // What was chosen since the address was changed: a date may still be under way when something else is chosen.
    #typed = {};
    #exporting = false;

    start() {
        this.watch(this.#list);
        this.keep(place.subscribe(({ path }) => path === "/audit" && this.#load()));
        this.keep(onNamesChanged(() => this.#load()));
        this.listen(this, "input", ({ target }) => {
            clearTimeout(this.#typing);
            this.#typed[target.name] = target.value;
            this.#typing = setTimeout(() => this.#take(), target.type === "date" ? typingPause : 0);
        });
        // Nobody is brought back to a screen that he has left.
        this.keep(() => clearTimeout(this.#typing));
        this.listen(this, "submit", (event) => event.preventDefault());
        this.act({
            more: () => this.#load({ more: true }),
            refresh: () => this.#load(),
            again: () => this.#load(),
            clear: () => go("/audit", { replace: true }),
            clearContact: () => {
                this.#change({ contact: null });
                this.querySelector("[data-action='refresh']").focus();
            },
            export: () => this.#export(),
        });
        this.keep(shortcut("filter", () => this.querySelector("input").focus()));
    }

    show() {
        const { entries, next, people, state, problem } = this.#list.value;
        const query = place.value.query;
        const filtered = filterNames.some((name) => query.get(name));
        const sorted = [...people].sort((one, other) => compare(one.name, other.name));
        const named = (ids, name) => ids.map((id) => ({ id, name: name(id) }));
        render(
            this,
            html`<section class="panel list" aria-labelledby="audit-title">
                <header class="list-head">
                    <h1 class="list-title" id="audit-title">${t("common.screen.audit")}</h1>
                    <form class="filters" role="search" ${attribute("aria-label", t("audit.filters"))}>
                        ${this.#day("from", problem)} ${this.#day("through", problem)}
                        ${this.#choice("user", t("audit.person"), sorted)}
                        ${this.#choice("action", t("audit.action"), named(actions, actionName))}
                        ${this.#choice("subject", t("audit.subject"), named(subjects, subjectName))}
                        <button type="button" class="plain" data-action="clear" data-key="clear"
                            ${attribute("aria-disabled", !filtered)}>${t("contacts.clear")}</button>
                    </form>
                    <button data-action="refresh">${icon("retrieve")}<span>${t("audit.refresh")}</span></button>
                </header>
                ${query.get("contact") && this.#contactChip(query.get("contact"))}
                ${this.#rows(entries, { state, problem, filtered })}
                <footer class="list-foot">
                    <p class="soft" role="status">${t("audit.shown", { count: entries.length })}</p>
                    <div class="audit-foot">
                        <button data-action="export" ${attribute("aria-disabled", entries.length === 0)}>${icon("export")}<span>${
                            t("figures.export")}</span></button>
                        <button data-action="more" ${attribute("aria-disabled", next === null || state === "loading")}>${
                            t("contacts.more")}</button>
                    </div>
                </footer>
            </section>`,
        );
        for (const field of this.querySelectorAll("form select, form input")) {
            const value = query.get(field.name) ?? "";
            if (field.value !== value && (field.type !== "date" || field !== document.activeElement)) field.value = value;
        }
    }

    #day(name, problem) {
        const wrong = problem?.textFor(name) ?? null;
        return html`<label data-key="${name}"><span>${t(`figures.${name}`)}</span><input type="date" name="${name}"
            ${attribute("aria-invalid", wrong === null ? null : "true")} ${attribute("title", wrong)}></label>`;
    }

    #choice(name, label, options) {
        return html`<label data-key="${name}"><span>${label}</span><select name="${name}"><option
            value="">${t("contacts.all")}</option>${options.map((option) => html`<option
                value="${option.id}">${option.name}</option>`)}</select></label>`;
    }

    #contactChip(contact) {
        return html`<p class="figure-chip" data-key="contact">${icon("contacts")}<span><a
            href="/contacts/${contact}">${t("audit.oneContact")}</a></span><button class="plain" data-action="clearContact"
            aria-label="${t("audit.clearContact")}" title="${t("audit.clearContact")}">${icon("close")}</button></p>`;
    }

    #rows(entries, { state, problem, filtered }) {
        if (problem) return html`<div class="empty" data-key="problem">${icon("alert")}<p role="alert">${problem.text}</p><button
            data-action="again">${t("contacts.tryAgain")}</button></div>`;
        if (entries.length === 0) {
            const text = state === "loading" ? t("common.loading") : t(filtered ? "audit.nothingFound" : "audit.none");
            return html`<div class="empty" data-key="none">${icon("audit")}<p>${text}</p></div>`;
        }
        return html`<div class="list-scroll" tabindex="0" role="region" aria-labelledby="audit-title" data-key="table"
            ${attribute("aria-busy", state === "loading" ? "true" : null)}><table class="grid audit">
            <thead><tr><th scope="col">${t("audit.at")}</th><th scope="col">${t("audit.person")}</th><th
                scope="col">${t("audit.action")}</th><th scope="col">${t("audit.subject")}</th><th scope="col"
                class="wide">${t("audit.question")}</th><th scope="col">${t("common.project")}</th><th scope="col"
                class="figure">${t("audit.position")}</th></tr></thead>
            <tbody>${entries.map((entry) => this.#row(entry))}</tbody>
        </table></div>`;
    }

    #row(entry) {
        const link = subjectLink(entry);
        const name = subjectName(entry.subject);
        return html`<tr data-key="${entry.position}" data-action-kind="${entry.action}">
            <td><time title="${date(entry.at)} ${timeSeconds(entry.at)}">${dateTime(entry.at, now())}</time></td>
            <td><bdi ${attribute("class", entry.user ? null : "soft")}>${personName(entry)}</bdi></td>
            <td><span class="audit-action">${actionName(entry.action)}</span></td>
            <td>${link ? html`<a href="${link}">${name}</a>` : name}</td>
            <td class="wide"><span class="soft cut" title="${entry.question.map(termText).join(" · ")}">${
                questionText(entry.question)}</span></td>
            <td><bdi>${entry.project ?? "–"}</bdi></td>
            <td class="figure number soft">${entry.position}</td>
        </tr>`;
    }

    #take() {
        const typed = this.#typed;
        this.#typed = {};
        this.#change(typed);
    }

    /** Goes to the same list with something else asked for; null takes it out. */
    #change(fields) {
        const query = new URLSearchParams(place.value.query);
        for (const [name, value] of Object.entries(fields)) {
            if (value) query.set(name, value);
            else query.delete(name);
        }
        go(query.size === 0 ? "/audit" : `/audit?${query}`, { replace: true });
    }

    #asked(more) {
        const query = new URLSearchParams(more);
        for (const name of filterNames) {
            const value = place.value.query.get(name);
            if (value) query.set(name, value);
        }
        return query;
    }

    async #load({ more = false } = {}) {
        const request = ++this.#request;
        const before = this.#list.value;
        const query = this.#asked({ limit: String(pageSize), ...(more ? { before: String(before.next) } : {}) });
        this.#list.set({ ...before, state: "loading", problem: null });
        try {
            const { entries, next, people } = await get(`/api/audit?${query}`);
            if (request !== this.#request) return; // another list has been asked for since
            this.#list.set({ entries: more ? [...before.entries, ...entries] : entries, next, people, state: "shown", problem: null });
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (request === this.#request) this.#list.set({ ...before, state: "shown", problem });
        }
    }

    /** The server is asked first, and notes that this was taken along; the file is made of its answer. */
    async #export() {
        if (this.#exporting) return;
        this.#exporting = true;
        try {
            const { entries, timeZone } = await this.#all();
            const head = ["at", "person", "action", "subject", "question"].map((name) => t(`audit.${name}`));
            const rows = entries.map((entry) => [
                new Date(entry.at).toISOString(), personName(entry), actionName(entry.action), subjectName(entry.subject),
                entry.question.map(termText).join("; "), entry.project, entry.contact, entry.position,
            ]);
            const titles = [...head, t("common.project"), t("audit.subject.contact"), t("audit.position")];
            save(`audit_${dayOf(now(), timeZone)}.csv`, csv([titles, ...rows]));
            this.#load();
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#list.set({ ...this.#list.value, problem });
        } finally {
            this.#exporting = false;
        }
    }

    /** Every entry of what is asked for, however many answers that takes. */
    async #all() {
        const entries = [];
        let answer = { next: null };
        do {
            const before = answer.next === null ? {} : { before: String(answer.next) };
            answer = await get(`/api/audit?${this.#asked({ limit: String(exportSize), purpose: "export", ...before })}`);
            entries.push(...answer.entries);
        } while (answer.next !== null);
        return { entries, timeZone: answer.timeZone };
    }
}

customElements.define("audit-list", AuditList);
