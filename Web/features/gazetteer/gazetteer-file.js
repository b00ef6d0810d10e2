import { FileImport } from "../../base/file-import.js";
import { t } from "../../base/text.js";

/** Puts the streets of a file in the place of those that a `project` has, after a look at its rows. */
class GazetteerFile extends FileImport {
    path = "/api/gazetteers/import";
    told = "gazetteer-changed";

    beside() {
        return null;
    }

    fileError({ rule, value, limit }) {
        if (rule === "required") return t("customers.fileNoName", { columns: value ?? "street, city" });
        return rule === "tooLarge" ? t("gazetteer.tooMany", { limit }) : null;
    }

    said({ rows, streets, places, refusedCount }, isDone) {
        return t(isDone ? "gazetteer.imported" : "gazetteer.wouldImport", { rows, streets, places, refused: refusedCount });
    }
}

customElements.define("gazetteer-file", GazetteerFile);
