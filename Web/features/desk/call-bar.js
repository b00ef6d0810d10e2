import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { Attempt } from "./attempt.js";
import "./call-end.js";
import "./call-hand-over.js";
import "./call-keypad.js";
import "./call-transfer.js";
import "./help-flag.js";
import "./voice-line.js";
import { callCommand, consultRefusal, contactInHand, decline, deskStore, endColleagueCall } from "./desk-store.js";

const talking = (contact) => contact.state === "talking" && !contact.leftBehind;
/** Held by the agent himself, at the desk or at his phone. */
const onHold = (contact) => ["desk", "phone"].includes(contact?.held);
const inHand = (contact) => contact.state === "talking";
const dialling = (contact) => contact?.state === "dialling";
const withColleague = (contact) => contact?.state === "internal";
const ringsHere = (contact) => contact.state === "ringing" && contact.answerable === true;
const canBeRung = (contact) => Boolean(contact.leftBehind) && !contact.leftBehind.phoneRings;

/**
 * The buttons in their order. Each has its place for ever; what cannot be done now is dimmed. `look` says how it looks for a contact,
 * `can` when it can be pressed; it `opens` one of the windows above the bar, or it does something.
 */
const buttons = [
    {
        name: "answer",
        look: (contact) => (contact?.leftBehind ? { icon: "bell", label: "call.ringMe" } : { icon: "phone", label: "call.answer" }),
        can: (contact) => ringsHere(contact) || canBeRung(contact),
        does: (contact) => callCommand(contact.id, contact.leftBehind ? "ring-again" : "answer"),
    },
    {
        name: "decline",
        look: () => ({ icon: "close", label: "desk.decline" }),
        can: (contact) => contact.state === "ringing" && (contact.offer !== null || contact.answerable === true),
        does: (contact) => (contact.offer === null ? callCommand(contact.id, "decline") : decline(contact.offer)),
    },
    {
        name: "hold",
        look: (contact) => (onHold(contact) ? { icon: "retrieve", label: "call.retrieve", on: "held" } : { icon: "hold", label: "call.hold" }),
        can: talking,
        does: (contact) => callCommand(contact.id, onHold(contact) ? "retrieve" : "hold"),
    },
    {
        name: "mute",
        look: (contact) => (contact?.muted ? { icon: "mute", label: "call.unmute", on: "muted" } : { icon: "unmute", label: "call.mute" }),
        can: talking,
        does: (contact) => callCommand(contact.id, contact.muted ? "unmute" : "mute"),
    },
    {
        name: "recording",
        look: (contact) => recordingLook(contact?.recording),
        can: (contact) => talking(contact) && (contact.recording.mayPause || contact.recording.onDemand),
        does: (contact) => callCommand(contact.id, recordingDeed(contact.recording)),
    },
    { name: "keypad", look: () => ({ icon: "keypad", label: "call.keypad" }), can: talking, opens: () => "call-keypad" },
    { name: "transfer", look: () => ({ icon: "transfer", label: "call.transfer" }), can: inHand, opens: () => "call-transfer" },
    { name: "handOver", look: () => ({ icon: "handOver", label: "call.handOver" }), can: inHand, opens: () => "call-hand-over" },
    {
        name: "end",
        look: (contact) => ({
            icon: "end", label: withColleague(contact) ? "call.colleague.end" : dialling(contact) ? "call.dial.giveUp" : "call.end",
        }),
        can: (contact) => inHand(contact) || dialling(contact) || withColleague(contact),
        // Nobody is there who would want to know why.
        opens: (contact) => (dialling(contact) || withColleague(contact) ? null : "call-end"),
        does: (contact) => (withColleague(contact) ? endColleagueCall(contact.id) : callCommand(contact.id, "end")),
    },
];

/** Where the agent decides what is recorded, he begins it first; after that he keeps parts of it out. */
function recordingDeed({ state, onDemand, mayPause }) {
    if (state === "paused") return "resume-recording";
    if (onDemand && state === "off") return "record";
    return mayPause ? "pause-recording" : "stop-recording";
}

