import { PageElement } from "../../base/element.js";
import { duration } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "./language-choice.js";
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
        const general = problem && !loginError && !passwordError ? this.#text(problem) : null;
        render(
            this,
            html`<div class="sign-in-side" aria-hidden="true">
                    <img src="/favicon.svg" alt="" width="44" height="44">
                    <p class="sign-in-name">Callfloor</p>
                    <p class="sign-in-promise">${t("session.promise")}</p>
                    <img class="sign-in-art" src="/features/session/sign-in.svg" alt="">
                </div>
                <main class="sign-in-main">
                    <language-choice></language-choice>
                    <form novalidate>
                        <h1>${t("session.signIn")}</h1>
                        <p class="soft">${t("session.invitation")}</p>
                        <div class="sign-in-problem" role="alert">${general && html`<p
                            class="field-error">${icon("alert")}<span>${general}</span></p>`}</div>
                        <div class="field">
                            <label for="login">${t("session.login")}</label>
                            <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false"
                                dir="auto" autofocus
                                ${attribute("aria-invalid", loginError || wrong ? "true" : null)}
                                ${attribute("aria-describedby", loginError ? "login-error" : null)}>
                            ${loginError && html`<p class="field-error" id="login-error">${icon("alert")}<span>${loginError}</span></p>`}
                        </div>
                        <div class="field">
                            <label for="password">${t("session.password")}</label>
                            <div class="password">
                                <input id="password" name="password" type="${this.#passwordShown ? "text" : "password"}"
                                    autocomplete="current-password"
                                    ${attribute("aria-invalid", passwordError || wrong ? "true" : null)}
                                    ${attribute("aria-describedby", passwordError ? "password-error" : null)}>
                                <button type="button" class="plain" data-action="showPassword"
                                    ${attribute("aria-pressed", this.#passwordShown)}>${t("session.showPassword")}</button>
                            </div>
                            ${passwordError && html`<p class="field-error"
                                id="password-error">${icon("alert")}<span>${passwordError}</span></p>`}
                        </div>
                        <button class="primary" ${attribute("aria-busy", this.#busy ? "true" : null)}>${t("session.signIn")}</button>
                    </form>
                </main>`,
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
