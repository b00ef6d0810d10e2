import { Store } from "./store.js";

/** Where the reader is: {path, query}. */
export const place = new Store(here());

function here() {
    return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Goes to a path of ours. `replace` leaves no step to go back to. */
export function go(path, { replace = false } = {}) {
    if (location.pathname + location.search === path) return;
    history[replace ? "replaceState" : "pushState"](null, "", path);
    place.set(here());
}

/** Follows links inside the page instead of loading it again; modified clicks stay the browser's. */
export function startRouter() {
    addEventListener("popstate", () => place.set(here()));
    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='/']");
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!link || !plain || link.target || event.defaultPrevented) return;
        event.preventDefault();
        go(link.getAttribute("href"));
    });
}
