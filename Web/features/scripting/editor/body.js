import { languages } from "../../../base/language.js";

// Bodies of scripts and forms while they are written: read and changed by paths such as "steps/2/say", each change a new body.

/** The lists of a kind, in the order in which they are shown. */
export const lists = { script: ["steps", "objections"], form: ["fields"] };

/** What stands at a path; undefined if nothing does. */
export function at(body, path) {
    return path.split("/").reduce((inner, key) => inner?.[key], body);
}

/** A copy with something else at a path; undefined takes it away. */
export function put(body, path, next) {
    const [key, ...rest] = path.split("/");
    const inner = rest.length === 0 ? next : put(body?.[key] ?? {}, rest.join("/"), next);
    if (Array.isArray(body)) return body.with(Number(key), inner);
    if (inner !== undefined) return { ...body, [key]: inner };
    return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
}

/** A copy with one text in one language; a text that is empty is none. */
export function putText(body, path, code, text) {
    const texts = { ...at(body, path), [code]: text };
    const given = Object.fromEntries(Object.entries(texts).filter(([, one]) => one !== ""));
    const mayBeNone = /\/(hint|help|patternSays)$/.test(path);
    return put(body, path, mayBeNone && Object.keys(given).length === 0 ? undefined : given);
}

/** The languages in which a text is not given; none for one that is given in no language at all. */
export function missing(texts) {
    const given = languages.filter((code) => texts?.[code]);
    return given.length === 0 ? [] : languages.filter((code) => !given.includes(code));
}

/** A key that is still free: "step-3". */
export function freeKey(stem, taken) {
    for (let number = taken.length + 1; ; number += 1) {
        const key = `${stem}-${number}`;
        if (!taken.includes(key)) return key;
    }
}

const news = {
    steps: () => ({ say: {}, answers: [] }),
    objections: () => ({ title: {}, say: {} }),
    fields: () => ({ kind: "text", label: {}, required: false, lines: 1 }),
    answers: () => ({ label: {}, tried: false }),
    options: () => ({ label: {} }),
};
const stems = { steps: "step", objections: "objection", fields: "field", answers: "answer", options: "option" };

/** A copy with a new entry in a list ("steps", "steps/2/answers"), behind the one at `after`: {body, index}. */
export function added(body, path, after = Infinity) {
    const list = at(body, path) ?? [];
    const name = path.split("/").at(-1);
    const index = Math.min(after + 1, list.length);
    const entry = { key: freeKey(stems[name], list.map(({ key }) => key)), ...news[name]() };
    return { body: put(body, path, list.toSpliced(index, 0, entry)), index };
}

/** A copy without an entry. */
export function without(body, path, index) {
    return put(body, path, at(body, path).toSpliced(index, 1));
}

/** A copy with an entry one place up (-1) or down (1); null at the end. */
export function shifted(body, path, index, by) {
    const list = at(body, path);
    const to = index + by;
    return to < 0 || to >= list.length ? null : put(body, path, list.with(index, list[to]).with(to, list[index]));
}

/** A copy with another key; answers that lead to a step follow it. */
export function renamed(body, path, key) {
    const before = at(body, path);
    const next = put(body, path, key);
    if (!/^steps\/\d+\/key$/.test(path) || body.steps.filter((step) => step.key === before).length > 1) return next;
    const follow = (place) => (place === before ? key : place);
    const steps = next.steps.map((step) => ({
        ...step,
        answers: step.answers.map((answer) => (answer.next === undefined ? answer : { ...answer, next: follow(answer.next) })),
    }));
    return { ...next, start: follow(next.start), steps };
}

/** What a new script or form begins with. */
export function blank(kind, name, code) {
    const texts = { [code]: name };
    if (kind === "form") return { name: texts, fields: [] };
    return { name: texts, direction: "both", start: "step-1", steps: [{ key: "step-1", say: {}, answers: [] }], objections: [] };
}
