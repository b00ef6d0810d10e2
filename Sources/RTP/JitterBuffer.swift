/// Turns packets that come as the network likes into sound that is read by the clock, 20 ms at a time: what a room needs,
/// since it mixes parties whose packets do not come together.
///
/// Samples lie in a ring under their timestamps, so order, packet length and wrap take care of themselves. The delay is as
/// small as the network allows: it grows when something came too late, and shrinks, 5 ms at a time, when everything has
/// come early for a while. The same two movements follow a sender whose clock runs slower or faster than ours.
package struct JitterBuffer: Sendable {
    /// Samples read at a time.
    package static let frame = 160
    /// The ring, in samples: half a second. A power of two, so that timestamps wrap with it.
    package static let capacity = 4096
    /// A longer packet is no voice: with `delayMax` and two of these the ring is not yet full.
    package static let packetMax = 1024
    /// More than 200 ms behind the speaker is no talk: the buffer starts anew.
    package static let delayMax = 1600
    /// Without a packet for so long the sender has stopped; its next packet is a new beginning.
    package static let pauseMax = 1600

    /// Says in the ring that nothing came. No law of G.711 makes it.
    private static let missing = Int16.min
    /// A repeated sound fades within 60 ms: longer, it is heard as a hum.
    private static let fadeLength: Int32 = 480
    /// By how much the delay shrinks at a time.
    private static let shortening = 40
    /// So many reads (2 s) are watched before the delay shrinks.
    private static let watchLength = 100
    private static let marginMin = 40
    private static let marginMax = 800
    /// What a packet that came too late adds to the margin, and to the delay.
    private static let marginStep = 80
    /// Sequence numbers of which it is known whether they came.
    private static let seenLength = 64

    /// What was done to the sound, in samples since the beginning, and packets that came too late or twice.
    package struct Figures: Sendable, Equatable {
        package var concealed: UInt64 = 0
        package var shortened: UInt64 = 0
        package var late: UInt32 = 0
        package var repeated: UInt32 = 0
        package var starts: UInt32 = 0

        package init() {}
    }

    /// The ring, and behind it the last frame as it came, by its place in the frame: what is repeated where something is
    /// missing. One array, because its samples are touched one by one.
    private var memory = [Int16](repeating: missing, count: capacity) + [Int16](repeating: 0, count: frame)
    /// Samples made up since something was last there.
    private var faded = fadeLength

    private var isRunning = false
    private var ssrc: UInt32 = 0
    private var highest: UInt16 = 0
    /// Bit n: the packet n before the highest came.
    private var seen: UInt64 = 0
    /// The timestamp that is read next, and the one behind the newest sample.
    private var playhead: UInt32 = 0
    private var end: UInt32 = 0
    /// Samples made up while nothing was there at all. If what comes then lies further on, they stood for what was lost; if it
    /// is what was missing, the delay has grown by them.
    private var owed = 0
    /// Samples to be put in before the next ones.
    private var lengthening = 0
    /// Samples to be taken out, as there is room.
    private var surplus = 0
    /// How early packets should come at least.
    private var margin = marginStep
    /// The least by which one came early since the watch began.
    private var earliness = Int.max
    private var watched = 0

    package private(set) var figures = Figures()

    package init() {}

    /// Samples between what is read next and the newest one.
    package var delay: Int { isRunning ? max(0, SequenceNumber.distance(from: playhead, to: end)) : 0 }

    /// Takes a packet's sound. `samples` has the sample of each of the 256 bytes.
    package mutating func insert(_ packet: Packet, _ payload: UnsafeRawBufferPointer, samples: UnsafePointer<Int16>) {
        insert(packet, count: payload.count) { samples[Int(payload[$0])] }
    }

    /// Takes a packet's sound that is decoded already. The timestamp is in samples.
    package mutating func insert(_ packet: Packet, _ sound: UnsafeBufferPointer<Int16>) {
        insert(packet, count: sound.count) { sound[$0] }
    }

    @inline(__always)
    private mutating func insert(_ packet: Packet, count: Int, sample: (Int) -> Int16) {
        guard count > 0, count <= Self.packetMax else { return }
        if !isRunning || packet.ssrc != ssrc { start(with: packet) }
        let step = SequenceNumber.distance(from: highest, to: packet.sequence)
        guard isNew(packet.sequence, step: step) else {
            figures.repeated &+= 1
            return
        }
        var lead = SequenceNumber.distance(from: playhead, to: packet.timestamp)
        // A sender that set its clock anew, or from which much is lost. A straggler is no reason to start anew.
        if lead > Self.delayMax + count || (lead < -Self.delayMax && step > 0) {
            start(with: packet)
            lead = SequenceNumber.distance(from: playhead, to: packet.timestamp)
        }
        if owed > 0 {
            if lead > 0 {
                let skipped = min(lead, owed)
                forget(skipped)
                lead -= skipped
            } else {
                isTooLate()
            }
            owed = 0
        }
        guard lead + count > 0 else {
            figures.late &+= 1
            isTooLate()
            return
        }
        earliness = min(earliness, lead)
        let first = max(0, -lead)
        memory.withUnsafeMutableBufferPointer { memory in
            for index in first..<count {
                memory[Self.place(packet.timestamp &+ UInt32(index))] = max(sample(index), -32_767)
            }
        }
        let packetEnd = packet.timestamp &+ UInt32(count)
        if SequenceNumber.distance(from: end, to: packetEnd) > 0 { end = packetEnd }
    }

    /// The next 20 ms. Where nothing came, the last frame is repeated and fades.
    ///
    /// - Returns: whether there is any sound; if not, `frame` is untouched.
    package mutating func read(into frame: UnsafeMutablePointer<Int16>) -> Bool {
        guard isRunning else { return false }
        watch()
        let isAudible = faded < Self.fadeLength || delay > 0
        var place = min(lengthening, Self.frame)
        lengthening -= place
        conceal(frame, 0..<place)
        if place == 0, surplus >= Self.shortening, delay >= Self.frame + Self.shortening {
            readShortened(into: frame)
            return isAudible
        }
        let count = min(Self.frame - place, delay)
        take(count, into: frame, at: place)
        place += count
        if place < Self.frame {
            conceal(frame, place..<Self.frame)
            owed += Self.frame - place
            if owed > Self.pauseMax { isRunning = false }
        }
        return isAudible
    }

    private mutating func start(with packet: Packet) {
        figures.starts &+= 1
        memory.withUnsafeMutableBufferPointer { memory in
            for place in 0..<Self.capacity { memory[place] = Self.missing }
        }
        isRunning = true
        ssrc = packet.ssrc
        highest = packet.sequence &- 1
        seen = .max
        playhead = packet.timestamp &- UInt32(margin)
        end = playhead
        owed = 0
        lengthening = 0
        surplus = 0
        earliness = .max
        watched = 0
    }

    private mutating func isNew(_ sequence: UInt16, step: Int) -> Bool {
        if step > 0 {
            seen = step < Self.seenLength ? seen << UInt64(step) | 1 : 1
            highest = sequence
            return true
        }
        guard step > -Self.seenLength else { return true }
        let bit: UInt64 = 1 << UInt64(-step)
        defer { seen |= bit }
        return seen & bit == 0
    }

    /// Something came after its time: the delay grows at once, and does not shrink so far again.
    private mutating func isTooLate() {
        margin = min(Self.marginMax, margin + Self.marginStep)
        if delay + lengthening < Self.delayMax / 2 { lengthening = Self.marginStep }
        surplus = 0
        earliness = .max
        watched = 0
    }

    private mutating func watch() {
        watched += 1
        guard watched >= Self.watchLength else { return }
        watched = 0
        if earliness != .max { surplus = max(0, earliness - margin) }
        earliness = .max
        margin = max(Self.marginMin, margin - 2)
    }

    /// Passes over samples.
    private mutating func forget(_ count: Int) {
        let playhead = playhead
        memory.withUnsafeMutableBufferPointer { memory in
            for index in 0..<count { memory[Self.place(playhead &+ UInt32(index))] = Self.missing }
        }
        self.playhead = playhead &+ UInt32(count)
        if SequenceNumber.distance(from: end, to: self.playhead) > 0 { end = self.playhead }
    }

    private mutating func take(_ count: Int, into frame: UnsafeMutablePointer<Int16>, at start: Int) {
        let playhead = playhead
        var faded = faded
        var concealed: UInt64 = 0
        memory.withUnsafeMutableBufferPointer { memory in
            if Self.takeWhole(count, from: Self.place(playhead), of: memory, into: frame, at: start) {
                if count > 0 { faded = 0 }
                return
            }
            for index in start..<start + count {
                let place = Self.place(playhead &+ UInt32(index - start))
                let sample = memory[place]
                if sample == Self.missing {
                    frame[index] = Self.made(from: memory[Self.capacity + index], &faded, &concealed)
                } else {
                    memory[place] = Self.missing
                    memory[Self.capacity + index] = sample
                    frame[index] = sample
                    faded = 0
                }
            }
        }
        self.playhead = playhead &+ UInt32(count)
        self.faded = faded
        figures.concealed &+= concealed
    }

    /// As nearly always: nothing is missing, and the samples lie in one piece.
    ///
    /// - Returns: false if it is not so; then nothing was taken.
    private static func takeWhole(
        _ count: Int, from place: Int, of memory: UnsafeMutableBufferPointer<Int16>, into frame: UnsafeMutablePointer<Int16>, at start: Int
    ) -> Bool {
        guard place + count <= capacity, let ring = memory.baseAddress else { return false }
        var gaps: Int16 = 0
        for index in 0..<count { gaps |= ring[place + index] == missing ? 1 : 0 }
        guard gaps == 0 else { return false }
        (frame + start).update(from: ring + place, count: count)
        (ring + capacity + start).update(from: ring + place, count: count)
        (ring + place).update(repeating: missing, count: count)
        return true
    }

    /// 25 ms in the time of 20: from the middle on they are faded over into what comes 5 ms later.
    private mutating func readShortened(into frame: UnsafeMutablePointer<Int16>) {
        let whole = Self.frame
        let cut = Self.shortening
        take(whole, into: frame, at: 0)
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: whole) { later in
            guard let base = later.baseAddress else { return }
            later.initialize(repeating: 0)
            take(cut, into: base, at: whole - cut)
            for index in 60..<whole {
                let next = index + cut < whole ? frame[index + cut] : base[index]
                let weight = min(Int32(cut), Int32(index - 60))
                frame[index] = Int16(clamping: (Int32(frame[index]) * (Int32(cut) - weight) + Int32(next) * weight) / Int32(cut))
            }
        }
        memory.withUnsafeMutableBufferPointer { memory in
            for index in 60..<whole { memory[Self.capacity + index] = frame[index] }
        }
        surplus -= cut
        figures.shortened &+= UInt64(cut)
    }

    private mutating func conceal(_ frame: UnsafeMutablePointer<Int16>, _ places: Range<Int>) {
        for index in places { frame[index] = Self.made(from: memory[Self.capacity + index], &faded, &figures.concealed) }
    }

    private static func made(from last: Int16, _ faded: inout Int32, _ concealed: inout UInt64) -> Int16 {
        guard faded < fadeLength else { return 0 }
        faded += 1
        concealed &+= 1
        return Int16(truncatingIfNeeded: Int32(last) * (fadeLength - faded) / fadeLength)
    }

    private static func place(_ timestamp: UInt32) -> Int { Int(timestamp & UInt32(capacity - 1)) }
}
