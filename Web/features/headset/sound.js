import { Store } from "../../base/store.js";
import { canChooseSpeaker } from "./devices.js";

// Notes are made here, not read from files: a ring of two notes as a telephone's, and a short beep.
const ringNotes = [440, 554];
const ringOn = [
    [0, 0.4],
    [0.6, 1],
];
const ringSeconds = 3;
const beepNote = 880;
const beepSeconds = 0.25;
const beepLevel = 0.25;
// A note that begins or ends at once cracks.
const edge = 0.01;

/** Whether the browser holds all sound back until somebody clicks or presses a key in this tab. */
export const heldBack = new Store(false);

const waiting = new Set();
let context;

for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, letGo, { capture: true });

function letGo() {
    context?.resume();
    for (const output of [...waiting]) output.play();
}

/** The place in which sounds are made and measured. */
export function workshop() {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {});
    return context;
}

/** A loudspeaker of one's choice, which plays a stream. */
export class Output {
    #element = new Audio();

    /** Plays `stream`; null ends that. */
    listen(stream) {
        this.#element.srcObject = stream;
        if (stream === null) return this.#wait(false);
        this.play();
    }

    /** Sends the sound to a device {id}; null is the standard one. One that is gone is answered by the standard one. */
    async useDevice(device) {
        if (!canChooseSpeaker) return;
        await this.#element.setSinkId(device?.id ?? "").catch(() => this.#element.setSinkId("").catch(() => {}));
    }

    async play() {
        if (this.#element.srcObject === null) return;
        try {
            await this.#element.play();
            this.#wait(false);
        } catch (error) {
            // Anything else is a stream that was taken away meanwhile.
            if (error.name === "NotAllowedError") this.#wait(true);
        }
    }

    #wait(held) {
        if (held) waiting.add(this);
        else waiting.delete(this);
        heldBack.set(waiting.size > 0);
    }
}

/** Tones on a loudspeaker of one's choice. */
export class Tones {
    #output = new Output();
    #source = null;
    #gain;
    #stream;

    useDevice(device) {
        return this.#output.useDevice(device);
    }

    /** How loud, 0 to 1; also while it rings. */
    set volume(value) {
        this.#line().gain.value = value;
    }

    /** Rings until `stop`, or a single time. */
    ring({ once = false } = {}) {
        this.#start(ringTone(), !once);
    }

    /** The tone by which an agent knows that the customer is with him now. */
    beep() {
        this.#start(tone([beepNote], [[0, beepSeconds]], beepSeconds + 0.05), false);
    }

    stop() {
        this.#source?.stop();
        this.#source = null;
        this.#output.listen(null);
    }

    #line() {
        if (this.#gain === undefined) {
            const end = workshop().createMediaStreamDestination();
            this.#gain = workshop().createGain();
            this.#gain.connect(end);
            this.#stream = end.stream;
        }
        return this.#gain;
    }

    #start(buffer, loop) {
        this.stop();
        const source = workshop().createBufferSource();
        source.buffer = buffer;
        source.loop = loop; // no timer: a tab in the background rings as well
        source.connect(this.#line());
        source.onended = () => source === this.#source && this.stop();
        this.#source = source;
        this.#output.listen(this.#stream);
        source.start();
    }
}

let ringBuffer;

function ringTone() {
    ringBuffer ??= tone(ringNotes, ringOn, ringSeconds);
    return ringBuffer;
}

/** `notes` together in the spans `on` of so many seconds. */
function tone(notes, on, seconds) {
    const { sampleRate } = workshop();
    const buffer = workshop().createBuffer(1, Math.ceil(seconds * sampleRate), sampleRate);
    const samples = buffer.getChannelData(0);
    for (const [from, to] of on) {
        for (let index = Math.ceil(from * sampleRate); index < to * sampleRate; index += 1) {
            const at = index / sampleRate;
            const shape = Math.min(1, (at - from) / edge, (to - at) / edge);
            const wave = notes.reduce((sum, note) => sum + Math.sin(2 * Math.PI * note * at), 0) / notes.length;
            samples[index] = wave * shape * (notes.length > 1 ? 1 : beepLevel);
        }
    }
    return buffer;
}

/** Tells `listener` how loud `stream` is, twenty times a second; the returned function ends that. */
export async function measureLevel(stream, listener) {
    const workplace = workshop();
    await workplace.audioWorklet.addModule("/features/headset/level-worklet.js");
    const source = workplace.createMediaStreamSource(stream);
    const meter = new AudioWorkletNode(workplace, "level");
    meter.port.onmessage = ({ data }) => listener(data);
    source.connect(meter);
    return () => source.disconnect();
}
