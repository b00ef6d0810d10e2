import { announce } from "../base/announce.js";
import { now, onTick } from "../base/clock.js";
import { PageElement } from "../base/element.js";
import { time } from "../base/format.js";
import { html, render } from "../base/html.js";
import { icon } from "../base/icons.js";
import { allShortcuts, shownKeyOf } from "../base/keys.js";
import { chooseTheme, theme } from "../base/theme.js";
import { connection } from "../base/stream.js";
import { t } from "../base/text.js";

const themes = ["system", "light", "dark"];

/** The last line of the window: whether we hear the server, the keys that work here, the colours, the server's time. */
class StatusBar extends PageElement {
    #said = "open";

    start() {
        this.watch(theme);
        this.keep(onTick(() => this.show()));
        let first = true;
        this.keep(
            connection.subscribe(({ state }) => {
                if (!first) this.show();
                first = false;
                if (state === "lost" && this.#said === "open") announce(t("common.connection.lost"));
                if (state === "open" && this.#said === "lost") announce(t("common.connection.back"));
                if (state === "open" || state === "lost") this.#said = state;
            }),
        );
        this.listen(this, "change", (event) => chooseTheme(event.target.value));
    }

    show() {
        const { state, retryAt } = connection.value;
        const seconds = Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
        const next = seconds > 0 ? t("common.connection.retry", { count: seconds }) : t("common.connection.connecting");
        const keys = allShortcuts()
            .filter(({ key, onButton }) => !onButton && /F\d+$/.test(key))
            .map(({ name, label }) => ({ shown: shownKeyOf(name), label }))
            .sort((first, second) => first.shown.localeCompare(second.shown));
        render(
            this,
            html`<p class="connection" data-connection="${state}">
                    ${state === "lost" ? icon("alert") : html`<span class="dot"></span>`}
                    <span>${state === "lost" ? t("common.connection.lostLong") : t(`common.connection.${state}`)}</span>
                    ${state === "lost" && html`<span>${next}</span>`}
                </p>
                <p class="keys">
                    ${keys.map(({ shown, label }) => html`<span data-key="${shown}"><kbd>${shown}</kbd> ${t(label)}</span>`)}
                    <span data-key="?"><kbd>${shownKeyOf("help")}</kbd> ${t("common.keys.all")}</span>
                </p>
                <label class="theme">${icon("theme")}<span class="visually-hidden">${t("common.theme.title")}</span>
                    <select>${themes.map((value) => html`<option value="${value}">${t(`common.theme.${value}`)}</option>`)}</select>
                </label>
                <time class="number">${time(now())}</time>`,
        );
        const select = this.querySelector("select");
        if (select.value !== theme.value) select.value = theme.value;
    }
}

customElements.define("status-bar", StatusBar);
