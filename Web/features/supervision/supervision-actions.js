import { Problem } from "../../base/api.js";
import { defineAction, shortcut } from "../../base/keys.js";
import { notifyProblem } from "../../base/notices.js";
import { go, place } from "../../base/router.js";
import { floorStore } from "../floor/floor-store.js";
import {
    canBeHeard, canSpeak, helpFlags, isMicrophoneOpen, leaveTalk, maySupervise, setMicrophone, supervise, supervising, takingOver,
} from "./supervision-store.js";

const when = maySupervise;

/** The action of each mode. */
export const modeActions = { monitor: "listenIn", whisper: "whisper", barge: "join" };

defineAction("listenIn", { key: "KeyL", label: "supervise.listen", when, onButton: true });
defineAction("whisper", { key: "KeyW", label: "supervise.whisper", when, onButton: true });
defineAction("join", { key: "KeyJ", label: "supervise.join", when, onButton: true });
defineAction("microphone", { key: "KeyM", label: "supervise.microphone", when, onButton: true });
defineAction("takeOver", { key: "KeyT", label: "supervise.takeOver", when, onButton: true });
defineAction("leaveTalk", { key: "KeyE", label: "supervise.end", when, onButton: true });
defineAction("firstHelp", { key: "KeyH", label: "supervise.firstHelp", when, onButton: true });

/** Where an agent of the floor is shown carries his id in `data-agent`. */
function focused() {
    const id = document.activeElement?.closest("[data-agent]")?.dataset.agent;
    return floorStore.value?.agents.find((agent) => agent.id === id) ?? null;
}

/** The contact that a key is about: the agent with the focus, then whom one is with, then whoever asked for help first. Throws a Problem. */
function aim() {
    const agent = focused();
    if (canBeHeard(agent)) return agent.contact;
    if (supervising() !== null) return supervising().contact;
    const asking = helpFlags().find(canBeHeard);
    if (agent === null && asking) return asking.contact;
    throw new Problem({ code: agent === null ? "nobodyChosen" : "notInTalk" });
}

async function attempt(deed) {
    try {
        await deed();
    } catch (problem) {
        notifyProblem(problem);
    }
}

/** Is in a talk in a certain way; without a contact, in the one that the focus and the moment mean. */
export function be(mode, contact = null) {
    return attempt(() => supervise(contact ?? aim(), mode));
}

/** Asks whether to take over; who is not in that talk yet hears it meanwhile. */
export function askToTakeOver(contact = null) {
    return attempt(async () => {
        const wanted = contact ?? aim();
        if (supervising()?.contact !== wanted) await supervise(wanted, "monitor");
        takingOver.set(wanted);
    });
}

export function leave() {
    return attempt(() => supervising() && leaveTalk());
}

/** Opens or closes the microphone; to whoever only listens it says why not. */
export function toggleMicrophone() {
    return attempt(() => {
        if (supervising() === null) throw new Problem({ code: "nobodyChosen" });
        if (!canSpeak()) throw new Problem({ code: "listenOnly" });
        return setMicrophone(!isMicrophoneOpen());
    });
}

/** Goes to whoever asked for help first and listens. */
export function toFirstHelp() {
    return attempt(async () => {
        const flags = helpFlags();
        const first = flags.find(canBeHeard) ?? flags[0];
        if (first === undefined) throw new Problem({ code: "noHelpWanted" });
        if (place.value.path !== "/floor") go("/floor");
        document.querySelector(`help-flags [data-agent="${first.id}"] button`)?.focus();
        if (!canBeHeard(first)) throw new Problem({ code: "notInTalk" });
        await supervise(first.contact, "monitor");
    });
}

/** Binds the keys; the returned functions undo it. */
export function bindKeys() {
    if (!maySupervise()) return [];
    return [
        shortcut("listenIn", () => be("monitor")),
        shortcut("whisper", () => be("whisper")),
        shortcut("join", () => be("barge")),
        shortcut("microphone", toggleMicrophone),
        shortcut("takeOver", () => askToTakeOver()),
        shortcut("leaveTalk", leave),
        shortcut("firstHelp", toFirstHelp),
    ];
}
