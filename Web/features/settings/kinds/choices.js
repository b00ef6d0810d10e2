import { compare } from "../../../base/format.js";
import { languages, patterns } from "../../../base/language.js";
import { t } from "../../../base/text.js";
import { nameIn } from "../values.js";

// What there is to choose from, as [{id, name}].

const sorted = (options) => options.sort((one, other) => compare(one.name, other.name));

/** Things of the set-up that have a name in several languages. */
export function named(things) {
    return sorted(Object.entries(things ?? {}).map(([id, { name }]) => ({ id, name: nameIn(name) || id })));
}

export const projects = (setUp) => named(setUp.projects);
export const teams = (setUp) => named(setUp.teams);
export const queuesOf = (setUp, project) => named(setUp.projects?.[project]?.queues);
export const trunks = (setUp) => Object.keys(setUp.trunks ?? {}).map((id) => ({ id, name: id }));

/** All queues of some projects, each with its project. */
export function queuesIn(setUp, keys) {
    return keys.flatMap((project) => queuesOf(setUp, project).map((queue) => ({ ...queue, project })));
}

export const languageChoices = () => languages.map((code) => ({ id: code, name: patterns(code).name }));

export const roles = () =>
    ["agent", "senior", "supervisor", "manager", "administrator", "client"].map((id) => ({ id, name: t(`settings.role.${id}`) }));

export const meanings = () =>
    ["reached", "resolved", "sale", "refused", "callback", "complaint", "doNotCall", "wrongNumber"].map((id) => ({
        id, name: t(`settings.meaning.${id}`) }));

/** People who take calls and work for a project. */
export function agentsOf(setUp, project) {
    const people = Object.entries(setUp.users ?? {}).filter(
        ([, { role, projects: theirs, queues, phone }]) =>
            ["agent", "senior", "supervisor"].includes(role) && (theirs ?? []).includes(project) && (queues !== undefined || phone),
    );
    return sorted(people.map(([id, { name }]) => ({ id, name: name ?? id })));
}

/** Phones that nobody has, and the one that `login` has. */
export function freePhones(setUp, login) {
    const taken = new Set(Object.entries(setUp.users ?? {}).filter(([key]) => key !== login).map(([, { phone }]) => phone));
    return Object.keys(setUp.phones ?? {}).filter((user) => !taken.has(user)).map((id) => ({ id, name: id }));
}
