import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { time } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { defineAction, ownKeys, shortcut, shownKeyOf } from "../../base/keys.js";
import { t } from "../../base/text.js";
import { session } from "../session/session.js";
import { Attempt } from "./attempt.js";
import { deskStore } from "./desk-store.js";

defineAction("readMessage", { key: "Alt+KeyG", label: "desk.message.readKey", when: () => session.value?.user.agent === true, onButton: true });

const unread = (desk) => desk?.messages ?? [];

// Whoever works with a customer hears of it when the reader has finished; the first sight of a desk tells nothing anew.
let told = null;
deskStore.subscribe((desk) => {
    if (desk === null) return void (told = null);
    const fresh = unread(desk).filter(({ id }) => told !== null && !told.has(id));
    told = new Set(unread(desk).map(({ id }) => id));
    if (fresh.length > 0) announce(fresh.map(({ from, text }) => t("desk.message.spoken", { from, text })).join(" "));
});

/** What a supervisor has written and this agent has not read yet, the oldest first, one at a time. It takes no focus and covers nothing. */
class DeskMessages extends PageElement {
    #attempt = new Attempt(() => this.show());

    start() {
        this.watch(deskStore, ownKeys);
        this.act({ read: () => this.#read() });
        this.keep(shortcut("readMessage", () => this.#read()));
    }

    #read() {
        const first = unread(deskStore.value)[0];
        if (first) this.#attempt.run("read", () => command("POST", `/api/desk/messages/${first.id}/read`));
    }

    show() {
        const [first, ...others] = unread(deskStore.value);
        const had = this.contains(document.activeElement);
        if (first === undefined) render(this, html``);
        else {
            const { from, at, text } = first;
            const key = shownKeyOf("readMessage");
            render(
                this,
                html`<section class="message-card" aria-label="${t("desk.message", { from })}">
                    <header>${icon("message")}<bdi>${from}</bdi> <time class="number soft">${time(at)}</time>
                        ${others.length > 0 && html`<span class="message-more">${t("desk.message.more", { count: others.length })}</span>`}</header>
                    <p class="message-text" dir="auto" tabindex="0" data-key="${first.id}">${text}</p>
                    ${this.#attempt.said}
                    <button data-action="read" aria-keyshortcuts="${key}" ${this.#attempt.state("read")}>${icon("check")}<span>${t(
                        "desk.message.read")}</span><kbd aria-hidden="true">${key}</kbd></button>
                </section>`,
            );
        }
        if (had && document.activeElement === document.body) document.querySelector("main")?.focus();
    }
}

customElements.define("desk-messages", DeskMessages);
