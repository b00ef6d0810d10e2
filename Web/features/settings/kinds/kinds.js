import { numbers, queues } from "./calls.js";
import { phones, trunks } from "./lines.js";
import { people } from "./people.js";
import { projects } from "./projects.js";
import { quotas, reasons, teams } from "./small.js";
import { alerts, wallboards } from "./walls.js";

/** Every kind of thing that has a list and a form. */
export const kinds = [projects, queues, numbers, quotas, wallboards, alerts, people, teams, reasons, phones, trunks];

/** The kind of a section of the settings, "queues". */
export function kindOf(id) {
    return kinds.find((kind) => kind.id === id);
}

/** The kind by its word in changes and refusals, "queue". */
export function kindNamed(one) {
    return kinds.find((kind) => kind.one === one);
}

/** The thing at a path of the set-up file, "projects.home.queues.support.ringTimeout": {kind, thing, rest}; null if it is of no kind. */
export function thingAt(path, setUp) {
    const found = kinds
        .flatMap((kind) => kind.all(setUp).map((thing) => ({ kind, thing, start: kind.path(thing) })))
        .filter(({ start }) => path === start || path.startsWith(`${start}.`))
        .sort((one, other) => other.start.length - one.start.length)[0];
    return found ? { kind: found.kind, thing: found.thing, rest: path.slice(found.start.length + 1) } : null;
}

/** What the server calls "queue support" or "entry point +44…": {one: "queue", key: "support"}. */
export function wordAndKey(words) {
    const [one, ...key] = words.replace(/^entry point /, "entryPoint ").split(" ");
    return { one, key: key.join(" ") };
}

/** The thing that a refusal names: {kind, thing}; null if nobody knows it. */
export function thingNamed(words, setUp) {
    const { one, key } = wordAndKey(words);
    const kind = kindNamed(one);
    const thing = kind?.all(setUp).find((candidate) => candidate.key === key);
    return thing ? { kind, thing } : null;
}

/** Where a thing's form is. */
export function hrefOf(kind, thing) {
    return `/settings/${kind.id}?thing=${encodeURIComponent(thing.id)}`;
}
