import { number } from "./format.js";
import { language, patterns } from "./language.js";

/** The areas of the signed-in screens. One catalogue per area; each key holds its six texts side by side with a note for the translator. */
export const areas = ["common", "session", "desk", "call", "floor", "supervise", "scripting", "documents", "contacts", "client", "customers", "products", "gazetteer", "recordings", "figures", "headset", "audit", "settings", "wall", "demo", "tour", "errors"];

const catalogue = new Map();
const rules = new Map();

/** Reads whole catalogues, so that a change of language needs no request. */
export async function loadTexts(wanted = areas) {
    await Promise.all(
        wanted.map(async (area) => {
            const answer = await fetch(`/texts/${area}.json`);
            if (!answer.ok) throw new Error(`${area}.json: ${answer.status}`);
            for (const [key, entry] of Object.entries(await answer.json())) catalogue.set(`${area}.${key}`, entry);
        }),
    );
}

/** Whether there is a text under this key: for codes that a newer server may send. */
export function known(key) {
    return catalogue.has(key);
}

/**
 * The text under `key` ("area.key") in the language of the screen. `{name}` is filled from `values`; numbers are written as the
 * language writes them; where the text has plural forms, `values.count` chooses among them.
 */
export function t(key, values = {}) {
    const found = catalogue.get(key)?.[language.value];
    if (found === undefined) {
        console.error(`no text for ${key} in ${language.value}`);
        return key;
    }
    const text = typeof found === "string" ? found : (found[category(values.count)] ?? found.other);
    return text.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name]));
}

function category(count) {
    if (!rules.has(language.value)) rules.set(language.value, new Intl.PluralRules(language.value));
    return rules.get(language.value).select(count ?? 0);
}

/** A number or a foreign name inside right-to-left text must not turn round what stands beside it. */
function isolated(value) {
    const text = typeof value === "number" ? number(value) : String(value ?? "");
    return patterns().direction === "rtl" ? `\u2068${text}\u2069` : text;
}
