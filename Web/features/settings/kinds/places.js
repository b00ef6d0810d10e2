import { same } from "../values.js";

// Where things stand in the set-up file: at its top under a word of theirs, or under their project.

/** A kind whose things stand at the top of the file under `map`. */
export function atTop(map) {
    return {
        all: (setUp) => Object.entries(setUp[map] ?? {}).map(([key, value]) => ({ id: key, key, project: null, value })),
        part: ({ key }, inner) => ({ [map]: { [key]: inner } }),
        path: ({ key }) => `${map}.${key}`,
        removal: ({ key }) => ({ remove: { [map]: [key] } }),
        idOf: ({ key }) => key,
        inProject: false,
    };
}

/** A kind whose things stand under their project. `byProject` if their keys are only known there. */
export function underProject(map, { byProject = false } = {}) {
    return {
        all: (setUp) =>
            Object.entries(setUp.projects ?? {}).flatMap(([project, { [map]: things }]) =>
                Object.entries(things ?? {}).map(([key, value]) => ({ id: `${project}/${key}`, key, project, value })),
            ),
        part: ({ key, project }, inner) => ({ projects: { [project]: { [map]: { [key]: inner } } } }),
        path: ({ key, project }) => `projects.${project}.${map}.${key}`,
        removal: ({ key, project }) => ({ remove: { [map]: byProject ? { [project]: [key] } : [key] } }),
        idOf: ({ key, project }) => `${project}/${key}`,
        inProject: true,
    };
}

/** What of a thing is to be sent: the settings that differ; what is gone is null. */
export function changes(value, base) {
    const names = [...new Set([...Object.keys(value), ...Object.keys(base ?? {})])].filter((name) => !name.startsWith("$"));
    return Object.fromEntries(names.filter((name) => !same(value[name], base?.[name])).map((name) => [name, value[name] ?? null]));
}

/** The first project, for what is new. */
export function firstProject(setUp) {
    return Object.keys(setUp.projects ?? {})[0];
}
