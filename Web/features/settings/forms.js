import { at } from "./values.js";
import { required } from "./rules.js";

// A form is described, not written: groups of fields, each with a name (its place in the set-up file), a type (its element), a label,
// rules, and when it is shown. What stands here is true of every such description.

/** All fields of a kind that concern a value: those of all groups that are shown. */
export function fieldsOf(kind, value, setUp) {
    return kind.groups.flatMap((group) => fieldsIn(group, value, setUp));
}

/** The fields of one group that are shown. */
export function fieldsIn(group, value, setUp) {
    if (group.when && !group.when(value, setUp)) return [];
    return group.fields.filter((field) => !field.when || field.when(value, setUp));
}

function checked(field, value, answer, draft) {
    const written = at(value, field.name);
    const isEmpty = required(written) !== null;
    const isNeeded = typeof field.required === "function" ? field.required(value, draft) : field.required;
    if (isEmpty) return isNeeded ? [{ path: field.name, rule: "required" }] : [];
    // Items of a list are held against the rules one by one.
    const parts = field.each ? written.map((item, index) => [`${field.name}[${index}]`, item]) : [[field.name, written]];
    return parts.flatMap(([path, part]) => {
        const wrong = (field.rules ?? []).map((rule) => rule(part, { value, answer })).find((found) => found !== null);
        return wrong ? [{ path, ...wrong }] : [];
    });
}

/** What a form of a thing begins with: its settings, and the project it stands under. */
export function opened(kind, { value, project }) {
    return { ...kind.open(value), ...(kind.inProject ? { $project: project } : {}) };
}

/** A kind of thing with what most kinds share. */
export function kind(description) {
    const fields = description.groups.flatMap((group) => group.fields);
    return {
        secrets: fields.filter(({ type }) => type === "secret").map(({ name }) => name),
        open: (value) => value,
        wire: (value) => value,
        ...description,
        /** What is wrong with one field of a value: [{path, rule, …}]. `answer` is the whole set-up as the server has it. */
        check: (field, value, answer, draft) => {
            const wrong = checked(field, value, answer, draft);
            if (wrong.length > 0 || field.name !== "$key") return wrong;
            const isTaken = description.all(answer.setUp).some(({ key }) => key === description.newKey(value));
            return isTaken ? [{ path: field.name, rule: "taken" }] : [];
        },
    };
}
