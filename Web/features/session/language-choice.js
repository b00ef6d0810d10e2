import { PageElement } from "../../base/element.js";
import { flag, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { language, languages, patterns } from "../../base/language.js";
import { notifyProblem } from "../../base/notices.js";
import { t } from "../../base/text.js";
import { chooseLanguage } from "./session.js";

/** The languages, each by its own name: whoever cannot read the screen still finds theirs. */
class LanguageChoice extends PageElement {
    start() {
        this.listen(this, "change", (event) => chooseLanguage(event.target.value).catch(notifyProblem));
    }

    show() {
        render(
            this,
            html`<label>
                ${icon("language")}
                <span class="visually-hidden">${t("common.language")}</span>
                <select name="language">
                    ${languages.map((code) => html`<option value="${code}"
                        lang="${code}"${flag("selected", code === language.value)}>${patterns(code).name}</option>`)}
                </select>
            </label>`,
        );
        this.querySelector("select").value = language.value;
    }
}

customElements.define("language-choice", LanguageChoice);
