import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";

const reasons = ["complaint", "dispute", "authority", "customerAsked", "training"];

/** Takes a recording along as a file; for a reason, which stands in the audit. */
class RecordingExport extends PageElement {
    static observedAttributes = ["recording"];
    #reason = "";

    start() {
        this.listen(this, "change", ({ target }) => {
            this.#reason = target.value;
            this.show();
        });
    }

    show() {
        const id = this.getAttribute("recording");
        const reason = this.#reason;
        const words = t("recordings.export");
        render(
            this,
            html`<label><span class="visually-hidden">${t("recordings.exportReason")}</span><select>
                    <option value="">${t("recordings.exportReason")}</option>
                    ${reasons.map((one) => html`<option value="${one}">${t(`recordings.reason.${one}`)}</option>`)}
                </select></label>
                ${reason ? html`<a class="button" data-key="link" download target="_self" href="/api/recordings/${id}/sound?purpose=export&reason=${
                    reason}">${words}</a>` : html`<button data-key="none" aria-disabled="true">${words}</button>`}`,
        );
    }
}

customElements.define("recording-export", RecordingExport);
