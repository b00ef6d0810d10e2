import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { CallPopover } from "./call-popover.js";
import { callCommand, transferTargets } from "./desk-store.js";
import { draftOf } from "./draft.js";

/** Gives the call to whoever is named for that, or to the supervisors of its queue. */
class CallHandOver extends CallPopover {
    static id = "call-hand-over";
    static heading = "call.handOver.title";
    #senior = null;

    start() {
        super.start();
        this.act({ go: () => this.#go() });
    }

    opened() {
        this.#senior = null;
        this.#read();
    }

    async #read() {
        const { contact } = this;
        try {
            const { senior } = await transferTargets(contact.id);
            if (this.contact?.id !== contact.id) return;
            this.#senior = senior;
            this.show();
        } catch (problem) {
            // Whoever hands over learns what is wrong then.
            if (problem.code === undefined) throw problem;
        }
    }

    content(contact) {
        const senior = this.#senior;
        return html`<p>${t("call.handOver.text", { queue: contact.queue.name })}</p>
            ${senior && html`<p role="status" data-key="senior">${
                t(senior.free ? "call.handOver.senior" : "call.handOver.seniorBusy", { agent: senior.name })}</p>`}
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
