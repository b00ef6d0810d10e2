import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { on } from "../../base/stream.js";
import { t } from "../../base/text.js";
import { takesCalls } from "./kinds/people.js";
import { settings } from "./settings-store.js";

const under = (map) => (setUp) => Object.values(setUp.projects ?? {}).some((project) => Object.keys(project[map] ?? {}).length > 0);

/** What a centre needs before the first call, in the order in which it is set up. */
const steps = [
    { id: "project", section: "projects", isDone: (setUp) => Object.keys(setUp.projects ?? {}).length > 0 },
    { id: "queue", section: "queues", isDone: under("queues") },
    { id: "line", section: "trunks", isDone: (setUp) => Object.keys(setUp.trunks ?? {}).length > 0 },
    { id: "number", section: "numbers", isDone: under("entryPoints") },
    { id: "person", section: "people", isDone: (setUp) => ready(setUp) !== null },
];

/** Somebody who could answer: he takes calls and serves a queue. */
function ready(setUp) {
    return Object.entries(setUp.users ?? {}).find(([, user]) => takesCalls(user) && Object.keys(user.queues ?? {}).length > 0) ?? null;
}

/** The way from an empty centre to the first call: each step ticks itself once the set-up has it. */
class StartList extends PageElement {
    #hasContacts = false;

    start() {
        this.watch(settings);
        this.#look();
        this.keep(on("contact", () => this.#look()));
    }

    /** Whether anybody has called. */
    async #look() {
        if (this.#hasContacts) return;
        try {
            this.#hasContacts = (await get("/api/contacts?limit=1")).contacts.length > 0;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
        }
        if (this.isConnected) this.show();
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const { setUp } = answer;
        const all = [
            ...steps.map(({ id, section, isDone }) => ({ id, isDone: isDone(setUp), href: `/settings/${section}` })),
            { id: "call", isDone: this.#hasContacts, href: null },
        ];
        const next = all.find(({ isDone }) => !isDone);
        render(
            this,
            html`<div class="panel start">
                <p class="start-said" role="status">${next ? t("settings.start.said", { done: all.filter(({ isDone }) => isDone).length, count: all.length })
                    : t("settings.start.complete")}</p>
                <ol>${all.map((step, index) => this.#step(step, index, step === next, setUp))}</ol>
            </div>`,
        );
    }

    #step({ id, isDone, href }, index, isNext, setUp) {
        return html`<li data-key="${id}" ${attribute("data-done", isDone ? "yes" : null)} ${attribute("aria-current", isNext ? "step" : null)}>
            <span class="start-mark">${isDone ? html`${icon("check")}<span class="visually-hidden">${t("settings.start.done")}</span>` : index + 1}</span>
            <div><h3>${t(`settings.start.${id}`)}</h3><p class="soft">${t(`settings.start.${id}.text`)}</p>${id === "call" && isNext && this.#call(setUp)}</div>
            ${href && html`<a class="button${isNext ? " next" : ""}" href="${isDone ? href : `${href}?new=1`}"
                aria-label="${t(isDone ? "settings.start.look" : "settings.start.begin")}: ${t(`settings.start.${id}`)}">${
                t(isDone ? "settings.start.look" : "settings.start.begin")}</a>`}
        </li>`;
    }

    /** Who signs in, and which number is to be called. */
    #call(setUp) {
        const person = ready(setUp);
        const number = Object.values(setUp.projects ?? {}).flatMap(({ entryPoints }) => Object.keys(entryPoints ?? {}))[0];
        return html`<p class="start-call">${t("settings.start.call.how", { login: person?.[0] ?? "", number: phone(number) })}</p>`;
    }
}

customElements.define("start-list", StartList);
