import { alertName, measureNames, measureName, measureOf } from "../../../base/measures.js";
import { list } from "../../../base/format.js";
import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { range, secret, wallFigure, webAddress } from "../rules.js";
import { keyFor, nameIn } from "../values.js";
import { languageChoices, queuesOf } from "./choices.js";
import { firstProject, underProject } from "./places.js";
import { nameField, projectField } from "./small.js";

const measures = () => measureNames.map((id) => ({ id, name: measureName(id) }));
const queuesHere = (setUp, { $project }) => queuesOf(setUp, $project);
const sides = () => ["above", "below"].map((id) => ({ id, name: t(`settings.alert.side.${id}`) }));
const hasWebhook = ({ webhook }) => typeof webhook === "object" && webhook !== null;
const host = (address) => /^https?:\/\/([^/?#]*)/.exec(address ?? "")?.[1].replace(/:\d+$/, "") ?? "";

export const wallboards = kind({
    id: "wallboards", one: "wallboard", ...underProject("wallboards", { byProject: true }), icon: "floor",
    title: "settings.wallboards", add: "settings.wallboards.add", purpose: "settings.wallboards.purpose",
    removing: "settings.removing.wallboard",
    name: ({ key, value }) => nameIn(value.name) || key,
    detail: ({ value }) => list((value.figures ?? []).map(({ measure }) => t(measureOf(measure).label))),
    newKey: (value, taken) => keyFor(value.name, "wallboard", taken),
    blank: (setUp) => ({
        name: {}, $project: firstProject(setUp),
        figures: [
            { measure: "waiting", good: 2, warn: 5 }, { measure: "waitingLongest", good: 20, warn: 60 }, { measure: "ready" },
            { measure: "answeredOfOffered", good: 80, warn: 60 }, { measure: "answered" }, { measure: "abandoned" },
        ],
    }),
    extra: "wall-link",
    groups: [
        {
            id: "all",
            fields: [
                projectField,
                nameField,
                {
                    name: "language", type: "choice", label: "settings.wallboard.language", options: languageChoices,
                    none: "settings.wallboard.language.project",
                },
                {
                    name: "figures", type: "figures", label: "settings.wallboard.figures", required: true, wide: true, each: true,
                    rules: [wallFigure], hint: () => t("settings.wallboard.figures.hint"),
                },
            ],
        },
    ],
});

/** Where an alert ends if nobody says so: at the threshold. */
const ending = (value) => (value.clears === undefined ? { ...value, clears: value.threshold } : value);

const clears = (value, { value: whole }) => {
    const isBeyond = whole.side === "below" ? value < whole.threshold : value > whole.threshold;
    return range(0, 100_000)(value) ?? (isBeyond ? { rule: "conflict" } : null);
};

export const alerts = kind({
    id: "alerts", one: "alert", ...underProject("alerts", { byProject: true }), icon: "bell",
    title: "settings.alerts", add: "settings.alerts.add", purpose: "settings.alerts.purpose", removing: "settings.removing.alert",
    name: ({ value }) => alertName({ ...value, name: nameIn(value.name) }),
    detail: ({ value, project }, setUp) => {
        const queue = value.queue && (nameIn(setUp.projects?.[project]?.queues?.[value.queue]?.name) || value.queue);
        return [queue ?? t("wall.allQueues"), t("settings.seconds", { count: Number(value.lasting ?? 0) })].join(" · ");
    },
    newKey: (value, taken) => keyFor(nameIn(value.name) ? value.name : { en: `${value.measure} ${value.side} ${value.threshold}` }, "alert", taken),
    blank: (setUp) => ({ measure: "waitingLongest", side: "above", threshold: 60, lasting: 30, $project: firstProject(setUp) }),
    wire: (value) => {
        const { name, ...rest } = ending(value);
        return nameIn(name) ? { name, ...rest } : rest;
    },
    groups: [
        {
            id: "general", label: "settings.group.general",
            fields: [
                projectField,
                { name: "measure", type: "choice", label: "settings.alert.measure", required: true, options: measures },
                { name: "queue", type: "choice", label: "common.queue", options: queuesHere, none: "wall.allQueues" },
                { name: "side", type: "choice", label: "settings.alert.side", required: true, options: sides },
                {
                    name: "threshold", type: "number", label: "settings.alert.threshold", required: true,
                    rules: [(value, { value: { measure } }) => range(0, limitOf(measure))(value)],
                    hint: () => t("settings.alert.threshold.hint"),
                },
                { name: "lasting", type: "number", label: "settings.alert.lasting", required: true, unit: "settings.unit.seconds", rules: [range(0, 3600)] },
                { name: "clears", type: "number", label: "settings.alert.clears", rules: [clears], hint: () => t("settings.alert.clears.hint") },
                { ...nameField, required: false, hint: () => t("settings.alert.nameHint") },
            ],
        },
        {
            id: "webhook", label: "settings.group.webhook",
            fields: [
                {
                    name: "webhook", type: "flag", label: "settings.webhook", wide: true, on: {}, off: undefined,
                    hint: () => t("settings.webhook.hint"),
                },
                {
                    name: "webhook.address", type: "text", label: "settings.webhook.address", required: true, isLatin: true, wide: true,
                    when: hasWebhook, rules: [webAddress],
                },
                {
                    name: "webhook.secret", type: "secret", label: "settings.webhook.secret", length: 32, wide: true, when: hasWebhook,
                    rules: [secret(16)], hint: () => t("settings.webhook.secret.hint"),
                    // Nobody's secret goes to another host.
                    required: (value, draft) => host(draft?.base?.webhook?.address) !== host(value.webhook?.address),
                },
            ],
        },
    ],
});

function limitOf(measure) {
    return { count: 100_000, percent: 100, seconds: 86_400 }[measureOf(measure).unit];
}
