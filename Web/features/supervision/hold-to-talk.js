import { singleKeys } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { canSpeak, isMicrophoneOpen, setMicrophone } from "./supervision-store.js";

// Where the space bar has a meaning of its own. What is marked as a place to talk from gives it up.
const own = "input, textarea, select, button, a, summary, [contenteditable], [role=option], [role=treeitem], dialog, [popover]";

let held = false;

function set(open) {
    setMicrophone(open).catch(notifyProblem);
}

function press(event) {
    if (event.code !== "Space" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const place = event.target.closest?.("[data-talk]") ?? null;
    const isButton = place?.dataset.talk === "microphone";
    if (held) return event.preventDefault();
    if (!canSpeak() || document.querySelector("dialog[open], :popover-open")) return;
    if (place === null && (!singleKeys.value || event.target.closest?.(own))) return;
    // Who has opened it by its key closes it by that; its own button does what buttons do.
    if (isMicrophoneOpen()) return isButton ? undefined : event.preventDefault();
    event.preventDefault();
    if (event.repeat) return;
    held = true;
    set(true);
}

function letGo(event) {
    if (!held) return;
    if (event?.type === "keyup") {
        if (event.code !== "Space") return;
        event.preventDefault();
    }
    held = false;
    set(false);
}

/**
 * Opens the microphone for as long as the space bar is held. It closes, too, when this window is left: its key is let go elsewhere then. Returns
 * what ends that.
 */
export function holdToTalk() {
    const hidden = () => document.hidden && letGo();
    document.addEventListener("keydown", press);
    document.addEventListener("keyup", letGo);
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("blur", letGo);
    return () => {
        letGo();
        document.removeEventListener("keydown", press);
        document.removeEventListener("keyup", letGo);
        document.removeEventListener("visibilitychange", hidden);
        window.removeEventListener("blur", letGo);
    };
}
