import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { stateMark } from "../../elements/state-mark/state-mark.js";
import { deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { session } from "../session/session.js";
import { be, modeActions } from "./supervision-actions.js";
import { canBeHeard, helpFlags, modeLabels, modes } from "./supervision-store.js";

/** Top of the floor: who asks for help, whoever asked first at the head. Nothing at all while nobody does. */
class HelpFlags extends PageElement {
    start() {
        this.watch(floorStore, deskStore, ownKeys, session);
        this.act({ be: (source) => be(source.value, source.dataset.contact) });
    }

    show() {
        const flags = helpFlags();
        const had = this.contains(document.activeElement);
        if (flags.length === 0) render(this, html``);
        else {
            const key = shownKeyOf("firstHelp");
            render(
                this,
                html`<section class="panel help-flags" aria-labelledby="help-flags-title">
                    <h2 id="help-flags-title">${icon("flag")}<span>${t("supervise.help.title")}</span> <kbd>${key}</kbd></h2>
                    <ul>${flags.map((agent) => this.#flag(agent))}</ul>
                </section>`,
            );
        }
        if (had && document.activeElement === document.body) document.querySelector("main")?.focus();
    }

    #flag(agent) {
        return html`<li data-key="${agent.id}" data-agent="${agent.id}">
            <bdi class="help-name">${agent.name}</bdi>
            <live-timer since="${agent.help}"></live-timer>
            <span class="help-state">${agent.mayBeSupervised ? agent.queue && html`<bdi>${agent.queue}</bdi>` : stateMark(agent.state)}</span>
            ${
                canBeHeard(agent)
                    ? html`<span class="help-buttons" data-key="buttons">${modes.map((mode) => this.#button(mode, agent))}</span>`
                    : html`<span class="soft" data-key="none">${t("supervise.help.noTalk")}</span>`
            }</li>`;
    }

    #button(mode, agent) {
        const key = shownKeyOf(modeActions[mode]);
        return html`<button data-key="${mode}" data-action="be" data-talk value="${mode}" data-contact="${agent.contact}"
            aria-keyshortcuts="${key}" ${attribute("aria-label", `${t(modeLabels[mode])}: ${agent.name}`)}>${icon(mode)}<span>${t(
            modeLabels[mode])}</span><kbd aria-hidden="true">${key}</kbd></button>`;
    }
}

customElements.define("help-flags", HelpFlags);
