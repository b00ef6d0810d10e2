import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import "../../elements/level-meter/level-meter.js";
import "../../elements/live-timer/live-timer.js";
import { Attempt } from "../desk/attempt.js";
import { deskStore } from "../desk/desk-store.js";
import { floorStore } from "../floor/floor-store.js";
import { headset, level, watchLevel } from "../headset/headset.js";
import { holdToTalk } from "./hold-to-talk.js";
import { askToTakeOver, be, bindKeys, leave, modeActions, toggleMicrophone } from "./supervision-actions.js";
import { canSpeak, heardBy, maySupervise, modeLabels, modes, supervising, takeOver, takingOver, whereOne } from "./supervision-store.js";

const watchEvery = 1000;

/**
 * Over every screen while one is in the talk of an agent: whose, who hears one, and what can be done. It makes itself room and covers
 * nothing.
 */
class SupervisionStrip extends PageElement {
    #attempt = new Attempt(() => this.show());
    #before = null;
    #watching;

    start() {
        if (!maySupervise()) return;
        this.watch(deskStore, ownKeys, headset);
        for (const undo of bindKeys()) this.keep(undo);
        this.keep(holdToTalk());
        this.keep(takingOver.subscribe((contact) => this.#ask(contact)));
        this.keep(level.subscribe((value) => this.#measure(value)));
        this.keep(() => clearInterval(this.#watching));
        this.act({
            be: (source) => be(source.value, supervising()?.contact),
            microphone: toggleMicrophone,
            takeOver: () => askToTakeOver(supervising()?.contact),
            leave,
            take: () => this.#take(),
            cancel: () => takingOver.set(null),
        });
        this.listen(this, "close", () => takingOver.value !== null && takingOver.set(null), { capture: true });
        this.listen(document, "keydown", (event) => this.#escape(event));
    }

    /** Escape leaves the talk where it means nothing else: on the floor, on the strip, and where nothing has the focus. */
    #escape(event) {
        if (event.key !== "Escape" || event.defaultPrevented || event.repeat || supervising() === null) return;
        if (document.querySelector("dialog[open], :popover-open") || event.target.closest("input, textarea, select")) return;
        if (event.target.closest("agent-board, help-flags, supervision-strip") || event.target.matches("body, main")) leave();
    }

    #ask(contact) {
        const dialog = this.querySelector("dialog");
        if (!dialog) return;
        if (contact === null) return dialog.close();
        if (dialog.open) return;
        this.#attempt.forget();
        this.#before = document.activeElement;
        this.show();
        dialog.showModal();
        dialog.addEventListener("close", () => this.#before?.isConnected && this.#before.focus(), { once: true });
    }

    async #take() {
        if (await this.#attempt.run("take", takeOver)) {
            takingOver.set(null);
            go("/desk");
        }
    }

    /** The level is that of one's own voice as it leaves: nothing while the microphone is closed. */
    #measure(value) {
        const meter = this.querySelector("level-meter");
        if (meter) meter.level = supervising()?.microphoneOpen ? value : 0;
    }

    #watch(isOpen) {
        if (isOpen === (this.#watching !== undefined)) return;
        clearInterval(this.#watching);
        this.#watching = undefined;
        if (!isOpen) return this.#measure(0);
        watchLevel();
        this.#watching = setInterval(watchLevel, watchEvery);
    }

    show() {
        if (!maySupervise()) return;
        const now = supervising();
        const had = this.contains(document.activeElement);
        render(
            this,
            html`${now && this.#strip(now)}
                <dialog class="question" aria-labelledby="take-title" data-key="take">${this.#question(now)}</dialog>`,
        );
        this.#watch(now?.microphoneOpen === true && headset.value.state === "open");
        // What had the focus is over: whoever works by keyboard goes on from the screen.
        if (had && document.activeElement === document.body) document.querySelector("main")?.focus();
    }

    #strip(now) {
        const isOpen = now.microphoneOpen && canSpeak(now);
        return html`<section class="supervision" data-key="strip" aria-label="${t("supervise.strip")}" data-mode="${now.mode}"
            ${attribute("data-open", isOpen && !now.keptOut ? "yes" : null)}>
            <div class="supervision-who">
                ${icon(now.state === "ringing" ? "phone" : now.keptOut ? "recordingOff" : now.mode)}
                <div><p class="supervision-with"><strong>${whereOne(now)}</strong> <live-timer since="${now.since}"></live-timer></p>
                <p class="supervision-heard">${heardBy(now)}</p></div>
            </div>
            <div class="supervision-modes" role="group" aria-label="${t("supervise.how")}">
                ${modes.map((mode) => this.#mode(mode, now))}
            </div>
            <div class="supervision-voice">${this.#microphone(now, isOpen)}
                ${headset.value.state === "open" && html`<level-meter data-key="level" label="${t("headset.level")}"></level-meter>`}</div>
            ${this.#button("takeOver", "takeOver", "takeOver", now.state === "on")}
            ${this.#button("leave", "leaveTalk", "end", true)}
        </section>`;
    }

    #mode(mode, now) {
        const key = shownKeyOf(modeActions[mode]);
        return html`<button data-key="${mode}" data-action="be" value="${mode}" aria-pressed="${String(mode === now.mode)}"
            aria-keyshortcuts="${key}">${icon(mode)}<span>${t(modeLabels[mode])}</span><kbd aria-hidden="true">${key}</kbd></button>`;
    }

    /** Large, for there must be no doubt about it. */
    #microphone(now, isOpen) {
        const key = shownKeyOf("microphone");
        return html`<button class="supervision-microphone" data-key="microphone" data-action="microphone" data-talk="microphone"
            aria-keyshortcuts="${key}" aria-pressed="${String(isOpen)}" ${attribute("data-dim", canSpeak(now) ? null : "yes")}>
            ${icon(isOpen ? "unmute" : "mute")}
            <span><span class="supervision-state">${t(isOpen ? "supervise.microphone.open" : "supervise.microphone.closed")}</span>
                <span class="supervision-hold">${canSpeak(now) && !isOpen && html`<kbd>${t("supervise.space")}</kbd> ${t("supervise.hold")}`}</span></span>
            <kbd aria-hidden="true">${key}</kbd></button>`;
    }

    #button(action, name, label, possible) {
        const key = shownKeyOf(name);
        const picture = action === "leave" ? "close" : "handOver";
        return html`<button data-key="${action}" data-action="${action}" aria-keyshortcuts="${key}"
            ${attribute("aria-disabled", possible ? null : "true")}>${icon(picture)}<span>${t(`supervise.${label}`)}</span><kbd
            aria-hidden="true">${key}</kbd></button>`;
    }

    #question(now) {
        const agent = now?.agent ?? floorStore.value?.agents.find(({ contact }) => contact === takingOver.value)?.name ?? "";
        return html`<h2 id="take-title">${t("supervise.take.title", { agent })}</h2>
            <p>${t("supervise.take.text", { agent })}</p>
            ${this.#attempt.said}
            <footer>
                <button data-action="cancel">${t("supervise.cancel")}</button>
                <button class="primary" data-action="take" autofocus ${this.#attempt.state("take", now?.state === "on")}>
                    ${icon("handOver")}<span>${t("supervise.takeOver")}</span></button>
            </footer>`;
    }
}

customElements.define("supervision-strip", SupervisionStrip);
