// Markup is written only with the `html` tag, which escapes every value, and reaches the page only through `render`.
// `render` changes what is there into what is wanted instead of replacing it, so that focus, selection, an open
// <details> and a half-typed note outlive every event from the server.

class Markup {
    constructor(text) {
        this.text = text;
    }
}

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function written(value) {
    if (value instanceof Markup) return value.text;
    if (Array.isArray(value)) return value.map(written).join("");
    if (value === null || value === undefined || value === false) return "";
    return String(value).replace(/[&<>"']/g, (character) => escapes[character]);
}

/** Markup from a template: values are escaped, nested markup and lists of it are taken in as they are. */
export function html(strings, ...values) {
    return new Markup(strings.reduce((text, part, index) => text + written(values[index - 1]) + part));
}

/** An attribute without a value, or nothing: html`<button ${flag("disabled", busy)}>`. */
export function flag(name, on) {
    return new Markup(on ? ` ${written(name)}` : "");
}

/** An attribute with a value, or nothing when there is no value; true and false are values: ARIA wants them written out. */
export function attribute(name, value) {
    return new Markup(value === null || value === undefined ? "" : ` ${written(name)}="${written(String(value))}"`);
}

/** Makes the children of `target` what `markup` says. Children with a `data-key` keep their element wherever they move. */
export function render(target, markup) {
    const template = document.createElement("template");
    template.innerHTML = markup.text;
    changeChildren(target, template.content);
}

function keyOf(node) {
    return node.nodeType === Node.ELEMENT_NODE ? (node.getAttribute("data-key") ?? undefined) : undefined;
}

function changeChildren(parent, wanted) {
    const next = [...wanted.childNodes];
    const wantedKeys = new Set(next.map(keyOf).filter((key) => key !== undefined));
    const present = new Map();
    // What is gone leaves first: otherwise everything behind it would be moved, and moving takes the focus away.
    for (const child of [...parent.childNodes]) {
        const key = keyOf(child);
        if (key === undefined) continue;
        if (wantedKeys.has(key) && !present.has(key)) present.set(key, child);
        else child.remove();
    }
    let current = parent.firstChild;
    for (const node of next) {
        const key = keyOf(node);
        const candidate = key === undefined ? current : present.get(key);
        const match = candidate && keyOf(candidate) === key && candidate.nodeName === node.nodeName ? candidate : undefined;
        if (match === undefined) {
            parent.insertBefore(node, current);
        } else {
            if (match === current) current = current.nextSibling;
            else parent.insertBefore(match, current);
            change(match, node);
        }
    }
    while (current) {
        const following = current.nextSibling;
        current.remove();
        current = following;
    }
}

function change(node, wanted) {
    if (node.nodeType !== Node.ELEMENT_NODE) {
        if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
        return;
    }
    changeAttributes(node, wanted);
    // A custom element owns its children, a text area its text.
    if (node.localName.includes("-") || node.localName === "textarea") return;
    changeChildren(node, wanted);
}

function changeAttributes(node, wanted) {
    for (const { name, value } of wanted.attributes) {
        if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    for (const { name } of [...node.attributes]) {
        // Whether a <details> or <dialog> is open is the reader's decision; `data-own` marks are set by the element itself.
        if (wanted.hasAttribute(name) || name === "open" || name.startsWith("data-own")) continue;
        node.removeAttribute(name);
    }
}
