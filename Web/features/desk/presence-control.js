import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { agentState, deskStore, setPresence } from "./desk-store.js";

/** The agent's state with its timer, and the menu that changes it; during a contact the menu sets what comes after. */
class PresenceControl extends PageElement {
    start() {
        this.watch(deskStore, ownKeys);
        this.act({
            choose: (source) => {
                this.#menu.hidePopover();
                setPresence(source.dataset.presence, source.dataset.reason ?? null).catch(notifyProblem);
            },
        });
        this.listen(this, "keydown", (event) => this.#key(event));
        this.listen(
            this,
            "toggle",
            (event) => {
                const open = event.newState === "open";
                this.querySelector(".presence").setAttribute("aria-expanded", String(open));
                if (open && !this.#menu.contains(document.activeElement)) this.#enter();
            },
            { capture: true },
        );
        this.keep(shortcut("presence", () => this.#open()));
    }

    show() {
        const desk = deskStore.value;
        if (desk === null) return render(this, html``);
        const state = agentState(desk);
        const { presence } = desk;
        const busy = ["offered", "dialling", "talking", "wrapUp"].includes(state);
        const after = presence.next;
        const reason = state === "notReady" ? (presence.reason?.name ?? "") : "";
        const detail = after ? t("desk.then", { state: this.#name(after) }) : reason;
        const chosen = after ?? { state: presence.state, reason: presence.reason };
        render(
            this,
            html`<button class="presence" data-state="${state}" popovertarget="presence-menu" aria-haspopup="menu" aria-expanded="false"
                aria-keyshortcuts="${shownKeyOf("presence")}">
                    ${icon(state)}
                    <span class="presence-text">
                        <span class="presence-state cut" title="${t(`common.state.${state}`)}">${t(`common.state.${state}`)}</span>
                        <span class="presence-detail cut" title="${detail}">${detail}</span>
                    </span>
                    <live-timer since="${desk.routing.since}"></live-timer>
                    ${icon("open")}
                </button>
                <div id="presence-menu" class="presence-menu" popover role="menu" aria-label="${t("desk.presence")}">
                    <p class="presence-heading" role="presentation">${busy ? t("desk.afterThisContact") : t("desk.presence")}</p>
                    ${this.#item({ state: "ready", reason: null }, chosen)}
                    ${desk.reasons.length === 0 ? this.#item({ state: "notReady", reason: null }, chosen) : null}
                    ${desk.reasons.map((reason) => this.#item({ state: "notReady", reason }, chosen))}
                    ${this.#item({ state: "off", reason: null }, chosen)}
                </div>`,
        );
        this.querySelector(".presence").setAttribute("aria-expanded", String(this.#menu.matches(":popover-open")));
    }

    #item(choice, chosen) {
        const checked = choice.state === chosen.state && (choice.reason?.id ?? null) === (chosen.reason?.id ?? null);
        const mark = choice.state === "ready" ? "idle" : choice.state;
        return html`<button class="plain" role="menuitemradio" ${attribute("aria-checked", checked)} tabindex="-1" data-action="choose"
            data-state="${mark}"
            data-key="${choice.state}${choice.reason?.id}" data-presence="${choice.state}" ${attribute("data-reason", choice.reason?.id)}>
            ${icon(mark)} <span>${this.#name(choice)}</span> ${checked ? icon("check") : html`<span></span>`}
        </button>`;
    }

    #name({ state, reason }) {
        return reason?.name ?? t(`desk.presence.${state}`);
    }

    #open() {
        if (!this.#menu || this.#menu.matches(":popover-open")) return;
        this.#menu.showPopover({ source: this.querySelector(".presence") });
        // At once: the next key is already on its way.
        this.#enter();
    }

    #enter() {
        (this.querySelector("[aria-checked=true]") ?? this.querySelector("[role=menuitemradio]")).focus();
    }

    get #menu() {
        return this.querySelector("#presence-menu");
    }

    #key(event) {
        const items = [...this.querySelectorAll("[role=menuitemradio]")];
        const index = items.indexOf(event.target);
        if (index < 0) return;
        const targets = { ArrowDown: index + 1, ArrowUp: index - 1 + items.length, Home: 0, End: items.length - 1 };
        if (event.key === "Tab") this.#menu.hidePopover();
        const begins = (item) => item.textContent.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase());
        const target = targets[event.key] ?? (event.key.trim().length === 1 ? items.findIndex(begins) : -1);
        if (target < 0) return;
        event.preventDefault();
        items[target % items.length].focus();
    }
}

customElements.define("presence-control", PresenceControl);
