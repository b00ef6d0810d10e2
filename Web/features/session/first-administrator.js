import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { language } from "../../base/language.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import { frontField, frontPage } from "./front-page.js";
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
        const field = (name, label, details) => frontField({
            id: `first-${name}`, label, problem: this.#errors[name],
            control: (described) => html`<input id="first-${name}" name="${name}" ${details}
                ${attribute("aria-invalid", this.#errors[name] ? "true" : null)} ${described}>`,
        });
        render(
            this,
            frontPage({
                title: t("session.first.title"),
                text: t("session.first.text"),
                problem: this.#problem,
                fields: [
                    field("name", t("session.first.name"), html`autocomplete="name" dir="auto" autofocus`),
                    field("login", t("session.login"), html`autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr"`),
                    field("password", t("session.password"), html`type="password" autocomplete="new-password" dir="ltr"`),
                ],
                button: t("session.first.begin"),
                isBusy: this.#busy,
            }),
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
            await becomeAdministrator({ token: location.hash.slice(1), language: language.value, ...who });
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
