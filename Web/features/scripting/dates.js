// Days as the wire has them: "2026-11-23".
const dayLength = 86_400_000;

/** The day's number since 1970; null for what is no day. */
export function dayNumber(text) {
    if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
    const time = Date.parse(`${text}T00:00:00Z`);
    // A 30th of February would be one in March.
    return Number.isNaN(time) || dayText(time / dayLength) !== text ? null : time / dayLength;
}

export function dayText(number) {
    return new Date(number * dayLength).toISOString().slice(0, 10);
}

/** A bound of a field, "2026-01-31", "today", "today+90", as a day; null if it is none. */
export function boundDay(text, today) {
    const match = /^today(?:([+-])(\d{1,5}))?$/.exec(text);
    if (!match) return dayNumber(text) === null ? null : text;
    const [, sign, days = "0"] = match;
    if (Number(days) > 36_600) return null;
    return dayText(dayNumber(today) + (sign === "-" ? -1 : 1) * Number(days));
}

/** Today, in a time zone. */
export function today(timeZone = undefined, at = new Date()) {
    const parts = Object.fromEntries(
        new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.year.padStart(4, "0")}-${parts.month}-${parts.day}`;
}
