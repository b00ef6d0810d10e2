import { announce, announceNow } from "../../base/announce.js";
import { command, get } from "../../base/api.js";
import { phone, time } from "../../base/format.js";
import { Store } from "../../base/store.js";
import { follow, on } from "../../base/stream.js";
import { t } from "../../base/text.js";
import { session } from "../session/session.js";

/** The signed-in agent's desk as the server has it: whole when he or his contact does something. null for somebody who is no agent. */
export const deskStore = follow("desk", (_, next) => next);

// What others do comes as what has changed: the lines, and how he stands with his quotas.
on("lines", ({ now, queues, quotas }) => {
    const desk = deskStore.value;
    if (desk === null) return;
    const changed = new Map(queues.map((line) => [line.id, line]));
    deskStore.set({ ...desk, now, queues: desk.queues.map((line) => changed.get(line.id) ?? line), quotas: quotas ?? desk.quotas });
});

let announced = null;

// What has a deadline and takes no focus is spoken at once: an offer, a colleague who calls, a customer left behind.
deskStore.subscribe((desk) => {
    const urgent = desk && urgency(desk);
    const id = urgent?.id ?? null;
    if (id === announced) return;
    announced = id;
    if (urgent) announceNow(urgent.text());
});

function urgency({ contact, consulted, internal }) {
    if (contact?.state === "ringing") {
        const number = contact.number === null ? t("common.numberWithheld") : phone(contact.number);
        return { id: contact.offer ?? contact.id, text: () => t("desk.announceOffer", { queue: contact.queue.name, number }) };
    }
    if (contact?.leftBehind) return { id: `left-${contact.id}`, text: () => t("call.left.announce") };
    if (internal?.stage === "colleague" && !internal.own) {
        return { id: `called-${internal.contact}`, text: () => t("call.colleague.calls", { agent: internal.with.name }) };
    }
    if (consulted?.stage !== "ringing") return null;
    const { by, queue } = consulted;
    return { id: `asked-${consulted.contact}`, text: () => t("call.asked.announce", { agent: by.name, queue: queue.name }) };
}

// The server says what is; since when, this tab knows if it has seen it begin.
const began = { held: null, leftBehind: null, dial: null };
let before = null;
deskStore.subscribe((desk) => {
    for (const what of Object.keys(began)) {
        const wasThere = before?.contact?.[what] && before.contact.id === desk?.contact?.id;
        const goesOn = wasThere && isSameSpell(before.contact, desk.contact, what);
        if (!desk?.contact?.[what]) began[what] = null;
        else if (before !== null && !goesOn) began[what] = desk.now;
    }
    tellChange(contactInHand(before), contactInHand(desk));
    tellDial(before?.contact ?? null, desk);
    tellColleague(before?.internal ?? null, desk);
    before = desk;
});

/** Of a number that is dialled each stage has its own time. */
function isSameSpell(earlier, contact, what) {
    return what !== "dial" || earlier.dial.stage === contact.dial?.stage;
}

/** Who presses a key while he types hears what it did. */
function tellChange(earlier, contact) {
    if (!earlier || earlier.id !== contact?.id) return;
    if (earlier.consult && consultRefusal(contact)) announce(consultRefusal(contact));
    if (earlier.muted !== contact.muted) announce(t(contact.muted ? "call.muted" : "call.heard"));
    if (Boolean(earlier.held) !== Boolean(contact.held)) announce(t(contact.held ? "call.onHold" : "call.takenBack"));
}

/** Who dialled listens to the phone, and hears of the screen what changes. */
function tellDial(earlier, desk) {
    const contact = desk?.contact ?? null;
    if (contact === null) return;
    if (contact.dial && contact.dial.stage !== earlier?.dial?.stage) announce(dialStage(desk));
    else if (earlier?.state === "dialling" && isNotReached(contact)) announce(notReached(contact));
}

/** The colleague whom this agent called last and who did not take the call; null while there is nothing to say of him. */
export const notTaken = new Store(null);
let givenUp = null;

function tellColleague(earlier, desk) {
    const call = desk?.internal ?? null;
    if (call !== null || desk?.contact) notTaken.set(null);
    if (earlier === null || call?.contact === earlier.contact || !earlier.own || earlier.stage === "talking") return;
    // Who gave up himself knows.
    if (desk === null || earlier.contact === givenUp) return;
    notTaken.set(earlier.with);
    announce(t("call.colleague.notTaken", { agent: earlier.with.name }));
}

/** Hangs up on a colleague, or gives up calling him. Throws a Problem. */
export function endColleagueCall(contact) {
    givenUp = contact;
    return callCommand(contact, "end");
}

