import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { number } from "../../base/format.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import { session } from "../session/session.js";
import "../tour/tour-step.js";
import "./demo-bar.js";
import { inDemo, plug, putAway, startDemo } from "./demo-store.js";

const kept = "demo-strip";

/** Whether the line of the demo is there; whoever has put it away finds it again in the rail. */
export const stripShown = new Store(localStorage.getItem(kept) !== "away");

/** Shows the line, or puts it away, in this browser. */
export function showStrip(on) {
    localStorage.setItem(kept, on ? "there" : "away");
    stripShown.set(on);
}

/** What a pull of the plug did: what is counted, one after another. */
function pullSentences(pull) {
    const { open, lost, lostPages, ended, waiting, keptPlace, talks, heardAgain, awaited } = pull;
    return [
        t("demo.pulled.lost", { count: lost, open }),
        lostPages > 0 && t("demo.pulled.pages", { count: lostPages }),
        keptPlace === waiting ? t("demo.pulled.kept", { count: waiting }) : t("demo.pulled.keptOf", { count: keptPlace, waiting }),
        awaited > 0 || heardAgain < talks
            ? t("demo.pulled.talksOf", { count: heardAgain, talks })
            : t("demo.pulled.talks", { count: talks }),
        ended > 0 && t("demo.pulled.ended", { count: ended }),
        t("demo.pulled.back", { seconds: number(pull.milliseconds / 1000, { decimals: 1 }) }),
    ].filter(Boolean);
}

/** The line above the desk and the floor of a demo: the tour, the traffic and the plug. It has room of its own and covers nothing. */
class DemoStrip extends PageElement {
    #said = 0;

    start() {
        this.watch(session, stripShown);
        this.keep(plug.subscribe(() => this.#plugChanged()));
        this.act({ away: () => showStrip(false), read: putAway });
    }

    #plugChanged() {
        const { last, pulled } = plug.value;
        if (last?.over && !pulled && plug.value.shown && last.number !== this.#said) {
            this.#said = last.number;
            announce(pullSentences(last).join(". "));
        }
        this.show();
    }

    show() {
        if (!inDemo()) return render(this, html``);
        const away = !stripShown.value;
        render(
            this,
            html`<section class="demo-strip" aria-label="${t("demo.title")}" ${attribute("hidden", away ? "" : null)} data-key="strip">
                <tour-step></tour-step>
                <demo-bar></demo-bar>
                <button class="plain demo-away" data-action="away" ${attribute("aria-label", t("demo.away"))}
                    title="${t("demo.away")}">${icon("close")}</button>
            </section>
            ${this.#outcome()}`,
        );
    }

    #outcome() {
        const { pulled, last, shown } = plug.value;
        if (pulled) return html`<p class="demo-outcome" data-key="down" role="status">${icon("plug")}<span>${t("demo.down")}</span></p>`;
        if (!shown || last === null) return null;
        const [first, ...others] = pullSentences(last);
        return html`<p class="demo-outcome" data-key="outcome" data-lost="${last.lost > 0 ? "yes" : "no"}">
            ${icon(last.over ? "check" : "lineConnecting")}<strong>${first}</strong>${others.map((text) => html`<span>${text}</span>`)}
            <button class="plain" data-action="read" ${attribute("aria-label", t("common.dismiss"))}>${icon("close")}</button></p>`;
    }
}

startDemo();
customElements.define("demo-strip", DemoStrip);
