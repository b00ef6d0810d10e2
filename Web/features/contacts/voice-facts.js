import { duration, number, time } from "../../base/format.js";
import { html } from "../../base/html.js";
import { t } from "../../base/text.js";

/** What was measured of each talk's voices, in words; nothing where nothing was. */
export function voiceFacts(events) {
    const talks = events.filter(({ voice }) => voice).map(({ voice }) => voice);
    if (talks.length === 0) return null;
    return html`<section class="panel story-voices" aria-labelledby="voices-title" data-key="voices">
        <h2 class="panel-title" id="voices-title">${t("contacts.voice")}</h2>
        <p class="soft">${t("contacts.voice.hint")}</p>
        ${talks.map(talk)}
    </section>`;
}

function talk(voice) {
    const fact = (name, value) => html`<div><dt>${t(`contacts.voice.${name}`)}</dt><dd>${value}</dd></div>`;
    return html`<article data-key="${voice.since}">
        <h3><bdi>${voice.agentName}</bdi> <span class="number soft">${time(voice.since)} · ${duration(voice.measured)}</span></h3>
        <dl class="voice-facts">
            ${fact("talkOver", voice.talkOvers === 0 ? t("contacts.voice.none") : t("contacts.voice.times", {
                count: voice.talkOvers, seconds: seconds(voice.talkOver) }))}
            ${fact("deadAir", voice.deadAir === 0 ? t("contacts.voice.none") : t("contacts.voice.longest", {
                seconds: seconds(voice.deadAir), longest: seconds(voice.deadAirLongest) }))}
        </dl>
        <table class="grid">
            <thead><tr><td></td><th scope="col" class="figure">${t("contacts.voice.spoken")}</th><th scope="col"
                class="figure">${t("contacts.voice.level")}</th><th scope="col" class="figure">${t("contacts.voice.noise")}</th><th
                scope="col">${t("contacts.voice.raised")}</th><th scope="col">${t("contacts.voice.echo")}</th></tr></thead>
            <tbody>${side("customer", voice.customer)}${side("agent", voice.agent)}</tbody>
        </table>
    </article>`;
}

function side(name, { spoken, level, noise, raised, rise, echo, echoDelay }) {
    const decibels = (value) => (value === null ? "–" : html`<bdi class="number">${number(value)}</bdi>`);
    return html`<tr><th scope="row">${t(`contacts.voice.${name}`)}</th><td class="figure number">${duration(spoken)}</td>
        <td class="figure">${decibels(level)}</td><td class="figure">${decibels(noise)}</td>
        <td>${raised === 0 ? "–" : t("contacts.voice.raisedBy", { seconds: seconds(raised), decibels: number(rise) })}</td>
        <td>${echo === null ? "–" : t("contacts.voice.echoAfter", { decibels: number(echo), milliseconds: number(echoDelay) })}</td></tr>`;
}

const seconds = (milliseconds) => number(Math.round(milliseconds / 1000));
