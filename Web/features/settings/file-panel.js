import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { wordAndKey } from "./kinds/kinds.js";
import { ruleText } from "./rules.js";
import { lastSave, load } from "./settings-store.js";
import { kindWords } from "./words.js";

// As much as the server reads.
const bytesMax = 1 << 20;
const asYAML = { headers: { "Content-Type": "application/yaml" } };

/** The whole set-up as a file: taken along, and brought back. A file is held against the set-up first; it acts when somebody says so. */
class FilePanel extends PageElement {
    // {name, text, changed, unchanged} once it was read; `errors` if it cannot be applied.
    #file = null;
    #problem = null;
    #busy = false;
    #over = false;
    #applied = null;

    start() {
        this.act({
            choose: () => this.querySelector("input[type=file]").click(),
            apply: () => this.#apply(),
            cancel: () => this.#forget(),
        });
        this.listen(this, "change", ({ target }) => target.files?.[0] && this.#read(target.files[0]));
        this.listen(this, "dragover", (event) => {
            event.preventDefault();
            this.#hover(true);
        });
        this.listen(this, "dragleave", () => this.#hover(false));
        this.listen(this, "drop", (event) => {
            event.preventDefault();
            this.#hover(false);
            if (event.dataTransfer.files[0]) this.#read(event.dataTransfer.files[0]);
        });
    }

    show() {
        render(
            this,
            html`<section class="panel file-part" aria-labelledby="export-title" data-key="export">
                    <h3 id="export-title">${icon("export")} ${t("settings.export")}</h3>
                    <p>${t("settings.export.text")}</p>
                    <a class="button" href="/api/set-up/file" download="callfloor-set-up.yaml" target="_self">${t("settings.export.go")}</a>
                </section>
                <section class="panel file-part" aria-labelledby="import-title" data-key="import" ${attribute("data-over", this.#over ? "yes" : null)}>
                    <h3 id="import-title">${icon("handOver")} ${t("settings.import")}</h3>
                    <p>${t("settings.import.text")}</p>
                    <div class="drop"><button type="button" data-action="choose" ${attribute("aria-busy", this.#busy ? "true" : null)}>${t("settings.import.choose")}</button>
                        <span class="soft">${t("settings.import.drop")}</span>
                        <input type="file" accept=".yaml,.yml,.json" hidden aria-label="${t("settings.import.choose")}"></div>
                    <div class="import-answer" role="status" tabindex="-1">${this.#answer()}</div>
                </section>`,
        );
    }

    #answer() {
        if (this.#problem) return html`<p class="field-error">${icon("alert")}<span>${this.#problem}</span></p>`;
        if (this.#applied !== null) return html`<p class="good">${icon("check")}<span>${t("settings.import.applied", { count: this.#applied })}</span></p>`;
        if (this.#file === null) return null;
        const { name, errors, changed, unchanged } = this.#file;
        if (errors) {
            return html`<p class="field-error">${icon("alert")}<span>${t("settings.import.flaws", { count: errors.length, name })}</span></p>
                <table class="flaws"><thead><tr><th scope="col">${t("settings.import.line")}</th><th scope="col">${t("settings.import.place")}</th>
                    <th scope="col">${t("settings.import.flaw")}</th></tr></thead>
                <tbody>${errors.map((error) => html`<tr><td class="number">${error.line ?? "–"}</td><td class="number">${error.field}</td>
                    <td>${ruleText(error)} ${error.value && html`<bdi class="soft">${error.value}</bdi>`}</td></tr>`)}</tbody></table>`;
        }
        if (changed.length === 0) return html`<p>${icon("check")} ${t("settings.import.nothing", { name })}</p>`;
        return html`<p>${t("settings.import.changes", { count: changed.length, name })} ${t("settings.import.unchanged", { count: unchanged })}</p>
            <ul class="changed">${changed.map((one) => html`<li><bdi>${words(one)}</bdi></li>`)}</ul>
            <footer><button type="button" class="primary" data-action="apply" ${attribute("aria-busy", this.#busy ? "true" : null)}>${
                t("settings.import.apply")}</button> <button type="button" data-action="cancel">${t("settings.cancel")}</button></footer>`;
    }

    #hover(isOver) {
        if (this.#over === isOver) return;
        this.#over = isOver;
        this.show();
    }

    #forget() {
        this.#file = this.#problem = this.#applied = null;
        this.querySelector("input[type=file]").value = "";
        this.show();
    }

    async #read(file) {
        if (this.#busy) return;
        this.#forget();
        if (file.size > bytesMax) {
            this.#problem = t("errors.code.tooLarge");
            return this.show();
        }
        const text = await file.text();
        return this.#send(text, file.name, true);
    }

    #apply() {
        const { text, name } = this.#file;
        return this.#send(text, name, false);
    }

    async #send(text, name, isCheck) {
        if (this.#busy) return;
        this.#busy = true;
        this.show();
        try {
            const answer = await command("POST", `/api/set-up${isCheck ? "?check=true" : ""}`, text, asYAML);
            if (isCheck) {
                this.#file = { name, text, ...answer };
            } else {
                this.#file = null;
                this.#applied = answer.changed.length;
                announce(t("settings.import.applied", { count: answer.changed.length }));
                await load();
                if (answer.change) lastSave.set({ change: answer.change, what: name });
            }
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            if (problem.code === "invalid") this.#file = { name, text, errors: problem.errors };
            else this.#problem = problem.text;
        }
        this.#busy = false;
        if (!this.isConnected) return;
        this.show();
        (this.querySelector("[data-action='apply']") ?? this.querySelector(".import-answer")).focus();
    }
}

/** "queue support" with the kind in the language of the screen. */
function words(changed) {
    const [plain, gone] = changed.split(/, (removed)$/);
    const { one, key } = wordAndKey(plain);
    const named = `${kindWords(one)} ${key}`;
    return gone ? `${named}: ${t("settings.changes.removed")}` : named;
}

customElements.define("file-panel", FilePanel);
