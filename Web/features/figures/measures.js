import { duration, number, percent } from "../../base/format.js";
import { t } from "../../base/text.js";
import { figures } from "./figures-store.js";

/** The ways to reckon the service level; a figure always says by which of them. */
export const variants = ["answeredOfOffered", "abandonedInTimeIgnored", "abandonedInTimeCounted"];

// What counts visits to a queue, which not everybody sees; the others count the work of agents. `figure` is what the contacts behind
// it are asked for by.
const ofQueues = [
    { name: "offered", label: "floor.offered", kind: "count", figure: "offered" },
    { name: "answered", label: "floor.answered", kind: "count", figure: "answered" },
    { name: "abandoned", label: "floor.abandoned", kind: "count", figure: "abandoned" },
    { name: "shortAbandons", label: "figures.shortAbandons", kind: "count", figure: "shortAbandons" },
    ...variants.map((variant) => ({ name: variant, label: `figures.variant.${variant}`, kind: "percent", figure: "inTime", level: true })),
    { name: "averageSpeedOfAnswer", label: "floor.averageSpeedOfAnswer", kind: "duration", figure: "answered" },
    { name: "longestWait", label: "figures.longestWait", kind: "duration", figure: "offered" },
].map((measure) => ({ ...measure, ofQueues: true }));
// Averages that `opens` count only a part of the talks: that part is behind them.
const ofAgents = [
    { name: "handled", label: "figures.handled", kind: "count", figure: "handled" },
    { name: "averageHandleTime", label: "figures.averageHandleTime", kind: "duration", figure: "handled" },
    { name: "averageTalk", label: "contacts.segment.talk", kind: "duration", figure: "handled" },
    { name: "averageHold", label: "contacts.segment.hold", kind: "duration", figure: "handled" },
    { name: "averageWrapUp", label: "contacts.wrapUp", kind: "duration", figure: "handled" },
    { name: "occupancy", label: "figures.occupancy", kind: "percent", figure: "handled" },
    { name: "agentReleasedFirst", label: "figures.agentReleasedFirst", kind: "count", figure: "agentReleasedFirst" },
    { name: "averageTalkOver", label: "figures.averageTalkOver", kind: "duration", figure: "talkedOver", opens: true },
    { name: "averageDeadAir", label: "figures.averageDeadAir", kind: "duration", figure: "deadAir", opens: true },
    { name: "raisedVoices", label: "figures.raisedVoices", kind: "count", figure: "raisedVoices" },
];
const byName = new Map([...ofQueues, ...ofAgents].map((measure) => [measure.name, measure]));

/** A figure by its name. */
export function measure(name) {
    return byName.get(name);
}

/** The figures of a table, in the order of its columns: with the chosen variants of the service level, and only those somebody sees. */
export function columns(chosen, seesQueues) {
    const queues = ofQueues.filter(({ level }) => !level);
    const levels = chosen.map(measure);
    return [...(seesQueues ? [...queues.slice(0, 4), ...levels, ...queues.slice(4)] : []), ...ofAgents];
}

/** What a figure is among the VALUES of the server: a number, or null where there is nothing to reckon it from. */
export function valueOf({ name, level }, values) {
    return (level ? values.serviceLevel[name] : values[name]) ?? null;
}

/** The name of a figure in the language of the screen. */
export function nameOf({ level, label }) {
    return level ? `${t("floor.serviceLevel")}: ${t(label)}` : t(label);
}

/** A figure as people read it. */
export function shown({ kind }, value) {
    if (value === null) return "–";
    return { count: number, percent, duration }[kind](value);
}

/** How a figure is reckoned, in words and with the numbers it is made of. */
export function formula({ name }, values) {
    const count = (value) => (value === null || value === undefined ? "–" : value);
    const [answered, abandoned, handled] = [count(values.answered), count(values.abandoned), count(values.handled)];
    switch (name) {
        case "offered":
        case "answered":
        case "abandoned":
            return t(`floor.explain.${name}`);
        case "shortAbandons":
            return t("figures.formula.shortAbandons", { abandoned });
        case "answeredOfOffered":
        case "abandonedInTimeCounted":
            return t(`figures.formula.${name}`, { answered, abandoned });
        case "abandonedInTimeIgnored":
            return t("figures.formula.abandonedInTimeIgnored", { answered });
        case "averageSpeedOfAnswer":
            return t("figures.formula.averageSpeedOfAnswer", { answered });
        case "averageHandleTime": {
            const [talk, hold, wrapUp] = [values.averageTalk, values.averageHold, values.averageWrapUp].map((value) => duration(value));
            return t("figures.formula.averageHandleTime", { talk, hold, wrapUp, handled });
        }
        case "agentReleasedFirst":
            return t("figures.formula.agentReleasedFirst", { handled });
        default:
            return t(`figures.formula.${name}`);
    }
}

/** Where the contacts behind a figure are listed: `within` = {since, until, waitMin, waitEnd, project, queue, agent, disposition}. */
export function contactsLink(figure, within) {
    const query = new URLSearchParams({ figure });
    const { timeZone } = figures.value.answer;
    for (const [name, value] of Object.entries({ ...within, zone: timeZone })) if (value !== null && value !== undefined) query.set(name, value);
    return `/contacts?${query}`;
}
