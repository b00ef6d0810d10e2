import { Store } from "../../base/store.js";

const key = "headset";

/**
 * How somebody at this browser wants to hear and be heard. `use`: whether the browser is the phone, null as long as nobody has said
 * (then it is for whoever has no other). A device is {id, label}, null the computer's standard one;
 * `codec` null leaves it to the line.
 */
const standard = {
    use: null,
    microphone: null,
    speaker: null,
    ringer: null,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    codec: null,
    beep: true,
    ringVolume: 0.5,
};

/** The settings, the same in every tab of this browser. */
export const settings = new Store(kept());

addEventListener("storage", (event) => event.key === key && settings.set(kept()));

/** Changes settings and keeps them in this browser. */
export function choose(values) {
    const next = { ...settings.value, ...values };
    localStorage.setItem(key, JSON.stringify(next));
    settings.set(next);
}

function kept() {
    try {
        return { ...standard, ...JSON.parse(localStorage.getItem(key)) };
    } catch {
        return standard; // not written by us
    }
}
