import { get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { date, duration, phone, time, timeSeconds } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { on } from "../../base/stream.js";
import { known, t } from "../../base/text.js";
import "../../elements/segment-track/segment-track.js";
import { directionMark, outcomeMark } from "../../elements/state-mark/state-mark.js";
import { whyExplanation } from "../../elements/why-explanation/why-explanation.js";
import { callBack, callBackButton } from "../desk/call-back.js";
import { seenBy } from "../audit/seen-by.js";
import { canDial, deskStore } from "../desk/desk-store.js";
import { onNamesChanged } from "../session/session.js";
import { lastList } from "./last-list.js";
import { voiceFacts } from "./voice-facts.js";
import "../recordings/recording-list.js";
import "../scripting/story-work.js";

// What agents spend their time on, in the words of their states.
const activities = {
    idle: "common.state.idle", ringing: "common.state.offered", handling: "common.state.talking", wrapUp: "common.state.wrapUp",
    consulted: "common.state.consulted", notResponding: "common.state.notResponding", notReady: "common.state.notReady",
};

// Who ended a call with a number outside.
const hungUp = { customer: "call.consult.customer", outside: "call.transfer.number" };

/** One contact from its opening to its close: its parts to scale, to whom it was offered and why, and every event of it. */
class ContactStory extends PageElement {
    static observedAttributes = ["contact"];
    #contact = null;
    #problem = null;
    #asked = null;

    start() {
        this.#load();
        this.keep(on("contact", ({ id }) => id === this.getAttribute("contact") && this.#load()));
        this.keep(onNamesChanged(() => this.#load()));
        this.watch(deskStore);
        this.act({ again: () => this.#load(), callBack: (source) => callBack(source.value) });
    }

    attributeChangedCallback() {
        if (this.isConnected && this.getAttribute("contact") !== this.#asked) this.#load();
    }

    show() {
        render(
            this,
            html`<nav class="story-back"><a href="${lastList.value}">${icon("back")}<span>${
                lastList.value === "/contacts" ? t("contacts.back") : t("contacts.backToList")}</span></a></nav>
                ${this.#content()}`,
        );
        const recordings = this.querySelector("recording-list");
        if (recordings && this.#contact) recordings.segments = this.#contact.segments;
        const track = this.querySelector("segment-track");
        if (track && this.#contact) {
            track.segments = this.#contact.segments.map((segment) => {
                return { ...segment, to: segment.to ?? now(), label: t(`contacts.segment.${segment.kind}`) };
            });
        }
    }

    #content() {
        if (this.#problem) return html`<div class="panel empty" data-key="problem">${icon("alert")}<p>${this.#problem.text}</p><button
            data-action="again">${t("contacts.tryAgain")}</button></div>`;
        const contact = this.#contact;
        if (contact === null) return html`<div class="panel empty" data-key="loading"><p>${t("common.loading")}</p></div>`;
        return html`<header class="panel story-head" data-key="head">
                <div class="story-who">
                    <h1 class="number">${contact.number === null ? t("common.numberWithheld") : phone(contact.number)}</h1>
                    <p>${contact.closedAt === null ? html`<span
                        class="soft">${t("contacts.open")}</span>` : outcomeMark(contact.outcome)}</p>
                    ${contact.number !== null && canDial(deskStore.value) && callBackButton(contact)}
                </div>
                <dl class="story-facts">
                    ${this.#fact(t("contacts.openedAt"), html`<time>${date(contact.openedAt)}</time> <span
                        class="number">${timeSeconds(contact.openedAt)}</span>`)}
                    ${this.#fact(t("contacts.direction"), directionMark(contact.direction))}
                    ${this.#fact(t("common.project"), contact.project)} ${this.#fact(t("common.queue"), contact.queue)}
                    ${this.#fact(t("common.agent"), contact.agent)}
                    ${this.#fact(t("contacts.waited"), duration(contact.waitedMilliseconds))}
                    ${this.#fact(t("contacts.talked"), duration(contact.talkedMilliseconds))}
                    ${this.#fact(t("contacts.wrapUp"), duration(contact.wrapUpMilliseconds))}
                    ${this.#fact(t("desk.disposition"), contact.disposition)}
                </dl>
                ${contact.note && html`<p class="story-note" dir="auto">${contact.note}</p>`}
            </header>
            <story-work data-key="work" contact="${this.getAttribute("contact")}"></story-work>
            <section class="panel story-track" aria-labelledby="track-title" data-key="track">
                <h2 class="panel-title" id="track-title">${t("contacts.course")}</h2>
                <segment-track aria-hidden="true"></segment-track>
                <table class="grid">
                    <thead><tr><th scope="col">${t("contacts.part")}</th><th scope="col">${t("contacts.from")}</th><th scope="col"
                        class="figure">${t("contacts.lasted")}</th><th scope="col">${t("common.queue")}</th><th
                        scope="col">${t("common.agent")}</th></tr></thead>
                    <tbody>${contact.segments.map(
                        (segment) => html`<tr><td><span class="segment-name"
                            data-kind="${segment.kind}">${t(`contacts.segment.${segment.kind}`)}</span></td><td><span
                            class="number">${timeSeconds(segment.from)}</span></td>
                            <td class="figure number">${duration((segment.to ?? now()) - segment.from)}</td>
                            <td><bdi>${segment.queue ?? "–"}</bdi></td><td><bdi>${segment.agent ?? "–"}</bdi></td></tr>`,
                    )}</tbody>
                </table>
            </section>
            <div class="story-heard" data-key="heard">
                <recording-list data-key="recordings" contact="${this.getAttribute("contact")}"></recording-list>
                ${voiceFacts(contact.events)}
            </div>
            <section class="panel story-offers" aria-labelledby="offers-title" data-key="offers">
                <h2 class="panel-title" id="offers-title">${t("contacts.offers")}</h2>
                ${contact.offers.length === 0 && html`<p class="soft">${t("contacts.noOffers")}</p>`}
                <ol>${contact.offers.map(
                    (offer) => html`<li data-key="${offer.id}">
                        <p class="offer-head"><span class="number soft">${timeSeconds(offer.at)}</span> <strong><bdi>${offer.agent}</bdi></strong>
                            <span class="offer-result" data-result="${offer.result}">${t(`contacts.result.${offer.result ?? "none"}`)}</span></p>
                        ${whyExplanation(offer.why, { at: offer.at, agent: offer.agent, key: offer.id })}
                    </li>`,
                )}</ol>
                ${contact.meanwhile && this.#meanwhile(contact.meanwhile)}
            </section>
            <section class="panel story-events" aria-labelledby="events-title" data-key="events">
                <h2 class="panel-title" id="events-title">${t("contacts.events")}</h2>
                <ol>${contact.events.map(
                    (event) => html`<li data-key="${event.position}"><span
                        class="number soft">${timeSeconds(event.at)}</span> <span>${this.#event(event)}</span>
                        <span class="number soft">${event.position}</span>
                        ${event.why && whyExplanation(event.why, { at: event.at, agent: event.to, asked: true, key: event.position })}</li>`,
                )}</ol>
            </section>
            ${seenBy(contact)}`;
    }

    /** Why nobody came, or nobody sooner: what kept the queue's agents. */
    #meanwhile({ queue, from, to, agents }) {
        return html`<section class="story-meanwhile" aria-labelledby="meanwhile-title">
            <h2 class="panel-title" id="meanwhile-title">${t("contacts.meanwhile")}</h2>
            <p class="soft"><bdi>${queue}</bdi> · <span class="number">${time(from)}–${time(to)}</span></p>
            ${agents.length === 0 && html`<p>${t("contacts.nobodyThere")}</p>`}
            <dl>${agents.map(
                ({ agent, activities: spent }) => html`<div><dt><bdi>${agent}</bdi></dt>${spent.map(
                    ({ activity, reason, milliseconds }) => html`<dd data-activity="${activity}"><bdi>${reason ??
                        t(activities[activity])}</bdi> <span class="number">${duration(milliseconds)}</span></dd>`,
                )}</div>`,
            )}</dl></section>`;
    }

    /** A newer server may log kinds that we have no words for. */
    #event({ kind, reason, result, to, by, queue, refusal, rule, mode }) {
        const text = known(`contacts.event.${kind}`) ? t(`contacts.event.${kind}`) : kind;
        if (kind === "numberRefused") {
            return html`${text}: ${t(`errors.code.${refusal}`)} ${rule && html`<bdi class="soft">${t("contacts.event.rule", { rule })}</bdi>`}`;
        }
        const where = to === null ? null : phone(to);
        const who = kind === "outsideEnded" && by in hungUp ? t(hungUp[by]) : where;
        const what = result === null ? who : t(`contacts.dialResult.${result}`);
        const more = reason === null ? what : t(`contacts.dismissal.${reason}`);
        if (more === null) return text;
        const aside = mode ? t(`contacts.mode.${mode}`) : queue;
        return html`${text}: <bdi>${more}</bdi> ${aside && html`<bdi class="soft">${aside}</bdi>`}`;
    }

    #fact(label, value) {
        return html`<div><dt>${label}</dt><dd><bdi>${value ?? "–"}</bdi></dd></div>`;
    }

    async #load() {
        const id = this.getAttribute("contact");
        this.#asked = id;
        try {
            const contact = await get(`/api/contacts/${encodeURIComponent(id)}`);
            if (id !== this.#asked) return;
            this.#contact = contact;
            this.#problem = null;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }
}

customElements.define("contact-story", ContactStory);
