import { get } from "../../base/api.js";
import { phone } from "../../base/format.js";
import { html } from "../../base/html.js";
import { language } from "../../base/language.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { customerAtDesk } from "../customers/customer-store.js";
import { deskStore } from "../desk/desk-store.js";
import { session } from "../session/session.js";

/** What the agent says and asks about the contact he has: {contact, language, script, forms}, as the server had it when he got it; null: nothing. */
export const work = new Store(null);

let asked = null;

/** The contact that is worked on: the one in the slot, or the last one while something may still be said of it. */
export function workedOn(desk = deskStore.value) {
    const { contact = null, writeUp = null } = desk ?? {};
    return contact !== null && contact.state !== "dialling" ? contact : contact === null ? writeUp : null;
}

deskStore.subscribe((desk) => {
    const contact = workedOn(desk);
    if ((contact?.id ?? null) === asked) return;
    asked = contact?.id ?? null;
    if (work.value !== null) work.set(null);
    if (asked !== null) read(asked);
});

session.subscribe((value) => {
    if (value !== null) return;
    asked = null;
    work.set(null);
});

async function read(contact) {
    try {
        const found = await get(`/api/desk/contacts/${contact}/work`);
        if (asked === contact) work.set({ contact, ...found });
    } catch (problem) {
        if (problem.code === undefined) throw problem;
        // It is asked for again with the desk's next change.
        if (asked === contact) asked = null;
    }
}

/** One of several texts: in the reader's language, else in that of the contact's project, else in any: {text, tag}. */
export function textOf(texts) {
    const tag = [language.value, work.value?.language, ...Object.keys(texts ?? {})].find((tag) => texts?.[tag]);
    return { text: texts?.[tag] ?? "", tag: tag ?? language.value };
}

/** What only the call knows, by its place in a script's text; `value` is null where nobody knows it. */
function places(contact) {
    return [
        { place: "{customer.name}", key: "customerName", value: nameOf(contact) },
        { place: "{customer.number}", key: "customerNumber", value: contact?.number ? phone(contact.number) : null },
        { place: "{agent.name}", key: "agentName", value: deskStore.value?.agent.name ?? null },
        { place: "{project.name}", key: "projectName", value: contact?.project.name ?? null },
    ];
}

function nameOf(contact) {
    const { contact: whose, chosen } = customerAtDesk.value;
    return (whose === contact?.id && chosen?.name) || null;
}

/** A text of a script in parts: those that stand in it, and what the call knows in its places; `value` is null where the agent has to know it. */
function partsOf(text, contact) {
    const known = places(contact);
    return text.split(/(\{[a-z.]+\})/).map((part) => known.find(({ place }) => place === part) ?? { text: part });
}

/** A text of a script as markup, with what the call knows in its places, and a mark where the agent has to know it himself. */
export function spoken(texts, contact) {
    const { text, tag } = textOf(texts);
    const parts = partsOf(text, contact).map(({ text, key, value }) => {
        if (text !== undefined) return text;
        return value === null ? html`<mark>${t(`scripting.place.${key}`)}</mark>` : html`<bdi>${value}</bdi>`;
    });
    return html`<span lang="${tag}" dir="auto">${parts}</span>`;
}

/** The same as plain text. */
export function spokenText(texts, contact) {
    return partsOf(textOf(texts).text, contact).map(({ text, key, value }) => text ?? value ?? t(`scripting.place.${key}`)).join("");
}
