import { announce } from "../../base/announce.js";
import { command } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import "../../elements/live-timer/live-timer.js";
import { Attempt } from "../desk/attempt.js";
import { deskStore } from "../desk/desk-store.js";

const heading = ({ host, other: { name } }) => t(host ? "supervise.seat.host" : "supervise.seat.guest", { name });

// The first sight of a desk tells nothing anew.
let told;
deskStore.subscribe((desk) => {
    const seat = desk?.seat ?? null;
    const now = desk === null ? undefined : seat && `${seat.host} ${seat.other.id}`;
    if (told !== undefined && now && now !== told) announce(heading(seat));
    told = now;
});

/** Who sits beside the reader, or the desk of him beside whom the reader sits, as it changes: there to be looked at. */
class SeatPanel extends PageElement {
    #attempt = new Attempt(() => this.show());

    start() {
        this.watch(deskStore);
        this.act({ leaveSeat: () => this.#attempt.run("end", () => command("POST", "/api/desk/seat/end")) });
    }

    show() {
        const desk = deskStore.value;
        const seat = desk?.seat ?? null;
        if (seat === null) return render(this, desk?.trainee ? html`<p class="seat-alone" role="note">${t("supervise.seat.alone")}</p>` : html``);
        render(
            this,
            html`<section class="panel seat-panel" data-of="${desk.beside && desk.contact === null ? "guest" : "host"}" aria-label="${heading(seat)}">
                <header><h2 class="panel-title">${icon("monitor")}<span>${heading(seat)}</span></h2>
                    <live-timer since="${seat.since}"></live-timer></header>
                ${desk.beside && this.#mirror(desk.beside)}
                ${this.#attempt.said}
                <button data-action="leaveSeat" ${this.#attempt.state("end")}>${icon("out")}<span>${t("supervise.seat.end")}</span></button>
            </section>`,
        );
    }

    #mirror({ state, since, contact }) {
        const label = known(`common.state.${state}`) ? t(`common.state.${state}`) : t("common.state.talking");
        return html`<div class="seat-mirror" data-key="mirror">
            <p data-key="state"><strong>${label}</strong> <live-timer since="${since}"></live-timer></p>
            ${contact === null
                ? html`<p class="soft" data-key="none">${t("supervise.seat.noContact")}</p>`
                : html`<p data-key="who" class="seat-number"><bdi class="number">${contact.number ?? ""}</bdi></p>
                    <p data-key="where"><bdi>${contact.project.name}</bdi> · <bdi>${contact.queue.name}</bdi></p>
                    ${contact.draft.note && html`<p data-key="note"><span class="soft">${t("supervise.seat.note")}</span>
                        <span class="seat-note" dir="auto">${contact.draft.note}</span></p>`}`}
        </div>`;
    }
}

customElements.define("seat-panel", SeatPanel);
