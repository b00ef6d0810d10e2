import { language, languages } from "../../base/language.js";

// Parts of the set-up as plain values: read by paths, changed by copies, compared whatever the order of their keys.

/** What stands at a path such as "outbound.trunk"; undefined if nothing does. */
export function at(value, path) {
    return path.split(".").reduce((inner, key) => (typeof inner === "object" ? inner?.[key] : undefined), value);
}

/** A copy with something else at a path; undefined takes it away. */
export function put(value, path, next) {
    const [key, ...rest] = path.split(".");
    const kept = typeof value === "object" && value !== null ? value : {};
    const inner = rest.length === 0 ? next : put(kept[key], rest.join("."), next);
    if (inner !== undefined) return { ...kept, [key]: inner };
    return Object.fromEntries(Object.entries(kept).filter(([name]) => name !== key));
}

/** Whether two values say the same; null is what is not there. */
export function same(first, second) {
    return written(first) === written(second);
}

function written(value) {
    return JSON.stringify(ordered(value ?? null));
}

function ordered(value) {
    if (Array.isArray(value)) return value.map(ordered);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
    // A list of entries: as an object the keys that look like numbers would come first.
    return entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]);
}

/** A name in the language of the screen, else in English, else in any; "" if it has none. A name may be one plain text. */
export function nameIn(name) {
    if (typeof name === "string") return name;
    return [language.value, "en", ...languages].map((code) => name?.[code]).find((text) => text) ?? "";
}

/** A key for something new, made from its name: "Technical support" becomes "technical-support"; `taken` are the keys there are. */
export function keyFor(name, fallback, taken) {
    const plain = [name?.en, name?.tr, name?.cy].find((text) => text) ?? "";
    const letters = plain.normalize("NFD").toLowerCase().replace(/ı/g, "i").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
    const stem = letters.slice(0, 40) || fallback;
    for (let number = 1; ; number += 1) {
        const key = number === 1 && letters ? stem : `${stem}-${number}`;
        if (!taken.includes(key)) return key;
    }
}
