import { announce } from "../../base/announce.js";
import { onTick } from "../../base/clock.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { defineAction, shortcut, shownKeyOf } from "../../base/keys.js";
import { language } from "../../base/language.js";
import { go, place } from "../../base/router.js";
import { t } from "../../base/text.js";
import { inDemo, plug, traffic } from "../demo/demo-store.js";
import { deskStore } from "../desk/desk-store.js";
import { chooseLanguage, session } from "../session/session.js";
import { steps } from "./steps.js";
import { checkDeed, goTo, leaveTour, takeUpTour, tour } from "./tour-store.js";

defineAction("tour", { key: "Alt+KeyG", label: "tour.show", when: inDemo });

const mark = "data-own-pointed";
const focusable = "button, a[href], input, select, textarea, summary, [tabindex='0']";

/**
 * The step of the tour in which the newcomer is, in one line of its own: what to do, where (the control is marked on the screen, and "Show
 * me" puts the focus there), and the way on. It goes on by itself when the deed is done.
 */
class TourStep extends PageElement {
    #said = null;

    start() {
        this.watch(tour);
        for (const store of [deskStore, traffic, plug, place, session]) this.keep(store.subscribe(() => this.#look()));
        // What is pointed at may come onto the page later than the news of it.
        this.keep(onTick(() => this.#point()));
        this.keep(() => this.#unmark());
        this.keep(shortcut("tour", () => this.#find()));
        this.act({
            find: () => this.#find(),
            next: () => this.#move(tour.value.step + 1),
            back: () => this.#move(tour.value.step - 1),
            leave: () => this.#change(leaveTour),
            takeUp: () => this.#change(takeUpTour),
            // It goes on in the other seat.
            elsewhere: leaveTour,
        });
        // When the page stands: a language that changes shows everything anew.
        queueMicrotask(() => this.isConnected && this.#arrive());
    }

    /** Somebody comes from another seat, in the language that he had there. */
    #arrive() {
        const { path, query } = place.value;
        if (!query.has("tour")) return;
        const wanted = query.get("language");
        goTo(Number(query.get("tour")) || 0);
        go(path, { replace: true });
        if (wanted && wanted !== session.value?.user.language) chooseLanguage(wanted).catch(() => {});
    }

    #look() {
        checkDeed();
        this.show();
    }

    #move(step) {
        this.#change(() => goTo(step));
    }

    /** The buttons of before may be gone: whoever works by keyboard goes on from the same place. */
    #change(act) {
        act();
        if (!this.contains(document.activeElement)) this.querySelector("button, a")?.focus();
    }

    get #step() {
        // Whoever sits down at the desk for the first time is shown around without asking for it.
        return (tour.value.running ?? session.value?.user.agent) ? steps[tour.value.step] : null;
    }

    show() {
        const step = this.#step;
        render(this, step === null ? this.#pause() : step.isHere() ? this.#here(step) : this.#elsewhere(step));
        this.#say(step);
        this.#point();
    }

    #head(step) {
        const count = steps.length;
        return html`<p class="tour-text" data-key="text"><span class="tour-number">${t("tour.step", {
            step: steps.indexOf(step) + 1, count })}</span> <strong>${t(`tour.${step.name}.title`)}</strong>`;
    }

    #here(step) {
        const way = step.way?.() ?? null;
        return html`<div class="tour-step" data-key="step">
            ${this.#head(step)} <span>${t(`tour.${step.name}.${step.part()}`)}</span></p>
            <div class="tour-buttons" data-key="buttons">
                ${way !== null
                    ? html`<a class="button tour-way" href="${way}" data-key="way">${t("tour.way")}</a>`
                    : html`<button data-action="find" data-key="find" title="${t("tour.show")} (${shownKeyOf("tour")})"
                        aria-keyshortcuts="${shownKeyOf("tour")}">${t("tour.find")}</button>`}
                ${this.#others(step)}
            </div>
        </div>`;
    }

    #elsewhere(step) {
        const host = location.host.replace(/^[^.]+\./, `${step.seat}.`);
        const path = step.seat === "agent" ? "/desk" : "/floor";
        const query = new URLSearchParams({ tour: steps.indexOf(step), language: language.value });
        return html`<div class="tour-step" data-key="step">
            ${this.#head(step)} <span>${t(`tour.elsewhere.${step.seat}`)}</span></p>
            <div class="tour-buttons" data-key="buttons">
                <a class="button tour-way" href="//${host}${path}?${query}" target="_blank" data-action="elsewhere"
                    data-key="seat">${t(`tour.open.${step.seat}`)}</a>
                ${this.#others(step)}
            </div>
        </div>`;
    }

    #others(step) {
        return html`${steps.indexOf(step) > 0 && html`<button class="plain" data-action="back" data-key="back">${t("tour.back")}</button>`}
            <button class="plain" data-action="next" data-key="next">${t("tour.next")}</button>
            <button class="plain" data-action="leave" data-key="leave">${t("tour.leave")}</button>`;
    }

    #pause() {
        const { step, over } = tour.value;
        const [text, label] = over ? ["tour.over", "tour.again"] : step === 0 ? ["tour.begin", "tour.start"] : ["tour.left", "tour.takeUp"];
        return html`<div class="tour-step" data-key="pause">
            <p class="tour-text" data-key="text"><span>${t(text, { step: step + 1, count: steps.length })}</span></p>
            <div class="tour-buttons" data-key="buttons">
                <button data-action="takeUp" data-key="takeUp">${icon("help")}<span>${t(label)}</span></button>
            </div>
        </div>`;
    }

    /** Each thing to do is said once; what a step begins with, and what comes next in it. */
    #say(step) {
        const key = step === null ? (tour.value.over ? "over" : null) : `${step.name}.${step.isHere() ? step.part() : "elsewhere"}`;
        if (key === this.#said) return;
        const isFirst = this.#said === null;
        this.#said = key;
        if (key !== null && !isFirst) announce(this.querySelector(".tour-text").textContent.replace(/\s+/g, " ").trim());
    }

    // MARK: Where it is

    get #target() {
        const step = this.#step;
        if (step === null || !step.isHere()) return null;
        if ((step.way?.() ?? null) !== null) return null;
        const selector = step.target();
        return selector === null ? null : (document.querySelector(selector) ?? document.querySelector(step.otherwise ?? selector));
    }

    #point() {
        const target = this.#target;
        if (target?.hasAttribute(mark)) return;
        this.#unmark();
        target?.setAttribute(mark, "");
    }

    #unmark() {
        for (const element of document.querySelectorAll(`[${mark}]`)) element.removeAttribute(mark);
    }

    #find() {
        const target = this.#target;
        if (target === null) return this.querySelector(".tour-way, button")?.focus();
        target.scrollIntoView({ block: "nearest" });
        (target.matches(focusable) ? target : (target.querySelector(focusable) ?? target)).focus();
    }
}

customElements.define("tour-step", TourStep);
