import { get } from "../../base/api.js";
import { PageElement } from "../../base/element.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { go } from "../../base/router.js";
import { t } from "../../base/text.js";
import { onNamesChanged } from "../session/session.js";
import "./product-editor.js";
import { named, price } from "./words.js";

const sheets = ["reasons", "authority", "licences"];

/** What projects sell: the products of one, and what holds for all of them; what is `open` stands beside the list. */
class ProductsScreen extends PageElement {
    static observedAttributes = ["open"];
    #list = null;
    #problem = null;
    #project = null;

    start() {
        this.#load();
        let isKnown = false;
        this.keep(onNamesChanged(() => (isKnown ? this.#load() : (isKnown = true))));
        this.listen(this, "change", ({ target }) => {
            if (target.name !== "project") return;
            this.#project = target.value;
            this.#load();
        });
        this.listen(this, "saved", async ({ detail }) => {
            await this.#load();
            if (detail.id !== this.getAttribute("open")) go(`/products/${encodeURIComponent(detail.id)}`);
        });
        this.act({ again: () => this.#load(), make: () => go("/products/new") });
    }

    show() {
        const list = this.#list;
        const open = this.getAttribute("open");
        render(
            this,
            html`<nav class="panel products-nav" aria-label="${t("common.screen.products")}" data-key="nav">
                    <h1>${t("common.screen.products")}</h1>
                    ${list?.projects.length > 1 && html`<label data-key="project"><span>${t("common.project")}</span><select name="project">${list.projects.map(({ id, name }) => html`<option
                        value="${id}">${name}</option>`)}</select></label>`}
                    ${this.#problem && html`<p class="field-error" role="alert" data-key="problem">${icon("alert")}<span>${this.#problem.text}</span></p>
                        <button data-action="again" data-key="again">${t("contacts.tryAgain")}</button>`}
                    ${list === null ? !this.#problem && html`<p class="soft" data-key="loading">${t("common.loading")}</p>` : this.#links(list, open)}
                </nav>
                ${list && open ? html`<product-editor what="${open}" data-key="editor"></product-editor>` : html`<section class="panel empty" data-key="none">${
                    icon("figures")}<p>${t("products.choose")}</p></section>`}`,
        );
        const select = this.querySelector("[name='project']");
        if (select) select.value = list.project;
        const editor = this.querySelector("product-editor");
        if (editor) editor.list = list;
    }

    #links({ products, mayManage, currency }, open) {
        const link = (path, name, more = null) => html`<li data-key="${path}"><a href="/products/${path}" ${attribute("aria-current", path === open ? "page" : null)}>${name}${more}</a></li>`;
        return html`${mayManage && html`<button data-action="make" data-key="make">${t("products.new")}</button>`}
            <ul data-key="products">${products.map(({ id, fields }) => link(id, named(fields.name), html`<span class="soft">${price(fields.price, currency, fields.per)}${fields.retired && ` · ${t("products.retired")}`}</span>`))}</ul>
            <ul data-key="sheets">${sheets.filter((one) => mayManage || one !== "licences").map((one) => link(one, t(`products.${one}`)))}</ul>`;
    }

    async #load() {
        this.#problem = null;
        try {
            this.#list = await get(`/api/products${this.#project ? `?project=${this.#project}` : ""}`);
        } catch (problem) {
            if (problem.code === undefined) throw problem;
            this.#problem = problem;
        }
        if (this.isConnected) this.show();
    }
}

customElements.define("products-screen", ProductsScreen);
