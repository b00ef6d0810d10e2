import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { agentStates, stateMark } from "../../elements/state-mark/state-mark.js";
import { quotaMark } from "../../elements/quota-mark/quota-mark.js";
import { floorStore } from "./floor-store.js";

const longestFirst = (first, second) => first.since - second.since || compare(first.name, second.name);

/** The agents in groups by state; those that need somebody come first, and within a group whoever has been in it longest. */
class AgentBoard extends PageElement {
    #filter = "";

    start() {
        this.watch(floorStore);
        this.listen(this, "input", (event) => {
            this.#filter = event.target.value.trim().toLocaleLowerCase();
            this.show();
        });
    }

    show() {
        const floor = floorStore.value;
        const agents = (floor?.agents ?? []).filter(({ name }) => name.toLocaleLowerCase().includes(this.#filter));
        const groups = agentStates.map((state) => ({ state, agents: agents.filter((agent) => agent.state === state) }));
        render(
            this,
            html`<section class="panel board" aria-labelledby="agents-title">
                <header class="floor-head">
                    <h2 class="panel-title" id="agents-title">${t("floor.agents")}</h2>
                    <ul class="board-counts">
                        ${groups.map(({ state, agents: members }) => html`<li
                            data-key="${state}">${stateMark(state)} <strong>${members.length}</strong></li>`)}
                    </ul>
                    <div class="board-search">${icon("search")}<input type="search" aria-label="${t("floor.findAgent")}"
                        placeholder="${t("floor.findAgent")}" autocomplete="off"></div>
                </header>
                ${this.#groups(floor, groups)}
            </section>`,
        );
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
                        ${[...agents].sort(longestFirst).map((agent) => this.#agent(agent))}
                    </ul>
                </section>`,
            )}
        </div>`;
    }

    #agent(agent) {
        const detail = agent.reason ?? agent.queue ?? agent.colleague;
        const next = known(`desk.presence.${agent.next}`) ? t(`desk.presence.${agent.next}`) : agent.next;
        return html`<li class="board-agent" data-key="${agent.id}" data-state="${agent.state}">
            <div class="board-line">
                <bdi class="board-name cut" title="${agent.name}">${agent.name}</bdi>
                <live-timer since="${agent.since}"></live-timer>
            </div>
            <div class="board-line board-detail">
                <span class="cut" ${attribute("title", detail)}>${detail && html`<bdi>${detail}</bdi>`}</span>
                <span class="board-next">${next && t("floor.then", { state: next })}</span>
            </div>
            ${agent.quotas?.length > 0 && html`<div class="board-quotas">${agent.quotas.map((quota) => quotaMark(quota))}</div>`}
        </li>`;
    }
}

customElements.define("agent-board", AgentBoard);
