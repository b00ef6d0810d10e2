import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { known, t } from "../../base/text.js";
import { settings } from "./settings-store.js";

/** Which role may do what, and how far that reaches. The roles are part of the program; here they are read. */
class RolesTable extends PageElement {
    start() {
        this.watch(settings);
    }

    show() {
        const { answer } = settings.value;
        if (answer === null) return;
        const roles = Object.keys(answer.roles);
        const permissions = [...new Set(roles.flatMap((role) => Object.keys(answer.roles[role])))].filter((one) => known(`settings.permission.${one}`));
        render(
            this,
            html`<div class="panel roles" tabindex="0" role="region" aria-label="${t("settings.roles")}">
                <p class="soft">${t("settings.roles.purpose")}</p>
                <table class="grid">
                    <thead><tr><th scope="col">${t("settings.permission")}</th>${roles.map((role) => html`<th scope="col">${t(`settings.role.${role}`)}</th>`)}</tr></thead>
                    <tbody>${permissions.map((permission) => html`<tr data-key="${permission}"><th scope="row">${t(`settings.permission.${permission}`)}</th>
                        ${roles.map((role) => this.#cell(answer.roles[role][permission]))}</tr>`)}</tbody>
                </table>
                <dl>${roles.map((role) => html`<div data-key="${role}"><dt>${t(`settings.role.${role}`)}</dt><dd>${t(`settings.roleSays.${role}`)}</dd></div>`)}</dl>
            </div>`,
        );
    }

    #cell(scope) {
        if (scope === undefined) return html`<td class="soft">–<span class="visually-hidden">${t("settings.scope.none")}</span></td>`;
        return html`<td>${icon("check")} ${t(`settings.scope.${scope}`)}</td>`;
    }
}

customElements.define("roles-table", RolesTable);
