import { command, get } from "../../base/api.js";
import { Store } from "../../base/store.js";
import { deskStore } from "../desk/desk-store.js";
import { may, onNamesChanged } from "../session/session.js";

const nobody = { contact: null, project: null, number: null, chosen: null, matches: [], known: false };

/**
 * Who the contact at the desk is: {contact, project, number, chosen: Customer or null, matches, known}. `known` is false where nothing is
 * known of customers: there is no contact, the user may not see them, or the server has no word of them.
 */
export const customerAtDesk = new Store(nobody);

let wanted = null;

deskStore.subscribe((desk) => {
    const contact = desk?.contact ?? desk?.writeUp ?? null;
    const id = contact && may("viewCustomers") ? contact.id : null;
    if (id === wanted) return;
    wanted = id;
    customerAtDesk.set(nobody);
    if (id !== null) load();
});

onNamesChanged(() => wanted !== null && load());

/** Asks anew who the contact is. */
export async function load() {
    const contact = wanted;
    if (contact === null) return;
    try {
        const answer = await get(`/api/desk/contacts/${encodeURIComponent(contact)}/customer`);
        if (contact !== wanted) return;
        const { contact: current, writeUp } = deskStore.value;
        customerAtDesk.set({ ...answer, contact, project: (current ?? writeUp)?.project?.id ?? null, known: true });
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        // The talk goes on without it: the desk is as it is where nothing is known of customers.
        if (contact === wanted) customerAtDesk.set(nobody);
    }
}

/** Says who the contact at the desk is; null: somebody else, not known yet. Throws a Problem. */
export async function choose(customer) {
    const { contact } = customerAtDesk.value;
    await command("PUT", `/api/desk/contacts/${encodeURIComponent(contact)}/customer`, { customer });
    if (contact === wanted) await load();
}

/** The address of a customer, or of something below him. */
export function pathOf(customer, below = "") {
    return `/api/customers/${encodeURIComponent(customer)}${below}`;
}
