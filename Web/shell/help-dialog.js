import { PageElement } from "../base/element.js";
import { attribute, html, render } from "../base/html.js";
import { icon } from "../base/icons.js";
import { allShortcuts, shownKey, singleKeys, useSingleKeys } from "../base/keys.js";
import { t } from "../base/text.js";

/** The keys that work on this screen. */
class HelpDialog extends PageElement {
    #before = null;

    start() {
        this.act({ close: () => this.querySelector("dialog").close() });
        this.listen(this, "change", (event) => useSingleKeys(event.target.checked));
        this.listen(this, "close", () => this.#before?.focus(), { capture: true });
    }

    /** Opens the dialog; the focus returns to where it came from. */
    open() {
        this.#before = document.activeElement;
        this.show();
        this.querySelector("dialog").showModal();
    }

    show() {
        render(
            this,
            html`<dialog aria-labelledby="help-title">
                <header>
                    <h2 id="help-title">${t("common.help.title")}</h2>
                    <button class="plain" data-action="close" ${attribute("aria-label", t("common.close"))}>${icon("close")}</button>
                </header>
                <dl>
                    ${allShortcuts().map(({ key, label }) => html`<div><dt><kbd>${shownKey(key)}</kbd></dt><dd>${t(label)}</dd></div>`)}
                    <div><dt><kbd>1</kbd> – <kbd>9</kbd></dt><dd>${t("common.help.digits")}</dd></div>
                    <div><dt><kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd></dt><dd>${t("common.help.arrows")}</dd></div>
                </dl>
                <label class="single-keys"><input type="checkbox"> <span>${t("common.help.singleKeys")}</span></label>
            </dialog>`,
        );
        this.querySelector("input").checked = singleKeys.value;
    }
}

customElements.define("help-dialog", HelpDialog);
