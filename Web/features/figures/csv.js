// RFC 4180: fields between commas, records between CRLF, quotes doubled inside quotes. The mark at the beginning says UTF-8 to
// spreadsheets, which guess otherwise.

const byteOrderMark = "\uFEFF";

/** A table as the text of a file: rows of texts and numbers; null is an empty field. */
export function csv(rows) {
    return byteOrderMark + rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    // A spreadsheet would run what begins like this, and a name may come from anybody.
    const text = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Milliseconds as h:mm:ss: a spreadsheet takes 4:32 for hours and minutes. */
export function hours(milliseconds) {
    const seconds = Math.floor(milliseconds / 1000);
    const two = (value) => String(value).padStart(2, "0");
    return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Hands a file to the browser, which keeps it where it keeps downloads. */
export function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
    // The browser reads it after this task; a minute is more than it needs.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
