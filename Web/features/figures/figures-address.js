import { go, place } from "../../base/router.js";
import { addDays, daysBetween, isDay, spanOf } from "./civil.js";

/** The spans that have a name; "dates" is from one day through another. */
export const ranges = ["today", "yesterday", "thisWeek", "lastWeek", "thisMonth", "lastMonth", "dates"];
export const intervals = ["quarterHour", "hour", "day", "week"];
export const groupings = ["queue", "agent", "project", "disposition"];
export const filters = ["project", "queue", "agent"];

/**
 * What the address asks for, so that a found view can be sent to somebody. `errors` = {field: text key} says what cannot be asked for;
 * then there is no span.
 */
export function viewOf(query, today) {
    const one = (name, known) => (known.includes(query.get(name)) ? query.get(name) : known[0]);
    const range = one("range", ranges);
    const errors = {};
    const [from, through] = range === "dates" ? [query.get("from"), query.get("through")] : spanOf(range, today);
    for (const [field, day] of Object.entries({ from, through })) {
        if (!day) errors[field] = "errors.rule.required";
        else if (!isDay(day)) errors[field] = "errors.rule.malformed";
    }
    if (Object.keys(errors).length === 0 && through < from) errors.through = "figures.refused.backwards";
    const days = Object.keys(errors).length === 0 ? daysBetween(from, through) : 7;
    return {
        range,
        from,
        through,
        errors,
        interval: intervals.includes(query.get("interval")) ? query.get("interval") : fitting(days),
        by: one("by", groupings),
        ...Object.fromEntries(filters.map((name) => [name, query.get(name)])),
    };
}

/** The interval in which a span is read best. */
function fitting(days) {
    if (days <= 2) return "hour";
    return days <= 62 ? "day" : "week";
}

/** Goes to the same view with something else in it; null takes it out. */
export function change(fields) {
    const query = new URLSearchParams(place.value.query);
    for (const [name, value] of Object.entries(fields)) {
        if (value === null || value === "") query.delete(name);
        else query.set(name, value);
    }
    const text = query.toString();
    go(text === "" ? "/figures" : `/figures?${text}`, { replace: true });
}

/** The days to begin with when somebody wants to name them: those that are shown. */
export function namedDays(view, today) {
    return isDay(view.from) && isDay(view.through) ? [view.from, view.through] : [addDays(today, -6), today];
}
