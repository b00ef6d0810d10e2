import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { Attempt } from "../desk/attempt.js";
import { floorStore } from "../floor/floor-store.js";

const lettersMax = 500;
const labels = { agent: "supervise.message.agents", team: "supervise.message.teams", project: "supervise.message.projects" };

/** To whom one wants to write: {kind: "agent" | "team" | "project", id}, or {} where that is still to be chosen; null while nobody writes. */
const addressee = new Store(null);

/** Opens the window for a message. */
export function writeTo(to = {}) {
    addressee.set(to);
}

/** Everybody on the floor to whom one can write, by kind: [{kind, choices: [{value, name}]}]. */
function addressees() {
    const agents = floorStore.value?.agents ?? [];
    const lists = { team: agents.map(({ team }) => team), project: agents.flatMap(({ projects }) => projects ?? []), agent: agents };
    return ["team", "project", "agent"].map((kind) => {
        const byId = new Map(lists[kind].filter(Boolean).map(({ id, name }) => [id, name]));
        const choices = [...byId].map(([id, name]) => ({ value: `${kind}-${id}`, name }));
        return { kind, choices: choices.sort((first, second) => compare(first.name, second.name)) };
    }).filter(({ choices }) => choices.length > 0);
}

/** A message to an agent, a team or a whole project. What is typed stays until it is sent. */
class MessageDialog extends PageElement {
    #attempt = new Attempt(() => this.show());
    #before = null;
    // Whom the window is open for: the floor goes on changing under it.
    #choices = [];

    start() {
        this.keep(addressee.subscribe((to) => to !== null && this.#open(to)));
        this.act({ cancel: () => this.#dialog.close() });
        this.listen(this, "close", () => this.#closed(), { capture: true });
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#send();
        });
        // As in every other program: the field has lines of its own.
        this.listen(this, "keydown", (event) => event.key === "Enter" && event.ctrlKey && this.#send());
        this.listen(this, "input", () => {
            this.#attempt.forget();
            this.show();
        });
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    #open({ kind, id }) {
        if (!this.#dialog || this.#dialog.open) return;
        this.#choices = addressees();
        this.#before = document.activeElement;
        this.#attempt.forget();
        this.show();
        if (kind) this.querySelector("select").value = `${kind}-${id}`;
        this.#dialog.showModal();
        this.querySelector(kind ? "textarea" : "select").focus();
    }

    #closed() {
        addressee.set(null);
        if (this.#before?.isConnected) this.#before.focus();
    }

    async #send() {
        const select = this.querySelector("select");
        const field = this.querySelector("textarea");
        const text = field.value.trim();
        if (text === "" || select.value === "") return;
        const [kind, id] = select.value.split(/-(.*)/s);
        const to = select.selectedOptions[0].textContent;
        if (!(await this.#attempt.run("send", () => command("POST", "/api/floor/messages", { text, [kind]: id })))) return;
        field.value = "";
        this.#dialog.close();
        announce(t("supervise.message.sent", { to }));
    }

    show() {
        const isEmpty = (this.querySelector("textarea")?.value.trim() ?? "") === "";
        render(
            this,
            html`<dialog class="question" aria-labelledby="message-title">
                <form>
                    <h2 id="message-title">${t("supervise.message.title")}</h2>
                    <label for="message-to">${t("supervise.message.to")}</label>
                    <select id="message-to">${this.#choices.map(
                        ({ kind, choices }) => html`<optgroup label="${t(labels[kind])}" data-key="${kind}">${choices.map(
                            ({ value, name }) => html`<option value="${value}" data-key="${value}">${name}</option>`)}</optgroup>`)}</select>
                    <label for="message-text">${t("supervise.message.text", { limit: lettersMax })}</label>
                    <textarea id="message-text" rows="4" dir="auto" maxlength="${lettersMax}" aria-describedby="message-hint"
                        ${attribute("aria-invalid", this.#attempt.problem ? "true" : null)}></textarea>
                    <p class="soft" id="message-hint">${t("supervise.message.hint")}</p>
                    ${this.#attempt.said}
                    <footer>
                        <button type="button" data-action="cancel">${t("supervise.cancel")}</button>
                        <button class="primary" ${this.#attempt.state("send", !isEmpty)}>${icon("message")}<span>${t(
                            "supervise.message.send")}</span></button>
                    </footer>
                </form>
            </dialog>`,
        );
    }
}

customElements.define("message-dialog", MessageDialog);
