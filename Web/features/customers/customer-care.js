import { command, get } from "../../base/api.js";
import { announce } from "../../base/announce.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import "./customer-search.js";
import { dropDrafts } from "./customer-drafts.js";
import { pathOf } from "./customer-store.js";

const reasons = ["asked", "expired", "mistake"];

/** What is done with a whole customer by whoever may: join another to him, show all that is kept, erase him. Asks before it does. */
class CustomerCare extends PageElement {
    static observedAttributes = ["customer", "named", "project"];
    // null, "merge", "kept", "erase".
    #asking = null;
    #other = null;
    #kept = null;
    #problem = null;
    #before = null;

    start() {
        this.act({
            ask: ({ value }) => this.#ask(value), no: () => this.#dialog.close(),
            merge: () => this.#do("/merge", { other: this.#other.id }, "customer-changed", "customers.merged"),
            erase: () => this.#erase(), else: () => this.#choose(null),
        });
        this.listen(this, "picked", (event) => {
            event.stopPropagation();
            if (event.detail.id !== this.getAttribute("customer")) this.#choose(event.detail);
        });
        this.listen(this, "close", () => {
            this.#asking = null;
            this.show();
            if (this.#before?.isConnected) this.#before.focus();
        }, { capture: true });
    }

    get #dialog() {
        return this.querySelector("dialog");
    }

    show() {
        const asking = this.#asking;
        render(
            this,
            html`<div class="record-care">${["merge", "kept", "erase"].map((deed) => html`<button data-key="${deed}" data-action="ask"
                    value="${deed}">${t(`customers.care.${deed}`)}</button>`)}</div>
                <dialog aria-labelledby="care-title" class="care-dialog" data-key="dialog">${asking && html`
                    <h2 id="care-title">${t(`customers.care.${asking}`)}</h2>
                    ${asking === "merge" && this.#merge()}
                    ${asking === "kept" && this.#shown()}
                    ${asking === "erase" && this.#erasure()}
                    ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>`}
                    ${this.#feet(asking)}`}
                </dialog>`,
        );
    }

    #merge() {
        if (this.#other === null) return html`<div data-key="find"><p>${t("customers.mergeWhom")}</p><customer-search name="merge-search"
            ${attribute("project", this.getAttribute("project"))}></customer-search></div>`;
        return html`<div data-key="sure"><p>${t("customers.mergeAsk", { other: this.#other.name, name: this.getAttribute("named") })}</p>
            <button class="plain" data-action="else">${t("customers.other")}</button></div>`;
    }

    #shown() {
        return html`<div data-key="shown"><p>${t("customers.keptText")}</p>${this.#kept !== null && html`<pre class="kept" tabindex="0" dir="ltr">${
            JSON.stringify(this.#kept, null, 2)}</pre>`}</div>`;
    }

    #erasure() {
        return html`<div data-key="erasure"><p>${t("customers.eraseAsk", { name: this.getAttribute("named") })}</p>
            <label><span>${t("customers.eraseReason")}</span><select name="reason">${reasons.map((reason) => html`<option
                value="${reason}">${t(`customers.reason.${reason}`)}</option>`)}</select></label></div>`;
    }

    #feet(asking) {
        return html`<footer class="care-feet" data-key="feet">
            <button data-action="no">${t(asking === "kept" ? "common.close" : "customers.no")}</button>
            ${asking === "kept" && html`<a class="button" data-key="file" download="person.json" target="_self" href="${
                pathOf(this.getAttribute("customer"), "/kept")}">${icon("export")}<span>${t("customers.file")}</span></a>`}
            ${asking === "merge" && html`<button class="primary" data-key="merge" data-action="merge" ${attribute("aria-disabled", this.#other ? null : "true")}>${t("customers.merge")}</button>`}
            ${asking === "erase" && html`<button class="risky" data-key="erase" data-action="erase">${t("customers.erase")}</button>`}
        </footer>`;
    }

    async #ask(what) {
        this.#before = document.activeElement;
        this.#asking = what;
        this.#other = this.#kept = this.#problem = null;
        this.show();
        this.#dialog.showModal();
        if (what === "merge") this.querySelector("customer-search").focus();
        if (what !== "kept") return;
        try {
            this.#kept = await get(pathOf(this.getAttribute("customer"), "/kept"));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        this.show();
    }

    #choose(other) {
        this.#other = other;
        this.show();
        this.querySelector(other ? "[data-action='merge']" : "customer-search").focus();
    }

    async #erase() {
        await this.#do("/erase", { reason: this.querySelector("select").value }, "customer-erased", "customers.erased");
        if (this.#problem === null) dropDrafts(this.getAttribute("customer"));
    }

    async #do(path, body, event, said) {
        try {
            await command("POST", pathOf(this.getAttribute("customer"), path), body);
            this.#dialog.close();
            announce(t(said));
            this.dispatchEvent(new CustomEvent(event, { bubbles: true }));
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
            this.show();
        }
    }
}

customElements.define("customer-care", CustomerCare);
