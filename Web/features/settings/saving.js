import { changes } from "./kinds/places.js";
import { lastChangeOf, load, save, settings } from "./settings-store.js";
import { ruleText } from "./rules.js";
import { fieldsOf, opened } from "./forms.js";
import { same } from "./values.js";

const triesMax = 3;

/**
 * Saves a draft. If somebody else was quicker, the new set-up is read: what he changed elsewhere is no matter, and it is sent again; what he
 * changed in this very thing is for the reader to see first. `thing` is null for what is new.
 *
 * Returns the id of the thing, and a card with what is shown only now. Throws a Problem: what concerns a field stands in the draft, the
 * rest in words under `left`.
 */
export async function saveDraft(draft, thing, tries = 1) {
    const { kind, value } = draft;
    const { setUp } = settings.value.answer;
    const whole = kind.wire(value);
    const place = thing ?? { key: kind.newKey(value, kind.all(setUp).map(({ key }) => key)), project: value.$project ?? null };
    const before = kind.all(setUp).map(({ id }) => id);
    const inner = changes(whole, thing === null ? null : kind.wire(draft.base));
    try {
        await save(kind.part(place, inner, draft), kind.name({ ...place, value }, setUp));
    } catch (problem) {
        if (problem.code === "changedMeanwhile" && tries < triesMax) return meanwhile(draft, thing, problem, tries);
        if (problem.code === "invalid") distribute(problem, draft, kind.path(place));
        throw problem;
    }
    const { answer } = settings.value;
    const all = kind.all(answer.setUp);
    // The server may write a key otherwise than it was typed: a number gets its country code.
    const now = all.find(({ id }) => id === (thing?.id ?? kind.idOf(place))) ?? all.find(({ id }) => !before.includes(id));
    const id = now?.id ?? kind.idOf(place);
    const card = kind.card?.({ key: place.key, value, facts: answer.facts });
    draft.taken(value, id, now ? opened(kind, now) : value);
    return { id, card };
}

async function meanwhile(draft, thing, problem, tries) {
    const { kind, base } = draft;
    await load();
    const now = thing && kind.all(settings.value.answer.setUp).find(({ id }) => id === thing.id);
    if (thing === null || (now && same(opened(kind, now), base))) return saveDraft(draft, now ?? null, tries + 1);
    const change = await lastChangeOf(kind.one, thing.key);
    draft.meanwhile = { name: change?.by?.name ?? null };
    problem.left = [];
    problem.code = "invalid";
    throw problem;
}

/** What the server refuses goes to its field; what belongs to none is said above the form. */
function distribute(problem, draft, start) {
    const fields = fieldsOf(draft.kind, draft.value, settings.value.answer.setUp);
    const refused = problem.errors.map((error) => ({ ...error, path: error.field === start ? "$key" : error.field.replace(`${start}.`, "") }));
    const hasField = ({ path }) => fields.some(({ name }) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
    draft.refused = refused.filter(hasField);
    problem.left = refused.filter((error) => !hasField(error)).map((error) => [error.value, ruleText(error)].filter(Boolean).join(": "));
}
