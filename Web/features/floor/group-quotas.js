import { PageElement } from "../../base/element.js";
import { compare } from "../../base/format.js";
import { html, render } from "../../base/html.js";
import { t } from "../../base/text.js";
import { quotaMark } from "../../elements/quota-mark/quota-mark.js";
import { floorStore } from "./floor-store.js";

const byName = (first, second) => compare(first.group.name, second.group.name);

/** What teams and projects are to reach together; nothing where nobody has set anything. */
class GroupQuotas extends PageElement {
    start() {
        this.watch(floorStore);
    }

    show() {
        const quotas = floorStore.value?.quotas ?? [];
        this.hidden = quotas.length === 0;
        if (this.hidden) return render(this, html``);
        render(
            this,
            html`<section class="panel group-quotas" aria-labelledby="quotas-title">
                <h2 class="panel-title" id="quotas-title">${t("common.quota.list")}</h2>
                <ul>
                    ${[...quotas].sort(byName).map((quota) => html`<li data-key="${quota.id}-${quota.group.id}">
                        <bdi class="group-name">${quota.group.name}</bdi> ${quotaMark(quota)}</li>`)}
                </ul>
            </section>`,
        );
    }
}

customElements.define("group-quotas", GroupQuotas);
