import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { language } from "../../base/language.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import "./language-choice.js";
import { becomeAdministrator } from "./session.js";

const passwordMin = 8;

/** The very first screen of a new centre, by the link that the server printed: who shall run it. */
class FirstAdministrator extends PageElement {
    #problem = null;
    #errors = {};
    #busy = false;

    start() {
        this.listen(this, "submit", (event) => {
            event.preventDefault();
            this.#submit(new FormData(event.target));
        });
    }

    show() {
        const field = (name, label, details) => html`<div class="field">
            <label for="first-${name}">${label}</label>
            <input id="first-${name}" name="${name}" ${details} ${attribute("aria-invalid", this.#errors[name] ? "true" : null)}
                ${attribute("aria-describedby", this.#errors[name] ? `first-${name}-wrong` : null)}>
            ${this.#errors[name] && html`<p class="field-error" id="first-${name}-wrong">${icon("alert")}<span>${this.#errors[name]}</span></p>`}</div>`;
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
                        <h1>${t("session.first.title")}</h1>
                        <p class="soft">${t("session.first.text")}</p>
                        <div class="sign-in-problem" role="alert">${this.#problem && html`<p class="field-error">${icon("alert")}<span>${this.#problem}</span></p>`}</div>
                        ${field("name", t("session.first.name"), html`autocomplete="name" dir="auto" autofocus`)}
                        ${field("login", t("session.login"), html`autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr"`)}
                        ${field("password", t("session.password"), html`type="password" autocomplete="new-password" dir="ltr"`)}
                        <button class="primary" ${attribute("aria-busy", this.#busy ? "true" : null)}>${t("session.first.begin")}</button>
                    </form>
                </main>`,
        );
    }

    /** What the server would refuse, too. */
    #flaws({ name, login, password }) {
        const flaws = {};
        if (name === "") flaws.name = t("errors.rule.required");
        if (login === "") flaws.login = t("errors.rule.required");
        else if (/\s/.test(login)) flaws.login = t("errors.rule.malformed");
        if (new TextEncoder().encode(password).length < passwordMin) flaws.password = t("session.first.passwordShort", { min: passwordMin });
        return flaws;
    }

    async #submit(form) {
        if (this.#busy) return;
        const who = { name: form.get("name").trim(), login: form.get("login").trim(), password: form.get("password") };
        this.#problem = null;
        this.#errors = this.#flaws(who);
        if (Object.keys(this.#errors).length === 0) await this.#send(who);
        if (!this.isConnected) return;
        this.show();
        this.querySelector("[aria-invalid]")?.focus();
    }

    async #send(who) {
        this.#busy = true;
        this.show();
        try {
            const token = decodeURIComponent(location.hash.slice(1));
            await becomeAdministrator({ token, language: language.value, ...who });
            go("/settings/start", { replace: true });
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            for (const { field } of problem.errors) this.#errors[field] = problem.textFor(field);
            if (problem.errors.length === 0) this.#problem = this.#text(problem);
        }
        this.#busy = false;
    }

    #text(problem) {
        if (problem.status === 404) return t("session.first.over");
        return problem.status === 403 ? t("session.first.wrongLink") : problem.text;
    }
}

customElements.define("first-administrator", FirstAdministrator);
