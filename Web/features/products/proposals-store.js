import { command, get } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { on } from "../../base/stream.js";
import { customerAtDesk } from "../customers/customer-store.js";
import { deskStore } from "../desk/desk-store.js";
import { onNamesChanged } from "../session/session.js";

/** What suits the customer of the contact at the desk, and what he was proposed: {contact, …}; null where there is no contact. */
export const proposals = new Store(null);

let wanted = null;
let whose = null;

deskStore.subscribe((desk) => {
    const contact = desk?.contact ?? desk?.writeUp ?? null;
    const isHis = contact !== null && contact.state !== "ringing" && contact.state !== "dialling";
    follow(isHis ? contact.id : null);
});
// What suits him depends on who he is.
customerAtDesk.subscribe(({ chosen }) => {
    if ((chosen?.id ?? null) === whose) return;
    whose = chosen?.id ?? null;
    load();
});
on("approvals", () => load());
onNamesChanged(() => load());

function follow(contact) {
    if (contact === wanted) return;
    wanted = contact;
    proposals.set(null);
    load();
}

/** Reads it anew. */
export async function load() {
    const contact = wanted;
    if (contact === null) return;
    try {
        const answer = await get(`/api/desk/contacts/${encodeURIComponent(contact)}/proposals`);
        if (contact === wanted) proposals.set({ ...answer, contact });
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        // The talk goes on without it.
        if (contact === wanted) proposals.set(null);
    }
}

/** Does something with the contact's proposals, and reads them anew. Throws a Problem. */
export async function tell(method, below, body) {
    await command(method, `/api/desk/contacts/${encodeURIComponent(wanted)}${below}`, body);
    await load();
}
