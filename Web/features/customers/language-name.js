import { language, languages } from "../../base/language.js";

const names = new Map();

/** The name of a language in the language of the screen; what is no code stays as it is. */
export function languageName(code) {
    if (!names.has(language.value)) names.set(language.value, new Intl.DisplayNames([language.value], { type: "language" }));
    try {
        return names.get(language.value).of(code);
    } catch {
        return code;
    }
}

/** The languages that a customer may be noted to speak, with those he has already. */
export function offeredLanguages(spoken) {
    return [...new Set([...languages, ...spoken])];
}
