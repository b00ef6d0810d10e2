import { command } from "./api.js";
import { PageElement } from "./element.js";
import { attribute, html, render } from "./html.js";
import { icon } from "./icons.js";
import { known, t } from "./text.js";

const timeout = 300_000;

/**
 * Brings in a CSV file for a `project`, after a look at what would become of each row. A subclass says where it goes (`path`), what stands beside
 * the button (`beside`), what is said of the result (`said`) and of a file that cannot be read (`fileError`), and which event tells that it is in.
 */
export class FileImport extends PageElement {
    static observedAttributes = ["project"];
    static format = "CSV";
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
        const title = `${this.localName}-title`;
        const { format } = FileImport;
        render(
            this,
            html`<div class="customers-files">
                    <label class="button"><input type="file" accept=".csv,text/csv" class="visually-hidden"><span>${t("customers.import", { format })}</span></label>
                    ${this.beside()}
                </div>
                <dialog aria-labelledby="${title}" class="care-dialog panel">${this.#file && html`
                    <h2 id="${title}">${t("customers.import", { format })}: <bdi>${this.#file.name}</bdi></h2>
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
        return this.fileError(error) ?? t("customers.fileUnreadable", { format: FileImport.format, encoding: "UTF-8" });
    }

    #said() {
        if (this.#busy) return html`<p>${t("common.loading")}</p>`;
        return this.#result === null ? null : html`<p>${this.said(this.#result, this.#done)}</p>`;
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
            this.#result = await command("POST", `${this.path}?${query}`, "", {
                headers: { "Content-Type": "text/csv" }, body: this.#file, signal: AbortSignal.timeout(timeout),
            });
            this.#done = this.#result.imported;
            if (this.#done) this.dispatchEvent(new CustomEvent(this.told, { bubbles: true }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }
}
