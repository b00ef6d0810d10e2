// PCMU is what telephones speak: nobody has to convert it. Opus mends what gets lost, so a bad line is worth the conversion.

/** How often the line is looked at, in milliseconds. */
export const lookEvery = 1_000;

const lossBad = 0.02;
const badLooks = 2;
const lossClean = 0.005;
const cleanFirst = 60_000;
const cleanMax = 15 * 60_000;
// Fewer packets than this say nothing about a share of them.
const packetsMin = 50;

/** Decides from the counters of a connection which codec the line wants. */
export class LineWatch {
    codec = "pcmu";
    #last = null;
    #bad = 0;
    #cleanSince = null;
    #cleanNeeded = cleanFirst;

    /**
     * Takes the counters so far, of both ways, in packets: {received, lostIn, sent, lostOut}; `at` is the time in milliseconds. What it
     * decides is `codec`.
     */
    look(counters, at) {
        const last = this.#last;
        this.#last = counters;
        // After a new connection they begin anew.
        if (last === null || counters.received < last.received || counters.sent < last.sent) return;
        const loss = Math.max(
            share(counters.lostIn - last.lostIn, counters.received - last.received),
            share(counters.lostOut - last.lostOut, counters.sent - last.sent - (counters.lostOut - last.lostOut)),
        );
        this.#bad = loss > lossBad ? this.#bad + 1 : 0;
        if (loss > lossClean) this.#cleanSince = null;
        else this.#cleanSince ??= at;
        if (this.codec === "pcmu" && this.#bad >= badLooks) this.#change("opus");
        else if (this.codec === "opus" && this.#cleanSince !== null && at - this.#cleanSince >= this.#cleanNeeded) {
            // A line that goes bad again and again has to be clean for longer each time.
            this.#cleanNeeded = Math.min(cleanMax, 2 * this.#cleanNeeded);
            this.#change("pcmu");
        }
    }

    #change(codec) {
        this.codec = codec;
        this.#bad = 0;
        this.#cleanSince = null;
    }
}

function share(lost, arrived) {
    return lost + arrived < packetsMin ? 0 : Math.max(0, lost) / (lost + arrived);
}

// The server sends 50 packets a second, silence too. A browser by itself says only after some five seconds that nobody is there.
const flowing = 25;
const silentLooks = 2;

/** Notices from the packets received that the line is dead. */
export class SilenceWatch {
    #last = null;
    #flows = false;
    #silent = 0;

    /** Takes the number of packets received so far; returns whether they flowed and have now stopped. */
    look(received) {
        const came = this.#last === null ? 0 : received - this.#last;
        this.#last = received;
        if (came >= flowing) this.#flows = true;
        this.#silent = came > 0 ? 0 : this.#silent + 1;
        if (!this.#flows || this.#silent < silentLooks) return false;
        // Said once: it has to flow again before it can stop again.
        this.#flows = false;
        return true;
    }
}

/** The counters of LineWatch from what `RTCPeerConnection.getStats()` says. */
export function countersOf(report) {
    const counters = { received: 0, lostIn: 0, sent: 0, lostOut: 0 };
    for (const entry of report.values()) {
        if (entry.kind !== "audio") continue;
        if (entry.type === "inbound-rtp") {
            counters.received += entry.packetsReceived ?? 0;
            counters.lostIn += entry.packetsLost ?? 0;
        } else if (entry.type === "outbound-rtp") counters.sent += entry.packetsSent ?? 0;
        else if (entry.type === "remote-inbound-rtp") counters.lostOut += entry.packetsLost ?? 0;
    }
    return counters;
}
