import { PageElement } from "../base/element.js";
import { attribute, html, render } from "../base/html.js";
import { icon } from "../base/icons.js";
import { defineAction, ownKeys, shortcut, shownKeyOf } from "../base/keys.js";
import { dismiss, notices, notifyProblem } from "../base/notices.js";
import { go, place } from "../base/router.js";
import { t } from "../base/text.js";
import "../features/desk/top-bar.js";
import { inDemo } from "../features/demo/demo-store.js";
import { showStrip, stripShown } from "../features/demo/demo-strip.js";
import "../features/desk/desk-messages.js";
import { deskStore } from "../features/desk/desk-store.js";
import "../features/headset/headset-banner.js";
import { session, signOut } from "../features/session/session.js";
import "../features/products/approval-strip.js";
import "../features/supervision/help-badge.js";
import "../features/supervision/supervision-strip.js";
import "./help-dialog.js";
import { screenOf, screens } from "./screens.js";
import "./status-bar.js";
import "./trouble-banner.js";

for (const { action, key, label, visible } of screens) defineAction(action, { key, label, when: visible });
defineAction("help", { key: "Shift+Slash", label: "common.help.title" });

/**
 * What surrounds every screen: the rail, the top bar, the status bar and the notices. Nothing of it ever moves, but for a
 * trouble of the whole centre, which makes itself room above.
 */
class AppShell extends PageElement {
    start() {
        this.watch(session, notices, ownKeys, stripShown);
        let path = place.value.path;
        this.keep(
            place.subscribe((value) => {
                if (value.path === path) return;
                path = value.path;
                this.show();
                // A reader who cannot see the change hears the new screen's name from where the focus is now.
                this.querySelector("main").focus();
            }),
        );
        this.keep(deskStore.subscribe(() => this.#title()));
        this.act({
            signOut: () => signOut().catch(notifyProblem),
            help: () => this.querySelector("help-dialog").open(),
            demo: () => showStrip(!stripShown.value),
            dismiss: (source) => dismiss(source.dataset.id),
        });
        for (const screen of screens.filter(({ visible }) => visible())) {
            this.keep(shortcut(screen.action, () => go(screen.path)));
        }
        this.keep(shortcut("help", () => this.querySelector("help-dialog").open()));
    }

    show() {
        if (session.value === null) return;
        const { path } = place.value;
        const here = screenOf(path);
        render(
            this,
            html`<a class="skip" href="#main" data-key="skip">${t("common.skip")}</a>
                <nav class="rail" ${attribute("aria-label", t("common.screens"))} data-key="rail">
                    <img class="rail-mark" src="/favicon.svg" alt="Callfloor" width="36" height="36">
                    <ul>
                        ${screens
                            .filter(({ visible }) => visible())
                            .map((screen) => html`<li data-key="${screen.path}"><a href="${screen.path}"
                                ${attribute("aria-current", screen === here ? "page" : null)}>
                                    ${icon(screen.icon)}<span>${t(screen.label)}</span>${
                                    screen.path === "/floor" && html`<help-badge></help-badge>`}</a></li>`)}
                    </ul>
                    <div class="rail-end">
                        ${inDemo() && html`<button class="plain" data-action="demo" data-key="demo"
                            aria-pressed="${String(stripShown.value)}">${icon("plug")}<span>${t("demo.open")}</span></button>`}
                        <button class="plain" data-action="help"
                            aria-keyshortcuts="${shownKeyOf("help")}">${icon("help")}<span>${t("common.help.button")}</span></button>
                        <button class="plain" data-action="signOut">${icon("out")}<span>${t("common.signOut")}</span></button>
                    </div>
                </nav>
                <trouble-banner role="alert" data-key="trouble"></trouble-banner>
                <headset-banner data-key="headset"></headset-banner>
                <demo-strip data-key="demo"></demo-strip>
                <top-bar data-key="top"></top-bar>
                <supervision-strip data-key="supervision"></supervision-strip>
                <approval-strip data-key="approvals"></approval-strip>
                ${path !== "/desk" && html`<desk-messages data-key="messages"></desk-messages>`}
                <main id="main" tabindex="-1" data-key="main">
                    ${here ? here.show(path) : html`<div class="empty"
                        data-key="nowhere">${icon("alert")}<h1>${t("common.nowhere")}</h1></div>`}
                </main>
                <status-bar data-key="status"></status-bar>
                <div class="notices" role="alert" data-key="notices">
                    ${notices.value.map(
                        ({ id, problem }) => html`<div data-key="${id}">${icon("alert")}<span>${problem.text}</span>
                            <button class="plain" data-action="dismiss" data-id="${id}"
                                ${attribute("aria-label", t("common.dismiss"))}>${icon("close")}</button></div>`,
                    )}
                </div>
                <help-dialog data-key="help"></help-dialog>`,
        );
        this.#title();
    }

    /** The window's title says the state first: it is all one sees of a tab in the background. */
    #title() {
        const here = screenOf(place.value.path);
        const name = here ? t(here.label) : t("common.nowhere");
        const state = deskStore.value?.contact?.state === "ringing" ? `${t("common.state.offered")} · ` : "";
        document.title = `${state}${name} · Callfloor`;
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        document.title = "Callfloor";
    }
}

customElements.define("app-shell", AppShell);
