import { announce } from "../../base/announce.js";
import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, flag, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import "../session/language-choice.js";
import { CustomerCall } from "./customer-call.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** A telephone on a page: whom to reach, one large button, and what happens. */
class CustomerPage extends PageElement {
    #offered = null;
    #problem = null;
    #call = null;
    #keysProblem = null;

    start() {
        this.act({
            call: () => this.#place(),
            hangUp: () => this.#call.hangUp(),
            mute: () => this.#call.mute(!this.#call.muted.value),
            press: ({ dataset }) => this.#press(dataset.digit),
            again: () => this.#load(),
        });
        this.listen(document, "keydown", (event) => {
            const isTyped = !event.ctrlKey && !event.altKey && !event.metaKey && !event.target.closest?.("select, input");
            if (isTyped && this.#isTalking && keys.includes(event.key)) this.#press(event.key);
        });
        this.listen(window, "pagehide", () => this.#isUnderWay && this.#call.hangUp());
        this.#load();
    }

    get #state() {
        return this.#call?.state.value ?? null;
    }

    get #isUnderWay() {
        return this.#state !== null && this.#state.name !== "ended";
    }

    /** There is somebody, or something, that can hear a key. */
    get #isTalking() {
        return ["waiting", "talking", "held"].includes(this.#state?.name);
    }

    async #load() {
        this.#problem = null;
        this.show();
        try {
            this.#offered = await get("/api/customer");
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.show();
    }

    #place() {
        if (this.#isUnderWay) return;
        const number = this.querySelector("#number").value;
        this.#keysProblem = null;
        this.#call = new CustomerCall(this.querySelector("audio"));
        let before = null;
        this.keep(
            this.#call.state.subscribe(({ name }) => {
                if (name !== before) announce(t(`customer.state.${name}`));
                before = name;
                const hadFocus = this.contains(document.activeElement);
                this.show();
                // What was focused may be gone: Hang up, or a key.
                const isLost = hadFocus && !this.contains(document.activeElement);
                if (name === "ended" && isLost) this.querySelector("[data-action=call]").focus();
            }),
        );
        this.keep(this.#call.muted.subscribe(() => this.show()));
        this.#call.place(number, this.#offered.iceServers);
        this.querySelector("[data-action=hangUp]").focus();
    }

    async #press(digit) {
        this.#keysProblem = null;
        try {
            await this.#call.press(digit);
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#keysProblem = problem;
        }
        this.show();
    }

    show() {
        render(
            this,
            html`<header class="customer-head">
                    <img src="/favicon.svg" alt="" width="32" height="32">
                    <language-choice></language-choice>
                </header>
                <main class="panel">
                    <h1>${t("customer.title")}</h1>
                    <audio data-key="sound" autoplay></audio>
                    ${this.#body()}
                </main>`,
        );
        document.title = t("customer.title");
    }

    #body() {
        if (this.#problem) return this.#nothing();
        if (this.#offered === null) return html`<p class="soft" data-key="loading">${t("common.loading")}</p>`;
        if (this.#offered.numbers.length === 0) return html`<p data-key="nobody">${t("customer.nobody")}</p>`;
        return html`<div class="customer-phone" data-key="phone">
            <p class="soft">${t("customer.invitation")}</p>
            <div class="field">
                <label for="number">${t("customer.whom")}</label>
                <select id="number"${flag("disabled", this.#isUnderWay)}>
                    ${this.#offered.numbers.map(({ number, name }) => html`<option
                        value="${number}">${name} · \u2066${number}\u2069</option>`)}
                </select>
            </div>
            ${this.#happening()}
            ${this.#isUnderWay
                ? html`<button class="customer-end" data-key="end" data-action="hangUp">${icon("close")}${t("customer.hangUp")}</button>`
                : html`<button class="primary customer-start" data-key="start"
                    data-action="call">${icon("phone")}${t("customer.call")}</button>`}
            ${this.#isUnderWay && this.#controls()}
        </div>`;
    }

    #nothing() {
        const isOff = this.#problem.code === "notFound";
        return html`<div data-key="nothing">
            <p role="alert">${isOff ? t("customer.off") : this.#problem.text}</p>
            ${!isOff && html`<button data-action="again">${t("customer.again")}</button>`}
        </div>`;
    }

    #happening() {
        const state = this.#state;
        if (state === null) return null;
        const trouble = state.trouble ? t(`customer.trouble.${state.trouble}`) : state.problem?.text;
        return html`<div class="customer-state" data-state="${state.name}">
            <p><strong>${t(`customer.state.${state.name}`)}</strong>
                ${state.name === "talking" && state.since && html`<live-timer since="${state.since}"></live-timer>`}</p>
            <div role="alert">${trouble && html`<p class="field-error">${icon("alert")}<span>${trouble}</span></p>`}</div>
        </div>`;
    }

    #controls() {
        const isMuted = this.#call.muted.value;
        return html`<div class="customer-controls" data-key="controls">
            <button data-action="mute" aria-pressed="${isMuted}">${isMuted ? t("customer.unmute") : t("customer.mute")}</button>
            <div class="customer-keys" role="group" ${attribute("aria-label", t("customer.keypad"))}>
                ${keys.map((digit) => html`<button data-action="press" data-digit="${digit}"
                    ${attribute("aria-disabled", this.#isTalking ? null : "true")}>${digit}</button>`)}
            </div>
            <div role="alert">${this.#keysProblem && html`<p
                class="field-error">${icon("alert")}<span>${this.#keysProblem.text}</span></p>`}</div>
        </div>`;
    }
}

customElements.define("customer-page", CustomerPage);
