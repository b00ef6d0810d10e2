import { language } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { destination, digits, digitsOf, hours, international, oneOf, range, texts } from "../rules.js";
import { keyFor, nameIn } from "../values.js";
import { languageChoices, trunks } from "./choices.js";
import { atTop } from "./places.js";
import { nameField } from "./small.js";

const callsOut = (value) => typeof value.outbound === "object" && value.outbound !== null;
const usual = { allowed: [], callsAtOnce: 20, callsPerHour: 60 };

/** Calls go out only by a line that has a server. */
const linesOut = (setUp) => trunks(setUp).filter(({ id }) => setUp.trunks[id].server);

// A text in no language is none.
const said = (texts) => (typeof texts === "object" && texts !== null ? texts : {});
const kept = (texts) => (Object.keys(said(texts)).length > 0 ? texts : "none");

export const projects = kind({
    id: "projects", one: "project", ...atTop("projects"), icon: "floor",
    title: "settings.projects", add: "settings.projects.add", purpose: "settings.projects.purpose", removing: "settings.removing.project",
    name: ({ key, value }) => nameIn(value.name) || key,
    detail: ({ value }, setUp) => t("settings.queues.count", { count: Object.keys(value.queues ?? {}).length }),
    newKey: (value, taken) => keyFor(value.name, "project", taken),
    blank: () => ({
        name: {}, timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone, language: language.value,
        numbers: { trunkPrefix: "0" }, recording: { calls: "none", announce: "yes", mayPause: "yes", days: 90 }, supervision: { shown: true },
    }),
    // Queues and the rest of what stands under a project have screens of their own.
    open: ({ name, timeZone, language: spoken, numbers, outbound, hours, recording, supervision, greeting, jobDescription }) => ({
        name, timeZone, language: spoken, numbers, outbound, hours, recording, supervision: { shown: true, ...supervision },
        greeting: said(greeting), jobDescription: said(jobDescription) }),
    wire: ({ greeting, jobDescription, ...value }) => ({
        ...(value.numbers?.countryCode ? value : { ...value, numbers: null }), greeting: kept(greeting), jobDescription: kept(jobDescription) }),
    groups: [
        {
            id: "general", label: "settings.group.general",
            fields: [
                nameField,
                {
                    name: "timeZone", type: "text", label: "settings.timeZone", required: true, isLatin: true,
                    hint: () => t("settings.timeZone.hint"), suggestions: (answer) => answer.timeZones,
                    rules: [(value, { answer }) => (answer?.timeZones ? oneOf(answer.timeZones)(value) && { rule: "timeZone" } : null)],
                },
                {
                    name: "language", type: "choice", label: "settings.project.language", required: true, options: languageChoices,
                    hint: () => t("settings.project.language.hint"),
                },
                {
                    name: "numbers.countryCode", type: "text", label: "settings.countryCode", isLatin: true, rules: [digits], before: "+",
                    hint: () => t("settings.countryCode.hint"),
                },
                {
                    name: "numbers.trunkPrefix", type: "text", label: "settings.trunkPrefix", isLatin: true, rules: [digits],
                    hint: () => t("settings.trunkPrefix.hint"),
                },
            ],
        },
        {
            id: "hours", label: "settings.group.hours",
            fields: [
                {
                    name: "hours", type: "hours", label: "settings.hours", wide: true, modes: ["none", "own"], rules: [hours],
                    hint: () => t("settings.hours.hint"),
                },
            ],
        },
        {
            id: "agents", label: "settings.group.agents",
            fields: [
                { name: "greeting", type: "name", label: "settings.greeting", wide: true, lines: 2, rules: [texts(500)],
                    hint: () => t("settings.greeting.hint", { place: "{agent.name}" }) },
                { name: "jobDescription", type: "name", label: "settings.jobDescription", wide: true, lines: 6, rules: [texts(4000)],
                    hint: () => t("settings.jobDescription.hint") },
            ],
        },
        {
            id: "recording", label: "settings.group.recording",
            fields: [
                {
                    name: "recording.calls", type: "choice", label: "settings.recording.calls", required: true,
                    options: () => ["none", "all", "share", "onDemand"].map((id) => ({ id, name: t(`settings.recording.calls.${id}`) })),
                },
                {
                    name: "recording.percent", type: "number", label: "settings.recording.percent", required: true,
                    when: (value) => value.recording?.calls === "share", rules: [range(1, 99)],
                },
                {
                    name: "recording.announce", type: "flag", label: "settings.recording.announce", off: "no", on: "yes", wide: true,
                    hint: () => t("settings.recording.announce.hint"),
                },
                {
                    name: "recording.mayPause", type: "flag", label: "settings.recording.mayPause", off: "no", on: "yes", wide: true,
                    hint: () => t("settings.recording.mayPause.hint"),
                },
                {
                    name: "recording.days", type: "number", label: "settings.recording.days", required: true, rules: [range(1, 3650)],
                    hint: () => t("settings.recording.days.hint"),
                },
            ],
        },
        {
            id: "outbound", label: "settings.group.outbound",
            fields: [
                {
                    name: "outbound", type: "flag", label: "settings.outbound", wide: true, off: "none", on: usual,
                    hint: () => t("settings.outbound.hint"),
                },
                { name: "outbound.trunk", type: "choice", label: "settings.outbound.trunk", required: true, when: callsOut, options: linesOut,
                    none: "settings.outbound.noTrunk" },
                {
                    name: "outbound.callerNumber", type: "text", label: "settings.outbound.callerNumber", isLatin: true, when: callsOut,
                    rules: [international], tidy: digitsOf, hint: () => t("settings.outbound.callerNumber.hint"),
                },
                {
                    name: "outbound.allowed", type: "list", label: "settings.outbound.allowed", required: true, when: callsOut, wide: true,
                    each: true, rules: [destination], hint: () => t("settings.outbound.allowed.hint"),
                },
                {
                    name: "outbound.callsAtOnce", type: "number", label: "settings.outbound.callsAtOnce", when: callsOut, required: true,
                    rules: [range(1, 10_000)],
                },
                {
                    name: "outbound.callsPerHour", type: "number", label: "settings.outbound.callsPerHour", when: callsOut, required: true,
                    rules: [range(1, 1000)], hint: () => t("settings.outbound.callsPerHour.hint"),
                },
            ],
        },
        {
            id: "supervision", label: "settings.group.supervision",
            fields: [
                {
                    name: "supervision.shown", type: "flag", label: "settings.supervision.shown", wide: true, off: false, on: true,
                    hint: () => t("settings.supervision.shown.hint"),
                },
            ],
        },
    ],
});
