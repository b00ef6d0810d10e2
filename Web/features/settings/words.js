import { civil, list } from "../../base/format.js";
import { patterns } from "../../base/language.js";
import { measureName, shownLimit } from "../../base/measures.js";
import { known, t } from "../../base/text.js";
import { fieldsOf, isDay } from "../figures/civil.js";
import { nameIn } from "./values.js";

// Settings in words: for what was changed, and for what somebody else wrote meanwhile.

const seconds = (count) => t("settings.seconds", { count: Number(count) });

function queueName(key, setUp) {
    return nameIn(Object.values(setUp?.projects ?? {}).find(({ queues }) => queues?.[key])?.queues[key].name) || key;
}

/** What a kind of thing is called, "queue"; a newer server may know others. */
export function kindWords(one) {
    return known(`settings.kind.${one}`) ? t(`settings.kind.${one}`) : one;
}

/** A day of the set-up file, "2026-12-25", as people write it. */
export function dayWords(day) {
    return isDay(day) ? civil("date", fieldsOf(day)) : day;
}

const spansWords = (spans) => (spans.length === 0 ? t("settings.hours.closed") : `\u2066${spans.join(", ")}\u2069`);

function hoursWords(value) {
    if (typeof value !== "object") return t(`settings.hours.mode.${value}`);
    const { weekdaysShort } = patterns();
    const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((name, index) => {
        const spans = value.week?.[name] ?? [];
        return `${weekdaysShort[(index + 1) % 7]} ${spansWords(spans)}`;
    });
    const days = Object.entries(value.days ?? {}).map(([date, spans]) => `${dayWords(date)} ${spansWords(spans)}`);
    return [...week, ...days].join("; ");
}

function wrapUpWords(value) {
    if (typeof value === "number") return seconds(value);
    if (typeof value === "object") return `${t("settings.wrapUp.onRequest")} (${seconds(value.onRequest)})`;
    return t(`settings.wrapUp.${value}`);
}

const byType = {
    name: nameIn,
    secret: () => "••••••",
    flag: (value, { off }) => t(value === off ? "settings.no" : "settings.yes"),
    list: (value) => value.join(", "),
    hours: hoursWords,
    number: (value, { unit }) => (unit ? seconds(value) : String(value)),
    choice: (value, field, setUp, whole) => field.options(setUp, whole).find(({ id }) => id === value)?.name ?? String(value),
    checks: (value, field, setUp, whole) => {
        const options = field.options(setUp, whole);
        return list(value.map((id) => options.find((option) => option.id === id)?.name ?? id));
    },
    "wrap-up": wrapUpWords,
    figures: (value, _, setUp) =>
        list(value.map(({ measure, queue, good, warn }) => {
            const limits = [good, warn].filter((limit) => limit !== undefined).map((limit) => shownLimit(measure, limit)).join(" / ");
            return [measureName(measure), queue && queueName(queue, setUp), limits].filter(Boolean).join(" ");
        })),
    escalation: (value, _, setUp) => {
        if (typeof value === "string") return queueName(value, setUp);
        return list([value.user && (setUp?.users?.[value.user]?.name ?? value.user), value.queue && queueName(value.queue, setUp)].filter(Boolean));
    },
    skills: (value, _, setUp) =>
        list(Object.entries(value).map(([key, { priority = 1, delay = 0 }]) =>
            `${queueName(key, setUp)} ${priority}${delay > 0 ? ` (+${seconds(delay)})` : ""}`)),
};

/** The value of a field as people say it; what is not there is "nothing". */
export function wordsOf(field, value, setUp, whole = {}) {
    const isEmpty = value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
    if (isEmpty) return t(field.none ?? "settings.nothing");
    return (byType[field.type] ?? String)(value, field, setUp, whole);
}
