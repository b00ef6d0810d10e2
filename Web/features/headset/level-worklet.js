// Runs in the sound thread: timers of a tab in the background stand nearly still, this does not.

const samplesPerReport = sampleRate / 20;

/** Reports how loud it was, twenty times a second: the root mean square of the samples, 0 to 1. */
class Level extends AudioWorkletProcessor {
    #sum = 0;
    #count = 0;

    process([[samples]]) {
        if (samples === undefined) return true;
        for (const sample of samples) this.#sum += sample * sample;
        this.#count += samples.length;
        if (this.#count >= samplesPerReport) {
            this.port.postMessage(Math.sqrt(this.#sum / this.#count));
            this.#sum = 0;
            this.#count = 0;
        }
        return true;
    }
}

registerProcessor("level", Level);
