import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { skills as rule } from "../rules.js";
import { same } from "../values.js";
import { takesCalls } from "./people.js";

/** Who serves which queue, for everybody who takes calls: one draft, saved at once. */
export const skills = kind({
    id: "skills", one: "user", title: "settings.skills",
    all: (setUp) => {
        const people = Object.entries(setUp.users ?? {}).filter(([, user]) => takesCalls(user));
        return [{ id: "all", key: "all", project: null, value: Object.fromEntries(people.map(([login, { queues }]) => [login, queues ?? {}])) }];
    },
    name: () => t("settings.skills"),
    idOf: () => "all",
    path: () => "users",
    part: (_, inner) => ({ users: Object.fromEntries(Object.entries(inner).map(([login, queues]) => [login, { queues: queues ?? {} }])) }),
    // Row by row: what was changed here stays.
    merge: (own, before, now) =>
        Object.fromEntries(Object.keys(now).map((login) => [login, same(own[login], before[login]) ? now[login] : own[login]])),
    isWrong: (value) => Object.values(value).some((queues) => rule(queues) !== null),
    groups: [{ id: "all", fields: [] }],
});
