import { announce } from "../../base/announce.js";
import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { defineAction, ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { connection, on } from "../../base/stream.js";
import "../../elements/live-timer/live-timer.js";
import { may, session } from "../session/session.js";
import { money, named } from "./words.js";

const when = () => may("approveConcessions");
defineAction("approve", { key: "Alt+KeyY", label: "products.approve", when, onButton: true });
defineAction("refuseApproval", { key: "Alt+KeyJ", label: "products.refuse", when, onButton: true });

/** Over every screen of whoever may allow more than an agent may decide alone: the first who asks, and one key for yes or no. */
class ApprovalStrip extends PageElement {
    #asked = [];
    #problem = null;
    #busy = false;

    start() {
        if (!when()) return;
        this.watch(ownKeys, session);
        this.keep(on("approvals", () => this.#load()));
        this.keep(shortcut("approve", () => this.#decide(true)));
        this.keep(shortcut("refuseApproval", () => this.#decide(false)));
        this.act({ approve: () => this.#decide(true), refuse: () => this.#decide(false) });
        // Also what was asked while nothing could be heard.
        this.keep(connection.subscribe(({ state }) => state === "open" && this.#load()));
    }

    show() {
        const [first] = this.#asked;
        if (!first) return render(this, html``);
        render(
            this,
            html`<section class="approval-strip" role="region" aria-label="${t("products.asks", { name: first.agent })}" data-key="${first.id}">
                <p>${icon("message")}<b>${t("products.asks", { name: first.agent })}</b>
                    <span>${first.kind === "discount" ? `${Number(first.amount)} %` : money(first.amount, first.currency)} ${t(`products.kind.${first.kind}`)}${
                        first.product && html` · ${named(first.product)}`}${first.customer && html` · <bdi>${first.customer}</bdi>`}${
                        first.note && html` · <bdi>${first.note}</bdi>`}</span>
                    <live-timer since="${first.askedAt}"></live-timer>
                    ${this.#asked.length > 1 && html`<span class="soft" data-key="more">${t("products.moreAsk", { count: this.#asked.length - 1 })}</span>`}</p>
                ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>`}
                <div class="approval-actions">
                    <button class="primary" data-key="yes" data-action="approve" aria-keyshortcuts="${shownKeyOf("approve")}" ${attribute("aria-busy", this.#busy ? "true" : null)}>${
                        icon("check")}<span>${t("products.approve")}</span><kbd aria-hidden="true">${shownKeyOf("approve")}</kbd></button>
                    <button data-key="no" data-action="refuse" aria-keyshortcuts="${shownKeyOf("refuseApproval")}"><span>${
                        t("products.refuse")}</span><kbd aria-hidden="true">${shownKeyOf("refuseApproval")}</kbd></button>
                </div>
            </section>`,
        );
    }

    async #load() {
        try {
            const before = new Set(this.#asked.map(({ id }) => id));
            const { approvals } = await get("/api/approvals");
            this.#asked = approvals;
            const news = approvals.find(({ id }) => !before.has(id));
            if (news) announce(t("products.asks", { name: news.agent }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
        }
        if (this.isConnected) this.show();
    }

    async #decide(approved) {
        const [first] = this.#asked;
        if (!first || this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        try {
            await command("POST", `/api/approvals/${encodeURIComponent(first.id)}/decision`, { approved });
            announce(t(approved ? "products.approvalSaid.yes" : "products.approvalSaid.no"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            // Somebody else was quicker, or it is not asked any more.
            if (problem.code !== "staleState") this.#problem = problem;
        }
        this.#busy = false;
        await this.#load();
    }
}

customElements.define("approval-strip", ApprovalStrip);
