import { list } from "../../base/format.js";
import { t } from "../../base/text.js";
import { thingNamed } from "./kinds/kinds.js";
import { ruleText } from "./rules.js";
import { settings } from "./settings-store.js";

/** Why a change cannot be taken back, in words; what stands in the way is named as the screens name it. */
export function undoRefusal({ code, errors, text }) {
    const { setUp } = settings.value.answer;
    // Neither a webhook's secret nor the old password is kept anywhere.
    if (code === "invalid" && errors.some(({ field }) => field.endsWith(".webhook.secret"))) return t("settings.undo.webhook");
    if (code === "invalid" && errors.some(({ rule }) => rule === "conflict")) return t("settings.undo.secret");
    if (code === "invalid" && errors.length > 0) return errors.map((error) => ruleText(error)).join(" ");
    const names = errors.map(({ field }) => {
        const found = thingNamed(field, setUp);
        return found ? found.kind.name(found.thing, setUp) : null;
    });
    return [text, list(names.filter(Boolean))].filter(Boolean).join(" ");
}
