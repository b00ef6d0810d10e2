import { number } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";
import { textOf } from "../scripting/work.js";

/** A name that was written in some languages, as markup in the reader's. */
export function named(texts) {
    const { text, tag } = textOf(texts);
    return html`<bdi lang="${tag}">${text}</bdi>`;
}

/** "29.90 GEL" */
export function money(amount, currency) {
    return `${number(Number(amount), { decimals: 2 })} ${currency}`;
}

/** "29.90 GEL a month" */
export function price(amount, currency, per) {
    return t(`products.per.${per}`, { price: money(amount, currency) });
}

/** Why a product is suggested, or is not. */
export function because({ kind, product, reason, gap, name }, currency) {
    return t(`products.why.${kind}`, {
        product: product ? textOf(product).text : "", reason: reason ? textOf(reason).text : "", gap: gap ? money(gap, currency) : "", name: name ?? "",
    });
}

/** The reasons as a list in the order of their tree: {key, name, depth}. */
export function inOrder(reasons) {
    const below = (parent, depth) =>
        reasons.filter((one) => (one.parent ?? null) === parent).flatMap((one) => [{ ...one, depth }, ...below(one.key, depth + 1)]);
    return below(null, 0);
}

/** What is wrong with a field of a refused command. */
export function wrong(problem, field) {
    return problem?.textFor(field) ?? null;
}
