import { html } from "./html.js";

/** Reads the icons into the page, so that they are there when the connection is not. */
export async function loadIcons() {
    const answer = await fetch("/base/icons.svg");
    if (!answer.ok) throw new Error(`icons.svg: ${answer.status}`);
    const drawing = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    document.body.append(document.importNode(drawing.documentElement, true));
}

/** An icon of icons.svg in the colour of the text beside it, which says what it means. */
export function icon(name) {
    return html`<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-${name}"></use></svg>`;
}