/** Why the number outside that was to be asked last did not take the call; null while nothing is to be said. */
export function consultRefusal(contact) {
    const result = contact?.consultResult ?? "answered";
    // Who gave up himself knows.
    if (contact?.consult || ["answered", "cancelled"].includes(result)) return null;
    return t("call.consult.refused", { result: t(`contacts.dialResult.${result}`) });
}

/** Whose phone rings while a number is dialled; a headset answers by itself. */
export function dialStage({ contact: { dial }, audio }) {
    return t(`call.dial.stage.${dial.stage === "phone" && audio ? "headset" : dial.stage}`);
}

/** Whether the agent dialled and nobody answered. */
export function isNotReached({ dialResult, state }) {
    return state === "wrapUp" && (dialResult ?? "answered") !== "answered";
}

/** What came of a number that did not answer, with the time. */
export function notReached({ dialResult, endedAt }) {
    return t("call.dial.ended", { time: time(endedAt), result: t(`contacts.dialResult.${dialResult}`) });
}

/** Since when the customer is `held` or `leftBehind`, or a stage of `dial` goes on, in the server's milliseconds; null if this tab has not seen it begin. */
export function beganAt(what) {
    return began[what];
}

/** What the agent is doing now, in the words of the floor: the routing state, with the contact's where there is one. */
export function agentState(desk) {
    if (desk.supervising) return "supervising";
    if (desk.routing.state !== "handling") return desk.routing.state;
    if (desk.internal) return desk.internal.stage === "talking" ? "talking" : desk.internal.own ? "dialling" : "offered";
    if (desk.contact === null && desk.consulted) return "consulted";
    return ["dialling", "wrapUp"].includes(desk.contact?.state) ? desk.contact.state : "talking";
}

/** The contact whose customer is there, for the agent to talk with or to say why not; null if there is none. */
export function contactInHand(desk) {
    return desk?.contact?.state === "talking" ? desk.contact : null;
}

let prepare = async () => {};

/** Says what has to be done, and may refuse, before somebody is ready. */
export function beforeReady(action) {
    prepare = action;
}

/** Asks for a presence; while a contact is there it becomes the next one. Throws a Problem. */
export async function setPresence(state, reason = null) {
    if (state === "ready") await prepare();
    return command("PUT", "/api/desk/presence", { state, reason });
}

/** The queues for which the agent may call numbers. */
export function dialQueues(desk) {
    return desk?.queues.filter(({ callsOut }) => callsOut ?? true) ?? [];
}

/** Whether the agent can call somebody now. */
export function canDial(desk) {
    return canCallColleague(desk) && dialQueues(desk).length > 0;
}

/** Whether the agent can call a colleague now: there need be no line outside. */
export function canCallColleague(desk) {
    if (desk === null || desk.contact || desk.consulted || desk.internal || desk.supervising) return false;
    return !["off", "offered"].includes(desk.routing.state);
}

/** Whom the agent can call: [{id, name, state, free}]. Throws a Problem. */
export async function colleagues() {
    return (await get("/api/desk/colleagues")).agents;
}

/** Calls {number, queue}, the number of an earlier {contact}, or a colleague, {agent}: the agent's phone rings first. Throws a Problem. */
export function dial(wish) {
    return command("POST", "/api/desk/dial", wish);
}

/** The contact whose number this agent had last in this tab: {id, number}. */
export const lastContact = new Store(null);

let owner = null;
session.subscribe((value) => {
    const user = value?.user.id ?? null;
    if (user === owner) return;
    owner = user;
    lastContact.set(null);
});
deskStore.subscribe((desk) => {
    const { id, number } = desk?.contact ?? {};
    if (id && id !== lastContact.value?.id) lastContact.set(number ? { id, number } : null);
});

/** Gives an offered contact back. Throws a Problem. */
export function decline(offer) {
    return command("POST", `/api/desk/offers/${offer}/decline`);
}

/** Does something with the call in the slot: "hold", "warn", "consult/change" … Throws a Problem. */
export function callCommand(contact, deed, body = {}) {
    return command("POST", `/api/desk/contacts/${contact}/${deed}`, body);
}

/** Where the contact can be sent: {queues, agents, escalation}. Throws a Problem. */
export function transferTargets(contact) {
    return get(`/api/desk/contacts/${contact}/targets`);
}

/** Ends the wrap-up. Throws a Problem. */
export function complete(contact, { disposition, note }) {
    return command("POST", `/api/desk/contacts/${contact}/complete`, { disposition, note });
}
