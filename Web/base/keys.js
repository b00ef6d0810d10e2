import { Store } from "./store.js";

const shortcuts = new Map();

/**
 * Whether single letters are shortcuts; function keys always are. Speech input types letters, so they can be switched off
 * (WCAG 2.1.4).
 */
export const singleKeys = new Store(localStorage.getItem("single-keys") !== "off");

/** Switches single letters on or off, and remembers it in this browser. */
export function useSingleKeys(on) {
    localStorage.setItem("single-keys", on ? "on" : "off");
    singleKeys.set(on);
}

/**
 * A shortcut. `code` is the place of the key, not its letter: a Georgian keyboard has D where it stands in the help.
 * `label` is the text key that the help shows. The returned function takes the shortcut away.
 */
export function shortcut({ code, shift = false, shown, label, run }) {
    const id = `${shift ? "Shift+" : ""}${code}`;
    const entry = { shown, label, run, single: !/^F\d+$/.test(code) };
    shortcuts.set(id, entry);
    return () => shortcuts.get(id) === entry && shortcuts.delete(id);
}

/** What the help lists. */
export function allShortcuts() {
    return [...shortcuts.values()];
}

function typing(target) {
    return target.closest?.("input, textarea, select, [contenteditable], dialog, [role=menu]") !== null;
}

/** Starts to listen; called once. */
export function startKeys() {
    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
        const entry = shortcuts.get(`${event.shiftKey ? "Shift+" : ""}${event.code}`);
        if (!entry) return;
        if (entry.single && (!singleKeys.value || typing(event.target))) return;
        if (document.querySelector("dialog[open]")) return;
        event.preventDefault();
        entry.run();
    });
}
