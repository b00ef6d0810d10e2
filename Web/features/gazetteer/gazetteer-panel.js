import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "./gazetteer-file.js";

const again = 2000;

/** The streets that a `project` knows: how many there are, who brought them in, and a file in their place. */
class GazetteerPanel extends PageElement {
    static observedAttributes = ["project"];
    // Null: not known yet.
    #all = null;
    #isAsked = false;

    start() {
        this.listen(this, "gazetteer-changed", () => this.#load());
        this.act({ ask: () => this.#ask(true), keep: () => this.#ask(false), drop: () => this.#drop() });
        // One that is being built is ready soon.
        const timer = setInterval(() => this.#mine?.isReady === false && this.#load(), again);
        this.keep(() => clearInterval(timer));
        this.#load();
    }

    get #mine() {
        return this.#all?.find(({ project }) => project === this.getAttribute("project"));
    }

    show() {
        const mine = this.#mine;
        render(
            this,
            html`<h2 id="gazetteer-title">${t("gazetteer.title")}</h2>
                <div class="gazetteer-state" role="status" data-key="state">${this.#all !== null && (mine ? html`<span>${
                    t("gazetteer.streets", { count: mine.streets })} · ${t("gazetteer.places", { count: mine.places })}</span><span class="soft">${
                    mine.isReady ? html`${dateTime(mine.changedAt)} · <bdi>${mine.changedBy}</bdi>` : t("gazetteer.building")}</span>` :
                    html`<span class="soft">${t("gazetteer.none")}</span>`)}</div>
                <gazetteer-file project="${this.getAttribute("project")}" data-key="file"></gazetteer-file>
                ${mine && html`<div data-key="drop">${this.#isAsked ? html`<button data-action="drop" data-key="sure">${icon("close")}<span>${t("gazetteer.removeNow")}</span></button>
                    <button class="plain" data-action="keep" data-key="keep">${t("customers.no")}</button>` :
                    html`<button class="plain" data-action="ask" data-key="ask">${t("gazetteer.remove")}</button>`}</div>`}`,
        );
    }

    #ask(isAsked) {
        this.#isAsked = isAsked;
        this.show();
        this.querySelector(`[data-action="${isAsked ? "drop" : "ask"}"]`)?.focus();
    }

    async #drop() {
        this.#isAsked = false;
        try {
            await command("DELETE", `/api/gazetteers/${this.getAttribute("project")}`);
        } catch (problem) {
            notifyProblem(problem);
        }
        await this.#load();
    }

    async #load() {
        try {
            this.#all = (await get("/api/gazetteers")).gazetteers;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            notifyProblem(problem);
        }
        if (this.isConnected) this.show();
    }
}

customElements.define("gazetteer-panel", GazetteerPanel);