function recordingLook(recording) {
    if (recording?.state === "paused") return { icon: "recordingOff", label: "call.recording.resume", on: "private" };
    if (recording?.onDemand && recording.state === "off") return { icon: "recording", label: "call.recording.start" };
    return { icon: "recordingOff", label: "call.recording.pause" };
}

/** The contact that the buttons are about: the agent's own, what a colleague rings for on his headset, or a talk with a colleague. */
function subject(desk) {
    const asked = desk?.consulted;
    if (asked?.stage === "ringing" && asked.answerable) return { id: asked.contact, state: "ringing", answerable: true, offer: null };
    const call = desk?.internal;
    if (call?.answerable) return { id: call.contact, state: "ringing", answerable: true, offer: null };
    // Whoever is called at his phone refuses there.
    if (call && (call.own || call.stage === "talking")) return { id: call.contact, state: "internal" };
    return desk?.contact ?? null;
}

/** Bottom of the desk: what can be done with the call, by mouse, by key and by reader; what was refused is said above the buttons. */
class CallBar extends PageElement {
    #attempt = new Attempt(() => this.show());
    #contact = null;

    start() {
        this.watch(deskStore, ownKeys);
        this.act({ press: (source) => this.press(source.dataset.key) });
        for (const { name } of buttons) this.keep(shortcut(name, () => this.press(name)));
    }

    /** Does what a button does, or opens what it opens, if that can be done now; `reason` is why a call is to end. */
    press(name, reason = null) {
        const contact = subject(deskStore.value);
        const { can, does, opens = () => null } = buttons.find((button) => button.name === name);
        if (contact === null || !can(contact)) return;
        const opened = opens(contact);
        if (opened === null) return void this.#attempt.run(name, () => does(contact));
        const panel = this.querySelector(opened);
        if (reason) panel.openFor(reason);
        else panel.open();
    }

    show() {
        const contact = subject(deskStore.value);
        if ((contact?.id ?? null) !== this.#contact) {
            this.#contact = contact?.id ?? null;
            this.#attempt.forget();
        }
        render(
            this,
            html`<section class="panel call-bar" aria-label="${t("call.bar")}">
                <div class="call-line">
                    ${this.#attempt.said}
                    <p class="soft">${this.#attempt.problem === null && this.#hint(contact)}</p>
                    <voice-line></voice-line>
                    <help-flag></help-flag>
                </div>
                <div class="call-buttons">
                    ${buttons.map((button) => this.#button(button, contact))}
                </div>
            </section>
            <call-keypad></call-keypad>
            <call-transfer></call-transfer>
            <call-hand-over></call-hand-over>
            <call-end></call-end>`,
        );
    }

    #button({ name, look, can, opens = () => null }, contact) {
        const possible = contact !== null && can(contact);
        const opened = opens(contact);
        const { icon: picture, label, on } = look(contact);
        const key = shownKeyOf(name);
        return html`<button data-key="${name}" ${attribute("data-action", opened ? null : "press")}
            ${attribute("popovertarget", opened && possible ? opened : null)} ${attribute("aria-haspopup", opened ? "dialog" : null)}
            aria-keyshortcuts="${key}" title="${t(label)} (${key})" ${attribute("data-on", on)}
            ${this.#attempt.state(name, possible)}>
            ${icon(picture)}<span class="call-label">${t(label)}</span><kbd aria-hidden="true">${key}</kbd>
        </button>`;
    }

    /** What the state of the call means, in one line. */
    #hint(contact) {
        if (contact?.state === "ringing" && contact.offer !== null) return t("desk.declineHint");
        const refused = consultRefusal(contactInHand(deskStore.value));
        if (refused !== null) return refused;
        const held = contactInHand(deskStore.value)?.held;
        // Of a connection that is cut off the banner tells.
        if (held && held !== "connection") return t(held === "phone" ? "call.heldAtPhoneText" : "call.onHoldText");
        return null;
    }
}

customElements.define("call-bar", CallBar);
