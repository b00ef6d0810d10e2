import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { CallPopover } from "./call-popover.js";
import { callCommand } from "./desk-store.js";
import { draftOf } from "./draft.js";

/** Gives the call to the supervisors of its queue. */
class CallHandOver extends CallPopover {
    static id = "call-hand-over";
    static heading = "call.handOver.title";

    start() {
        super.start();
        this.act({ go: () => this.#go() });
    }

    content(contact) {
        return html`<p>${t("call.handOver.text", { queue: contact.queue.name })}</p>
            <footer><button class="primary" data-action="go" data-first ${this.attempt.state("go")}>
                ${icon("handOver")}<span>${t("call.handOver.go")}</span></button></footer>`;
    }

    async #go() {
        const { contact } = this;
        const done = await this.attempt.run("go", async () => {
            await draftOf(contact).settle();
            await callCommand(contact.id, "hand-over");
        });
        if (done) this.close();
    }
}

customElements.define("call-hand-over", CallHandOver);
