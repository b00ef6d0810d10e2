import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { draftOf } from "./drafts.js";
import { opened } from "./forms.js";
import { hrefOf, thingNamed } from "./kinds/kinds.js";
import { ruleText } from "./rules.js";
import { load, save, settings } from "./settings-store.js";

/** Asks before something is taken away, says what will happen then, and why it cannot be. Fires `removed`. */
class ThingRemoval extends PageElement {
    #asked = null;
    #problem = null;
    #busy = false;
    #before = null;

    start() {
        this.act({
            cancel: () => this.#dialog.close(),
            confirm: () => this.#remove(),
            // A link to what is in the way leaves the question.
            follow: () => this.#dialog.close(),
        });
        this.listen(this, "close", () => this.#before?.isConnected && this.#before.focus(), { capture: true });
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    /** Opens the question. */
    ask(kind, thing) {
        this.#asked = { kind, thing };
        this.#problem = null;
        this.#before = document.activeElement;
        this.show();
        this.#dialog.showModal();
    }

    show() {
        if (this.#asked === null) return render(this, html``);
        const { kind, thing } = this.#asked;
        const name = kind.name(thing, settings.value.answer.setUp);
        return render(
            this,
            html`<dialog aria-labelledby="removal-title">
                <h2 id="removal-title">${t("settings.removing", { name })}</h2>
                <p>${t(kind.removing)}</p>
                <div role="alert">${this.#refusal()}</div>
                <footer>
                    <button type="button" data-action="cancel" autofocus>${t("settings.cancel")}</button>
                    <button type="button" class="risky" data-action="confirm" ${attribute("aria-busy", this.#busy ? "true" : null)}
                        ${attribute("aria-disabled", this.#problem ? "true" : null)}>${t("settings.remove")}</button>
                </footer>
            </dialog>`,
        );
    }

    #refusal() {
        if (this.#problem === null) return null;
        const { errors, code, text } = this.#problem;
        if (code !== "invalid") return html`<p class="field-error">${icon("alert")}<span>${text}</span></p>`;
        return html`<ul class="refusals">${errors.map((error) => html`<li class="field-error">${icon("alert")}
            <span>${ruleText(error)} ${error.rule === "inUse" && this.#link(error.value)}</span></li>`)}</ul>`;
    }

    #link(words) {
        const { setUp } = settings.value.answer;
        const found = thingNamed(String(words), setUp);
        if (found === null) return words === "calls" ? t("settings.inUse.calls") : words;
        return html`<a href="${hrefOf(found.kind, found.thing)}" data-action="follow">${found.kind.name(found.thing, setUp)}</a>`;
    }

    async #remove() {
        if (this.#busy) return;
        const { kind, thing } = this.#asked;
        this.#busy = true;
        this.show();
        try {
            await this.#send(kind, thing);
            draftOf(kind, thing.id, opened(kind, thing)).done();
            announce(t("settings.removed"));
            this.#dialog.close();
            this.dispatchEvent(new CustomEvent("removed", { bubbles: true }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (this.isConnected) this.show();
    }

    /** What somebody else changed meanwhile does not matter to what goes away; the server still refuses what would strand somebody. */
    async #send(kind, thing) {
        const what = kind.name(thing, settings.value.answer.setUp);
        try {
            await save(kind.removal(thing), what);
        } catch (problem) {
            if (problem.code !== "changedMeanwhile") throw problem;
            await load();
            await save(kind.removal(thing), what);
        }
    }
}

customElements.define("thing-removal", ThingRemoval);
