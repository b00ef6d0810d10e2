import { t } from "../../../base/text.js";
import { session } from "../../session/session.js";
import { kind } from "../forms.js";
import { login, secret, skills, text } from "../rules.js";
import { nameIn } from "../values.js";
import { freePhones, languageChoices, projects, roles, teams } from "./choices.js";
import { atTop } from "./places.js";

/** Who handles contacts: everybody but managers, administrators and clients. */
export const takesCalls = ({ role }) => !["manager", "administrator", "client"].includes(role);

export const people = kind({
    id: "people", one: "user", ...atTop("users"), icon: "consulted",
    title: "settings.people", add: "settings.people.add", purpose: "settings.people.purpose", removing: "settings.removing.person",
    name: ({ key, value }) => value.name || key,
    detail: ({ value }, setUp) =>
        [t(`settings.role.${value.role}`), nameIn(setUp.teams?.[value.team]?.name)].filter(Boolean).join(" · "),
    newKey: (value) => value.$key.trim(),
    isOwn: ({ key }) => session.value?.user.login === key,
    blank: (setUp) => ({
        $key: "", name: "", role: "agent", language: "en", projects: Object.keys(setUp.projects ?? {}).slice(0, 1), queues: {} }),
    // Who takes no calls has neither queues nor a phone; whoever does has queues, even if it is none.
    wire: ({ queues, phone, ...value }) => {
        if (["agent", "senior"].includes(value.role)) return { ...value, phone, queues: queues ?? {} };
        if (takesCalls(value)) return { ...value, phone, queues };
        return value.$isNew ? value : { ...value, phone: null, queues: queues && {} };
    },
    card: ({ key, value }) =>
        value.password && {
            title: t("settings.card.person", { name: value.name }),
            rows: [
                [t("settings.card.address"), location.origin],
                [t("session.login"), key],
                [t("session.password"), value.password],
            ],
        },
    groups: [
        {
            id: "person", label: "settings.group.person",
            fields: [
                { name: "name", type: "text", label: "settings.person.name", required: true, rules: [text(200)] },
                {
                    name: "$key", type: "text", label: "session.login", required: true, isLatin: true, rules: [login],
                    when: ({ $isNew }) => $isNew, hint: () => t("settings.person.login.hint"),
                },
                {
                    name: "password", type: "secret", label: "session.password", rules: [secret(8)], length: 12,
                    required: (value) => value.$isNew === true,
                    hint: (value, answer, id) =>
                        value.$isNew || !answer.facts?.users?.[id]?.hasPassword ? t("settings.password.hint") : t("settings.password.kept"),
                },
                {
                    name: "role", type: "choice", label: "settings.role", required: true, options: roles,
                    hint: ({ role }) => t(`settings.roleSays.${role}`),
                },
                { name: "language", type: "choice", label: "settings.person.language", required: true, options: languageChoices },
                { name: "team", type: "choice", label: "settings.team", options: teams, none: "settings.team.none" },
                {
                    name: "projects", type: "checks", label: "settings.projects", options: projects,
                    hint: () => t("settings.person.projects.hint"),
                },
            ],
        },
        {
            id: "calls", label: "settings.group.calls", when: takesCalls,
            fields: [
                {
                    name: "phone", type: "choice", label: "settings.person.phone", none: "settings.person.headset",
                    options: (setUp, value, id) => freePhones(setUp, id), hint: () => t("settings.person.phone.hint"), wide: true,
                },
                {
                    name: "queues", type: "skills", label: "settings.queues", wide: true, rules: [skills],
                    hint: () => t("settings.skills.hint"),
                },
                {
                    name: "trainee", type: "flag", label: "settings.person.trainee", wide: true, off: false, on: true,
                    hint: () => t("settings.person.trainee.hint"),
                },
            ],
        },
    ],
});
