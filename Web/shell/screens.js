import "../features/audit/audit-screen.js";
import "../features/client/client-screen.js";
import "../features/contacts/contact-list.js";
import "../features/contacts/contact-story.js";
import "../features/customers/customers-screen.js";
import "../features/desk/desk-screen.js";
import "../features/figures/figures-screen.js";
import "../features/floor/floor-screen.js";
import "../features/products/products-screen.js";
import "../features/scripting/editor/documents-screen.js";
import "../features/settings/settings-screen.js";
import { attribute, html } from "../base/html.js";
import { may, session } from "../features/session/session.js";

/** The screens in the order of the rail: who sees them, where they are, and the key that goes there. */
export const screens = [
    {
        path: "/desk",
        icon: "desk",
        label: "common.screen.desk",
        action: "desk",
        key: "KeyD",
        visible: () => session.value?.user.agent === true,
        show: () => html`<desk-screen></desk-screen>`,
    },
    {
        path: "/floor",
        icon: "floor",
        label: "common.screen.floor",
        action: "floor",
        key: "KeyF",
        visible: () => may("viewFloor"),
        show: () => html`<floor-screen></floor-screen>`,
    },
    {
        path: "/contacts",
        icon: "contacts",
        label: "common.screen.contacts",
        action: "contacts",
        key: "KeyC",
        visible: () => may("viewContacts"),
        show: (path) => {
            const id = /^\/contacts\/([^/]+)$/.exec(path)?.[1];
            return id ? html`<contact-story contact="${decoded(id)}"></contact-story>` : html`<contact-list></contact-list>`;
        },
    },
    {
        path: "/customers",
        icon: "customers",
        label: "common.screen.customers",
        action: "customers",
        key: "KeyP",
        visible: () => may("viewCustomers"),
        show: (path) => {
            const id = /^\/customers\/([^/]+)$/.exec(path)?.[1];
            return id ? html`<customers-screen customer="${decoded(id)}"></customers-screen>` : html`<customers-screen></customers-screen>`;
        },
    },
    {
        path: "/figures",
        icon: "figures",
        label: "common.screen.figures",
        action: "figures",
        key: "KeyG",
        visible: () => may("viewFigures"),
        show: () => html`<figures-screen></figures-screen>`,
    },
    {
        path: "/client",
        icon: "figures",
        label: "common.screen.clientReport",
        action: "client",
        key: "KeyG",
        visible: () => may("viewClientReport"),
        show: () => html`<client-screen></client-screen>`,
    },
    {
        path: "/products",
        icon: "formula",
        label: "common.screen.products",
        action: "products",
        key: "KeyO",
        visible: () => may("viewContacts"),
        show: (path) => html`<products-screen ${attribute("open", /^\/products\/([^/]+)$/.exec(path)?.[1] ?? null)}></products-screen>`,
    },
    {
        path: "/scripts",
        icon: "message",
        label: "common.screen.scripts",
        action: "scripts",
        key: "KeyR",
        visible: () => may("manageScripts"),
        show: (path) => html`<documents-screen ${attribute("document", /^\/scripts\/([^/]+)$/.exec(path)?.[1] ?? null)}></documents-screen>`,
    },
    {
        path: "/audit",
        icon: "audit",
        label: "common.screen.audit",
        action: "audit",
        key: "KeyU",
        visible: () => may("viewAudit"),
        show: () => html`<audit-screen></audit-screen>`,
    },
    {
        path: "/settings",
        icon: "settings",
        label: "common.screen.settings",
        action: "settings",
        key: "KeyS",
        visible: () => may("manageSetUp"),
        show: (path) => html`<settings-screen path="${path}"></settings-screen>`,
    },
];

/** A part of a path as it was before it was encoded; an address somebody mistyped stays as it is. */
function decoded(part) {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

/** The screen a path belongs to, if this user may see it. */
export function screenOf(path) {
    return screens.find((screen) => (path === screen.path || path.startsWith(`${screen.path}/`)) && screen.visible());
}
