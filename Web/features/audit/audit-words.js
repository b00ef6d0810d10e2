import { now } from "../../base/clock.js";
import { civil, dateTime } from "../../base/format.js";
import { html } from "../../base/html.js";
import { known, t } from "../../base/text.js";
import { may } from "../session/session.js";
import { fieldsOf, isDay } from "../figures/civil.js";

export const actions = ["saw", "searched", "exported", "heard", "changed", "checked", "signedIn", "signedOut", "signInFailed"];
export const subjects = ["contact", "contacts", "customer", "customers", "figures", "setUp", "audit", "log", "account"];

const labels = {
    queue: "common.queue",
    agent: "common.agent",
    project: "common.project",
    number: "contacts.number",
    outcome: "contacts.outcome",
    disposition: "desk.disposition",
    figure: "contacts.figure",
    from: "figures.from",
    through: "figures.through",
    since: "figures.from",
    until: "figures.through",
    interval: "figures.interval",
    by: "figures.by",
    user: "audit.person",
    action: "audit.action",
    subject: "audit.subject",
    contact: "audit.subject.contact",
    before: "audit.term.before",
    way: "audit.term.way",
    wallLink: "audit.term.wallLink",
    wallboard: "audit.term.wallboard",
    recording: "audit.term.recording",
    reason: "audit.term.reason",
    document: "audit.term.document",
    gazetteer: "audit.term.gazetteer",
    version: "audit.term.version",
    kind: "audit.term.kind",
    deed: "audit.term.deed",
    product: "audit.term.product",
    proposal: "audit.term.proposal",
    approval: "audit.term.approval",
    count: "audit.term.count",
    text: "audit.term.text",
    why: "audit.term.reason",
};

const words = {
    outcome: (value) => `common.outcome.${value}`,
    figure: (value) => `contacts.figure.${value}`,
    interval: (value) => `figures.interval.${value}`,
    by: (value) => `figures.rows.${value}`,
    action: (value) => `audit.action.${value}`,
    subject: (value) => `audit.subject.${value}`,
    way: (value) => `audit.way.${value}`,
    wallLink: (value) => `audit.wallLink.${value}`,
    reason: (value) => `recordings.reason.${value}`,
    document: (value) => `audit.document.${value}`,
    gazetteer: (value) => `audit.gazetteer.${value}`,
    kind: (value) => `audit.kind.${value}`,
    deed: (value) => `audit.deed.${value}`,
    product: (value) => `audit.product.${value}`,
    proposal: (value) => `audit.proposal.${value}`,
    approval: (value) => `audit.approval.${value}`,
    why: (value) => `customers.reason.${value}`,
};

/** What was done, in the words of the screen. */
export function actionName(action) {
    return known(`audit.action.${action}`) ? t(`audit.action.${action}`) : action;
}

/** With what it was done. */
export function subjectName(subject) {
    return known(`audit.subject.${subject}`) ? t(`audit.subject.${subject}`) : subject;
}

/** Who did it: somebody, somebody whom the set-up no longer names, or the server itself. */
export function personName({ user, person }) {
    if (user === null) return t("audit.server");
    return person === "" ? t("audit.nobodyNow") : person;
}

/** A field that was asked for, and its value where it is kept. */
export function termText({ name, value, text }) {
    const label = name in labels ? t(labels[name]) : name;
    // Further pages and typed texts stand there without a value.
    if (name === "before") return label;
    return `${label}: ${value === null ? t("audit.notKept") : (text || valueText(name, value))}`;
}

function valueText(name, value) {
    const key = words[name]?.(value);
    if (key && known(key)) return t(key);
    if (["since", "until"].includes(name)) return dateTime(Number(value), now());
    if (isDay(value)) return civil("date", fieldsOf(value));
    return value;
}

/** Where the subject of an entry is to be seen, if this user may see it: its story, or the same question again. */
export function subjectLink({ subject, contact, question }) {
    const query = new URLSearchParams(question.filter(({ name, value }) => value !== null && name !== "before").map(({ name, value }) => [name, value]));
    const asked = query.size === 0 ? "" : `?${query}`;
    switch (subject) {
        case "contact":
            return may("viewContacts") ? `/contacts/${contact}` : null;
        case "contacts":
            return may("viewContacts") ? `/contacts${asked}` : null;
        case "figures":
            query.set("range", "dates");
            return may("viewFigures") ? `/figures?${query}` : null;
        case "setUp":
            return may("manageSetUp") ? "/settings/changes" : null;
        case "audit":
            return `/audit${asked}`;
        default:
            return null;
    }
}

/** The question of an entry, field by field. */
export function questionText(question) {
    return question.map((term, index) => html`${index > 0 && " · "}<bdi>${termText(term)}</bdi>`);
}
