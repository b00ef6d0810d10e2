import { duration, list } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";

// The texts are written out per rule, and per reader: the agent is spoken to, others read about the agent.

/**
 * Why this agent got this contact, or was `asked` about it, as one sentence. `agent` is the name for another reader, nothing for the agent.
 */
export function whySentence(why, { at, agent = null, asked = false }) {
    const values = {
        agent,
        count: why.free,
        waited: duration(why.waitedMilliseconds),
        idle: duration(why.idleSince === null ? null : at - why.idleSince),
        priority: why.priority,
    };
    if (asked) return t("common.why.asked", values);
    const reader = agent === null ? "you" : "agent";
    if (why.rule === "transferred") return t(`common.why.transferred.${reader}`, values);
    if (why.rule === "escalated") return t(`common.why.escalated.${reader}`, values);
    if (why.rule === "takenOver") return t(`common.why.takenOver.${reader}`, values);
    if (why.rule === "longestWaiting") return t(`common.why.longestWaiting.${reader}`, values);
    if (why.free <= 1) return t(`common.why.only.${reader}`, values);
    return t(`common.why.longestIdle.${reader}`, values);
}

/** The sentence, and on demand who was considered, who was not, and the rule that decided. `key` keeps it open. */
export function whyExplanation(why, { at, agent = null, asked = false, key }) {
    const idle = ({ idleSince }) => duration(idleSince === null ? null : at - idleSince);
    const rule = t(`common.why.ruleName.${why.rule}`);
    return html`<div class="why" data-key="${key}">
        <p class="why-sentence">${whySentence(why, { at, agent, asked })}</p>
        <details class="why-details">
            <summary>${t("common.why.details")}</summary>
            <div class="why-columns">
                <section>
                    <h4>${t("common.why.considered", { count: why.considered.length })}</h4>
                    <ol>
                        ${why.considered.map(
                            (entry) => html`<li>
                                <bdi>${entry.name}</bdi>
                                <span class="soft">${t("common.why.idleFor", { idle: idle(entry) })}</span>
                            </li>`,
                        )}
                    </ol>
                </section>
                <section>
                    <h4>${t("common.why.notConsidered", { count: why.excluded.reduce((sum, entry) => sum + entry.count, 0) })}</h4>
                    <ul>
                        ${why.excluded.map(
                            (entry) => html`<li>
                                <span>${t(`common.why.excluded.${entry.reason}`)}</span>
                                <span class="soft"><bdi>${list(entry.names)}</bdi></span>
                            </li>`,
                        )}
                    </ul>
                </section>
            </div>
            <p class="soft why-rule">${t("common.why.rule", { rule, version: why.version, priority: why.priority })}</p>
        </details>
    </div>`;
}
