import { Problem } from "../../base/api.js";
import { t } from "../../base/text.js";

// ITU-T G.107 annex B: from a MOS of 4.0 on users are satisfied, below 3.6 many are not.
const mosGood = 4;
const mosFair = 3.6;

/** "good" | "fair" | "poor": what a MOS means. */
export function qualityOf(mos) {
    return mos >= mosGood ? "good" : mos >= mosFair ? "fair" : "poor";
}

/** How it is with the headset in one word, which is the name of its icon and of its text: good, lost … */
export function lineOf({ state, trouble }, desk) {
    if (trouble !== null) return "refused";
    if (state !== "open") return state;
    const mos = desk?.audio?.quality?.mos;
    return mos === undefined ? "open" : qualityOf(mos);
}

/** The icon for such a word. */
export const lineIcons = {
    off: "lineOff",
    asking: "lineConnecting",
    connecting: "lineConnecting",
    open: "lineGood",
    good: "lineGood",
    fair: "lineFair",
    poor: "linePoor",
    lost: "lineLost",
    refused: "lineOff",
    elsewhere: "lineOff",
};

/** What is wrong with the headset, and what one does about it, in sentences; none where all is well. */
export function adviceOn({ state, trouble, problem }) {
    if (trouble === "denied") return [t("headset.trouble.denied"), t(`headset.allow.${browser()}`), t("headset.allow.then")];
    if (trouble === "unsupported") return [t("headset.trouble.unsupported", { browsers: "Chrome, Edge, Firefox, Safari" })];
    if (trouble === "insecure") return [t("headset.trouble.insecure", { https: "https://" })];
    if (trouble !== null) return [t(`headset.trouble.${trouble}`)];
    if (state === "elsewhere") return [t("headset.line.elsewhere")];
    if (problem !== null) return [t("headset.refused"), new Problem({ code: problem }).text];
    return [];
}

/** Whose settings have to be found. */
function browser() {
    const brands = navigator.userAgent;
    if (brands.includes("Firefox/")) return "firefox";
    return brands.includes("Safari/") && !brands.includes("Chrome/") ? "safari" : "chromium";
}
