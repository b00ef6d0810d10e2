import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { phone } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { quotaMark } from "../../elements/quota-mark/quota-mark.js";
import "../headset/headset-status.js";
import "../session/language-choice.js";
import { session } from "../session/session.js";
import { deskStore } from "./desk-store.js";
import { askForHelp } from "./help-flag.js";
import "./presence-control.js";

const queuesShown = 3;
// More have no room; the agent's own come first, and one queue beside them.
const quotasShown = 2;

/** The queues for which there is room, whoever has waited longest first where not all have it. */
function shownQueues({ queues, quotas, supervisors }) {
    // Who listens stands there; whoever is heard has a customer, and no eye for the lines.
    if (supervisors?.length > 0) return [];
    const room = quotas?.length ? 1 : queuesShown;
    if (queues.length <= room) return queues;
    return [...queues].sort((first, second) => (first.oldestSince ?? Infinity) - (second.oldestSince ?? Infinity)).slice(0, room);
}

/** The line that is there on every screen: my state, my contact, my quotas, who waits; my language and my name. */
class TopBar extends PageElement {
    // What was said of those who listen.
    #told = null;

    start() {
        this.watch(deskStore, session);
        this.keep(shortcut("askForHelp", askForHelp));
        this.#told = null;
        this.keep(deskStore.subscribe((desk) => this.#tell(desk?.supervisors ?? [])));
    }

    show() {
        if (session.value === null) return;
        const desk = deskStore.value;
        const queues = desk === null ? [] : shownQueues(desk);
        render(
            this,
            html`${session.value.user.agent && html`<presence-control data-key="presence"></presence-control>`}
                ${desk && html`<div class="top-contact" data-key="contact">${this.#contact(desk.contact)}</div>`}
                ${desk?.supervisors?.length > 0 && html`<ul class="top-supervisors" data-key="supervisors"
                    aria-label="${t("desk.supervisors")}">${desk.supervisors.map((supervisor) => this.#supervisor(supervisor))}</ul>`}
                ${desk?.quotas?.length > 0 && html`<ul class="top-quotas" data-key="quotas"
                    aria-label="${t("common.quota.list")}">${desk.quotas.slice(0, quotasShown).map((quota) => html`<li
                        data-key="${quota.id}">${quotaMark(quota)}</li>`)}</ul>`}
                ${desk && queues.length > 0 && html`<ul class="top-queues cut" data-key="queues"
                    aria-label="${t("desk.waiting")}">${queues.map((queue) => this.#queue(queue))}</ul>`}
                <div class="top-end" data-key="end">
                    ${desk && html`<headset-status data-key="headset"></headset-status>`}
                    <language-choice></language-choice>
                    <span class="top-user cut" title="${session.value.user.name}"><bdi>${session.value.user.name}</bdi></span>
                </div>`,
        );
    }

    /** Whoever sees nothing of it hears that somebody listens, and how; not what was so before. */
    #tell(supervisors) {
        const said = supervisors.map((supervisor) => this.#by(supervisor));
        const fresh = said.filter((text) => this.#told !== null && !this.#told.includes(text));
        this.#told = said;
        if (fresh.length > 0) announce(fresh.join(". "));
    }

    #by({ mode, name }) {
        return t(`supervise.by.${mode}`, { name });
    }

    #supervisor(supervisor) {
        const text = this.#by(supervisor);
        return html`<li>${icon(supervisor.mode)}<span class="cut" title="${text}">${text}</span></li>`;
    }

    #contact(contact) {
        if (!contact) return html`<span class="soft top-none" data-key="none">${t("desk.noContact")}</span>`;
        const times = {
            ringing: html`<live-timer data-key="ringing" until="${contact.answerBy ?? 0}"></live-timer>`,
            dialling: html`<live-timer data-key="dialling" since="${contact.arrivedAt}"></live-timer>`,
            talking: html`<live-timer data-key="talking" since="${contact.answeredAt}"></live-timer>`,
            wrapUp: contact.wrapUpUntil === null ? html`<live-timer data-key="wrap"
                since="${contact.endedAt}"></live-timer>` : html`<live-timer data-key="left" until="${contact.wrapUpUntil}"></live-timer>`,
        };
        const mark = contact.state === "ringing" ? "offered" : contact.state;
        return html`<a class="top-chip" href="/desk" data-key="chip" data-state="${contact.state}">
            ${icon(mark)}
            <span class="top-chip-text">
                <span class="number">${contact.number === null ? t("common.numberWithheld") : phone(contact.number)}</span>
                <span class="top-chip-detail cut" title="${contact.project.name}"><bdi>${contact.project.name}</bdi></span>
            </span>
            ${times[contact.state]}
        </a>`;
    }

    #queue(queue) {
        return html`<li class="top-queue" data-key="${queue.id}" ${attribute("data-waiting", queue.waiting > 0 ? "yes" : null)}>
            <strong>${queue.waiting}</strong>
            <span class="top-queue-text">
                <bdi class="top-queue-name cut" title="${queue.name}">${queue.name}</bdi>
                <span class="soft">${queue.oldestSince === null ? t("desk.nobodyWaits") : html`${t("desk.oldest")} <live-timer
                    since="${queue.oldestSince}"></live-timer>`}</span>
            </span>
        </li>`;
    }
}

customElements.define("top-bar", TopBar);
