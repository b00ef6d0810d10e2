import { attribute, html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "./language-choice.js";

/** A page for somebody who is not signed in: one form, beside it what this is. `problem` in words, or null; `fields` are markup. */
export function frontPage({ title, text, problem, fields, button, isBusy }) {
    return html`<div class="sign-in-side" aria-hidden="true">
            <img src="/favicon.svg" alt="" width="44" height="44">
            <p class="sign-in-name">Callfloor</p>
            <p class="sign-in-promise">${t("session.promise")}</p>
            <img class="sign-in-art" src="/features/session/sign-in.svg" alt="">
        </div>
        <main class="sign-in-main">
            <language-choice></language-choice>
            <form novalidate>
                <h1>${title}</h1>
                <p class="soft">${text}</p>
                <div class="sign-in-problem" role="alert">${problem && wrong(problem)}</div>
                ${fields}
                <button class="primary" ${attribute("aria-busy", isBusy ? "true" : null)}>${button}</button>
            </form>
        </main>`;
}

/** A field with its label; `problem` in words, or null. `control` writes the input with the attributes that say what is wrong with it. */
export function frontField({ id, label, problem, control }) {
    const described = attribute("aria-describedby", problem ? `${id}-wrong` : null);
    return html`<div class="field"><label for="${id}">${label}</label>${control(described)}
        ${problem && wrong(problem, attribute("id", `${id}-wrong`))}</div>`;
}

function wrong(text, id = "") {
    return html`<p class="field-error" ${id}>${icon("alert")}<span>${text}</span></p>`;
}
