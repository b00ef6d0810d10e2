import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { known, t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { agentStates, stateMark } from "../../elements/state-mark/state-mark.js";
import { quotaMark } from "../../elements/quota-mark/quota-mark.js";
import { voiceSign } from "../../elements/voice-sign/voice-sign.js";
import { deskStore } from "../desk/desk-store.js";
import { may, session } from "../session/session.js";
import { writeTo } from "../supervision/message-dialog.js";
import { askToTakeOver, be, modeActions } from "../supervision/supervision-actions.js";
import { canBeHeard, maySupervise, modeLabels, modes, supervising } from "../supervision/supervision-store.js";
import { floorStore } from "./floor-store.js";

/** Whoever asks for help before the others, then whoever has been in the state longest. */
const order = (first, second) =>
    (first.help ?? Infinity) - (second.help ?? Infinity) || first.since - second.since || compare(first.name, second.name);

/**
 * The agents in groups by state; those that need somebody come first. One is reached by Tab, the others by arrow keys from there; the keys of
 * supervision mean the one that has the focus.
 */
class AgentBoard extends PageElement {
    #filter = "";
    // The agent that Tab leads to.
    #current = null;

    start() {
        this.watch(floorStore, deskStore, session, ownKeys);
        this.listen(this, "input", (event) => {
            if (event.target.type !== "search") return;
            this.#filter = event.target.value.trim().toLocaleLowerCase();
            this.show();
        });
        this.listen(this, "focusin", ({ target }) => this.#moveTo(target.closest(".board-open")));
        this.listen(this, "keydown", (event) => this.#key(event));
        this.act({
            menu: (source) => this.dispatchEvent(new CustomEvent("menu", { bubbles: true, detail: { agent: source.value, opener: source } })),
            be: (source) => be(source.value, source.dataset.contact),
            takeOver: (source) => askToTakeOver(source.value),
            write: () => writeTo(),
        });
    }

    get #openers() {
        return [...this.querySelectorAll(".board-open")];
    }

    #moveTo(opener) {
        if (!opener || opener.value === this.#current) return;
        this.#current = opener.value;
        this.show();
    }

    #key(event) {
        const openers = this.#openers;
        const index = openers.indexOf(event.target);
        if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
        const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
        const targets = {
            ArrowRight: index + forward, ArrowLeft: index - forward, ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: openers.length - 1,
        };
        if (!(event.key in targets)) return;
        event.preventDefault();
        openers[Math.max(0, Math.min(openers.length - 1, targets[event.key]))].focus();
    }

    show() {
        const floor = floorStore.value;
        const agents = (floor?.agents ?? []).filter(({ name }) => name.toLocaleLowerCase().includes(this.#filter));
        const groups = agentStates.map((state) => ({ state, agents: agents.filter((agent) => agent.state === state).sort(order) }));
        const shown = groups.flatMap(({ agents: members }) => members);
        if (!shown.some(({ id }) => id === this.#current)) this.#current = shown[0]?.id ?? null;
        const focused = document.activeElement?.closest("agent-board .board-open")?.value ?? null;
        render(
            this,
            html`<section class="panel board" aria-labelledby="agents-title">
                <header class="floor-head">
                    <h2 class="panel-title" id="agents-title">${t("floor.agents")}</h2>
                    <ul class="board-counts">
                        ${groups.map(({ state, agents: members }) => html`<li
                            data-key="${state}">${stateMark(state)} <strong>${members.length}</strong></li>`)}
                    </ul>
                    ${may("directAgents") && html`<button data-action="write" data-key="write">${icon("message")}<span>${t(
                        "supervise.menu.message")}</span></button>`}
                    <div class="board-search" data-key="search">${icon("search")}<input type="search" aria-label="${t("floor.findAgent")}"
                        placeholder="${t("floor.findAgent")}" autocomplete="off"></div>
                </header>
                ${this.#groups(floor, groups)}
            </section>`,
        );
        // He has gone to another group: the focus goes along.
        if (focused !== null && document.activeElement === document.body) this.#openers.find(({ value }) => value === focused)?.focus();
    }

    /** Whether there is anything to be done for an agent. */
    get #opens() {
        return maySupervise() || may("directAgents");
    }

    #groups(floor, groups) {
        const filled = groups.filter(({ agents }) => agents.length > 0);
        if (filled.length === 0) {
            const text = floor === null ? t("common.loading") : this.#filter ? t("floor.noAgentFound") : t("floor.noAgents");
            return html`<div class="empty" data-key="none">${icon("desk")}<p>${text}</p></div>`;
        }
        return html`<div class="board-groups" tabindex="0" role="region" aria-labelledby="agents-title" data-key="groups">
            ${filled.map(
                ({ state, agents }) => html`<section class="board-group" data-key="${state}" data-state="${state}">
                    <h3>${stateMark(state)} <span class="board-number">${agents.length}</span></h3>
                    <ul>
                        ${agents.map((agent) => this.#agent(agent))}
                    </ul>
                </section>`,
            )}
        </div>`;
    }

    #agent(agent) {
        const detail = agent.reason ?? agent.queue ?? agent.colleague;
        const next = known(`desk.presence.${agent.next}`) ? t(`desk.presence.${agent.next}`) : agent.next;
        const isMine = supervising()?.agentId === agent.id;
        return html`<li class="board-agent" data-key="${agent.id}" data-state="${agent.state}" data-agent="${agent.id}"
            ${attribute("data-mine", isMine ? "yes" : null)} ${attribute("data-help", agent.help ? "yes" : null)}>
            <div class="board-line">
                ${this.#opens ? this.#opener(agent) : html`<bdi class="board-name cut" title="${agent.name}">${agent.name}</bdi>`}
                <live-timer since="${agent.since}"></live-timer>
            </div>
            <div class="board-line board-detail">
                <span class="cut" ${attribute("title", detail)}>${detail && html`<bdi>${detail}</bdi>`}</span>
                <span class="board-next">${next && t("floor.then", { state: next })}</span>
            </div>
            ${agent.quotas?.length > 0 && html`<div class="board-quotas">${agent.quotas.map((quota) => quotaMark(quota))}</div>`}
            ${(agent.trainee || agent.seat) && html`<p class="board-seat soft" data-key="seat">${agent.trainee && html`<span
                class="trainee-mark">${t("supervise.trainee")}</span>`} ${agent.seat && html`<span>${t(agent.seat.host ? "supervise.seat.by"
                : "supervise.seat.with", { name: agent.seat.other.name })}</span> <live-timer since="${agent.seat.since}"></live-timer>`}</p>`}
            ${agent.help && html`<p class="board-help" data-key="help">${icon("flag")}<span>${t("supervise.help.mark")}</span> <live-timer
                since="${agent.help}"></live-timer></p>`}
            ${agent.voice?.length > 0 && html`<p class="board-voice" data-key="voice">${agent.voice.map((sign) => voiceSign(sign))}</p>`}
            ${agent.supervisors?.length > 0 && html`<ul class="board-supervisors" data-key="supervisors">${agent.supervisors.map(
                ({ name, mode, microphoneOpen }) => html`<li>${icon(mode)}<span>${t(`supervise.by.${mode}`, { name })}</span>
                    ${microphoneOpen && html`${icon("unmute")}<span class="visually-hidden">${t("supervise.microphone.open")}</span>`}</li>`)}</ul>`}
            ${canBeHeard(agent) && html`<div class="board-listen" data-key="listen">${modes.map((mode) => this.#mode(mode, agent))}
                ${this.#button({ action: "takeOver", name: "takeOver", picture: "handOver", label: t("supervise.takeOver"), agent })}</div>`}
        </li>`;
    }

    /** The name opens the menu. */
    #opener(agent) {
        return html`<button class="plain board-open" data-action="menu" data-talk value="${agent.id}" aria-haspopup="menu"
            tabindex="${agent.id === this.#current ? 0 : -1}"><bdi class="board-name cut" title="${agent.name}">${agent.name}</bdi>
            <span class="visually-hidden">${t(`common.state.${agent.state}`)}${agent.help && `, ${t("supervise.help.mark")}`}</span>
            ${icon("open")}</button>`;
    }

    #mode(mode, agent) {
        const pressed = supervising()?.contact === agent.contact && supervising().mode === mode;
        return this.#button({ action: "be", value: mode, name: modeActions[mode], picture: mode, label: t(modeLabels[mode]), agent, pressed });
    }

    /** For the mouse: by keyboard the keys do it, and the menu. */
    #button({ action, value = null, name, picture, label, agent, pressed = null }) {
        return html`<button class="plain" tabindex="-1" data-key="${name}" data-action="${action}" data-talk value="${value ?? agent.contact}"
            data-contact="${agent.contact}" ${attribute("aria-pressed", pressed)} title="${label} (${shownKeyOf(name)})"
            ${attribute("aria-label", `${label}: ${agent.name}`)}>${icon(picture)}</button>`;
    }
}

customElements.define("agent-board", AgentBoard);
