import { now, onTick } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { number } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** What a quota is called: its name, or what it counts and over which time. */
function quotaLabel({ name, counts, per, group }) {
    const span = t(`common.quota.per.${per === "shift" && group ? "day" : per}`);
    if (name) return `${name}, ${span}`;
    return counts === "handled" ? span : `${t(`common.quota.counts.${counts}`)}, ${span}`;
}

/** A quota of the wire as an element. */
export function quotaMark(quota) {
    const { id, group, done, target, since, until } = quota;
    return html`<quota-mark data-key="${id}-${group?.id}" done="${done}" target="${target}" since="${since}" until="${until}"
        label="${quotaLabel(quota)}"></quota-mark>`;
}

/**
 * What is done of what is to be reached, and whether that keeps pace: the target is spread evenly from `since` to `until` (server
 * milliseconds), and who has done less than the share of the time that has passed is behind.
 */
class QuotaMark extends PageElement {
    static observedAttributes = ["done", "target", "since", "until", "label"];

    start() {
        this.keep(onTick(() => this.#pace() !== this.dataset.pace && this.show()));
    }

    #pace() {
        const [done, target, since, until] = ["done", "target", "since", "until"].map((name) => Number(this.getAttribute(name)));
        if (done >= target) return "reached";
        const passed = until > since ? Math.min(1, Math.max(0, (now() - since) / (until - since))) : 1;
        return done >= Math.floor(target * passed) ? "ahead" : "behind";
    }

    show() {
        const pace = this.#pace();
        this.dataset.pace = pace;
        const [done, target] = ["done", "target"].map((name) => number(Number(this.getAttribute(name))));
        const label = this.getAttribute("label");
        const said = t("common.quota.said", { label, done, target, pace: t(`common.quota.pace.${pace}`) });
        this.title = said;
        render(
            this,
            html`${icon(pace)}<span class="visually-hidden">${said}</span>
                <span class="quota-count number" aria-hidden="true">${done} / ${target}</span>
                <span class="quota-words" aria-hidden="true"><bdi class="quota-label cut" title="${label}">${label}</bdi>
                    <span class="quota-pace">${t(`common.quota.pace.${pace}`)}</span></span>`,
        );
    }
}

customElements.define("quota-mark", QuotaMark);
