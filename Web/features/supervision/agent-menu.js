import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { keyOf, ownKeys, pressedKey, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { Attempt } from "../desk/attempt.js";
import { deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { may } from "../session/session.js";
import { writeTo } from "./message-dialog.js";
import { showHours } from "./seat-hours.js";
import { askToTakeOver, be, modeActions } from "./supervision-actions.js";
import { canBeHeard, modeLabels, modes, supervising } from "./supervision-store.js";

// From the window's edge.
const margin = 8;
const stuck = ["wrapUp", "notResponding"];

/** What can be done for an agent of the floor: be in his talk, write to him, set his state, free him, log him out. One for all rows. */
class AgentMenu extends PageElement {
    #attempt = new Attempt(() => this.show());
    #agent = null;
    #opener = null;

    start() {
        this.watch(floorStore, deskStore, ownKeys);
        this.act({
            be: (source) => this.#do(() => be(source.dataset.value, this.#row.contact)),
            takeOver: () => this.#do(() => askToTakeOver(this.#row.contact)),
            write: () => this.#do(() => writeTo({ kind: "agent", id: this.#agent })),
            presence: ({ dataset: { value, reason } }) => this.#send("presence", { presence: value, reason: reason ?? null }),
            free: () => this.#send("free"),
            sit: () => this.#seat(deskStore.value.agent.id, this.#agent),
            bring: ({ dataset: { value } }) => this.#seat(value, this.#agent),
            unseat: () => this.#send("seat/end"),
            hours: () => this.#do(() => showHours(this.#row)),
            signOff: () => this.#send("sign-off", { signedOff: true }),
            logOut: () => this.#do(() => this.#ask()),
            sure: () => this.#logOut(),
            cancel: () => this.querySelector("dialog").close(),
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.listen(this, "toggle", ({ newState }) => newState === "closed" && this.#closed(), { capture: true });
    }

    /** Opens the menu beside the button of an agent. */
    open(agent, opener) {
        this.#agent = agent;
        this.#opener = opener;
        this.show();
        this.#menu.showPopover({ source: opener });
        this.#place(opener.getBoundingClientRect());
        this.#items[0]?.focus();
    }

    get #row() {
        return floorStore.value?.agents.find(({ id }) => id === this.#agent) ?? null;
    }

    get #menu() {
        return this.querySelector(".agent-menu");
    }

    get #items() {
        return [...this.querySelectorAll("[role^=menuitem]")];
    }

    #place(beside) {
        const { style, offsetWidth: width, offsetHeight: height } = this.#menu;
        const inline = getComputedStyle(this).direction === "rtl" ? innerWidth - beside.right : beside.left;
        const below = beside.bottom + height + margin <= innerHeight;
        style.insetInlineStart = `${Math.max(margin, Math.min(inline, innerWidth - width - margin))}px`;
        style.insetBlockStart = `${below ? beside.bottom : Math.max(margin, Math.min(beside.top - height, innerHeight - height - margin))}px`;
    }

    #closed() {
        if (document.activeElement === document.body || this.contains(document.activeElement)) this.#opener?.focus();
    }

    /** The menu closes first: the focus is back where it came from before anything takes it. */
    #do(deed) {
        this.#menu.hidePopover();
        this.#opener?.focus();
        deed();
    }

    #send(deed, body = {}) {
        this.#do(() => command("POST", `/api/floor/agents/${this.#agent}/${deed}`, body).catch(notifyProblem));
    }

    #seat(guest, host) {
        this.#do(() => command("POST", `/api/floor/agents/${guest}/seat`, { beside: host }).catch(notifyProblem));
    }

    #ask() {
        this.#attempt.forget();
        this.show();
        const dialog = this.querySelector("dialog");
        dialog.showModal();
        dialog.addEventListener("close", () => this.#opener?.isConnected && this.#opener.focus(), { once: true });
    }

    async #logOut() {
        if (await this.#attempt.run("sure", () => command("POST", `/api/floor/agents/${this.#agent}/log-out`))) this.querySelector("dialog").close();
    }

    #key(event) {
        const items = this.#items;
        const index = items.indexOf(event.target);
        if (index < 0) return;
        const targets = { ArrowDown: index + 1, ArrowUp: index - 1 + items.length, Home: 0, End: items.length - 1 };
        if (event.key === "Tab") return this.#menu.hidePopover();
        const target = targets[event.key];
        if (target !== undefined) {
            event.preventDefault();
            return items[target % items.length].focus();
        }
        // The keys of the floor say the same here.
        const meant = items.find((item) => item.dataset.name && keyOf(item.dataset.name) === pressedKey(event));
        if (!meant) return;
        event.preventDefault();
        meant.click();
    }

    show() {
        const agent = this.#row;
        if (agent === null) {
            // He has gone from the floor.
            if (this.#agent !== null) this.#menu?.hidePopover();
            return;
        }
        render(
            this,
            html`<div class="agent-menu" popover role="menu" aria-label="${t("supervise.menu", { agent: agent.name })}">
                ${canBeHeard(agent) && html`<div role="group" data-key="talk" aria-label="${t("supervise.how")}">
                    ${modes.map((mode) => this.#item({ action: "be", value: mode, name: modeActions[mode], picture: mode, label: t(modeLabels[mode]),
                        checked: supervising()?.contact === agent.contact && supervising().mode === mode }))}
                    ${this.#item({ action: "takeOver", name: "takeOver", picture: "handOver", label: t("supervise.takeOver") })}
                </div>`}
                ${may("directAgents") && this.#directing(agent)}
            </div>
            <dialog class="question" aria-labelledby="log-out-title">
                <h2 id="log-out-title">${t("supervise.logOut.title", { agent: agent.name })}</h2>
                <p>${t("supervise.logOut.text")}</p>
                ${this.#attempt.said}
                <footer>
                    <button data-action="cancel">${t("supervise.cancel")}</button>
                    <button class="primary" data-action="sure" autofocus ${this.#attempt.state("sure")}>
                        ${icon("out")}<span>${t("supervise.logOut.go")}</span></button>
                </footer>
            </dialog>`,
        );
    }

    #directing(agent) {
        const reasons = deskStore.value?.reasons ?? [];
        const off = agent.state === "off";
        return html`<div role="group" data-key="work">
                ${this.#item({ action: "write", picture: "message", label: t("supervise.menu.message") })}
                ${stuck.includes(agent.state) && this.#item({ action: "free", picture: "check", label: t("supervise.menu.free") })}
                ${this.#item({ action: "hours", picture: "figures", label: t("supervise.menu.hours") })}
            </div>
            ${this.#learning(agent)}
            ${!off && html`<div role="group" data-key="state" aria-labelledby="agent-menu-state">
                <p class="presence-heading" id="agent-menu-state">${t("supervise.menu.state")}</p>
                ${this.#presence("ready", "idle", t("desk.presence.ready"))}
                ${reasons.length === 0 && this.#presence("notReady", "notReady", t("desk.presence.notReady"))}
                ${reasons.map(({ id, name }) => this.#presence("notReady", "notReady", name, id))}
                ${this.#presence("off", "off", t("desk.presence.off"))}
            </div>
            <div role="group" data-key="out">
                ${this.#item({ action: "logOut", picture: "out", label: t("supervise.menu.logOut") })}
            </div>`}`;
    }

    /** Who learns, and beside whom. */
    #learning(agent) {
        const own = deskStore.value?.agent.id ?? null;
        const free = (other) => other.state !== "off" && !other.seat;
        const trainees = floorStore.value.agents.filter((other) => other.trainee && free(other) && other.id !== agent.id);
        const canSit = agent.trainee && free(agent) && own !== null && own !== agent.id && !deskStore.value.trainee && !deskStore.value.seat;
        const brought = agent.trainee || !free(agent) ? [] : trainees;
        if (!canSit && !agent.seat && !agent.trainee && brought.length === 0) return null;
        return html`<div role="group" data-key="seat">
            ${canSit && this.#item({ action: "sit", picture: "monitor", label: t("supervise.seat.sit") })}
            ${brought.map(({ id, name }) => this.#item({ action: "bring", value: id, picture: "monitor", label: t("supervise.seat.bring", { name }) }))}
            ${agent.seat && this.#item({ action: "unseat", picture: "out", label: t("supervise.seat.end") })}
            ${agent.trainee && own !== agent.id && this.#item({ action: "signOff", picture: "check", label: t("supervise.seat.signOff") })}
        </div>`;
    }

    #presence(value, mark, label, reason = null) {
        return this.#item({ action: "presence", value, reason, picture: mark, state: mark, label });
    }

    #item({ action, value = null, reason = null, name = null, picture, state = null, label, checked = null }) {
        return html`<button class="plain" role="${checked === null ? "menuitem" : "menuitemradio"}" tabindex="-1" data-action="${action}"
            data-key="${action}${value}${reason}" ${attribute("data-value", value)} ${attribute("data-reason", reason)}
            ${attribute("data-name", name)} ${attribute("data-state", state)} ${attribute("aria-checked", checked)}
            ${attribute("aria-keyshortcuts", name && shownKeyOf(name))}>
            ${icon(picture)}<span>${label}</span>${name && html`<kbd aria-hidden="true">${shownKeyOf(name)}</kbd>`}</button>`;
    }
}

customElements.define("agent-menu", AgentMenu);
