import { Store } from "../../base/store.js";
import { variants } from "./measures.js";

const kept = "service-levels";

/** The two variants of the service level that stand side by side; chosen in this browser. */
export const chosenVariants = new Store(read());

function read() {
    const chosen = (localStorage.getItem(kept) ?? "").split(" ");
    return chosen.length === 2 && chosen.every((one) => variants.includes(one)) ? chosen : variants.slice(0, 2);
}

/** Puts a variant at the first (0) or second (1) place; the one that was there changes with it, so that two stay two. */
export function chooseVariant(index, variant) {
    const [before, other] = [chosenVariants.value[index], chosenVariants.value[1 - index]];
    const pair = index === 0 ? [variant, other === variant ? before : other] : [other === variant ? before : other, variant];
    localStorage.setItem(kept, pair.join(" "));
    chosenVariants.set(pair);
}
