import { PageElement } from "../../base/element.js";
import { html, render } from "../../base/html.js";
import "./audit-chain.js";
import "./audit-list.js";

/** Who saw, changed and took along what, and above it whether the log that says so is whole. */
class AuditScreen extends PageElement {
    start() {
        render(this, html`<audit-chain></audit-chain><audit-list></audit-list>`);
    }
}

customElements.define("audit-screen", AuditScreen);
