import { PageElement } from "../base/element.js";
import { time } from "../base/format.js";
import { html, render } from "../base/html.js";
import { icon } from "../base/icons.js";
import { known, t } from "../base/text.js";
import { troubles } from "../base/troubles.js";

/** Says over every screen what is wrong with the centre and what that means for the work. Empty when all is well. */
class TroubleBanner extends PageElement {
    start() {
        this.watch(troubles);
    }

    show() {
        const now = (troubles.value?.troubles ?? []).filter(({ code }) => known(`common.trouble.${code}`));
        render(
            this,
            html`${now.map(
                ({ code, since }) => html`<p data-key="${code}" data-trouble="${code}">${icon("alert")}
                    <span>${t(`common.trouble.${code}`, { time: time(since) })}</span></p>`,
            )}`,
        );
    }
}

customElements.define("trouble-banner", TroubleBanner);
