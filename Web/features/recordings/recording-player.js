import { command, get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, duration } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { may } from "../session/session.js";
import "./recording-erasure.js";
import "./recording-export.js";

const speeds = [0.75, 1, 1.25, 1.5, 2];
const stepSeconds = 5;

/** One recording: its waves, what was heard when, and the keys of a player. `recording`, `segments` and `mayKeep` are given to it. */
class RecordingPlayer extends PageElement {
    #recording = null;
    #segments = [];
    #mayKeep = false;
    #contents = null;
    #problem = null;
    #audio = null;
    #speed = 1;
    #asked = null;

    set given({ recording, segments, mayKeep }) {
        const isNew = this.#recording?.id !== recording.id;
        this.#recording = recording;
        this.#segments = segments;
        this.#mayKeep = mayKeep;
        if (!this.isConnected) return;
        if (isNew) this.#load();
        this.show();
    }

    start() {
        this.act({
            play: () => this.#toggle(), back: () => this.#seek(this.#now() - stepSeconds), on: () => this.#seek(this.#now() + stepSeconds),
            jump: (source) => this.#seek(Number(source.value)), speed: (source) => this.#setSpeed(Number(source.value)),
            hold: () => this.#decide("hold", { held: !this.#recording.held }), erase: () => this.querySelector("recording-erasure").ask(),
            again: () => this.#load(),
        });
        this.listen(this, "erasure-wanted", () => this.#decide("erase"));
        this.listen(this, "input", (event) => event.target.matches(".player-seek") && this.#seek(Number(event.target.value)));
        this.keep(() => this.#drop());
        if (this.#recording) this.#load();
    }

    show() {
        if (this.#recording === null) return;
        const { startedAt, agent, held, erasedAt, erasedFor } = this.#recording;
        render(
            this,
            html`<header class="player-head">
                    <p><time>${dateTime(startedAt)}</time> ${agent && html`<bdi>${agent}</bdi>`}</p>
                    ${held && html`<p class="player-mark" data-key="held">${icon("lock")}<span>${t("recordings.held")}</span></p>`}
                    ${erasedAt !== null && html`<p class="player-mark" data-key="erased">${
                        t(`recordings.erased.${erasedFor ?? "wish"}`)} <time>${dateTime(erasedAt)}</time></p>`}
                </header>
                ${erasedAt === null && this.#body()}`,
        );
        const track = this.querySelector(".player-track");
        if (!track) return;
        // The page forbids style attributes; the object model is allowed to place things.
        for (const mark of track.querySelectorAll("[data-from]")) {
            mark.style.setProperty("--from", mark.dataset.from);
            mark.style.setProperty("--share", mark.dataset.share);
        }
        this.#progress();
    }

    #body() {
        if (this.#problem) return html`<p class="player-problem" data-key="problem">${icon("alert")} ${this.#problem.code === "notFound" ?
            t("recordings.missing") : this.#problem.text} <button data-action="again">${t("contacts.tryAgain")}</button></p>`;
        if (this.#contents === null) return html`<p class="soft" data-key="loading">${t("common.loading")}</p>`;
        const { milliseconds, ending, pauses, gaps } = this.#contents;
        const isPlaying = this.#audio !== null && !this.#audio.paused;
        const [back, on] = [t("recordings.back", { seconds: stepSeconds }), t("recordings.on", { seconds: stepSeconds })];
        const [speedLabel, seekLabel] = [t("recordings.speed"), t("recordings.seek")];
        return html`<div class="player" role="group" aria-label="${t("recordings.player")}" data-key="player">
                <div class="player-keys">
                    <button class="player-play" data-action="play" aria-pressed="${isPlaying}">${icon(isPlaying ? "pause" : "play")}<span>${
                        t(isPlaying ? "recordings.pause" : "recordings.play")}</span></button>
                    <button data-action="back" aria-label="${back}"><bdi>−${stepSeconds}</bdi></button>
                    <button data-action="on" aria-label="${on}"><bdi>+${stepSeconds}</bdi></button>
                    <span class="number player-time"><span class="player-now">${duration(1000 * this.#now())}</span> / ${
                        duration(milliseconds)}</span>
                    <span class="player-speeds" role="group" aria-label="${speedLabel}">${speeds.map(
                        (speed) => html`<button data-action="speed" value="${speed}" aria-pressed="${speed === this.#speed}"><bdi>${
                            speed}×</bdi></button>`)}</span>
                </div>
                <div class="player-track" dir="ltr">
                    <svg class="player-waves" viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
                        <path class="wave-customer" d="${waves(this.#contents.customer, -1)}"></path>
                        <path class="wave-centre" d="${waves(this.#contents.centre, 1)}"></path>
                    </svg>
                    ${pauses.map((span) => this.#mark(span, "pause"))} ${gaps.map((span) => this.#mark(span, "gap"))}
                    <input class="player-seek" type="range" min="0" step="1" max="${Math.ceil(milliseconds / 1000)}" value="0"
                        aria-label="${seekLabel}">
                </div>
                <p class="player-legend"><span class="legend-customer">${t("recordings.customer")}</span> <span
                    class="legend-centre">${t("recordings.centre")}</span>${pauses.length > 0 && html` <span
                    class="legend-pause">${t("recordings.pauses", { count: pauses.length })}</span>`}</p>
                ${this.#parts(milliseconds)}
                ${gaps.length > 0 && html`<p class="player-problem" data-key="gaps">${icon("alert")} ${t("recordings.gaps", { count: gaps.length })}</p>`}
                ${ending !== "whole" && html`<p class="player-problem" data-key="ending">${icon("alert")} ${
                    t(this.#recording.endedAt === null ? "recordings.running" : `recordings.ending.${ending}`)}</p>`}
                ${this.#mayKeep && html`<div class="player-deeds">
                    <button data-action="hold" aria-pressed="${this.#recording.held}">${icon("lock")}<span>${
                        t(this.#recording.held ? "recordings.release" : "recordings.hold")}</span></button>
                    <recording-export recording="${this.#recording.id}"></recording-export>
                    <button data-action="erase" ${attribute("aria-disabled", this.#recording.held ? "true" : null)}>${t("recordings.erase")}</button>
                    <recording-erasure recording="${this.#recording.id}"></recording-erasure>
                </div>`}
            </div>`;
    }

    /** The parts of the contact that lie in the recording; each is a place to begin. */
    #parts(milliseconds) {
        const begun = this.#recording.startedAt;
        const parts = this.#segments
            .map(({ kind, from, to }) => ({ kind, from: Math.max(0, from - begun), to: (to ?? begun + milliseconds) - begun }))
            .filter(({ from, to }) => to > 0 && from < milliseconds && to > from);
        if (parts.length < 2) return null;
        return html`<ul class="player-parts" aria-label="${t("recordings.parts")}">${parts.map(
            ({ kind, from }) => html`<li><button data-action="jump" data-kind="${kind}" value="${from / 1000}">${
                t(`contacts.segment.${kind}`)} <span class="number">${duration(from)}</span></button></li>`)}</ul>`;
    }

    #mark({ from, to }, what) {
        const whole = this.#contents.milliseconds;
        const title = what === "pause" ? t("recordings.pauseHere") : t("recordings.gapHere");
        return html`<span class="player-${what}" data-from="${from / whole}" data-share="${(to - from) / whole}"
            title="${title}"></span>`;
    }

    async #toggle() {
        if (this.#audio === null) {
            this.#audio = new Audio(`/api/recordings/${this.#recording.id}/sound`);
            this.#audio.playbackRate = this.#speed;
            for (const type of ["play", "pause", "ended"]) this.#audio.addEventListener(type, () => this.isConnected && this.show());
            this.#audio.addEventListener("timeupdate", () => this.#progress());
            this.#audio.addEventListener("error", () => this.#load());
        }
        if (!this.#audio.paused) return this.#audio.pause();
        const from = this.#asked;
        this.#asked = null;
        if (from !== null) this.#audio.currentTime = from;
        await this.#audio.play().catch(() => {});
    }

    #now() {
        return this.#asked ?? this.#audio?.currentTime ?? 0;
    }

    #seek(seconds) {
        const place = Math.min(Math.max(0, seconds), (this.#contents?.milliseconds ?? 0) / 1000);
        // Nothing is fetched, and nothing is in the audit, before somebody plays it.
        if (this.#audio === null) this.#asked = place;
        else this.#audio.currentTime = place;
        this.#progress();
    }

    #setSpeed(speed) {
        this.#speed = speed;
        if (this.#audio) this.#audio.playbackRate = speed;
        this.show();
    }

    #progress() {
        const seek = this.querySelector(".player-seek");
        if (!seek) return;
        const now = this.#now();
        if (document.activeElement !== seek || Math.abs(Number(seek.value) - now) >= 1) seek.value = String(now);
        seek.setAttribute("aria-valuetext", duration(1000 * now));
        this.querySelector(".player-now").textContent = duration(1000 * now);
        this.querySelector(".player-track").style.setProperty("--now", String((1000 * now) / Math.max(1, this.#contents.milliseconds)));
    }

    async #decide(what, body = {}) {
        try {
            await command("POST", `/api/recordings/${this.#recording.id}/${what}`, body);
            this.#drop();
            this.dispatchEvent(new CustomEvent("recordings-changed", { bubbles: true }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
            this.show();
        }
    }

    #drop() {
        this.#audio?.pause();
        this.#audio?.removeAttribute("src");
        this.#audio = null;
    }

    async #load() {
        this.#drop();
        this.#problem = null;
        if (this.#recording.erasedAt !== null || !may("hearRecordings")) return this.show();
        const { id } = this.#recording;
        try {
            const contents = await get(`/api/recordings/${id}`);
            if (id !== this.#recording.id) return;
            this.#contents = contents;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }
}

/** Lines from the middle, up for the customer and down for the centre. */
function waves(heights, direction) {
    const width = 600 / Math.max(1, heights.length);
    return heights.map((height, index) => `M${((index + 0.5) * width).toFixed(1)} 50v${((direction * height) / 2).toFixed(1)}`).join("");
}

customElements.define("recording-player", RecordingPlayer);
