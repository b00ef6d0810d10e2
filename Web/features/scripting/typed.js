import { civil, weekdaysShort } from "../../base/format.js";
import { patterns } from "../../base/language.js";
import { dayNumber, dayText, today } from "./dates.js";

// How people write what goes over the wire in a form of its own: 1.250,50 is "1250.50" there.

/** A number as it is typed, in the wire's form; what is none stays as it is, and is refused as such. */
export function numberOnWire(text) {
    const { decimal } = patterns();
    const plain = text.trim().replace(/[\s'’]/g, "").replace(/^−/, "-");
    // Groups of three behind a sign that is not the language's point: "1,250" in English, "1.250" in Turkish.
    const group = decimal === "," ? "." : ",";
    const isGrouped = new RegExp(`^-?\\d{1,3}(?:\\${group}\\d{2,3})*\\${group}\\d{3}(?:\\${decimal}\\d*)?$`).test(plain);
    const [whole, ...fraction] = (isGrouped ? plain.replaceAll(group, "") : plain).split(decimal);
    const digits = [whole, ...fraction].join(".");
    return /^-?\d+\.$/.test(digits) ? digits.slice(0, -1) : digits;
}

/** A number of the wire as the language writes it, without groups: so that it can be typed on. */
export function numberTyped(text) {
    return /^-?\d+(\.\d+)?$/.test(text) ? text.replace(".", patterns().decimal) : text;
}

/** A number of the wire, to be read only: with groups, however long it is. */
export function numberRead(text) {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
    const { decimal, group, groupSizes: [first, further] } = patterns();
    const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const parts = [whole.slice(-first)];
    for (let rest = whole.slice(0, -first); rest !== ""; rest = rest.slice(0, -further)) parts.unshift(rest.slice(-further));
    return `${sign && "−"}${parts.join(group)}${fraction === undefined ? "" : decimal + fraction}`;
}

/**
 * A day as it is typed, in the wire's form: day, month and year as all six languages write them, with any sign between or none (04051990), a year
 * first, or "+7" for a week from today; what is none stays as it is, and is refused as such.
 */
export function dayOnWire(text) {
    const plain = text.trim();
    const ahead = /^\+\s?(\d{1,4})$/.exec(plain);
    if (ahead) return dayText(dayNumber(today()) + Number(ahead[1]));
    const sign = "[\\s./-]";
    const [, day, month, year] = new RegExp(`^(\\d{1,2})${sign}(\\d{1,2})${sign}(\\d{4})$`).exec(plain) ?? /^(\d\d)(\d\d)(\d{4})$/.exec(plain) ?? [];
    const [, firstYear = year, firstMonth = month, firstDay = day] = new RegExp(`^(\\d{4})${sign}(\\d{1,2})${sign}(\\d{1,2})$`).exec(plain) ?? [];
    if (firstYear === undefined) return plain;
    const wire = `${firstYear}-${firstMonth.padStart(2, "0")}-${firstDay.padStart(2, "0")}`;
    return dayNumber(wire) === null ? plain : wire;
}

/** A day of the wire in digits, so that it can be typed on: with points where a comma stands before decimals, with strokes elsewhere. */
export function dayTyped(text) {
    if (dayNumber(text) === null) return text;
    return text.split("-").reverse().join(patterns().decimal === "," ? "." : "/");
}

/** The day of the week of a day of the wire, in short; empty for what is no day. */
export function weekdayRead(text) {
    return dayNumber(text) === null ? "" : weekdaysShort()[new Date(`${text}T00:00:00Z`).getUTCDay()];
}

/** A day of the wire as the language writes it. */
export function dayRead(text) {
    if (dayNumber(text) === null) return text;
    const [year, month, day] = text.split("-").map(Number);
    return civil("date", { year, month, day, weekday: new Date(`${text}T00:00:00Z`).getUTCDay(), hour: 0, minute: 0, second: 0 });
}

/** A card's number in groups of four, as it stands on the card. */
export function cardTyped(text) {
    if (/[^\d -]/.test(text)) return text;
    return text.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
}
