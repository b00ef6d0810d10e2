import { phone } from "../../../base/format.js";
import { t } from "../../../base/text.js";
import { modeOf } from "../fields/queue-fields.js";
import { kind } from "../forms.js";
import { dialled, digitsOf, hours, range, wrapUp } from "../rules.js";
import { keyFor, nameIn } from "../values.js";
import { languageChoices, queuesIn } from "./choices.js";
import { firstProject, underProject } from "./places.js";
import { nameField, projectField } from "./small.js";

const seconds = { type: "number", unit: "settings.unit.seconds", required: true };

/** People who serve a queue. */
function peopleOf(queue, setUp) {
    return Object.values(setUp.users ?? {}).filter(({ queues }) => queues?.[queue] !== undefined).length;
}

const projectName = (project, setUp) => (Object.keys(setUp.projects).length > 1 ? nameIn(setUp.projects[project].name) || project : "");
const joined = (...parts) => parts.filter(Boolean).join(" · ");

export const queues = kind({
    id: "queues", one: "queue", ...underProject("queues"), icon: "queue",
    title: "settings.queues", add: "settings.queues.add", purpose: "settings.queues.purpose", removing: "settings.removing.queue",
    name: ({ key, value }) => nameIn(value.name) || key,
    detail: ({ key, project }, setUp) => joined(projectName(project, setUp), t("settings.people.count", { count: peopleOf(key, setUp) })),
    newKey: (value, taken) => keyFor(value.name, "queue", taken),
    blank: (setUp) => ({
        name: {}, ringTimeout: 20, wrapUp: 60, serviceLevel: 20, shortAbandon: 5, waitingMax: 500, reasonTimeout: 20,
        $project: firstProject(setUp),
    }),
    groups: [
        {
            id: "all",
            fields: [
                projectField,
                nameField,
                {
                    ...seconds, name: "ringTimeout", label: "settings.queue.ringTimeout", rules: [range(3, 120)],
                    hint: () => t("settings.queue.ringTimeout.hint"),
                },
                {
                    name: "wrapUp", type: "wrap-up", label: "settings.queue.wrapUp", rules: [wrapUp],
                    hint: ({ wrapUp: rule }) => t(`settings.wrapUpSays.${modeOf(rule)}`),
                },
                {
                    ...seconds, name: "serviceLevel", label: "settings.queue.serviceLevel", rules: [range(1, 3600)],
                    hint: () => t("settings.queue.serviceLevel.hint"),
                },
                {
                    ...seconds, name: "shortAbandon", label: "settings.queue.shortAbandon", rules: [range(0, 600)],
                    hint: () => t("settings.queue.shortAbandon.hint"),
                },
                {
                    name: "waitingMax", type: "number", required: true, label: "settings.queue.waitingMax", rules: [range(1, 100_000)],
                    hint: () => t("settings.queue.waitingMax.hint"),
                },
                {
                    ...seconds, name: "reasonTimeout", label: "settings.queue.reasonTimeout", rules: [range(5, 300)],
                    hint: () => t("settings.queue.reasonTimeout.hint"),
                },
                {
                    name: "escalation", type: "escalation", label: "settings.queue.escalation", wide: true,
                    hint: () => t("settings.queue.escalation.hint"),
                },
            ],
        },
    ],
});

export const numbers = kind({
    id: "numbers", one: "entryPoint", ...underProject("entryPoints"), icon: "inbound",
    title: "settings.numbers", add: "settings.numbers.add", purpose: "settings.numbers.purpose", removing: "settings.removing.number",
    name: ({ key }) => phone(key),
    isLatinName: true,
    detail: ({ project, value }, setUp) =>
        joined(projectName(project, setUp), nameIn(setUp.projects[project].queues?.[value.queue]?.name) || value.queue),
    newKey: (value) => digitsOf(value.$key),
    blank: (setUp) => ({ $key: "", priority: 50, language: setUp.projects?.[firstProject(setUp)]?.language, $project: firstProject(setUp) }),
    groups: [
        {
            id: "all",
            fields: [
                projectField,
                {
                    name: "$key", type: "text", label: "settings.number", required: true, isLatin: true, rules: [dialled],
                    when: ({ $isNew }) => $isNew, hint: () => t("settings.number.hint"),
                },
                {
                    name: "queue", type: "choice", label: "common.queue", required: true, none: "settings.queues.none",
                    options: (setUp, { $project }) => queuesIn(setUp, [$project]),
                },
                {
                    name: "priority", type: "number", label: "settings.number.priority", required: true, rules: [range(1, 99)],
                    hint: () => t("settings.number.priority.hint"),
                },
                {
                    name: "language", type: "choice", label: "settings.number.language", required: true, options: languageChoices,
                    hint: () => t("settings.number.language.hint"),
                },
                { name: "hours", type: "hours", label: "settings.hours", wide: true, modes: ["project", "always", "own"], rules: [hours] },
            ],
        },
    ],
});
