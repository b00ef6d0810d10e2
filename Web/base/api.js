import { known, t } from "./text.js";

const timeout = 10_000;

/** The server's refusal, or that it could not be reached (code `unreachable`). */
export class Problem extends Error {
    constructor({ code = "internal", status = 0, errors = [], retryAfter = null, conflicts = null } = {}) {
        super(code);
        this.code = code;
        this.status = status;
        this.errors = errors;
        this.retryAfter = retryAfter;
        // What is kept now, by field, where somebody else has saved meanwhile.
        this.conflicts = conflicts;
    }

    /** What it means, in the language of the screen. */
    get text() {
        return t(known(`errors.code.${this.code}`) ? `errors.code.${this.code}` : "errors.code.internal");
    }

    /** What is wrong with one field, or nothing. */
    textFor(field) {
        const error = this.errors.find((entry) => entry.field === field);
        if (!error) return null;
        return t(known(`errors.rule.${error.rule}`) ? `errors.rule.${error.rule}` : "errors.rule.malformed", { limit: error.limit ?? 0 });
    }
}

let signedOut = () => {};

/** Says what to do when the server no longer knows us. */
export function onSignedOut(action) {
    signedOut = action;
}

/** Reads something. Throws a Problem. */
export async function get(path) {
    return send("GET", path);
}

/**
 * Sends a command; its effect comes back through the stream. When the network fails it is sent once more under the same key,
 * so that it acts once; `options` are those of `fetch`, a text goes as it is. Throws a Problem.
 */
export async function command(method, path, body = {}, { headers, ...options } = {}) {
    const all = { "Content-Type": "application/json", "Idempotency-Key": key(), ...headers };
    const content = typeof body === "string" ? body : JSON.stringify(body);
    try {
        return await send(method, path, { headers: all, body: content, ...options });
    } catch (problem) {
        if (problem.code !== "unreachable") throw problem;
        return send(method, path, { headers: all, body: content, ...options });
    }
}

async function send(method, path, options = {}) {
    let answer;
    try {
        answer = await fetch(path, { method, signal: AbortSignal.timeout(timeout), ...options });
    } catch {
        throw new Problem({ code: "unreachable" });
    }
    let content = null;
    try {
        const text = await answer.text();
        if (text !== "") content = JSON.parse(text);
    } catch {
        // It broke off on its way: what it says is not known.
        if (answer.ok) throw new Problem({ code: "unreachable" });
    }
    if (answer.ok) return content;
    const problem = new Problem({ ...content, status: answer.status, retryAfter: Number(answer.headers.get("Retry-After")) || null });
    if (problem.code === "signInNeeded") signedOut();
    throw problem;
}

/** A random UUID; `crypto.randomUUID` exists only over TLS and on this machine. */
function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562 5.4: version 4
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
