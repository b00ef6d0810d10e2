// Timers must be right even where the computer's own clock is wrong: the server says its time with every message, and the
// timers run on that, also while the connection is lost.

const samplesMax = 16;
const samples = [];
const listeners = new Set();
let timer;

function local() {
    return performance.timeOrigin + performance.now();
}

/** How far the server's clock is ahead of this computer's, in milliseconds. */
export function offset() {
    // A message is late by its way through the network and never early: the largest difference is the truest.
    return samples.length === 0 ? 0 : Math.max(...samples);
}

/** Learns the server's time from a message that has just come. */
export function synchronise(serverNow) {
    learnOffset(serverNow - local());
}

/** Learns the difference from another tab, which reads the stream. */
export function learnOffset(difference) {
    const off = samples.length > 0 && Math.abs(difference - offset()) > 60_000;
    // A jump of more than a minute is a clock that was set, not a slow network.
    if (off) samples.length = 0;
    samples.push(difference);
    if (samples.length > samplesMax) samples.shift();
}

/** The server's time now, in milliseconds since 1970. */
export function now() {
    return local() + offset();
}

/** Calls `listener` each time a second of the server's clock begins; the returned function ends that. */
export function onTick(listener) {
    listeners.add(listener);
    if (timer === undefined) tick();
    return () => listeners.delete(listener);
}

function tick() {
    for (const listener of [...listeners]) listener();
    timer = listeners.size === 0 ? undefined : setTimeout(tick, 1000 - (now() % 1000) + 5);
}
