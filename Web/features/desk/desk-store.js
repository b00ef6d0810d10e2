import { announce, announceNow } from "../../base/announce.js";
import { command, get } from "../../base/api.js";
import { phone } from "../../base/format.js";
import { follow } from "../../base/stream.js";
import { t } from "../../base/text.js";

/** The signed-in agent's desk as the server has it: the whole with every event. null for somebody who is no agent. */
export const deskStore = follow("desk", (_, next) => next);

let announced = null;

// What has a deadline and takes no focus is spoken at once: an offer, a colleague who calls, a customer left behind.
deskStore.subscribe((desk) => {
    const urgent = desk && urgency(desk);
    const id = urgent?.id ?? null;
    if (id === announced) return;
    announced = id;
    if (urgent) announceNow(urgent.text());
});

function urgency({ contact, consulted }) {
    if (contact?.state === "ringing") {
        const number = contact.number === null ? t("common.numberWithheld") : phone(contact.number);
        return { id: contact.offer ?? contact.id, text: () => t("desk.announceOffer", { queue: contact.queue.name, number }) };
    }
    if (contact?.leftBehind) return { id: `left-${contact.id}`, text: () => t("call.left.announce") };
    if (consulted?.stage !== "ringing") return null;
    const { by, queue } = consulted;
    return { id: `asked-${consulted.contact}`, text: () => t("call.asked.announce", { agent: by.name, queue: queue.name }) };
}

// The server says what is; since when, this tab knows if it has seen it begin.
const began = { held: null, leftBehind: null };
let before = null;
deskStore.subscribe((desk) => {
    for (const what of Object.keys(began)) {
        const goesOn = before?.contact?.[what] && before.contact.id === desk?.contact?.id;
        if (!desk?.contact?.[what]) began[what] = null;
        else if (before !== null && !goesOn) began[what] = desk.now;
    }
    tellChange(contactInHand(before), contactInHand(desk));
    before = desk;
});

/** Who presses a key while he types hears what it did. */
function tellChange(earlier, contact) {
    if (!earlier || earlier.id !== contact?.id) return;
    if (earlier.muted !== contact.muted) announce(t(contact.muted ? "call.muted" : "call.heard"));
    if (Boolean(earlier.held) !== Boolean(contact.held)) announce(t(contact.held ? "call.onHold" : "call.takenBack"));
}

/** Since when the customer is `held` or `leftBehind`, in the server's milliseconds; null if this tab has not seen it begin. */
export function beganAt(what) {
    return began[what];
}

/** What the agent is doing now, in the words of the floor: the routing state, with the contact's where there is one. */
export function agentState(desk) {
    if (desk.routing.state !== "handling") return desk.routing.state;
    if (desk.contact === null && desk.consulted) return "consulted";
    return desk.contact?.state === "wrapUp" ? "wrapUp" : "talking";
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
