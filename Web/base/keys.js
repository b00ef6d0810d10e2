import { Store } from "./store.js";

const kept = "keys";
const actions = new Map();
const running = new Map();

// What browsers and systems do not give away, or should not: reloading, the whole screen, tools, the context menu, closing.
const reserved = new Set(["F5", "Shift+F5", "F11", "F12", "Shift+F10", "Alt+F4"]);

/**
 * Whether single letters are shortcuts; function keys and letters with Alt always are. Speech input types letters, so they can be
 * switched off (WCAG 2.1.4).
 */
export const singleKeys = new Store(localStorage.getItem("single-keys") !== "off");

/** Switches single letters on or off, and remembers it in this browser. */
export function useSingleKeys(on) {
    localStorage.setItem("single-keys", on ? "on" : "off");
    singleKeys.set(on);
}

/** The keys that somebody changed in this browser, by action: {mute: "Shift+F7"}. */
export const ownKeys = new Store(readKept());

// Another tab has changed them.
window.addEventListener("storage", ({ key }) => key === kept && ownKeys.set(readKept()));

/**
 * Says what can be done by a key, and by which one as long as nobody changes it. A key is the place on the keyboard, not its letter
 * (`KeyboardEvent.code`): a Georgian keyboard has D where it stands in the help. `label` is the text key of what it does, `when` says
 * whether it concerns whoever is signed in; an action `onButton` shows its key there.
 */
export function defineAction(name, { key, label, when = () => true, onButton = false }) {
    actions.set(name, { name, key, label, when, onButton });
}

/** Runs `run` when the key of an action is pressed. The returned function ends that. */
export function shortcut(name, run) {
    running.set(name, run);
    return () => running.get(name) === run && running.delete(name);
}

/** What can be done by keys: [{name, label, key, changed, onButton}]. */
export function allActions() {
    return [...actions.values()].filter(({ when }) => when()).map(({ name, label, onButton }) => {
        const key = keyOf(name);
        return { name, label, key, changed: name in ownKeys.value, onButton };
    });
}

/** Those that work on the screen as it is. */
export function allShortcuts() {
    return allActions().filter(({ name }) => running.has(name));
}

/** The key of an action, such as "F7", "Alt+KeyK". */
export function keyOf(name) {
    return ownKeys.value[name] ?? actions.get(name).key;
}

/** How a key is written for people, and for `aria-keyshortcuts`. */
export function shownKey(key) {
    if (key === "Shift+Slash") return "?";
    return key.replace("Slash", "/").replace(/Key(?=.$)/, "");
}

/** The key of an action as people read it. */
export function shownKeyOf(name) {
    return shownKey(keyOf(name));
}

/** The key that was pressed, or null while it is only Shift, Alt and the like. */
export function pressedKey(event) {
    if (/^(Shift|Alt|Control|Meta|OS)(Left|Right)$/.test(event.code) || event.code === "") return null;
    const modifiers = [event.ctrlKey && "Ctrl", event.metaKey && "Meta", event.altKey && "Alt", event.shiftKey && "Shift"];
    return [...modifiers.filter(Boolean), event.code].join("+");
}

/** Why an action cannot have this key: {reason: "taken" | "reserved" | "unsuitable", by: the action that has it}; null if it can. */
export function keyRefusal(name, key) {
    const [code, ...modifiers] = key.split("+").reverse();
    if (reserved.has(key)) return { reason: "reserved" };
    if (!/^(Key[A-Z]|F([1-9]|1[0-2]))$/.test(code)) return { reason: "unsuitable" };
    if (modifiers.some((modifier) => modifier === "Ctrl" || modifier === "Meta")) return { reason: "reserved" };
    const by = allActions().find((action) => action.name !== name && action.key === key);
    return by ? { reason: "taken", by } : null;
}

/** Gives an action another key, which `keyRefusal` has nothing against. */
export function setKey(name, key) {
    const { [name]: _, ...others } = ownKeys.value;
    keep(key === actions.get(name).key ? others : { ...others, [name]: key });
}

/** All keys as they were at first. */
export function resetKeys() {
    keep({});
}

function keep(keys) {
    localStorage.setItem(kept, JSON.stringify(keys));
    ownKeys.set(keys);
}

/** What was kept; whatever else somebody wrote there is as nothing. */
function readKept() {
    try {
        const keys = JSON.parse(localStorage.getItem(kept) ?? "{}");
        return Object.fromEntries(Object.entries(keys ?? {}).filter(([, key]) => typeof key === "string"));
    } catch {
        return {};
    }
}

/** A letter without Alt is typed in a field and heard by speech input. */
function isSingle(key) {
    return !key.startsWith("Alt+") && !/F\d+$/.test(key);
}

function typing(target) {
    return target.closest?.("input, textarea, select, [contenteditable], dialog, [popover]") !== null;
}

/** Starts to listen; called once. */
export function startKeys() {
    document.addEventListener("keydown", (event) => {
        // AltGr types a character.
        if (event.defaultPrevented || event.repeat || event.isComposing || event.getModifierState("AltGraph")) return;
        const key = pressedKey(event);
        if (key === null) return;
        const name = [...running.keys()].find((action) => keyOf(action) === key);
        if (name === undefined) return;
        if (isSingle(key) && (!singleKeys.value || typing(event.target))) return;
        if (document.querySelector("dialog[open]")) return;
        event.preventDefault();
        running.get(name)();
    });
}
