import { announce } from "../../base/announce.js";
import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** The link that opens a wallboard: made, shown once, and ended. */
class WallLink extends PageElement {
    static observedAttributes = ["thing"];
    // {id, linkedAt, screens} as the server has it.
    #link = null;
    #address = null;
    #problem = null;
    #isSure = false;
    #busy = false;

    start() {
        this.act({ make: () => this.#make(), end: () => this.#end() });
        this.#load();
    }

    attributeChangedCallback(_, before, after) {
        if (before === after) return;
        this.#link = this.#address = this.#problem = null;
        this.#isSure = false;
        super.attributeChangedCallback();
        if (this.isConnected) this.#load();
    }

    show() {
        const isLinked = this.#link !== null && this.#link.linkedAt !== null;
        render(
            this,
            html`<section class="wall-link" aria-labelledby="wall-link-title">
                <h4 id="wall-link-title">${t("settings.wallLink")}</h4>
                <p class="hint" data-key="state">${this.#link !== null && (isLinked
                    ? html`${t("settings.wallLink.since", { time: dateTime(this.#link.linkedAt) })}
                        ${t("settings.wallLink.screens", { count: this.#link.screens })}`
                    : t("settings.wallLink.none"))}</p>
                <div role="status" data-key="said">
                    ${this.#address && html`<p>${t("settings.wallLink.shown")}</p>
                        <p><a class="wall-address number" dir="ltr" href="${this.#address}" target="_blank" rel="noopener">${this.#address}</a></p>`}
                    ${this.#problem && html`<p class="field-error">${icon("alert")}<span>${this.#problem.text}</span></p>`}
                </div>
                <p class="buttons" data-key="buttons">
                    <button type="button" data-action="make" ${attribute("aria-busy", this.#busy ? "true" : null)}>${
                        t(isLinked ? "settings.wallLink.again" : "settings.wallLink.make")}</button>
                    ${isLinked && html`<button type="button" class="risky" data-action="end" data-key="end">${
                        t(this.#isSure ? "settings.wallLink.sure" : "settings.wallLink.end")}</button>`}
                </p>
            </section>`,
        );
    }

    #load() {
        return this.#ask(async () => {
            const [project, key] = this.getAttribute("thing").split("/");
            const { wallboards } = await get("/api/wallboards");
            this.#link = wallboards.find((one) => one.project === project && one.key === key) ?? null;
        });
    }

    async #make() {
        if (this.#link === null) await this.#load();
        if (this.#link === null) return;
        await this.#ask(async () => {
            const { path } = await command("POST", `/api/wallboards/${this.#link.id}/link`);
            this.#address = new URL(path, location.origin).href;
        });
        await this.#load();
    }

    /** Asked for twice: screens all over the house go dark. */
    async #end() {
        if (!this.#isSure) {
            this.#isSure = true;
            return this.show();
        }
        await this.#ask(async () => {
            await command("DELETE", `/api/wallboards/${this.#link.id}/link`);
            this.#address = null;
            announce(t("settings.wallLink.ended"));
        });
        return this.#load();
    }

    async #ask(question) {
        this.#busy = true;
        this.#problem = null;
        try {
            await question();
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        this.#isSure = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("wall-link", WallLink);
