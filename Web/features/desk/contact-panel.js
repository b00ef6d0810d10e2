import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { phone as phoneNumber, time } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "../../elements/count-down/count-down.js";
import "../../elements/live-timer/live-timer.js";
import { directionMark } from "../../elements/state-mark/state-mark.js";
import { whyExplanation } from "../../elements/why-explanation/why-explanation.js";
import "../headset/headset-line.js";
import { spoken } from "../scripting/work.js";
import { isChosen } from "../headset/headset.js";
import { settings } from "../headset/settings.js";
import "./consult-row.js";
import { agentState, beganAt, canCallColleague, contactInHand, deskStore, dialStage, isNotReached, notReached, setPresence } from "./desk-store.js";
import { offer } from "./desk-tabs.js";
import "./dial-form.js";
import "./left-behind.js";

/** The middle of the desk: the contact that rings or is being handled; without one, what to expect. */
class ContactPanel extends PageElement {
    // A bar begins full where nobody saw it begin.
    #shownAt = now();

    start() {
        this.watch(deskStore, settings, ownKeys);
        this.act({ ready: () => setPresence("ready").catch(notifyProblem) });
    }

    show() {
        const desk = deskStore.value;
        const contact = desk?.contact ?? null;
        const inSituation = this.querySelector("left-behind, consult-row, dial-form")?.contains(document.activeElement) === true;
        render(
            this,
            html`<section class="panel contact" tabindex="-1" aria-label="${t("desk.currentContact")}"
                ${attribute("data-state", contact && this.#colour(contact))}>
                <div class="contact-body">
                    ${contact ? this.#contact(contact, desk) : this.#nobody(desk)}
                </div>
                ${contact?.leftBehind && html`<left-behind data-key="left-behind"></left-behind>`}
                ${contact?.consult && html`<consult-row data-key="consult"></consult-row>`}
                ${contact?.outside && this.#outside(contact.outside)}
                ${canCallColleague(desk) && html`<dial-form data-key="dial"></dial-form>`}
            </section>`,
        );
        // What had the focus is over: whoever works by keyboard goes on from here.
        if (inSituation && document.activeElement === document.body) this.querySelector(".contact").focus();
    }

    #contact(contact, desk) {
        const mark = contact.state === "ringing" ? "offered" : contact.state;
        // Whom he called himself did not wait for him.
        const isOwnCall = contact.direction === "outbound" && contact.why === null;
        return html`<header class="contact-head" data-key="head-${contact.id}">
                <div class="contact-marks">
                    <p class="contact-state state-text">${
                        contact.leftBehind
                            ? html`${icon("notResponding")}<span>${t("contacts.segment.leftBehind")}</span>`
                            : html`${icon(mark)}<span>${t(`common.state.${mark}`)}</span>`
                    }</p>
                    ${contact.direction && directionMark(contact.direction)}
                    ${this.#marks(contact)}
                </div>
                <p class="contact-number number">${contact.number === null ? t("common.numberWithheld") : phoneNumber(contact.number)}</p>
                <dl class="contact-facts">
                    <div><dt>${t("common.queue")}</dt><dd><bdi>${contact.queue.name}</bdi></dd></div>
                    <div><dt>${t("common.project")}</dt><dd><bdi>${contact.project.name}</bdi></dd></div>
                    ${contact.transferredBy &&
                    html`<div data-key="sender"><dt class="visually-hidden">${t("call.sender")}</dt><dd>${t("call.transferredBy", {
                        agent: contact.transferredBy.agent.name, queue: contact.transferredBy.queue.name })}</dd></div>`}
                    ${contact.dialled &&
                    html`<div><dt>${t(contact.direction === "outbound" ? "call.dial.shown" : "desk.dialled")}</dt><dd
                        class="number">${phoneNumber(contact.dialled)}</dd></div>`}
                </dl>
            </header>
            ${this.#told(contact)}
            <ol class="steps" data-key="steps-${contact.id}">
                ${isOwnCall
                    ? this.#step("dialled", contact.arrivedAt, contact.answeredAt ?? contact.endedAt, contact.state === "dialling")
                    : html`${this.#step("waited", contact.arrivedAt, contact.offeredAt, contact.offeredAt === null)}
                        ${this.#step("rang", contact.offeredAt, contact.answeredAt, contact.state === "ringing")}`}
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

    /** What the contact's project tells its agents: what to say first, as long as it is to be said, and what the work is. */
    #told(contact) {
        const { greeting, greetingLanguage, jobDescription, project } = contact;
        const isSaid = contact.state === "ringing" || contact.state === "talking";
        return html`${greeting && isSaid && html`<p class="contact-greeting" data-key="greeting">${icon("message")}<span><span
                class="visually-hidden">${t("desk.greeting")}: </span>${spoken({ [greetingLanguage]: greeting }, contact)}</span></p>`}
            ${jobDescription && html`<details class="contact-job" data-key="job-${project.id}"><summary>${t("desk.jobDescription")}</summary>
                <p dir="auto" tabindex="0">${jobDescription}</p></details>`}`;
    }

    /** The colour of the panel says at a glance what the customer hears. */
    #colour(contact) {
        if (contact.leftBehind) return "leftBehind";
        return contact.held ? "held" : contact.state;
    }

