import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import "./recording-player.js";

/** The recordings of one contact, where there are any and the reader may hear them. `segments` are those of the contact's story. */
class RecordingList extends PageElement {
    static observedAttributes = ["contact"];
    #segments = [];
    #answer = null;
    #asked = null;

    set segments(segments) {
        this.#segments = segments;
        if (this.isConnected) this.show();
    }

    start() {
        this.listen(this, "recordings-changed", () => this.#load());
        this.#load();
    }

    attributeChangedCallback() {
        if (this.isConnected && this.getAttribute("contact") !== this.#asked) this.#load();
    }

    show() {
        const recordings = this.#answer?.recordings ?? [];
        render(
            this,
            html`${recordings.length > 0 && html`<section class="panel story-recordings" aria-labelledby="recordings-title">
                <h2 class="panel-title" id="recordings-title">${t("recordings.title")}</h2>
                ${recordings.map(({ id }) => html`<recording-player data-key="${id}"></recording-player>`)}
            </section>`}`,
        );
        [...this.querySelectorAll("recording-player")].forEach((player, index) => {
            player.given = { recording: recordings[index], segments: this.#segments, mayKeep: this.#answer.mayKeep };
        });
    }

    async #load() {
        const id = this.getAttribute("contact");
        this.#asked = id;
        try {
            const answer = await get(`/api/contacts/${encodeURIComponent(id)}/recordings`);
            if (id !== this.#asked) return;
            this.#answer = answer;
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            // Whoever may not hear them is told nothing of them.
            this.#answer = null;
        }
        if (this.isConnected) this.show();
    }
}

customElements.define("recording-list", RecordingList);
