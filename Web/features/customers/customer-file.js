import { FileImport } from "../../base/file-import.js";
import { html } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";

/** The customers of a `project` as a file: taken along, or brought in after a look at what would become of each row. */
class CustomerFile extends FileImport {
    path = "/api/customers/import";
    told = "customers-imported";

    beside() {
        const project = encodeURIComponent(this.getAttribute("project"));
        return html`<a class="button" download target="_self" href="/api/customers/export?project=${project}&purpose=export">${icon("export")}<span>${
            t("customers.export", { format: FileImport.format })}</span></a>`;
    }

    fileError({ rule }) {
        return rule === "required" ? t("customers.fileNoName", { columns: "name, numbers" }) : null;
    }

    said({ rows, added, changed, unchanged, refusedCount }, isDone) {
        return t(isDone ? "customers.imported" : "customers.wouldImport", { rows, added, changed, unchanged, refused: refusedCount });
    }
}

customElements.define("customer-file", CustomerFile);
