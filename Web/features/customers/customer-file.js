import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";

const timeout = 300_000;
const [format, encoding] = ["CSV", "UTF-8"];

/** The customers of a `project` as a file: taken along, or brought in after a look at what would become of each row. */
class CustomerFile extends PageElement {
    static observedAttributes = ["project"];
    #file = null;
    #result = null;
    #problem = null;
    #busy = false;
    #done = false;

    start() {
        this.listen(this, "change", ({ target }) => target.type === "file" && target.files[0] && this.#look(target.files[0]));
        this.listen(this, "close", () => {
            this.#file = this.#result = this.#problem = null;
            this.show();
            this.querySelector("input").focus();
        }, { capture: true });
        this.act({ no: () => this.#dialog.close(), bring: () => this.#send({ preview: false }), partly: () => this.#send({ preview: false, partly: true }) });
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    show() {
        const project = encodeURIComponent(this.getAttribute("project"));
        render(
            this,
            html`<div class="customers-files">
                    <label class="button"><input type="file" accept=".csv,text/csv" class="visually-hidden"><span>${t("customers.import", { format })}</span></label>
                    <a class="button" download target="_self" href="/api/customers/export?project=${project}&purpose=export">${icon("export")}<span>${t("customers.export", { format })}</span></a>
                </div>
                <dialog aria-labelledby="import-title" class="care-dialog">${this.#file && html`
                    <h2 id="import-title">${t("customers.import", { format })}: <bdi>${this.#file.name}</bdi></h2>
                    <div role="status">${this.#said()}</div>
                    ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#why}</span></p>`}
                    ${this.#refused()}
                    <footer class="care-feet" data-key="feet"><button data-action="no" autofocus>${t(this.#done ? "common.close" : "customers.no")}</button>${this.#deed()}</footer>`}
                </dialog>`,
        );
    }

    /** What is wrong with the file as a whole, or with the request. */
    get #why() {
        const error = this.#problem.errors.find(({ field }) => field === "file");
        if (!error) return this.#problem.text;
        if (error.rule === "unknown") return t("customers.fileColumn", { column: error.value });
        if (error.rule === "required") return t("customers.fileNoName", { columns: "name, numbers" });
        return t("customers.fileUnreadable", { format, encoding });
    }

    #said() {
        if (this.#busy) return html`<p>${t("common.loading")}</p>`;
        if (this.#result === null) return null;
        const { rows, added, changed, unchanged, refusedCount } = this.#result;
        const counts = { rows, added, changed, unchanged, refused: refusedCount };
        return html`<p>${t(this.#done ? "customers.imported" : "customers.wouldImport", counts)}</p>`;
    }

    #refused() {
        if (!this.#result?.refused.length) return null;
        return html`<div class="import-rows" tabindex="0" role="region" aria-label="${t("customers.refusedRows")}" data-key="refused"><table class="grid"><thead><tr><th scope="col">${t("customers.row")}</th><th
            scope="col">${t("customers.column")}</th><th scope="col">${t("customers.why")}</th></tr></thead><tbody>${this.#result.refused.map(
                ({ row, field, rule, limit }) => html`<tr><td class="number">${row}</td><td><bdi>${field}</bdi></td><td>${
                    t(known(`errors.rule.${rule}`) ? `errors.rule.${rule}` : "errors.rule.malformed", { limit: limit ?? 0 })}</td></tr>`)}</tbody></table></div>`;
    }

    #deed() {
        if (this.#result === null || this.#done) return null;
        const busy = attribute("aria-disabled", this.#busy ? "true" : null);
        if (this.#result.refusedCount > 0) return html`<button data-key="partly" data-action="partly" ${busy}>${t("customers.importRest")}</button>`;
        return html`<button class="primary" data-key="bring" data-action="bring" ${busy}>${t("customers.importNow")}</button>`;
    }

    async #look(file) {
        this.#file = file;
        this.#done = false;
        this.querySelector("input").value = "";
        this.show();
        this.#dialog.showModal();
        await this.#send({ preview: true });
    }

    async #send({ preview, partly = false }) {
        if (this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        this.show();
        const query = new URLSearchParams({ project: this.getAttribute("project"), preview: String(preview) });
        if (partly) query.set("partly", "true");
        try {
            this.#result = await command("POST", `/api/customers/import?${query}`, "", {
                headers: { "Content-Type": "text/csv" }, body: this.#file, signal: AbortSignal.timeout(timeout),
            });
            this.#done = this.#result.imported;
            if (this.#done) this.dispatchEvent(new CustomEvent("customers-imported", { bubbles: true }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}

customElements.define("customer-file", CustomerFile);
