import { Store } from "../../base/store.js";

/** What can be spoken into and heard from: {microphones, speakers}, each a list of {id, label}. Without leave there are no labels. */
export const devices = new Store({ microphones: [], speakers: [] });

/** Whether a sound can be sent to a device of one's choice; otherwise all of it comes from the computer's standard one. */
export const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

// Aliases that Chromium lists beside the devices themselves: "none chosen" says the same.
const aliases = ["", "default", "communications"];

/** Reads the list anew: after leave was given, and when something was plugged in or out. */
export async function listDevices() {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind) =>
        found
            .filter((device) => device.kind === kind && !aliases.includes(device.deviceId))
            .map(({ deviceId, label }) => ({ id: deviceId, label }));
    devices.set({ microphones: of("audioinput"), speakers: of("audiooutput") });
}

/** The device that was chosen, if it is there. By its label, too: browsers give new ids when their data is cleared. */
export function present(list, chosen) {
    if (chosen === null) return null;
    return list.find(({ id }) => id === chosen.id) ?? list.find(({ label }) => label !== "" && label === chosen.label) ?? null;
}

navigator.mediaDevices?.addEventListener("devicechange", listDevices);
