import { language, patterns } from "./language.js";

// Chromium's Intl formats no Georgian and no Welsh, so every number and date is written from the table of script/locales.
// Digits are Latin and the clock has 24 hours in all six languages: people read each other's screens on one floor.

const second = 1000;

/** 12,345.6 as the language writes it, with a fixed number of decimals. */
export function number(value, { decimals = 0 } = {}) {
    const { decimal, group, groupSizes } = patterns();
    const [whole, fraction] = Math.abs(value).toFixed(decimals).split(".");
    const [first, further] = groupSizes;
    const parts = [whole.slice(-first)];
    for (let rest = whole.slice(0, -first); rest !== ""; rest = rest.slice(0, -further)) parts.unshift(rest.slice(-further));
    return (value < 0 ? "−" : "") + parts.join(group) + (fraction === undefined ? "" : decimal + fraction);
}

/** 77.8% with one decimal; what cannot be computed yet is a dash. */
export function percent(value) {
    if (value === null || value === undefined) return "–";
    return patterns().percent.replace("{number}", number(value, { decimals: 1 }));
}

/** Milliseconds as m:ss or h:mm:ss. Time that runs is cut off, time that is left is rounded up, so that 0:00 means over. */
export function duration(milliseconds, { left = false } = {}) {
    if (milliseconds === null || milliseconds === undefined) return "–";
    const seconds = Math.max(0, left ? Math.ceil(milliseconds / second) : Math.floor(milliseconds / second));
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A date by a pattern of CLDR, as this computer's clock has it. */
function dated(pattern, date) {
    return filled(pattern, {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        weekday: date.getDay(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
    });
}

/** Only the letters that our patterns use. */
function filled(pattern, { year, month, day, weekday, hour, minute, second }) {
    const { months, monthsShort, weekdays, weekdaysShort } = patterns();
    const two = (value) => String(value).padStart(2, "0");
    const fields = {
        y: () => String(year),
        MMMM: () => months[month - 1],
        MMM: () => monthsShort[month - 1],
        MM: () => two(month),
        M: () => String(month),
        dd: () => two(day),
        d: () => String(day),
        EEEE: () => weekdays[weekday],
        EEE: () => weekdaysShort[weekday],
        HH: () => two(hour),
        mm: () => two(minute),
        ss: () => two(second),
    };
    return pattern.replace(/'([^']*)'|y+|M+|d+|E+|H+|m+|s+/g, (part, quoted) => quoted ?? fields[part]?.() ?? part);
}

/** 14:05 */
export function time(at) {
    return dated(patterns().patterns.time, new Date(at));
}

/** 14:05:09 */
export function timeSeconds(at) {
    return dated(patterns().patterns.timeSeconds, new Date(at));
}

/** 3 Mar 2026 */
export function date(at) {
    return dated(patterns().patterns.date, new Date(at));
}

/** The date and the time, as short as can be: today's without the date, this year's without the year. */
export function dateTime(at, now = Date.now()) {
    const [then, today] = [new Date(at), new Date(now)];
    if (then.toDateString() === today.toDateString()) return time(at);
    const { dayMonth, date: full } = patterns().patterns;
    return `${dated(then.getFullYear() === today.getFullYear() ? dayMonth : full, then)} ${time(at)}`;
}

/**
 * A moment of another time zone, as its clocks have it: {year, month, day, weekday, hour, minute, second}, January = 1, Sunday = 0.
 * `name` is one of the patterns of locales.json: "date", "dayMonth", "time" …
 */
export function civil(name, fields) {
    return filled(patterns().patterns[name], fields);
}

/** The names of the days from Sunday on, as short as the language has them. */
export function weekdaysShort() {
    return patterns().weekdaysShort;
}

/** "Ana, Beka" */
export function list(names) {
    return names.join(patterns().list);
}

// E.164: country codes have one to three digits; these are the ones with fewer than three.
const shortCountryCodes = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** +995 322 550 000: the country code, then groups of three as a person reads them aloud. */
export function phone(number) {
    if (!/^\+\d{5,15}$/.test(number ?? "")) return number ?? "";
    const digits = number.slice(1);
    const country = shortCountryCodes.exec(digits)?.[0] ?? digits.slice(0, 3);
    const groups = [];
    let rest = digits.slice(country.length);
    for (; rest.length > 4; rest = rest.slice(3)) groups.push(rest.slice(0, 3));
    groups.push(rest);
    return `+${[country, ...groups].join(" ")}`;
}

const collators = new Map();

/** Compares two names in the order of the language: Welsh "ch" comes after "cz", Georgian goes by its alphabet. */
export function compare(first, second) {
    const { alphabet } = patterns();
    if (alphabet.length === 0) {
        if (!collators.has(language.value)) collators.set(language.value, new Intl.Collator(language.value, { numeric: true }));
        return collators.get(language.value).compare(first, second);
    }
    const [left, right] = [ranks(first, alphabet), ranks(second, alphabet)];
    for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
        if (left[index] !== right[index]) return left[index] - right[index];
    }
    return left.length - right.length;
}

/** The places of a name's letters in the alphabet; the longest letter wins, what is no letter goes by its code point before all. */
function ranks(text, alphabet) {
    const plain = text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
    const result = [];
    for (let index = 0; index < plain.length; ) {
        const pair = alphabet.indexOf(plain.slice(index, index + 2));
        const single = alphabet.indexOf(plain[index]);
        if (pair >= 0) result.push(pair);
        else result.push(single >= 0 ? single : plain.charCodeAt(index) - 0x110000);
        index += pair >= 0 && plain.slice(index, index + 2).length === 2 ? 2 : 1;
    }
    return result;
}
