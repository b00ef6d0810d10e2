import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { keyFor, nameIn } from "../values.js";
import { firstProject, atTop, underProject } from "./places.js";
import { meanings, projects } from "./choices.js";
import { range } from "../rules.js";

export const nameField = { name: "name", type: "name", label: "settings.name", required: true, wide: true };

/** Where something new belongs, if there is a choice. */
export const projectField = {
    name: "$project", type: "choice", label: "common.project", required: true, options: projects,
    when: (value, setUp) => value.$isNew && setUp !== null && Object.keys(setUp.projects ?? {}).length > 1,
};

const named = (one) => ({
    name: ({ key, value }) => nameIn(value.name) || key,
    newKey: (value, taken) => keyFor(value.name, one, taken),
    blank: () => ({ name: {} }),
});

export const reasons = kind({
    id: "reasons", one: "reason", ...atTop("reasons"), ...named("reason"), icon: "notReady",
    title: "settings.reasons", add: "settings.reasons.add", purpose: "settings.reasons.purpose", removing: "settings.removing.reason",
    groups: [{ id: "all", fields: [nameField] }],
});

export const teams = kind({
    id: "teams", one: "team", ...atTop("teams"), ...named("team"), icon: "consulted",
    title: "settings.teams", add: "settings.teams.add", purpose: "settings.teams.purpose", removing: "settings.removing.team",
    detail: ({ key }, setUp) => t("settings.people.count", { count: Object.values(setUp.users ?? {}).filter(({ team }) => team === key).length }),
    groups: [{ id: "all", fields: [nameField] }],
});

const counted = () => [{ id: "handled", name: t("settings.quota.handled") }, ...meanings()];
const spans = () => ["hour", "shift"].map((id) => ({ id, name: t(`settings.quota.per.${id}`) }));
const whose = () => ["agent", "team", "project"].map((id) => ({ id, name: t(`settings.quota.by.${id}`) }));
const nameOf = (options, id) => options().find((option) => option.id === id)?.name ?? id;

export const quotas = kind({
    id: "quotas", one: "quota", ...underProject("quotas", { byProject: true }), icon: "figures",
    title: "settings.quotas", add: "settings.quotas.add", purpose: "settings.quotas.purpose", removing: "settings.removing.quota",
    name: ({ value }) => nameIn(value.name) || nameOf(counted, value.counts),
    detail: ({ value }) => `${value.target} · ${nameOf(spans, value.per)} · ${nameOf(whose, value.by)}`,
    newKey: (value, taken) => keyFor(value.name ?? { en: `${value.counts} ${value.per} ${value.by}` }, "quota", taken),
    blank: (setUp) => ({ counts: "handled", per: "hour", by: "agent", target: 8, $project: firstProject(setUp) }),
    groups: [
        {
            id: "all",
            fields: [
                projectField,
                { name: "target", type: "number", label: "settings.quota.target", required: true, rules: [range(1, 10_000)] },
                { name: "counts", type: "choice", label: "settings.quota.counts", required: true, options: counted },
                { name: "per", type: "choice", label: "settings.quota.per", required: true, options: spans },
                { name: "by", type: "choice", label: "settings.quota.by", required: true, options: whose },
                { ...nameField, required: false, hint: () => t("settings.quota.nameHint") },
            ],
        },
    ],
});
