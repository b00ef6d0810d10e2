import { duration, number, percent } from "./format.js";
import { t } from "./text.js";

// What wallboards show and alerts watch, in the words of the floor and the figures.

const unknown = { label: "", unit: "count" };
const byName = new Map(Object.entries({
    waiting: { label: "floor.waiting", unit: "count" },
    waitingLongest: { label: "wall.measure.waitingLongest", unit: "seconds" },
    ready: { label: "wall.measure.ready", unit: "count", isBetterHigh: true },
    signedIn: { label: "wall.measure.signedIn", unit: "count", isBetterHigh: true },
    offered: { label: "floor.offered", unit: "count", isBetterHigh: true },
    answered: { label: "floor.answered", unit: "count", isBetterHigh: true },
    abandoned: { label: "floor.abandoned", unit: "count" },
    shortAbandons: { label: "figures.shortAbandons", unit: "count" },
    answeredOfOffered: { label: "floor.serviceLevel", unit: "percent", isBetterHigh: true, variant: "figures.variant.answeredOfOffered" },
    abandonedInTimeIgnored: {
        label: "floor.serviceLevel", unit: "percent", isBetterHigh: true, variant: "figures.variant.abandonedInTimeIgnored" },
    abandonedInTimeCounted: {
        label: "floor.serviceLevel", unit: "percent", isBetterHigh: true, variant: "figures.variant.abandonedInTimeCounted" },
    averageSpeedOfAnswer: { label: "floor.averageSpeedOfAnswer", unit: "seconds" },
    longestWait: { label: "figures.longestWait", unit: "seconds" },
}));

/** The names of all measures, in the order in which they are offered. */
export const measureNames = [...byName.keys()];

/** {label, unit: "count" | "percent" | "seconds", isBetterHigh, variant} */
export function measureOf(name) {
    return byName.get(name) ?? { ...unknown, label: name };
}

/** What it is called; a service level by its variant, too. */
export function measureName(name) {
    const { label, variant } = measureOf(name);
    if (!byName.has(name)) return name;
    return variant ? `${t(label)}: ${t(variant)}` : t(label);
}

/** A figure as people read it; times are milliseconds, and what there is nothing to reckon from is a dash. */
export function shownMeasure(name, value) {
    if (value === null || value === undefined) return "–";
    return { count: number, percent, seconds: duration }[measureOf(name).unit](value);
}

/** A target or a threshold: times are seconds, percent whole. */
export function shownLimit(name, value) {
    const { unit } = measureOf(name);
    if (unit === "seconds") return duration(value * 1000);
    return unit === "percent" ? percent(value).replace(/[.,٫]0/, "") : number(value);
}

/** What an alert is called: by its name, or by what it watches. */
export function alertName({ name, measure, side, threshold }) {
    if (name) return name;
    const values = { measure: measureName(measure), value: shownLimit(measure, threshold) };
    return side === "below" ? t("wall.alert.below", values) : t("wall.alert.above", values);
}
