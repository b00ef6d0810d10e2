import { announce } from "../base/announce.js";
import { PageElement } from "../base/element.js";
import { attribute, html, render } from "../base/html.js";
import { icon } from "../base/icons.js";
import {
    allActions, keyRefusal, ownKeys, pressedKey, resetKeys, setKey, shownKey, shownKeyOf, singleKeys, useSingleKeys,
} from "../base/keys.js";
import { t } from "../base/text.js";
import { maySupervise } from "../features/supervision/supervision-store.js";

/** The keys of whoever is signed in, and where each of them can be changed. */
class HelpDialog extends PageElement {
    #before = null;
    // The action whose new key is waited for, and the key that was refused for it.
    #changing = null;
    #refused = null;

    start() {
        this.watch(ownKeys);
        this.act({
            close: () => this.querySelector("dialog").close(),
            change: (source) => this.#wait(source.value),
            reset: () => {
                this.#wait(null);
                resetKeys();
            },
        });
        this.listen(this, "keydown", (event) => this.#take(event));
        this.listen(this, "change", (event) => useSingleKeys(event.target.checked));
        // Escape keeps the old key and not the dialog's end.
        this.listen(this, "cancel", (event) => this.#changing !== null && event.preventDefault(), { capture: true });
        this.listen(this, "focusout", () => this.#wait(null));
        this.listen(
            this,
            "close",
            () => {
                this.#wait(null);
                this.#before?.focus();
            },
            { capture: true },
        );
    }

    /** Opens the dialog; the focus returns to where it came from. */
    open() {
        this.#before = document.activeElement;
        this.show();
        this.querySelector("dialog").showModal();
    }

    #wait(name) {
        if (name === this.#changing) return;
        this.#changing = name;
        this.#refused = null;
        this.show();
    }

    #take(event) {
        if (this.#changing === null) return;
        const key = pressedKey(event);
        if (key === null || event.repeat || key === "Tab" || key === "Shift+Tab") return;
        event.preventDefault();
        if (key === "Escape") return this.#wait(null);
        const name = this.#changing;
        const refusal = keyRefusal(name, key);
        if (refusal) {
            this.#refused = { key, ...refusal };
            return this.show();
        }
        this.#wait(null);
        setKey(name, key);
        announce(t("common.keys.changed", { action: t(allActions().find((action) => action.name === name).label), key: shownKeyOf(name) }));
    }

    show() {
        const actions = allActions();
        render(
            this,
            html`<dialog aria-labelledby="help-title">
                <header>
                    <h2 id="help-title">${t("common.help.title")}</h2>
                    <button class="plain" data-action="close" ${attribute("aria-label", t("common.close"))}>${icon("close")}</button>
                </header>
                <dl tabindex="0" aria-labelledby="help-title">
                    ${actions.map((action) => this.#row(action))}
                    ${maySupervise() && html`<div data-key="space"><dt><kbd>${t("supervise.space")}</kbd></dt><dd>${t("supervise.spaceKey")}</dd></div>`}
                    <div><dt><kbd>1</kbd> – <kbd>9</kbd></dt><dd>${t("common.help.digits")}</dd></div>
                    <div><dt><kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd></dt><dd>${t("common.help.arrows")}</dd></div>
                </dl>
                <footer>
                    <label class="single-keys"><input type="checkbox"> <span>${t("common.help.singleKeys")}</span></label>
                    <button data-action="reset" ${attribute("aria-disabled", actions.some(({ changed }) => changed) ? null : "true")}>
                        ${t("common.keys.reset")}</button>
                </footer>
            </dialog>`,
        );
        this.querySelector("input").checked = singleKeys.value;
    }

    #row({ name, label, key }) {
        const changing = name === this.#changing;
        return html`<div data-key="${name}">
            <dt><kbd>${shownKey(key)}</kbd></dt>
            <dd><span id="key-${name}">${t(label)}</span>
                <span role="alert" class="key-said">${changing && (this.#refusal() ?? t("common.keys.press"))}</span></dd>
            <dd><button id="change-${name}" data-action="change" value="${name}" aria-labelledby="change-${name} key-${name}"
                ${attribute("data-on", changing ? "yes" : null)}>${t("common.keys.change")}</button></dd>
        </div>`;
    }

    #refusal() {
        if (this.#refused === null) return null;
        const { key, reason, by } = this.#refused;
        return html`<span class="field-error">${icon("alert")}<span>${t(`common.keys.${reason}`, {
            key: shownKey(key), action: by ? t(by.label) : "" })}</span></span>`;
    }
}

customElements.define("help-dialog", HelpDialog);
