import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** What is shown once, to be typed elsewhere or given to somebody: {title, rows: [[name, value]]}; null for nothing. */
class HandOverCard extends PageElement {
    #card = null;
    #copied = null;

    set card(card) {
        if (card === this.#card) return;
        this.#card = card;
        this.#copied = null;
        if (this.isConnected) this.show();
    }

    start() {
        this.act({
            copy: async ({ value }) => {
                const cell = this.querySelector(`[data-row="${value}"]`);
                getSelection().selectAllChildren(cell);
                // Without HTTPS there is only the old way; where that fails, too, the text is marked, and one key away.
                const copied = navigator.clipboard?.writeText(cell.textContent).then(() => true, () => false);
                if (!((await copied) ?? document.execCommand("copy"))) return;
                this.#copied = value;
                this.show();
                announce(t("settings.copied"));
            },
        });
    }

    show() {
        if (this.#card === null) return render(this, html``);
        const { title, rows } = this.#card;
        return render(
            this,
            html`<section class="card" aria-labelledby="card-title" role="status">
                <h4 id="card-title">${icon("check")} ${title}</h4>
                <dl>${rows.map(([name, value], index) => html`<div><dt>${name}</dt><dd data-row="${index}" class="number">${value}</dd>
                    <dd><button type="button" class="plain" data-action="copy" value="${index}" ${attribute("aria-label", t("settings.copyOf", { name }))}>${
                        String(index) === this.#copied ? html`${icon("check")} ${t("settings.copied")}` : t("settings.copy")}</button></dd></div>`)}</dl>
                <p class="soft">${t("settings.card.once")}</p>
            </section>`,
        );
    }
}

customElements.define("hand-over-card", HandOverCard);
