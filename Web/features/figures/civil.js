// The days of a project are those of its time zone, whatever zone the reader's computer is in.

const minute = 60_000;
const dayLength = 86_400_000;
const formats = new Map();
// Asking the browser is slow, and a chart asks for the same 3,000 moments each time it is drawn.
const keptMax = 20_000;
const kept = new Map();

/** What the clocks and the calendar of `zone` say at `at`: {year, month, day, weekday, hour, minute, second}, January = 1, Sunday = 0. */
export function civilTime(at, zone) {
    const key = `${at} ${zone}`;
    if (!kept.has(key)) {
        if (kept.size >= keptMax) kept.clear();
        kept.set(key, readCivilTime(at, zone));
    }
    return kept.get(key);
}

function readCivilTime(at, zone) {
    if (!formats.has(zone)) {
        const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
        formats.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...numeric }));
    }
    const fields = {};
    for (const { type, value } of formats.get(zone).formatToParts(at)) if (type !== "literal") fields[type] = Number(value);
    return { ...fields, weekday: new Date(Date.UTC(fields.year, fields.month - 1, fields.day)).getUTCDay() };
}

/** When it is `hour` o'clock of a day ("2026-11-16") in `zone`; an hour that the change to summer time leaves out is the one after. */
export function instant(day, hour, zone) {
    const [year, month, date] = day.split("-").map(Number);
    const wanted = Date.UTC(year, month - 1, date, hour);
    // By the difference to UTC before and after a change of clocks; of two hours of the same name the earlier is meant.
    const [before, after] = [wanted - dayLength, wanted + dayLength].map((at) => wanted - offsetAt(at, zone));
    return [before, after].sort((first, second) => first - second).find((at) => at + offsetAt(at, zone) === wanted) ?? before;
}

function offsetAt(at, zone) {
    const { year, month, day, hour, minute: minutes, second } = civilTime(at, zone);
    const difference = Date.UTC(year, month - 1, day, hour, minutes, second) - at;
    return Math.round(difference / minute) * minute;
}

/** The day on which `at` lies in `zone`, as "2026-11-16". */
export function dayOf(at, zone) {
    const { year, month, day } = civilTime(at, zone);
    return written(Date.UTC(year, month - 1, day));
}

/** The day so many days after another one. */
export function addDays(day, count) {
    return written(Date.parse(day) + count * dayLength);
}

/** How many days from one to the other, both of them counted. */
export function daysBetween(from, through) {
    return (Date.parse(through) - Date.parse(from)) / dayLength + 1;
}

/** Whether this is a day as we write it, and one that a calendar has. */
export function isDay(text) {
    return /^20\d\d-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text)) && written(Date.parse(text)) === text;
}

/** A day as `format.civil` takes it. */
export function fieldsOf(day) {
    const [year, month, date] = day.split("-").map(Number);
    return { year, month, day: date, weekday: new Date(Date.parse(day)).getUTCDay(), hour: 0, minute: 0, second: 0 };
}

function written(at) {
    return new Date(at).toISOString().slice(0, 10);
}

/** From the first to the last day of a span that is named by where today is in it; a week begins on Monday. */
export function spanOf(name, today) {
    const monday = addDays(today, -((fieldsOf(today).weekday + 6) % 7));
    const first = `${today.slice(0, 8)}01`;
    const lastBefore = addDays(first, -1);
    switch (name) {
        case "yesterday":
            return [addDays(today, -1), addDays(today, -1)];
        case "thisWeek":
            return [monday, addDays(monday, 6)];
        case "lastWeek":
            return [addDays(monday, -7), addDays(monday, -1)];
        case "thisMonth":
            return [first, addDays(`${addDays(first, 31).slice(0, 8)}01`, -1)];
        case "lastMonth":
            return [`${lastBefore.slice(0, 8)}01`, lastBefore];
        default:
            return [today, today];
    }
}
