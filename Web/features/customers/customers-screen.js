import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { shortcut } from "../../base/keys.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import { may } from "../session/session.js";
import "./customer-file.js";
import "./customer-new.js";
import "./customer-record.js";
import "./customer-search.js";
import "./customer-timeline.js";

/** All customers: found as one types, with the record and what happened. `customer` is an id, "new", or missing. */
class CustomersScreen extends PageElement {
    static observedAttributes = ["customer"];
    #projects = [];

    start() {
        this.listen(this, "projects", ({ detail }) => {
            this.#projects = detail;
            this.show();
        });
        this.keep(shortcut("filter", () => this.querySelector("customer-search").focus()));
        this.act({ make: () => go("/customers/new") });
        this.listen(this, "picked", ({ detail, target }) => {
            if (target.closest("dialog")) return;
            go(`/customers/${encodeURIComponent(detail.id)}`);
        });
        this.listen(this, "made", ({ detail }) => {
            this.querySelector("customer-search").search();
            go(`/customers/${encodeURIComponent(detail.id)}`);
        });
        this.listen(this, "customer-changed", () => {
            this.querySelector("customer-search").search();
            this.querySelector("customer-timeline")?.load();
        });
        this.listen(this, "customer-erased", () => {
            this.querySelector("customer-search").search();
            go("/customers");
            this.querySelector("customer-search").focus();
        });
        this.listen(this, "customers-imported", () => this.querySelector("customer-search").search());
        this.listen(this, "change", ({ target }) => target.name === "project" && this.show());
    }

    show() {
        const customer = this.getAttribute("customer");
        const projects = this.#projects;
        const project = this.querySelector("[name='project']")?.value || projects[0]?.id;
        render(
            this,
            html`<div class="customers-side"><section class="panel customers-list" aria-labelledby="customers-title">
                    <header class="customers-head"><h1 class="list-title" id="customers-title">${t("common.screen.customers")}</h1>
                        <button data-action="make" ${attribute("aria-disabled", project ? null : "true")}>${icon("personNew")}<span>${t("customers.new")}</span></button></header>
                    <customer-search name="customers-search" recent ${attribute("chosen", customer)}></customer-search>
                    ${projects.length > 1 && html`<label class="customers-project" data-key="project"><span>${t("customers.project")}</span><select name="project">${
                        projects.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label>`}
                </section>
                ${may("manageCustomers") && project && html`<customer-file data-key="file" project="${project}"></customer-file>`}</div>
                ${this.#right(customer, project)}`,
        );
    }

    #right(customer, project) {
        if (customer === "new" && project) return html`<section class="panel customers-new" data-key="new"><customer-new draft="${project}"
            project="${project}"></customer-new></section>`;
        if (!customer || customer === "new") return html`<section class="panel empty customers-none" data-key="none">${icon("customers")}<p>${t("customers.choose")}</p></section>`;
        return html`<customer-record data-key="record" customer="${customer}"></customer-record>
            <customer-timeline data-key="timeline" id="screen" customer="${customer}" ${may("manageCustomers") && attribute("manages", "")}></customer-timeline>`;
    }
}

customElements.define("customers-screen", CustomersScreen);
