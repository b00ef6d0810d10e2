import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { pullPlug } from "./demo-store.js";

/** Says what will happen, and asks: nobody pulls the plug by a slip of the hand. */
class PlugDialog extends PageElement {
    #before = null;

    start() {
        this.act({
            keep: () => this.#dialog.close(),
            sure: () => {
                this.#dialog.close();
                pullPlug().catch(notifyProblem);
            },
        });
        this.listen(this, "close", () => this.#before?.focus(), { capture: true });
    }

    /** Opens it; the focus returns to where it came from. */
    open() {
        this.#before = document.activeElement;
        this.#dialog.showModal();
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    show() {
        render(
            this,
            html`<dialog aria-labelledby="plug-title" aria-describedby="plug-text">
                <h2 id="plug-title">${t("demo.sure.title")}</h2>
                <p id="plug-text">${t("demo.sure.text")}</p>
                <p class="soft">${t("demo.sure.page")}</p>
                <footer>
                    <button data-action="keep">${t("demo.sure.no")}</button>
                    <button class="primary" data-action="sure">${t("demo.sure.yes")}</button>
                </footer>
            </dialog>`,
        );
    }
}

customElements.define("plug-dialog", PlugDialog);
