import { boundDay, dayNumber } from "./dates.js";
import { decimal, decimalText, placesOf, rounded } from "./decimal.js";
import { isTrue, parse, result } from "./formula.js";
import { matches } from "./pattern.js";

// What an answer to a form must be, said while it is typed. The server holds it against the same rules (Sources/Scripting/FieldCheck.swift);
// Tests/ScriptingTests/Vectors/values.json holds both.

const textMax = 4000;
const partMax = 200;

/** The parts of an address, in the order in which they are asked for. */
export const addressParts = ["street", "houseNumber", "unit", "postcode", "city", "region", "country", "directions"];

class Wrong {
    constructor(rule, limit = null) {
        this.rule = rule;
        this.limit = limit;
    }
}

const length = (text) => [...text].length;

/** Digits after the point that are kept; null: as many as there are. */
export function placesOfField({ kind, decimals = null }) {
    return kind === "money" ? (decimals ?? 2) : decimals;
}

/**
 * Holds what was typed against a form: {answer: {field: value}, problems: [{field, rule, limit}], seen: Set of the fields that are shown,
 * computed: {field: value}}. What is typed into a field that is not shown, or that is computed, is not looked at.
 *
 * `context` is {today: "2026-11-23", national: (text) => its international form or null, kept: {field: value}}.
 */
export function check(form, typed, context) {
    const operands = { results: {}, filled: new Set() };
    const found = { answer: {}, problems: [], seen: new Set(), computed: {} };
    for (const field of form.fields) {
        if (field.visibleIf && !isTrue(result(parse(field.visibleIf), operands))) continue;
        found.seen.add(field.key);
        const own = field.computed ? reckoned(field, operands) : null;
        if (own !== null) found.computed[field.key] = own;
        try {
            const value = checked(field, own ?? typed[field.key] ?? "", context);
            if (value === "") {
                if (field.required) throw new Wrong("required");
                continue;
            }
            found.answer[field.key] = value;
            operands.filled.add(field.key);
            const operand = operandOf(field, value);
            if (operand !== null) operands.results[field.key] = operand;
        } catch (wrong) {
            if (!(wrong instanceof Wrong)) throw wrong;
            found.problems.push({ field: field.key, rule: wrong.rule, limit: wrong.limit });
        }
    }
    const known = new Set(form.fields.map(({ key }) => key));
    for (const key of Object.keys(typed).filter((key) => !known.has(key)).sort()) found.problems.push({ field: key, rule: "unknown", limit: null });
    return found;
}

function reckoned(field, operands) {
    const value = result(parse(field.computed), operands);
    if (value === null || value === false) return "";
    if (value === true) return "yes";
    if (typeof value === "string") return value;
    const places = placesOfField(field);
    // 394.80 and not 394.8.
    if (field.kind === "money") return decimalText(value, places);
    return decimalText(places === null ? value : (rounded(value, places) ?? value));
}

/** What a formula reads of it; of an address and a card only whether there is one. */
function operandOf({ kind }, value) {
    if (kind === "number" || kind === "money") return decimal(value);
    return kind === "address" || kind === "card" ? null : value;
}

/** The value as the server keeps it, "" where there is none. Throws `Wrong`. */
function checked(field, value, context) {
    if (field.kind === "address") {
        if (value === "") return "";
        if (typeof value !== "object") throw new Wrong("malformed");
        return checkedAddress(value);
    }
    if (typeof value !== "string") throw new Wrong("malformed");
    const text = value.trim();
    return text === "" ? "" : checkedText(field, text, context);
}

function checkedText(field, text, { today, national = () => null, kept = {} }) {
    const most = field.kind === "text" ? Math.min(field.lengthMax ?? textMax, textMax) : textMax;
    if (length(text) > most) throw new Wrong("tooLong", String(most));
    switch (field.kind) {
        case "text":
            if ((field.lines > 1 ? /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/ : /[\u0000-\u0008\u000a-\u001f\u007f]/).test(text)) {
                throw new Wrong("malformed");
            }
            follow(field, text);
            return text;
        case "number":
        case "money": {
            const number = decimal(text);
            if (number === null) throw new Wrong("malformed");
            const places = placesOfField(field);
            if (places !== null && placesOf(number) > places) throw new Wrong("malformed", String(places));
            for (const [bound, rule, isBeyond] of [[field.min, "tooSmall", (limit) => number < limit], [field.max, "tooLarge", (limit) => number > limit]]) {
                const limit = bound == null ? null : decimal(bound);
                if (limit !== null && isBeyond(limit)) throw new Wrong(rule, bound);
            }
            follow(field, text);
            return field.kind === "money" ? decimalText(number, places ?? 2) : decimalText(number);
        }
        case "date": {
            if (dayNumber(text) === null) throw new Wrong("malformed");
            const least = field.min == null ? null : boundDay(field.min, today);
            if (least !== null && text < least) throw new Wrong("tooSmall", least);
            const latest = field.max == null ? null : boundDay(field.max, today);
            if (latest !== null && text > latest) throw new Wrong("tooLarge", latest);
            return text;
        }
        case "choice":
            if (!(field.options ?? []).some(({ key }) => key === text)) throw new Wrong("notAllowed");
            return text;
        case "phone": {
            const number = phoneNumber(text, national);
            follow(field, text);
            return number;
        }
        case "card":
            return kept[field.key] === text ? text : cardNumber(text);
        case "check":
            if (text !== "yes") throw new Wrong("malformed");
            return text;
    }
    throw new Wrong("malformed");
}

function follow({ pattern = null }, text) {
    if (pattern !== null && !matches(pattern, text)) throw new Wrong("pattern");
}

function phoneNumber(text, national) {
    const digits = text.replace(/\D/g, "");
    if (digits.length < 2 || digits.length > 17 || !/^\+?[\d \-.()/]*$/.test(text)) throw new Wrong("malformed");
    if (!text.startsWith("+") && !digits.startsWith("00")) return national(text) ?? text;
    const number = text.startsWith("+") ? digits : digits.slice(2);
    if (!/^\d{4,15}$/.test(number)) throw new Wrong("malformed");
    return `+${number}`;
}

/** The last four digits: no more of a card's number is kept anywhere. */
function cardNumber(text) {
    const digits = text.replace(/[ -]/g, "");
    if (!/^\d{12,19}$/.test(digits)) throw new Wrong("malformed");
    // ISO/IEC 7812-1, annex B.
    const sum = [...digits].reverse().reduce((sum, digit, place) => {
        const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
        return sum + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 !== 0) throw new Wrong("malformed");
    return `•••• ${digits.slice(-4)}`;
}

function checkedAddress(address) {
    const parts = {};
    for (const part of addressParts) {
        const text = (address[part] ?? "").trim();
        if (text === "") continue;
        if (length(text) > partMax) throw new Wrong("tooLong", String(partMax));
        if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text)) throw new Wrong("malformed");
        parts[part] = text;
    }
    return Object.keys(parts).length === 0 ? "" : parts;
}
