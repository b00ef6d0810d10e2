import { dayOnWire, dayTyped, numberOnWire, numberTyped } from "./typed.js";

// The inputs of a form's fields, between what is typed in them and the wire's form of it.

/** What stands in a field's input now; of an address in all of its inputs, which are within `root`. */
export function valueOf(root, input, { key, kind }) {
    if (kind === "address") {
        const parts = [...root.querySelectorAll(`[data-field="${CSS.escape(key)}"]`)].filter(({ value }) => value !== "");
        return Object.fromEntries(parts.map(({ dataset: { part }, value }) => [part, value]));
    }
    if (kind === "check") return input.checked ? "yes" : "";
    if (kind === "date") return dayOnWire(input.value);
    return kind === "number" || kind === "money" ? numberOnWire(input.value) : input.value;
}

/** Shows a field's value in its input. */
export function fillInput(input, { kind }, value) {
    const { part } = input.dataset;
    if (part) input.value = value?.[part] ?? "";
    else if (kind === "check") input.checked = value === "yes";
    else if (kind === "date") input.value = dayTyped(value);
    else input.value = kind === "number" || kind === "money" ? numberTyped(value) : value;
}

// Rules that more typing cannot mend are said at once; the others when the field is left.
const saidAtOnce = new Set(["tooLong", "tooLarge", "notAllowed"]);

/** The first problem of a field that is to be said by now; null: none. */
export function problemOf(field, { problems }, touched) {
    const problem = problems.find((problem) => problem.field === field.key) ?? null;
    return problem && (touched.has(field.key) || saidAtOnce.has(problem.rule)) ? problem : null;
}
