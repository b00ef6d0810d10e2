import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import { may, onNamesChanged, seesProjects } from "../session/session.js";

const pause = 60_000;

/** Where the settings show what a warning is about. */
const sections = { queueWithoutPeople: "queues", numberWithoutPeople: "numbers", trunkNotReached: "trunks" };

/** What is wrong with the set-up as it stands, so that callers are not served; nothing at all when all is well. */
class FloorWarnings extends PageElement {
    #warnings = [];

    start() {
        if (!seesProjects("viewFloor")) return;
        const timer = setInterval(() => this.#read(), pause);
        this.keep(() => clearInterval(timer));
        this.keep(onNamesChanged(() => this.#read()));
        this.#read();
    }

    async #read() {
        try {
            this.#warnings = (await get("/api/floor/warnings")).warnings;
        } catch {
            // The bar at the top says what is wrong with the server; what was known stays.
            return;
        }
        if (this.isConnected) this.show();
    }

    show() {
        if (this.#warnings.length === 0) return render(this, html``);
        return render(
            this,
            html`<section class="panel floor-warnings" aria-labelledby="warnings-title">
                <h2 class="visually-hidden" id="warnings-title">${t("floor.warnings")}</h2>
                <ul>
                    ${this.#warnings.map((warning) => html`<li data-key="${warning.code} ${warning.path}">${icon("alert")}
                        <span>${this.#text(warning)}</span>
                        ${may("manageSetUp") && html`<a href="/settings/${sections[warning.code] ?? ""}">${t("floor.toSettings")}</a>`}</li>`)}
                </ul>
            </section>`,
        );
    }

    #text({ code, name }) {
        const key = `floor.warning.${code}`;
        return t(known(key) ? key : "floor.warning.other", { name });
    }
}

customElements.define("floor-warnings", FloorWarnings);
