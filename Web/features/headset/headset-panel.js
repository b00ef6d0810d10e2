import { PageElement } from "../../base/element.js";
import { number, percent } from "../../base/format.js";
import { attribute, flag, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import "../../elements/level-meter/level-meter.js";
import { deskStore } from "../desk/desk-store.js";
import { canChooseSpeaker, devices, listDevices } from "./devices.js";
import { connectHere, headset, isChosen, letGo, level, panelOpen, testCall, tryRing, useBrowser, watchLevel } from "./headset.js";
import { adviceOn, lineIcons, lineOf, qualityOf } from "./headset-text.js";
import { choose, settings } from "./settings.js";

const watchEvery = 1000;
const switches = ["echoCancellation", "noiseSuppression", "autoGainControl", "beep"];
const codecNames = { pcmu: "PCMU", opus: "Opus" };

/** Everything about the headset: whether it works, which devices, how it sounds, how good the line is. */
class HeadsetPanel extends PageElement {
    #testing = false;
    #watching;

    start() {
        this.watch(headset, deskStore, devices, settings);
        this.keep(level.subscribe((value) => this.#meter && (this.#meter.level = value)));
        this.keep(panelOpen.subscribe((open) => (open ? this.#open() : this.#close())));
        this.keep(() => this.#close());
        this.act({
            close: () => panelOpen.set(false),
            connect: () => connectHere(),
            test: () => this.#test(!this.#testing),
            ring: () => tryRing(),
        });
        this.listen(this, "change", ({ target }) => this.#choose(target));
        this.listen(this, "input", ({ target }) => target.type === "range" && choose({ ringVolume: Number(target.value) / 100 }));
    }

    show() {
        const desk = deskStore.value;
        if (desk === null) return render(this, html``);
        // A customer takes the place of one's own voice.
        const canTest = headset.value.state === "open" && !["ringing", "talking"].includes(desk.contact?.state) && desk.consulted === null && !desk.internal && !desk.supervising;
        if (!canTest) this.#testing = false;
        const line = lineOf(headset.value, desk);
        const advice = adviceOn(headset.value);
        const action = this.#action();
        render(
            this,
            html`<header>
                    <h2>${t("headset.title")}</h2>
                    <button class="plain" data-action="close"${flag("autofocus", action === null)} ${attribute("aria-label", t("common.close"))}>${icon("close")}</button>
                </header>
                <section class="headset-now" data-key="now" data-line="${line}" role="status">
                    ${icon(lineIcons[line])}
                    <div>${advice.length > 0 ? advice.map((sentence) => html`<p>${sentence}</p>`) : html`<p>${t(`headset.line.${line}`)}</p>`}
                    ${headset.value.replaced && html`<p>${t("headset.replaced", headset.value.replaced)}</p>`}</div>
                    ${action}
                </section>
                <div class="headset-columns" data-key="columns">
                    <section>
                        ${this.#devices("microphone", devices.value.microphones)}
                        <level-meter label="${t("headset.level")}"></level-meter>
                        ${canChooseSpeaker
                            ? [this.#devices("speaker", devices.value.speakers), this.#devices("ringer", devices.value.speakers)]
                            : html`<p class="soft">${t("headset.speakerFixed")}</p>`}
                        <div class="headset-ring">
                            <label for="headset-volume">${t("headset.ringVolume")}</label>
                            <input id="headset-volume" type="range" min="0" max="100" step="5">
                            <button data-action="ring" ${attribute("aria-disabled", headset.value.microphone === null)}>${t("headset.tryRing")}</button>
                        </div>
                    </section>
                    <section>
                        ${switches.map((name) => html`<label class="headset-switch"><input type="checkbox" data-setting="${name}">
                            <span>${t(`headset.switch.${name}`)}</span></label>`)}
                        ${this.#line(desk)}
                        ${this.#codec()}
                    </section>
                </div>
                <footer data-key="test">
                    <button data-action="test" ${attribute("aria-disabled", !canTest)}
                        ${attribute("aria-pressed", this.#testing)}>${icon("phone")}<span>${t("headset.test")}</span></button>
                    <p class="soft">${t(this.#testing ? "headset.testing" : "headset.testHint")}</p>
                    <label class="headset-switch"><input type="checkbox" data-use> <span>${t("headset.use")}</span></label>
                </footer>`,
        );
        this.#fill(desk);
    }

    /** What one can do about the state the headset is in. */
    #action() {
        const { state, trouble } = headset.value;
        const label = trouble !== null || state === "refused" ? "headset.tryAgain" : state === "elsewhere" ? "headset.useHere" : "headset.connect";
        if (trouble === null && !["off", "refused", "elsewhere"].includes(state)) return null;
        return html`<button class="primary" data-action="connect" autofocus>${t(label)}</button>`;
    }

    #devices(name, list) {
        const chosen = settings.value[name];
        const gone = chosen !== null && !list.some(({ id }) => id === chosen.id);
        return html`<label class="headset-device" data-key="${name}"><span>${t(`headset.${name}`)}</span>
            <select data-device="${name}">
                <option value="">${t("headset.standardDevice")}</option>
                ${list.map(({ id, label }, index) => html`<option value="${id}">${label || t("headset.device", { count: index + 1 })}</option>`)}
                ${gone && html`<option value="${chosen.id}">${t("headset.deviceGone", { device: chosen.label })}</option>`}
            </select></label>`;
    }

    #codec() {
        return html`<label class="headset-device" data-key="codec"><span>${t("headset.codec")}</span>
            <select data-codec>
                <option value="">${t("headset.codec.automatic")}</option>
                ${Object.keys(codecNames).map((codec) => html`<option value="${codec}">${codecNames[codec]}</option>`)}
            </select></label>`;
    }

    #line(desk) {
        const quality = headset.value.state === "open" ? desk.audio?.quality : null;
        if (!quality) return html`<p class="soft headset-quality" data-key="none">${t("headset.notMeasured")}</p>`;
        const { roundTrip, loss, jitter, mos, codec } = quality;
        const facts = [
            ["voice", `${t(`headset.quality.${qualityOf(mos)}`)} · ${number(mos, { decimals: 1 })}`],
            ["roundTrip", t("headset.milliseconds", { count: Math.round(roundTrip) })],
            ["loss", percent(loss)],
            ["jitter", t("headset.milliseconds", { count: Math.round(jitter) })],
            ["spoken", codecNames[codec] ?? codec],
        ];
        return html`<dl class="headset-quality" data-key="line">
            ${facts.map(([name, value]) => html`<div><dt>${t(`headset.fact.${name}`)}</dt><dd>${value}</dd></div>`)}</dl>`;
    }

    /** What attributes do not set once somebody has changed it. */
    #fill(desk) {
        for (const box of this.querySelectorAll("[data-setting]")) box.checked = settings.value[box.dataset.setting];
        for (const select of this.querySelectorAll("[data-device]")) select.value = settings.value[select.dataset.device]?.id ?? "";
        this.querySelector("[data-codec]").value = settings.value.codec ?? "";
        this.querySelector("[data-use]").checked = isChosen(desk);
        this.querySelector("#headset-volume").value = Math.round(settings.value.ringVolume * 100);
    }

    #choose(target) {
        const { setting, device } = target.dataset;
        if (setting !== undefined) choose({ [setting]: target.checked });
        else if (device !== undefined) choose({ [device]: this.#deviceCalled(device, target.value) });
        else if ("codec" in target.dataset) choose({ codec: target.value || null });
        else if ("use" in target.dataset) useBrowser(target.checked);
        else if (target.type === "range") tryRing();
    }

    #deviceCalled(name, id) {
        const list = name === "microphone" ? devices.value.microphones : devices.value.speakers;
        return list.find((device) => device.id === id) ?? (id === "" ? null : settings.value[name]);
    }

    get #meter() {
        return this.querySelector("level-meter");
    }

    #open() {
        listDevices();
        watchLevel();
        clearInterval(this.#watching);
        this.#watching = setInterval(watchLevel, watchEvery);
    }

    #close() {
        if (this.#watching === undefined) return;
        clearInterval(this.#watching);
        this.#watching = undefined;
        if (this.#testing) this.#test(false);
        letGo();
    }

    async #test(on) {
        this.#testing = on;
        this.show();
        try {
            await testCall(on);
        } catch (problem) {
            this.#testing = false;
            this.show();
            if (on) notifyProblem(problem);
        }
    }
}

customElements.define("headset-panel", HeadsetPanel);
