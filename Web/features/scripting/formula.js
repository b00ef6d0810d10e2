import { dayNumber } from "./dates.js";
import { decimal, divided, minus, plus, rounded, times, whole } from "./decimal.js";

// The small language of forms: when a field is shown, and what stands in one that nobody fills in. The same as
// Sources/Scripting/Formula.swift; Tests/ScriptingTests/Vectors/formulas.json holds both.

const lengthMax = 2000;
const depthMax = 32;
const reserved = new Set(["and", "or", "not", "round", "filled", "days"]);
const comparisons = new Set(["=", "!=", "<", "<=", ">", ">="]);

/** The text is no formula; `place` counts code points from 0. */
export class Malformed extends Error {
    constructor(place) {
        super(`malformed at ${place}`);
        this.place = place;
    }
}

function tokensOf(text) {
    const points = [...text];
    if (points.length > lengthMax) throw new Malformed(lengthMax);
    const tokens = [];
    let place = 0;
    const run = (fits) => {
        let stop = place;
        while (stop < points.length && fits.test(points[stop])) stop += 1;
        return points.slice(place, stop).join("");
    };
    const take = (token, length) => {
        tokens.push({ ...token, place });
        place += length;
    };
    while (place < points.length) {
        const point = points[place];
        if (/[ \t\n\r]/.test(point)) place += 1;
        else if (/\d/.test(point)) {
            const digits = run(/[\d.]/);
            const number = decimal(digits);
            if (number === null) throw new Malformed(place);
            take({ kind: "number", value: number }, digits.length);
        } else if (/[a-z]/.test(point)) {
            const word = run(/[a-z0-9_]/);
            take({ kind: "word", value: word }, word.length);
        } else if (point === "'") {
            let stop = place + 1;
            let content = "";
            for (;;) {
                if (stop >= points.length) throw new Malformed(place);
                // Two of them are one within the text.
                const doubled = points[stop] === "'" && points[stop + 1] === "'";
                if (points[stop] === "'" && !doubled) break;
                content += points[stop];
                stop += doubled ? 2 : 1;
            }
            take({ kind: "text", value: content }, stop + 1 - place);
        } else if (/[!<>]/.test(point)) {
            const longer = points[place + 1] === "=";
            if (!longer && point === "!") throw new Malformed(place);
            take({ kind: "sign", value: point + (longer ? "=" : "") }, longer ? 2 : 1);
        } else if (/[-+*/=(),]/.test(point)) take({ kind: "sign", value: point }, 1);
        else throw new Malformed(place);
    }
    return [...tokens, { kind: "end", place: points.length }];
}

class Parser {
    #tokens;
    #index = 0;
    fields = [];

    constructor(text) {
        this.#tokens = tokensOf(text);
    }

    whole() {
        const node = this.#disjunction(0);
        if (this.#next.kind !== "end") throw new Malformed(this.#next.place);
        return node;
    }

    get #next() {
        return this.#tokens[this.#index];
    }

