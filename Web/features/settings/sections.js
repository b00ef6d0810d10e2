import { kinds } from "./kinds/kinds.js";
import { dispositions } from "./kinds/trees.js";
import { skills } from "./kinds/skills.js";

const byId = Object.fromEntries(kinds.map((kind) => [kind.id, { id: kind.id, icon: kind.icon, title: kind.title, kind }]));

/** The sections of the settings in the order of their navigation, in groups. */
export const groups = [
    { sections: [{ id: "start", icon: "check", title: "settings.start", element: "start-list" }] },
    {
        title: "settings.nav.calls",
        sections: [
            byId.projects, byId.queues, byId.numbers,
            { id: "dispositions", icon: "contacts", title: "settings.dispositions", element: "disposition-editor", kind: dispositions, isOwn: true },
            byId.quotas, byId.wallboards, byId.alerts,
        ],
    },
    {
        title: "settings.nav.people",
        sections: [
            byId.people,
            { id: "skills", icon: "floor", title: "settings.skills", element: "skills-matrix", kind: skills, isOwn: true },
            byId.teams, byId.reasons,
            { id: "roles", icon: "idle", title: "settings.roles", element: "roles-table" },
        ],
    },
    { title: "settings.nav.lines", sections: [byId.phones, byId.trunks] },
    {
        title: "settings.nav.whole",
        sections: [
            { id: "changes", icon: "retrieve", title: "settings.changes", element: "change-list" },
            { id: "file", icon: "export", title: "settings.file", element: "file-panel" },
        ],
    },
];

/** The section at a path, "/settings/queues"; the first one at "/settings", null if there is none. */
export function sectionAt(path) {
    const id = /^\/settings\/([\w-]+)$/.exec(path)?.[1] ?? (["/settings", "/settings/"].includes(path) ? "start" : null);
    return groups.flatMap(({ sections }) => sections).find((section) => section.id === id) ?? null;
}
