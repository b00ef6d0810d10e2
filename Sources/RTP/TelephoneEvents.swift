/// Keys pressed on a phone, carried as named events (RFC 4733).
package enum TelephoneEvents {
    /// The length of one event block (section 2.3).
    package static let payloadLength = 4

    /// The keys by event number 0–15 (section 3.2, table 3).
    package static let keys: [Character] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "A", "B", "C", "D",
    ]

    /// One event block: which key, how long so far, and whether it was let go.
    package struct Block: Equatable, Sendable {
        package var event: UInt8
        package var ended: Bool
        /// Power without its sign: 0 to 63 for 0 to -63 dBm0.
        package var volume: UInt8
        /// Since the press began, in units of the media clock.
        package var duration: UInt16

        package init(event: UInt8, ended: Bool, volume: UInt8 = 10, duration: UInt16) {
            self.event = event
            self.ended = ended
            self.volume = volume
            self.duration = duration
        }

        /// The block at the start of a payload; nil if it is too short.
        package init?(parsing payload: UnsafeRawBufferPointer) {
            guard payload.count >= TelephoneEvents.payloadLength else { return nil }
            event = payload[0]
            ended = payload[1] & 0x80 != 0
            volume = payload[1] & 0x3F
            duration = payload.bigEndian16(at: 2)
        }

        package var bytes: [UInt8] {
            [event, (ended ? 0x80 : 0) | volume & 0x3F, UInt8(duration >> 8), UInt8(truncatingIfNeeded: duration)]
        }

        /// Writes the block to the start of `payload`, which has room for `payloadLength`.
        package func write(into payload: UnsafeMutableRawBufferPointer) {
            payload[0] = event
            payload[1] = (ended ? 0x80 : 0) | volume & 0x3F
            payload.store(bigEndian: duration, at: 2)
        }
    }

    /// One press of a key.
    package struct Press: Equatable, Sendable {
        package var key: Character
        /// How long the key was held, in units of the media clock (8,000 a second).
        package var duration: UInt32

        package init(key: Character, duration: UInt32) {
            self.key = key
            self.duration = duration
        }
    }

    /// The packets of one press as a phone sends them: one block every `interval` while the key is down, the last one
    /// three times (section 2.5.1.4). All carry the timestamp of the beginning; the first one carries the marker.
    ///
    /// - Returns: empty if `key` is not on a phone.
    package static func blocks(for key: Character, duration: UInt16 = 800, interval: UInt16 = 160) -> [Block] {
        guard let event = keys.firstIndex(of: key), interval > 0 else { return [] }
        let running = stride(from: Int(interval), to: Int(duration), by: Int(interval)).map {
            Block(event: UInt8(event), ended: false, duration: UInt16($0))
        }
        return running + Array(repeating: Block(event: UInt8(event), ended: true, duration: duration), count: 3)
    }

    /// Says what to send for one press, a packet at a time, every 20 ms: the duration grows, the end is said three times
    /// (sections 2.5.1.2 and 2.5.1.4).
    package struct Sender: Sendable, Equatable {
        /// So long that it fits one segment (section 2.5.1.3), and nobody means more.
        package static let durationMax: UInt16 = 40_000
        private static let ends = 3
        private static let interval: UInt16 = 160

        private let event: UInt8
        private let duration: UInt16
        private var sent: UInt16 = 0
        private var endsSent = 0

        /// - Parameter duration: in units of the media clock.
        /// - Returns: nil if `key` is not on a phone.
        package init?(_ key: Character, duration: UInt16) {
            guard let event = TelephoneEvents.keys.firstIndex(of: key) else { return nil }
            self.event = UInt8(event)
            self.duration = max(Self.interval, min(duration, Self.durationMax))
        }

        package var isFirst: Bool { sent == 0 }
        package var isDone: Bool { endsSent >= Self.ends }

        /// The next block; nil when all has been said.
        package mutating func next() -> Block? {
            guard !isDone else { return nil }
            sent = min(duration, sent + Self.interval)
            let ended = sent == duration
            if ended { endsSent += 1 }
            return Block(event: event, ended: ended, duration: sent)
        }
    }

    /// Turns event packets, which repeat and get lost, into presses: each one once.
    package struct Decoder: Sendable {
        private struct Running {
            var event: UInt8
            var timestamp: UInt32
            var duration: UInt32
            /// Section 2.5.1.3: a press above 8 s goes on in a new segment whose timestamp is where the last one stopped.
            var before: UInt32
        }

        /// The media clock of the events, in ticks a second: that of the sound beside them (RFC 4733 section 2.1).
        package let clockRate: UInt32
        /// After this much media time without a block the end was lost, and the press counts as long as it was seen: 200 ms.
        private var lapse: Int { Int(clockRate) / 5 }

        private var running: Running?
        /// The press already told: its repeated end packets are ignored.
        private var told: UInt32?

        package init(clockRate: UInt32 = 8_000) { self.clockRate = max(8_000, clockRate) }

        /// - Returns: the press that this packet ended, or the one before it whose end never came.
        package mutating func receive(_ block: Block, timestamp: UInt32) -> Press? {
            if told == timestamp { return nil }
            // A straggler from before the last press must not be told as a new one.
            if let told, (-8 * lapse..<0).contains(SequenceNumber.distance(from: told, to: timestamp)) { return nil }

            var finished: Press?
            var before: UInt32 = 0
            if let open = running, open.timestamp != timestamp {
                if open.event == block.event, timestamp == open.timestamp &+ open.duration, open.duration >= 0x8000 {
                    before = open.before &+ open.duration
                } else if SequenceNumber.distance(from: open.timestamp, to: timestamp) < 0 {
                    return nil
                } else {
                    finished = end(open)
                }
                running = nil
            }
            var open = running ?? Running(event: block.event, timestamp: timestamp, duration: 0, before: before)
            guard open.event == block.event else { return finished }
            open.duration = max(open.duration, UInt32(block.duration))
            running = open
            // Two presses cannot end with one packet: the earlier one is told now, this one by its next repetition.
            if block.ended, finished == nil { finished = end(open) }
            return finished
        }

        /// To be called for ordinary audio packets: they show that media time went on.
        ///
        /// - Returns: a press whose end was lost.
        package mutating func passed(timestamp: UInt32) -> Press? {
            guard let open = running,
                SequenceNumber.distance(from: open.timestamp &+ open.duration, to: timestamp) > lapse
            else { return nil }
            return end(open)
        }

        private mutating func end(_ open: Running) -> Press? {
            running = nil
            told = open.timestamp
            guard open.event < TelephoneEvents.keys.count else { return nil }
            let ticks = open.before &+ open.duration
            return Press(key: TelephoneEvents.keys[Int(open.event)], duration: ticks / (clockRate / 8_000))
        }
    }
}
