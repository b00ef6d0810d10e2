import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";

/** Asks before a recording is erased: nobody can bring it back. Fires `erasure-wanted`. */
class RecordingErasure extends PageElement {
    #before = null;

    start() {
        this.act({
            keep: () => this.#dialog.close(),
            sure: () => {
                this.#dialog.close();
                this.dispatchEvent(new CustomEvent("erasure-wanted", { bubbles: true }));
            },
        });
        this.listen(this, "close", () => this.#before?.isConnected && this.#before.focus(), { capture: true });
    }

    /** Opens the question; the focus returns to where it came from. */
    ask() {
        this.#before = document.activeElement;
        this.#dialog.showModal();
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    show() {
        const title = `${this.getAttribute("recording")}-erasure`;
        render(
            this,
            html`<dialog aria-labelledby="${title}">
                <h2 id="${title}">${t("recordings.erase")}</h2>
                <p>${t("recordings.eraseAsk")}</p>
                <footer>
                    <button type="button" data-action="keep" autofocus>${t("recordings.eraseNo")}</button>
                    <button type="button" class="risky" data-action="sure">${t("recordings.erase")}</button>
                </footer>
            </dialog>`,
        );
    }
}

customElements.define("recording-erasure", RecordingErasure);
