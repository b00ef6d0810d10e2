import { attribute, html } from "../../../base/html.js";
import { t } from "../../../base/text.js";
import { FormField } from "./form-field.js";

// Letters and digits that nobody mistakes for one another when he types them into a telephone.
const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A password of `length` letters, by the browser's own chance. */
function generated(length) {
    // Whole multiples of the alphabet only: each letter is as likely as any other.
    const limit = 256 - (256 % letters.length);
    let text = "";
    while (text.length < length) {
        for (const byte of crypto.getRandomValues(new Uint8Array(length))) if (byte < limit) text += letters[byte % letters.length];
    }
    return text.slice(0, length);
}

/** A password: typed or generated; what was generated is shown. */
class SecretField extends FormField {
    #isShown = false;

    start() {
        super.start();
        this.listen(this, "input", ({ target }) => this.change(target.value === "" ? undefined : target.value));
    }

    actions() {
        return {
            generate: () => {
                this.#isShown = true;
                this.change(generated(this.given.field.length));
            },
            reveal: () => {
                this.#isShown = !this.#isShown;
                this.show();
            },
        };
    }

    control() {
        return html`<input id="${this.idOf()}" type="${this.#isShown ? "text" : "password"}" dir="ltr" autocomplete="new-password"
                spellcheck="false" ${this.described}>
            ${this.given.value !== undefined && html`<button type="button" data-action="reveal" data-key="reveal"
                ${attribute("aria-pressed", this.#isShown)}>${t("session.showPassword")}</button>`}
            ${this.given.field.length && html`<button type="button" data-action="generate" data-key="generate">${t("settings.generate")}</button>`}`;
    }

    fill() {
        this.put("input", this.given.value ?? "");
    }

    words() {
        return "••••••";
    }
}

customElements.define("secret-field", SecretField);
