import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { ownKeys, shownKeyOf } from "../../base/keys.js";
import { Store } from "../../base/store.js";
import { t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { Attempt } from "./attempt.js";
import { deskStore } from "./desk-store.js";

// What is being asked of the server, wherever on the page somebody did.
const changed = new Store(null);
const attempt = new Attempt(() => changed.set(null));

/** Help is about a contact; whoever has asked can take it back. */
const canAsk = (desk) => desk !== null && (Boolean(desk.helpWanted) || ["handling", "wrapUp"].includes(desk.routing.state));

let before = null;
deskStore.subscribe((desk) => {
    const wanted = desk?.helpWanted ?? null;
    if (desk !== null && (before === null) !== (wanted === null)) announce(t(wanted === null ? "desk.help.over" : "desk.help.asked"));
    before = wanted;
});

/** Asks for help, or takes that back. */
export function askForHelp() {
    const desk = deskStore.value;
    if (canAsk(desk)) attempt.run("help", () => command("POST", "/api/desk/help", { wanted: !desk.helpWanted }));
}

/** The button by which an agent raises his flag; it says since when it is up. What was refused is said beside it. */
class HelpFlag extends PageElement {
    start() {
        this.watch(deskStore, ownKeys, changed);
        this.act({ askForHelp });
    }

    show() {
        const desk = deskStore.value;
        const since = desk?.helpWanted ?? null;
        const key = shownKeyOf("askForHelp");
        render(
            this,
            html`${attempt.said}<button data-key="flag" data-action="askForHelp" aria-keyshortcuts="${key}"
                aria-pressed="${String(since !== null)}" ${attempt.state("help", canAsk(desk))}>
                ${icon("flag")}<span>${t(since === null ? "desk.help" : "desk.help.asked")}</span>${since !== null && html` <live-timer
                since="${since}"></live-timer>`}<kbd aria-hidden="true">${key}</kbd></button>`,
        );
    }
}

customElements.define("help-flag", HelpFlag);