    /** What must not be forgotten while one talks. */
    #marks(contact) {
        if (contactInHand(deskStore.value) === null) return null;
        const since = beganAt("held");
        return html`${contact.held &&
            html`<p class="call-mark" data-key="held" data-state="held">${icon("hold")}<span>${t("call.onHold")}</span>${
                since !== null && html`<live-timer since="${since}"></live-timer>`}</p>`}
            ${contact.recording.announcing && html`<p class="call-mark" data-key="announcing" data-state="held">${icon("recording")}<span>${
                t("call.recording.announcingText")}</span></p>`}
            ${contact.recording.state === "on" && !contact.recording.announcing && html`<p class="call-mark" data-key="recorded">${icon("recording")}<span>${
                t("call.recording.onText")}</span></p>`}
            ${contact.recording.state === "paused" && html`<p class="call-mark call-mark-loud" data-key="private">${icon("recordingOff")}<span>${
                t("call.recording.pausedText")}</span>${contact.recording.pausedAt !== null && html`<live-timer since="${contact.recording.pausedAt}"></live-timer>`}</p>`}
            ${contact.muted && html`<p class="call-mark call-mark-loud" data-key="muted">${icon("mute")}<span>${t("call.muted")}</span></p>`}
            ${contact.warned &&
            html`<p class="call-mark" data-key="warned" data-state="leftBehind">${icon("warned")}<span>${t("call.warned")}</span></p>`}`;
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
            return html`<p data-key="ringing">${icon("phone")}<span>${this.#howToAnswer(contact, desk)}</span></p>
                ${contact.answerBy !== null && html`<count-down data-key="answer" from="${contact.offeredAt}" until="${contact.answerBy}"
                    label="${t("desk.timeToAnswer")}"></count-down>`}`;
        }
        if (contact.state === "dialling") return this.#dialling(desk);
        if (contact.state === "talking") {
            const since = t("desk.talkingSince", { time: time(contact.answeredAt) });
            return html`<p data-key="talking">${icon("talking")}<span>${since}</span></p>`;
        }
        if (isNotReached(contact)) return html`<p data-key="not-reached">${icon("notReached")}<span>${notReached(contact)}</span></p>`;
        if (contact.outside) return null;
        const ended = t(`desk.endedBy.${contact.endedBy ?? "system"}`, { time: time(contact.endedAt) });
        return html`<p data-key="ended">${icon("wrapUp")}<span>${ended}</span></p>`;
    }

    /** First the agent's own phone rings, then the number; each for its time. */
    #dialling(desk) {
        const { stage, until } = desk.contact.dial;
        return html`<p data-key="dialling">${icon(stage === "phone" ? "phone" : "dialling")}<span>${dialStage(desk)}</span></p>
            <count-down data-key="dial-${stage}" from="${beganAt("dial") ?? this.#shownAt}" until="${until}"
                label="${t("desk.timeToAnswer")}"></count-down>`;
    }

    #howToAnswer(contact, { agent: { phone } }) {
        if (contact.answerable === true) return t("call.answerHere", { key: shownKeyOf("answer") });
        return phone ? t("desk.answerOn", { phone: phone.name }) : t("desk.answerNowhere");
    }

    /** Where the customer is whom the agent has sent outside. */
    #outside({ number, answered }) {
        const sent = t("call.outside.sent", { number: phoneNumber(number) || t("call.transfer.number") });
        return html`<section class="situation" data-key="outside" data-state="${answered ? "talking" : "dialling"}" aria-label="${sent}">
            <h3>${icon(answered ? "talking" : "dialling")}<span>${sent}</span></h3>
            <p role="status">${t(`call.outside.${answered ? "talks" : "rings"}`)}</p>
        </section>`;
    }

    #nobody(desk) {
        if (desk === null) return html`<div class="empty contact-empty" data-key="loading"><p>${t("common.loading")}</p></div>`;
        const doing = agentState(desk);
        // The contact has just left and the routing state is still on its way.
        const state = ["offered", "dialling", "talking", "wrapUp"].includes(doing) ? "idle" : doing;
        const { phone } = desk.agent;
        if (desk.consulted) return this.#asked(desk.consulted, phone);
        if (desk.internal) return this.#colleague(desk.internal, phone);
        const trouble = phone === null ? "noPhone" : phone.reachable ? null : "phoneUnreachable";
        if (desk.supervising) return html`<div class="empty contact-empty" data-key="supervising" data-state="talking">
            <span class="contact-emblem">${icon(desk.supervising.mode)}</span>
            <h3>${t("desk.empty.supervising.title")}</h3>
            <p>${t("desk.empty.supervising.text")}</p>
        </div>`;
        if (desk.seat?.host === false) return html`<div class="empty contact-empty" data-key="beside" data-state="${state}">
            <span class="contact-emblem">${icon("monitor")}</span>
            <h3>${t("desk.empty.beside.title", { name: desk.seat.other.name })}</h3>
            <p>${t("desk.empty.beside.text")}</p>
        </div>`;
        // What he waits for stands beside it.
        const isAlone = desk.trainee && state === "idle" && !desk.seat;
        const offersReady = state === "notReady" || state === "off" || state === "notResponding";
        return html`<div class="empty contact-empty" data-key="nobody" data-state="${state}">
            <span class="contact-emblem">${icon(state)}</span>
            <h3>${t(`desk.empty.${state}.title`)}</h3>
            ${!isAlone && html`<p>${t(`desk.empty.${state}.text`)}</p>`}
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

    /** A talk of two agents, without a customer. */
    #colleague(call, phone) {
        const { contact, own, stage, until, since } = call;
        const agent = call.with.name;
        const talks = stage === "talking";
        const state = talks ? "talking" : own ? "dialling" : "offered";
        const label = t("desk.timeToAnswer");
        return html`<div class="empty contact-empty" data-key="colleague-${contact}" data-state="consulted">
            <span class="contact-emblem">${icon(state)}</span>
            <h3>${t(`call.colleague.${talks ? "with" : own ? "called" : "calls"}`, { agent })}</h3>
            <p role="status">${talks ? t("call.colleague.noCustomer") : this.#ringing(call, phone)}</p>
            ${talks && html`<live-timer data-key="since" since="${since}"></live-timer>`}
            ${until !== null && html`<count-down data-key="${stage}" from="${since}" until="${until}" label="${label}"></count-down>`}
        </div>`;
    }

    /** Whose phone rings for a talk of two agents, or what this one has to do. */
    #ringing({ with: other, own, stage, answerable }, phone) {
        if (own) return t(`call.colleague.stage.${stage}`, { agent: other.name });
        return answerable ? t("call.answerHere", { key: shownKeyOf("answer") }) : t("call.colleague.pickUp", { phone: phone?.name });
    }

    /** A colleague asks this agent about a customer of his. */
    #asked({ by, queue, stage, answerable }, phone) {
        const where = stage === "ringing" ? { phone: phone?.name } : { agent: by.name };
        const text = answerable ? t("call.answerHere", { key: shownKeyOf("answer") }) : t(`call.asked.stage.${stage}`, where);
        return html`<div class="empty contact-empty" data-key="asked" data-state="consulted">
            <span class="contact-emblem">${icon("consulted")}</span>
            <h3>${t("call.asked.title", { agent: by.name })}</h3>
            <p>${t("call.asked.about", { queue: queue.name })}</p>
            <p role="status">${text}</p>
        </div>`;
    }
}

customElements.define("contact-panel", ContactPanel);

offer("middle", { name: "contact", label: "desk.tabs.contact", element: "contact-panel", begins: ({ state }) => state === "ringing" || state === "dialling" });
