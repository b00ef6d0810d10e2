"""The screens as a person reaches them."""

import time

from catalogue import t
from playwright.sync_api import expect

# name: who sees it, and where it is
screens = {
    "sign-in": (None, "/sign-in"),
    "desk": ("agent", "/desk"),
    "floor": ("supervisor", "/floor"),
    "contacts": ("supervisor", "/contacts"),
    "figures": ("supervisor", "/figures"),
    "clientReport": ("client", "/client"),
    "audit": ("administrator", "/audit"),
}


def open_screen(visit, name, language, scheme="light"):
    who, path = screens[name]
    page = visit(who, path, language, scheme)
    arrive(page, name, language)
    return page


def arrive(page, name, language="en"):
    """Waits until the screen is there, in the language."""
    if name == "sign-in":
        expect(page.get_by_role("heading", name=t("session.signIn", language))).to_be_visible()
    else:
        expect(page.get_by_role("heading", name=t(f"common.screen.{name}", language))).to_be_attached()
        expect(page.get_by_text(t("common.connection.open", language), exact=True)).to_be_visible()
        expect(page.get_by_text(t("common.loading", language))).to_have_count(0)
    page.evaluate("document.fonts.ready")


# Text that is cut off, sticks out of its button, cell or panel, or makes the page wider than the window. What is shortened
# with an ellipsis on purpose carries its whole text as a title.
overflows = """() => {
    const found = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
    const { lang } = document.documentElement;
    const scrolled = (element) => element.closest("main") && element.closest("[tabindex='0'], [role=tree], .contact-body, contact-story, document-editor");
    const root = document.scrollingElement;
    const width = Math.max(root.scrollWidth, document.body.scrollWidth);
    if (width > innerWidth + 1) found.push(`the page is ${width} wide`);
    const name = (element) => `${element.localName}.${element.className} "${element.textContent.trim().slice(0, 60)}"`;
    const say = (what, element) => found.push(`${what}: ${name(element)}`);
    for (const element of document.querySelectorAll("#app *")) {
        if (!shown(element) || element.closest(".visually-hidden, .skip, svg, select, progress, meter")) continue;
        const style = getComputedStyle(element);
        const cutsOff = ["hidden", "clip"].includes(style.overflowX);
        const shortened = style.textOverflow === "ellipsis" && element.title;
        if (cutsOff && !shortened && !element.closest("[aria-hidden=true]")) {
            if (element.scrollWidth > element.clientWidth + 2) say("cut off at the side", element);
            if (element.scrollHeight > element.clientHeight + 2) say("cut off below", element);
        }
        const scrolls = element.matches("main, [role=tree], ol, textarea");
        if (style.overflowX === "auto" && !scrolls && element.scrollWidth > element.clientWidth + 1) say("scrolls sideways", element);
    }
    const walker = document.createTreeWalker(document.querySelector("#app"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (node.nodeValue.trim() === "" || !shown(element) || element.closest(".visually-hidden, .skip, option")) continue;
        if (getComputedStyle(element).textOverflow === "ellipsis" || element.closest(".cut")) continue;
        const box = element.closest("button, a, li, td, th, dd, .panel, label, kbd, nav, top-bar, status-bar")?.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const line of range.getClientRects()) {
            if (line.left < -1 || line.right > innerWidth + 1) say("outside the window", element);
            else if (box && (line.left < box.left - 2 || line.right > box.right + 2)) say("sticks out", element);
            // The boxes of Nastaliq letters are twice as high as what is drawn.
            else if (box && lang !== "ur" && (line.top < box.top - 2 || line.bottom > box.bottom + 2) && !scrolled(element)) say("is too high", element);
        }
    }
    return [...new Set(found)];
}"""


def until(page, there):
    """Lets the page go on until something is there."""
    deadline = time.monotonic() + 5
    while not there():
        assert time.monotonic() < deadline
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