    #take(kind, ...values) {
        const token = this.#next;
        if (token.kind !== kind || !values.includes(token.value)) return null;
        this.#index += 1;
        return token.value;
    }

    #expect(sign) {
        if (this.#take("sign", sign) === null) throw new Malformed(this.#next.place);
    }

    #deeper(depth) {
        if (depth >= depthMax) throw new Malformed(this.#next.place);
        return depth + 1;
    }

    #disjunction(depth) {
        let node = this.#conjunction(depth);
        while (this.#take("word", "or")) node = { kind: "or", left: node, right: this.#conjunction(depth) };
        return node;
    }

    #conjunction(depth) {
        let node = this.#negation(depth);
        while (this.#take("word", "and")) node = { kind: "and", left: node, right: this.#negation(depth) };
        return node;
    }

    #negation(depth) {
        if (!this.#take("word", "not")) return this.#comparison(depth);
        return { kind: "not", node: this.#negation(this.#deeper(depth)) };
    }

    #comparison(depth) {
        const left = this.#sum(depth);
        const sign = this.#take("sign", ...comparisons);
        return sign === null ? left : { kind: "compare", sign, left, right: this.#sum(depth) };
    }

    #sum(depth) {
        let node = this.#product(depth);
        for (let sign; (sign = this.#take("sign", "+", "-")); ) node = { kind: "reckon", sign, left: node, right: this.#product(depth) };
        return node;
    }

    #product(depth) {
        let node = this.#signed(depth);
        for (let sign; (sign = this.#take("sign", "*", "/")); ) node = { kind: "reckon", sign, left: node, right: this.#signed(depth) };
        return node;
    }

    #signed(depth) {
        if (!this.#take("sign", "-")) return this.#operand(depth);
        return { kind: "minus", node: this.#signed(this.#deeper(depth)) };
    }

    #operand(depth) {
        const token = this.#next;
        if (token.kind === "number" || token.kind === "text") {
            this.#index += 1;
            return token;
        }
        if (this.#take("sign", "(")) {
            const node = this.#disjunction(this.#deeper(depth));
            this.#expect(")");
            return node;
        }
        if (token.kind !== "word") throw new Malformed(token.place);
        if (this.#take("word", "filled")) {
            this.#expect("(");
            const key = this.#field();
            this.#expect(")");
            return { kind: "filled", key };
        }
        const called = this.#take("word", "round", "days");
        if (called === null) return { kind: "field", key: this.#field() };
        this.#expect("(");
        const inner = this.#deeper(depth);
        const left = this.#disjunction(inner);
        this.#expect(",");
        const right = this.#disjunction(inner);
        this.#expect(")");
        return { kind: called, left, right };
    }

    #field() {
        const token = this.#next;
        if (token.kind !== "word" || reserved.has(token.value)) throw new Malformed(token.place);
        this.#index += 1;
        // Keys hold no `_`, and a `-` would be a minus.
        const key = token.value.replaceAll("_", "-");
        if (!this.fields.includes(key)) this.fields.push(key);
        return key;
    }
}

const known = new Map();

/** Reads a formula: {root, fields}. Throws `Malformed`. */
export function parse(text) {
    if (!known.has(text)) {
        const parser = new Parser(text);
        const root = parser.whole();
        known.set(text, { root, fields: parser.fields });
    }
    return known.get(text);
}

const isNumber = (value) => typeof value === "bigint";

/** Whether a result counts as yes: a number other than zero, any text. */
export function isTrue(value) {
    return value !== null && value !== false && value !== 0n;
}

/**
 * What a formula comes to: a number (bigint, see decimal.js), a text that is not empty, true or false, or null, which is empty. `operands` are
 * {results: {field: number | text}, filled: Set of fields}.
 */
export function result({ root }, operands) {
    return value(root, operands);
}

function value(node, operands) {
    const of = (part) => value(part, operands);
    switch (node.kind) {
        case "number": return node.value;
        case "text": return node.value || null;
        case "field": return operands.results[node.key] ?? null;
        case "filled": return operands.filled.has(node.key);
        case "not": return !isTrue(of(node.node));
        case "and": return isTrue(of(node.left)) && isTrue(of(node.right));
        case "or": return isTrue(of(node.left)) || isTrue(of(node.right));
        case "minus": {
            const number = of(node.node);
            return isNumber(number) ? -number : null;
        }
        case "reckon": {
            const [left, right] = [of(node.left), of(node.right)];
            if (!isNumber(left) || !isNumber(right)) return null;
            return { "+": plus, "-": minus, "*": times, "/": divided }[node.sign](left, right);
        }
        case "round": {
            const [number, places] = [of(node.left), of(node.right)];
            return isNumber(number) && isNumber(places) && whole(places) !== null ? rounded(number, whole(places)) : null;
        }
        case "days": {
            const [from, to] = [of(node.left), of(node.right)].map((date) => (typeof date === "string" ? dayNumber(date) : null));
            return from === null || to === null ? null : decimal(String(to - from));
        }
        case "compare": return holds(of(node.left), node.sign, of(node.right));
    }
    throw new Error(node.kind);
}

function holds(left, sign, right) {
    let order;
    if (isNumber(left) && isNumber(right)) order = left < right ? -1 : left > right ? 1 : 0;
    else if (typeof left === "string" && typeof right === "string") order = byPoints(left, right);
    else return false;
    return { "=": order === 0, "!=": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[sign];
}

/** JavaScript compares halves of code points. */
function byPoints(left, right) {
    const [first, second] = [[...left], [...right]];
    for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
        const difference = first[index].codePointAt(0) - second[index].codePointAt(0);
        if (difference !== 0) return difference;
    }
    return first.length - second.length;
}
