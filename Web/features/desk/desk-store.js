import { announceNow } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { phone } from "../../base/format.js";
import { follow } from "../../base/stream.js";
import { t } from "../../base/text.js";

/** The signed-in agent's desk as the server has it: the whole with every event. null for somebody who is no agent. */
export const deskStore = follow("desk", (_, next) => next);

let announced = null;

// An offer has a deadline and takes no focus: it is the one thing that is spoken at once.
deskStore.subscribe((desk) => {
    const offer = desk?.contact?.state === "ringing" ? (desk.contact.offer ?? desk.contact.id) : null;
    if (offer === announced) return;
    announced = offer;
    if (offer === null) return;
    const { number, queue } = desk.contact;
    announceNow(t("desk.announceOffer", { queue: queue.name, number: number === null ? t("common.numberWithheld") : phone(number) }));
});

/** What the agent is doing now, in the words of the floor: the routing state, with the contact's where there is one. */
export function agentState(desk) {
    if (desk.routing.state === "handling") return desk.contact?.state === "wrapUp" ? "wrapUp" : "talking";
    return desk.routing.state;
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

/** Ends the wrap-up. Throws a Problem. */
export function complete(contact, { disposition, note }) {
    return command("POST", `/api/desk/contacts/${contact}/complete`, { disposition, note });
}
