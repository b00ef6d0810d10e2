import { flag, html } from "../../base/html.js";
import { t } from "../../base/text.js";
import { CallPopover } from "./call-popover.js";
import { callCommand } from "./desk-store.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
// The server takes so many at once.
const atOnce = 32;
const sentShown = 24;

/**
 * The keys of a telephone, to be clicked or typed: they are sent in the order in which they were pressed. What was refused stays, to be
 * sent again. They may be a card's number: nothing of them outlives the window.
 */
class CallKeypad extends CallPopover {
    static id = "call-keypad";
    static heading = "call.keypad";
    #sent = "";
    #waiting = "";

    start() {
        super.start();
        this.act({
            key: (source) => this.#press(source.value),
            again: () => {
                // The button goes when it has done its work.
                this.first().focus();
                this.#send();
            },
        });
        this.listen(this, "keydown", (event) => {
            const key = event.key.toUpperCase();
            if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^[0-9*#A-D]$/.test(key)) return;
            event.preventDefault();
            this.#press(key);
        });
    }

    opened() {
        this.#forget();
    }

    closed() {
        this.#forget();
    }

    content() {
        const refused = this.attempt.problem === null ? "" : this.#waiting;
        return html`<output class="keypad-pressed number" aria-label="${t("call.keypad.pressed")}">${this.#sent}</output>
            <div class="keypad-keys">
                ${keys.map((key) => html`<button value="${key}" data-action="key" ${flag("data-first", key === "1")}>${key}</button>`)}
            </div>
            <p class="soft">${t("call.keypad.hint")}</p>
            ${refused !== "" &&
            html`<p class="keypad-refused" data-key="again"><span>${t("call.keypad.waiting", { keys: refused })}</span>
                <button data-action="again" ${this.attempt.state("keys")}>${t("call.keypad.again")}</button></p>`}`;
    }

    #press(key) {
        if (!this.isOpen) return;
        this.#waiting += key;
        this.#send();
    }

    async #send() {
        const contact = this.contact?.id;
        const next = this.#waiting.slice(0, atOnce);
        if (contact === undefined || next === "") return;
        const done = await this.attempt.run("keys", async () => {
            await callCommand(contact, "keys", { keys: next });
            if (!this.isOpen) return;
            this.#waiting = this.#waiting.slice(next.length);
            this.#sent = (this.#sent + next).slice(-sentShown);
        });
        if (done) this.#send();
    }

    #forget() {
        this.#sent = "";
        this.#waiting = "";
    }
}

customElements.define("call-keypad", CallKeypad);
