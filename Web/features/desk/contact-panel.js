import { PageElement } from "../../base/element.js";
import { phone as phoneNumber, time } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "../../elements/count-down/count-down.js";
import "../../elements/live-timer/live-timer.js";
import { whyExplanation } from "../../elements/why-explanation/why-explanation.js";
import "../headset/headset-line.js";
import { isChosen } from "../headset/headset.js";
import { settings } from "../headset/settings.js";
import { agentState, decline, deskStore, setPresence } from "./desk-store.js";

/** The middle of the desk: the contact that rings or is being handled; without one, what to expect. */
class ContactPanel extends PageElement {
    #declined = null;

    start() {
        this.watch(deskStore, settings);
        this.act({ decline: () => this.#decline(), ready: () => setPresence("ready").catch(notifyProblem) });
        this.keep(shortcut({ code: "F4", shown: "F4", label: "desk.decline", run: () => this.#decline() }));
    }

    show() {
        const desk = deskStore.value;
        const contact = desk?.contact ?? null;
        const offer = contact?.state === "ringing" ? contact.offer : null;
        const busy = offer !== null && offer === this.#declined;
        render(
            this,
            html`<section class="panel contact" aria-label="${t("desk.currentContact")}" ${attribute("data-state", contact?.state)}>
                <div class="contact-body">
                    ${contact ? this.#contact(contact, desk) : this.#nobody(desk)}
                </div>
                <footer class="desk-actions">
                    <button data-action="decline" aria-keyshortcuts="F4" ${attribute("aria-disabled", offer === null || busy)}
                        ${attribute("aria-busy", busy ? "true" : null)}>
                        ${icon("close")}<span>${t("desk.decline")}</span><kbd aria-hidden="true">F4</kbd>
                    </button>
                    <p class="soft actions-hint">${offer === null ? "" : t("desk.declineHint")}</p>
                </footer>
            </section>`,
        );
    }

    #contact(contact, desk) {
        const mark = contact.state === "ringing" ? "offered" : contact.state;
        return html`<header class="contact-head" data-key="head-${contact.id}">
                <p class="contact-state state-text">${icon(mark)}<span>${t(`common.state.${mark}`)}</span></p>
                <p class="contact-number number">${contact.number === null ? t("common.numberWithheld") : phoneNumber(contact.number)}</p>
                <dl class="contact-facts">
                    <div><dt>${t("common.queue")}</dt><dd><bdi>${contact.queue.name}</bdi></dd></div>
                    <div><dt>${t("common.project")}</dt><dd><bdi>${contact.project.name}</bdi></dd></div>
                    ${contact.dialled && html`<div><dt>${t("desk.dialled")}</dt><dd class="number">${phoneNumber(contact.dialled)}</dd></div>`}
                </dl>
            </header>
            <ol class="steps" data-key="steps-${contact.id}">
                ${this.#step("waited", contact.arrivedAt, contact.offeredAt, contact.offeredAt === null)}
                ${this.#step("rang", contact.offeredAt, contact.answeredAt, contact.state === "ringing")}
                ${this.#step("talked", contact.answeredAt, contact.endedAt, contact.state === "talking")}
                ${this.#step("wrapUp", contact.endedAt, null, contact.state === "wrapUp")}
            </ol>
            <div class="contact-now" data-key="now-${contact.id}">${this.#now(contact, desk)}</div>
            ${contact.why &&
            html`<section class="contact-why" data-key="why-${contact.id}">
                <h3 class="panel-title">${t("desk.whyMe")}</h3>
                ${whyExplanation(contact.why, { at: contact.offeredAt, key: contact.id })}
            </section>`}`;
    }

    /** One part of the contact's way: its time so far, running if it is the present one. */
    #step(name, from, to, present) {
        return html`<li data-step="${name}" ${attribute("aria-current", present ? "step" : null)}>
            <span>${t(`desk.step.${name}`)}</span>
            <live-timer ${attribute("since", from)} ${attribute("to", to)}></live-timer>
        </li>`;
    }

    /** What there is to do or to know now, in one line of a fixed height. */
    #now(contact, desk) {
        if (contact.state === "ringing") {
            const { phone } = desk.agent;
            return html`<p data-key="ringing">
                    ${icon("phone")}<span>${phone ? t("desk.answerOn", { phone: phone.name }) : t("desk.answerNowhere")}</span>
                </p>
                ${contact.answerBy !== null && html`<count-down data-key="answer" from="${contact.offeredAt}" until="${contact.answerBy}"
                    label="${t("desk.timeToAnswer")}"></count-down>`}`;
        }
        if (contact.state === "talking") {
            const since = t("desk.talkingSince", { time: time(contact.answeredAt) });
            return html`<p data-key="talking">${icon("talking")}<span>${since}</span></p>`;
        }
        const ended = t(`desk.endedBy.${contact.endedBy ?? "system"}`, { time: time(contact.endedAt) });
        return html`<p data-key="ended">${icon("wrapUp")}<span>${ended}</span></p>`;
    }

    #nobody(desk) {
        if (desk === null) return html`<div class="empty contact-empty" data-key="loading"><p>${t("common.loading")}</p></div>`;
        const doing = agentState(desk);
        // The contact has just left and the routing state is still on its way.
        const state = ["offered", "talking", "wrapUp"].includes(doing) ? "idle" : doing;
        const { phone } = desk.agent;
        const trouble = phone === null ? "noPhone" : phone.reachable ? null : "phoneUnreachable";
        const offersReady = state === "notReady" || state === "off" || state === "notResponding";
        return html`<div class="empty contact-empty" data-key="nobody" data-state="${state}">
            <span class="contact-emblem">${icon(state)}</span>
            <h3>${t(`desk.empty.${state}.title`)}</h3>
            <p>${t(`desk.empty.${state}.text`)}</p>
            ${isChosen(desk) ? html`<headset-line class="contact-phone" data-key="headset"></headset-line>` : html`<p class="contact-phone"
                ${attribute("data-trouble", trouble)}>
                ${icon(trouble ? "alert" : "phone")}
                <span>${t(`desk.${trouble ?? "phoneReachable"}`, { phone: phone?.name })}</span>
            </p>`}
            <button class="primary" data-action="ready" ${attribute("aria-disabled", !offersReady)}>
                ${icon("check")}<span>${t("desk.goReady")}</span>
            </button>
        </div>`;
    }

    async #decline() {
        const contact = deskStore.value?.contact;
        if (contact?.state !== "ringing" || contact.offer === null || contact.offer === this.#declined) return;
        this.#declined = contact.offer;
        this.show();
        try {
            await decline(contact.offer);
        } catch (problem) {
            this.#declined = null;
            this.show();
            notifyProblem(problem);
        }
    }
}

customElements.define("contact-panel", ContactPanel);
