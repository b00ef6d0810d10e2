import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { dateTime, phone } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { money, named, price } from "../products/words.js";
import { dayRead, numberRead } from "./typed.js";
import { addressParts } from "./values.js";

/** What an agent was led through by the script, and what was filled in, in a contact's story. Nothing where there was neither. */
class StoryWork extends PageElement {
    static observedAttributes = ["contact"];
    #work = null;
    #asked = null;

    start() {
        this.#load();
    }

    attributeChangedCallback() {
        if (this.isConnected && this.getAttribute("contact") !== this.#asked) this.#load();
    }

    async #load() {
        const contact = (this.#asked = this.getAttribute("contact"));
        try {
            const work = await get(`/api/contacts/${encodeURIComponent(contact)}/work`);
            if (contact !== this.#asked) return;
            this.#work = work;
            this.show();
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            // What one may not see is not there.
            if (problem.code !== "notFound") notifyProblem(problem);
        }
    }

    show() {
        const { script = null, forms = [], proposals = [], concessions = [], approvals = [] } = this.#work ?? {};
        render(
            this,
            html`${script && html`<section class="panel story-work" aria-labelledby="story-script" data-key="script">
                    <h2 class="panel-title" id="story-script">${t("scripting.story.script")}</h2>
                    <p><b dir="auto">${script.name}</b> <span class="soft">${t("scripting.story.version", { version: script.version })}</span></p>
                    <ol>${script.steps.map(({ say, answer, tried }, index) => html`<li data-key="${index}"><span class="soft" dir="auto">${say}</span>
                        ${tried && html`<span class="script-tried">${icon("check")}${t("scripting.tried")}</span>`} <b dir="auto">${answer}</b></li>`)}</ol>
                </section>`}
                ${forms.length > 0 && html`<section class="panel story-work" aria-labelledby="story-forms" data-key="forms">
                    <h2 class="panel-title" id="story-forms">${t("scripting.story.forms")}</h2>
                    ${forms.map((form, index) => this.#form(form, index))}
                </section>`}
                ${proposals.length + concessions.length + approvals.length > 0 && html`<section class="panel story-work" aria-labelledby="story-sold" data-key="sold">
                    <h2 class="panel-title" id="story-sold">${t("products.told")}</h2>
                    <ul>${proposals.map((one) => html`<li data-key="${one.id}">${named(one.name)} · ${price(one.total, one.currency, one.per)}: <b>${t(`products.state.${one.state}`)}</b>${
                        one.reasonName && html` (${named(one.reasonName)})`} <span class="soft">${one.note && html`<bdi>${one.note}</bdi> · `}<bdi>${one.by ?? "–"}</bdi></span></li>`)}
                        ${concessions.map((one) => html`<li data-key="${one.id}">${t(`products.kind.${one.kind}`)} · ${money(one.amount, one.currency)}
                            <span class="soft"><bdi>${one.note}</bdi> · <bdi>${one.by ?? "–"}</bdi></span></li>`)}
                        ${approvals.map((one) => html`<li data-key="${one.id}">${one.kind === "discount" ? `${Number(one.amount)} %` : money(one.amount, one.currency)} ${
                            t(`products.kind.${one.kind}`)}${one.product && html` · ${named(one.product)}`}: <b>${t(`products.approval.${one.state}`, { name: one.decidedBy ?? "" })}</b></li>`)}</ul>
                </section>`}`,
        );
    }

    #form({ name, version, fields, submittedAt, submittedBy }, index) {
        return html`<article data-key="${index}">
            <h3><bdi>${name}</bdi> <span class="soft">${t("scripting.story.version", { version })}</span></h3>
            <dl class="story-facts">${fields.map((field, place) => html`<div data-key="${place}"><dt><bdi>${field.label}</bdi></dt><dd><bdi>${this.#value(field)}</bdi></dd></div>`)}</dl>
            <p class="soft">${submittedAt === null ? t("scripting.story.notSubmitted") : t("scripting.story.by", { agent: submittedBy ?? "–", time: dateTime(submittedAt) })}</p>
        </article>`;
    }

    #value({ kind, value, currency = null }) {
        switch (kind) {
            case "address": return addressParts.map((part) => value[part] ?? "").filter((text) => text !== "").join(", ");
            case "number": return numberRead(value);
            case "money": return `${numberRead(value)} ${currency ?? ""}`.trim();
            case "date": return dayRead(value);
            case "phone": return phone(value);
            case "check": return t("scripting.yes");
            default: return value;
        }
    }
}

customElements.define("story-work", StoryWork);
