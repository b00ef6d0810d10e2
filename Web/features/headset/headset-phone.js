import { AudioConnection } from "./audio-connection.js";
import { devices, present } from "./devices.js";
import { openMicrophone } from "./microphone.js";
import { heldBack, measureLevel, Output, Tones } from "./sound.js";

const soundSettings = ["microphone", "echoCancellation", "noiseSuppression", "autoGainControl"];

/**
 * The phone in the tab that has it: microphone, connection, loudspeakers. `tell(change)` hears what changes of
 * {state, trouble, problem, id, reconnectSeconds, microphone, heldBack}, `level(loudness)` how loud the microphone is.
 */
export class HeadsetPhone {
    #settings;
    #tell;
    #level;
    #stream = null;
    #connection = null;
    #speaker = new Output();
    #ringer = new Tones();
    #beeper = new Tones();
    #ringing = false;
    /** Whether there was no microphone to be had: then the next one that is plugged in is taken. */
    #missing = false;
    #endLevel = () => {};
    #closed = false;
    #undo = [];
    /** Changes of the microphone one after another. */
    #turn = Promise.resolve();

    constructor(settings, { tell, level }) {
        this.#settings = settings;
        this.#tell = tell;
        this.#level = level;
    }

    /** Opens the microphone, then the connection. What goes wrong is told. */
    async open() {
        this.#tell({ state: "asking", trouble: null, problem: null });
        this.#undo.push(
            devices.subscribe(() => this.#look()),
            heldBack.subscribe((held) => this.#tell({ heldBack: held })),
            await leaveGiven(() => this.#begin()),
        );
        await this.#begin();
    }

    get id() {
        return this.#connection?.id ?? null;
    }

    /** Takes changed settings. */
    use(settings) {
        const before = this.#settings;
        this.#settings = settings;
        if (this.#stream === null) return;
        if (soundSettings.some((name) => JSON.stringify(before[name]) !== JSON.stringify(settings[name]))) this.#changeMicrophone();
        if (before.codec !== settings.codec) this.#connection?.insistOn(settings.codec);
        this.#useSpeakers();
    }

    /** Rings or not. */
    ring(on) {
        if (on === this.#ringing) return;
        this.#ringing = on;
        if (on) this.#ringer.ring();
        else this.#ringer.stop();
    }

    /** Rings once, to be heard. */
    tryRing() {
        if (!this.#ringing) this.#ringer.ring({ once: true });
    }

    /** Says to the agent, and to nobody else, that the customer is with him now. */
    beep() {
        this.#beeper.beep();
    }

    /** There is reason to believe that the connection is not what it seems: the server says so, or the network has changed. */
    doubt() {
        this.#connection?.strive();
    }

    /** Ends all of it; with `unplug` the server is told that this is meant. */
    close({ unplug }) {
        this.#closed = true;
        for (const undo of this.#undo.splice(0)) undo();
        this.ring(false);
        this.#speaker.listen(null);
        this.#dropMicrophone();
        if (unplug) this.#connection?.unplug();
        else this.#connection?.close();
    }

    async #begin() {
        this.#changeMicrophone();
        await this.#turn;
        if (this.#closed || this.#stream === null || this.#connection !== null) return;
        this.#useSpeakers();
        this.#connect();
    }

    #connect() {
        this.#connection = new AudioConnection(this.#stream.getAudioTracks()[0], {
            codec: this.#settings.codec,
            hear: (stream) => this.#speaker.listen(stream),
            tell: (change) => {
                if (this.#closed) return;
                const { id, reconnectSeconds } = this.#connection;
                this.#tell({ problem: null, id, reconnectSeconds, ...change });
            },
        });
        this.#connection.strive();
    }

    #useSpeakers() {
        const { speakers } = devices.value;
        const { speaker, ringer, ringVolume } = this.#settings;
        this.#speaker.useDevice(present(speakers, speaker));
        this.#beeper.useDevice(present(speakers, speaker));
        this.#ringer.useDevice(present(speakers, ringer));
        this.#ringer.volume = ringVolume;
    }

    async #takeMicrophone() {
        let stream;
        try {
            stream = await openMicrophone(this.#settings);
        } catch (error) {
            if (error.trouble === undefined) throw error;
            // The connection stays: the customer is not lost because a plug was pulled.
            this.#missing = error.trouble === "noDevice";
            if (!this.#closed) this.#tell({ trouble: error.trouble, ...(this.#connection === null && { state: "refused" }) });
            return;
        }
        if (this.#closed) return void stream.getTracks().forEach((track) => track.stop());
        this.#dropMicrophone();
        this.#stream = stream;
        this.#missing = false;
        const [track] = stream.getAudioTracks();
        track.onended = () => this.#changeMicrophone();
        this.#tell({ trouble: null, microphone: { id: track.getSettings().deviceId ?? "", label: track.label } });
        this.#measure(stream);
        await this.#connection?.send(track);
    }

    async #measure(stream) {
        const end = await measureLevel(stream, this.#level).catch(() => () => {}); // without a meter one can still speak
        if (stream === this.#stream) this.#endLevel = end;
        else end();
    }

    #dropMicrophone() {
        this.#endLevel();
        this.#endLevel = () => {};
        for (const track of this.#stream?.getTracks() ?? []) track.stop();
        this.#stream = null;
    }

    #changeMicrophone() {
        this.#turn = this.#turn.then(() => (this.#closed ? undefined : this.#takeMicrophone()));
    }

    /** Something was plugged in or out. */
    #look() {
        if (this.#missing) return void this.#begin();
        if (this.#connection === null) return;
        this.#useSpeakers();
        const chosen = present(devices.value.microphones, this.#settings.microphone);
        const used = this.#stream?.getAudioTracks()[0];
        if (chosen !== null && used !== undefined && used.getSettings().deviceId !== chosen.id) this.#changeMicrophone();
    }
}

/** Calls `action` when somebody allows the microphone in the browser's own settings; returns what ends that. */
async function leaveGiven(action) {
    const leave = await navigator.permissions?.query({ name: "microphone" }).catch(() => null); // not every browser tells
    const listener = () => leave.state === "granted" && action();
    leave?.addEventListener("change", listener);
    return () => leave?.removeEventListener("change", listener);
}
