import { Store } from "./store.js";

/** "system", "light" or "dark": chosen in this browser. */
export const theme = new Store(localStorage.getItem("theme") ?? "system");

theme.subscribe((value) => {
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
});

/** Chooses the colours and remembers it. */
export function chooseTheme(value) {
    localStorage.setItem("theme", value);
    theme.set(value);
}
