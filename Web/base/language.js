import { Store } from "./store.js";

/** The languages of Callfloor, in the order in which they are offered. */
export const languages = ["en", "ur", "ka", "hi", "tr", "cy"];

/** The language the screen is in now. */
export const language = new Store("en");

let table = {};

/** The patterns of a language: what script/locales wrote from CLDR. */
export function patterns(code = language.value) {
    return table[code];
}

/** Reads the table of patterns; nothing is written on the screen before. */
export async function loadPatterns() {
    const answer = await fetch("/base/locales.json");
    if (!answer.ok) throw new Error(`locales.json: ${answer.status}`);
    table = await answer.json();
}

/** Changes the language of the whole screen, at once; what was chosen here before stays so if it is not to be remembered. */
export function speak(code, { remember = true } = {}) {
    if (!languages.includes(code)) return;
    document.documentElement.lang = code;
    document.documentElement.dir = patterns(code).direction;
    if (remember) localStorage.setItem("language", code);
    if (language.value !== code) language.set(code);
}

/** Whether a language has ever been shown in this browser. */
export function hasSpoken() {
    return localStorage.getItem("language") !== null;
}

/** The language for somebody who has not signed in yet: the one used here last, else the first the browser asks for. */
export function guessLanguage() {
    const wanted = [localStorage.getItem("language"), ...navigator.languages.map((tag) => tag.split("-")[0])];
    return wanted.find((code) => languages.includes(code)) ?? "en";
}
