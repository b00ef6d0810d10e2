import { PageElement } from "../../base/element.js";
import { duration } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import { frontField, frontPage } from "./front-page.js";
import { signIn } from "./session.js";

/** The first screen of somebody who is not signed in. */
class SignIn extends PageElement {
    #problem = null;
    #busy = false;
    #passwordShown = false;

    start() {
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#submit(new FormData(event.target));
        });
        this.act({
            showPassword: () => {
                this.#passwordShown = !this.#passwordShown;
                this.show();
            },
        });
    }

    show() {
        const problem = this.#problem;
        const wrong = problem?.code === "wrongCredentials";
        const loginError = problem?.textFor("login");
        const passwordError = problem?.textFor("password");
        render(
            this,
            frontPage({
                title: t("session.signIn"),
                text: t("session.invitation"),
                problem: problem && !loginError && !passwordError ? this.#text(problem) : null,
                fields: [
                    frontField({
                        id: "login", label: t("session.login"), problem: loginError,
                        control: (described) => html`<input id="login" name="login" autocomplete="username" autocapitalize="none"
                            spellcheck="false" dir="auto" autofocus ${attribute("aria-invalid", loginError || wrong ? "true" : null)} ${described}>`,
                    }),
                    frontField({
                        id: "password", label: t("session.password"), problem: passwordError,
                        control: (described) => html`<div class="password">
                            <input id="password" name="password" type="${this.#passwordShown ? "text" : "password"}"
                                autocomplete="current-password" ${attribute("aria-invalid", passwordError || wrong ? "true" : null)} ${described}>
                            <button type="button" class="plain" data-action="showPassword"
                                ${attribute("aria-pressed", this.#passwordShown)}>${t("session.showPassword")}</button>
                        </div>`,
                    }),
                ],
                button: t("session.signIn"),
                isBusy: this.#busy,
            }),
        );
    }

    #text(problem) {
        if (problem.code !== "tooManyAttempts" || !problem.retryAfter) return problem.text;
        return t("session.tryAgainIn", { time: duration(problem.retryAfter * 1000) });
    }

    async #submit(form) {
        if (this.#busy) return;
        this.#busy = true;
        this.#problem = null;
        this.show();
        try {
            await signIn(form.get("login").trim(), form.get("password"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.#busy = false;
        if (!this.isConnected) return;
        this.show();
        // Mostly it is the password that was mistyped.
        if (this.#problem?.code === "wrongCredentials") this.querySelector("#password").select();
        else this.querySelector("[aria-invalid]")?.focus();
    }
}

customElements.define("sign-in", SignIn);
