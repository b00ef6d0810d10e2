import { command, get } from "../../base/api.js";
import { now } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { dateTime, number } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

const askEvery = 500;

/** Whether the log is what was written, when that was checked, and a button that checks it now. */
class AuditChain extends PageElement {
    #chain = null;
    #problem = null;
    #timer;

    start() {
        this.#ask(() => get("/api/audit/chain"));
        this.keep(() => clearTimeout(this.#timer));
        this.act({ check: () => this.#ask(() => command("POST", "/api/audit/chain")) });
    }

    show() {
        const chain = this.#chain;
        if (chain === null && this.#problem === null) return render(this, html``);
        const running = chain?.state === "running";
        const state = this.#problem ? "unknown" : chain.state;
        render(
            this,
            html`<section class="panel audit-chain" data-state="${state}" aria-label="${t("audit.chain")}">
                ${icon(state === "whole" ? "check" : state === "broken" || state === "unknown" ? "alert" : "audit")}
                <div class="audit-chain-text"><p ${attribute("role", state === "broken" ? "alert" : "status")}>${this.#text(chain)}</p>
                    ${chain?.mark && html`<p class="soft">${t("audit.chain.mark")} <code class="number">${chain.mark}</code></p>`}</div>
                ${running && html`<progress max="${Math.max(chain.of ?? 0, 1)}" value="${chain.checked}"
                    aria-label="${t("audit.chain")}"></progress>`}
                <button data-action="check" data-key="check" ${attribute("aria-disabled", running)}>${t("audit.chain.check")}</button>
            </section>`,
        );
    }

    #text(chain) {
        if (this.#problem) return this.#problem.text;
        switch (chain.state) {
            case "running":
                return t("audit.chain.running", { done: number(chain.checked), all: number(chain.of ?? 0) });
            case "whole":
                return t("audit.chain.whole", { count: chain.checked, time: dateTime(chain.checkedAt, now()) });
            case "broken":
                return t(`audit.flaw.${chain.flaw.kind}`, { position: String(chain.flaw.position), to: String(chain.flaw.to ?? "") });
            default:
                return t("audit.chain.unchecked");
        }
    }

    async #ask(question) {
        clearTimeout(this.#timer);
        try {
            this.#chain = await question();
            this.#problem = null;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (!this.isConnected) return;
        this.show();
        if (this.#chain?.state === "running") this.#timer = setTimeout(() => this.#ask(() => get("/api/audit/chain")), askEvery);
    }
}

customElements.define("audit-chain", AuditChain);
