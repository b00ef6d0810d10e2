import { devices, listDevices, present } from "./devices.js";

/** Why there is no microphone: "insecure" | "unsupported" | "denied" | "system" | "noDevice" | "busy". */
export class MicrophoneTrouble extends Error {
    constructor(trouble) {
        super(trouble);
        this.trouble = trouble;
    }
}

/** Opens the microphone that the settings name, or any other if that is gone. Throws a MicrophoneTrouble. */
export async function openMicrophone(settings) {
    if (!window.isSecureContext) throw new MicrophoneTrouble("insecure"); // there is no navigator.mediaDevices then
    if (!navigator.mediaDevices || !window.RTCPeerConnection) throw new MicrophoneTrouble("unsupported");
    const { echoCancellation, noiseSuppression, autoGainControl } = settings;
    const chosen = present(devices.value.microphones, settings.microphone) ?? settings.microphone;
    const audio = { echoCancellation, noiseSuppression, autoGainControl, channelCount: 1 };
    let stream;
    try {
        stream = await opened({ ...audio, ...(chosen && { deviceId: { exact: chosen.id } }) });
    } catch (error) {
        if (chosen === null || troubleOf(error) !== "noDevice") throw new MicrophoneTrouble(troubleOf(error));
        stream = await opened(audio).catch((second) => {
            throw new MicrophoneTrouble(troubleOf(second));
        });
    }
    await listDevices(); // only now are there labels
    return stream;
}

function opened(audio) {
    return navigator.mediaDevices.getUserMedia({ audio });
}

function troubleOf(error) {
    switch (error.name) {
        case "NotAllowedError":
        case "SecurityError":
            // Chromium tells apart whether it was the person or the computer's own settings that refused.
            return /system/i.test(error.message) ? "system" : "denied";
        case "NotFoundError":
        case "OverconstrainedError":
            return "noDevice";
        default:
            return "busy"; // NotReadableError, AbortError: it is there and does not open
    }
}
