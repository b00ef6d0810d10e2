import { onTick } from "../../base/clock.js";
import { compare } from "../../base/format.js";
import { attribute, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { stateMark } from "../../elements/state-mark/state-mark.js";
import { CallPopover } from "./call-popover.js";
import { callCommand, transferTargets } from "./desk-store.js";
import { draftOf } from "./draft.js";

// Colleagues become free and busy while one looks for somebody.
const readEvery = 3;

/** Whether a telephone number is being typed: its groups stay in their order, also where one writes from the right. */
function beginsNumber(text) {
    return /^[+(\d]/.test(text);
}

/** Whether it is one, as people write them. */
function looksLikeNumber(text) {
    return /^[+(]?\d[\d\s().\/-]*$/.test(text) && text.replace(/\D/g, "").length >= 3;
}

/**
 * Where the call can go: queues with their lines, colleagues with their states, a number outside. One types, goes up and down, and Enter leads to the
 * buttons: nobody is sent on by a slip of the hand.
 */
class CallTransfer extends CallPopover {
    static id = "call-transfer";
    static heading = "call.transfer.title";
    #targets = null;
    #search = "";
    #chosen = null;
    #ticks = 0;

    start() {
        super.start();
        this.act({
            choose: (source) => this.#choose(source.dataset.key),
            transfer: () => this.#transfer(),
            ask: () => this.#ask(),
        });
        this.listen(this, "input", (event) => {
            this.#search = event.target.value.trim().toLocaleLowerCase();
            this.show();
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.keep(onTick(() => this.isOpen && (this.#ticks += 1) % readEvery === 0 && this.#read()));
    }

    opened() {
        this.#targets = null;
        this.#chosen = null;
        this.#read().catch((problem) => this.attempt.refuse(problem));
    }

    async #read() {
        const contact = this.contact?.id;
        if (contact === undefined) return;
        try {
            const targets = await transferTargets(contact);
            if (this.contact?.id !== contact) return;
            this.#targets = targets;
            this.show();
        } catch (problem) {
            // What was read before stands, and is read again soon.
            if (this.#targets === null) throw problem;
        }
    }

    content(contact) {
        const groups = this.#groups();
        const entries = groups.flatMap(({ entries }) => entries);
        if (!entries.some(({ key }) => key === this.#chosen)) this.#chosen = entries.find(({ free }) => free)?.key ?? entries[0]?.key ?? null;
        const chosen = entries.find(({ key }) => key === this.#chosen) ?? null;
        const canAsk = Boolean(chosen) && chosen.free && !contact.leftBehind && !contact.consult;
        const wanted = this.#callsOut ? "call.transfer.searchNumber" : "call.transfer.search";
        return html`<label for="transfer-search">${t(wanted)}</label>
            <input id="transfer-search" type="search" role="combobox" autocomplete="off" data-first aria-expanded="true"
                ${attribute("dir", beginsNumber(this.#search) ? "ltr" : null)} aria-controls="transfer-list" aria-autocomplete="list" ${attribute("aria-activedescendant", this.#chosen)}>
            <div id="transfer-list" class="transfer-list" role="listbox" tabindex="-1" aria-labelledby="call-transfer-title">
                ${groups.map(
                    ({ heading, entries }) => html`<div role="group" data-key="${heading}" aria-label="${t(heading)}">
                        <p class="panel-title" role="presentation">${t(heading)}</p>
                        ${entries.map((entry) => this.#entry(entry))}
                    </div>`,
                )}
                ${entries.length === 0 && html`<p class="soft transfer-none" data-key="none">${
                    this.#targets === null ? t("common.loading") : t("common.tree.nothingFound")}</p>`}
            </div>
            <p class="soft">${t("call.transfer.hint")}</p>
            <footer>
                <button data-action="ask" ${this.attempt.state("ask", canAsk)}>${icon("consulted")}<span>${t("call.transfer.ask")}</span></button>
                <button class="primary" data-action="transfer" ${this.attempt.state("transfer", chosen?.free === true)}>
                    ${icon("transfer")}<span>${t("call.transfer.now")}</span></button>
            </footer>`;
    }

    get #callsOut() {
        return this.#targets?.numbers ?? false;
    }

    #entry({ key, name, free, queue, agent, number }) {
        return html`<div role="option" class="transfer-entry" id="${key}" data-key="${key}" data-action="choose"
            aria-selected="${key === this.#chosen}" ${attribute("aria-disabled", free ? null : "true")}>
            <span class="transfer-name">${number ? html`<span class="number">${number}</span>` : html`<bdi>${name}</bdi>`}</span>
            ${queue && html`<span class="soft" data-key="waiting">${t("call.transfer.waiting", { count: queue.waiting })}</span>`}
            ${agent && html`<span data-key="state">${stateMark(agent.state === "handling" ? "talking" : agent.state)}</span>`}
        </div>`;
    }

    /** What is shown, in its order: whoever is free comes first. */
    #groups() {
        const { queues = [], agents = [] } = this.#targets ?? {};
        const matching = ({ name }) => name.toLocaleLowerCase().includes(this.#search);
        const number = this.#callsOut && looksLikeNumber(this.#search) ? this.#search : null;
        const byName = (first, second) => Number(second.free) - Number(first.free) || compare(first.name, second.name);
        const entries = (list, made) => list.map(made).filter(matching).sort(byName);
        return [
            {
                heading: "call.transfer.colleagues",
                entries: entries(agents, (agent) => ({ key: `agent-${agent.id}`, name: agent.name, free: agent.free, agent })),
            },
            {
                heading: "call.transfer.queues",
                entries: entries(queues, (queue) => ({ key: `queue-${queue.id}`, name: queue.name, free: true, queue })),
            },
            {
                heading: "call.transfer.number",
                entries: number === null ? [] : [{ key: "number-typed", name: number, free: true, number }],
            },
        ].filter(({ entries }) => entries.length > 0);
    }

    #choose(key) {
        this.#chosen = key;
        this.show();
        this.querySelector(`[id="${key}"]`)?.scrollIntoView({ block: "nearest" });
    }

    #key(event) {
        if (!event.target.matches("input")) return;
        const entries = this.#groups().flatMap(({ entries }) => entries);
        const index = entries.findIndex(({ key }) => key === this.#chosen);
        const moves = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: entries.length - 1, PageUp: 0 };
        if (event.key in moves) {
            event.preventDefault();
            const entry = entries[Math.max(0, Math.min(entries.length - 1, moves[event.key]))];
            if (entry) this.#choose(entry.key);
        } else if (event.key === "Enter") {
            event.preventDefault();
            // Whoever types faster than the list is read goes on all the same: the buttons wait for it.
            this.querySelector(this.#targets === null ? "footer button" : "footer button:not([aria-disabled=true])")?.focus();
        }
    }

    #target() {
        const [kind, id] = this.#chosen.split(/-(.*)/s);
        if (kind === "number") return { number: this.#search };
        return { [kind]: id };
    }

    async #transfer() {
        const { contact } = this;
        const to = this.#target();
        const done = await this.attempt.run("transfer", async () => {
            await draftOf(contact).settle();
            await callCommand(contact.id, "transfer", to);
        });
        if (done) this.close();
        else this.#read();
    }

    async #ask() {
        const { contact } = this;
        const to = this.#target();
        const done = await this.attempt.run("ask", () => callCommand(contact.id, "consult", to));
        if (done) this.close();
        else this.#read();
    }
}

customElements.define("call-transfer", CallTransfer);
