import Audio
import RTP

/// Keys that are pressed towards a party: as telephone events if its phone knows them, else as tones in the sound. While
/// one is sent, nothing else is.
struct Dialling {
    /// Keys that wait for those before them; more are ignored.
    static let waitingMax = 32
    /// Receivers want 40 ms at least; a tap is made longer, because packets get lost.
    static let durationMin: UInt16 = 640
    /// Between two keys, in ticks: Q.24 wants 40 ms of something else.
    static let pauseTicks = 3

    struct Key {
        var key: Character
        /// In units of the media clock.
        var duration: UInt16
    }

    enum Sending {
        case nothing
        case events(TelephoneEvents.Sender)
        /// Ticks that are left.
        case tone(KeyTone, left: Int)
        case pause(left: Int)
    }

    private(set) var waiting: [Key] = []
    var sending = Sending.nothing

    var isBusy: Bool {
        if case .nothing = sending { return !waiting.isEmpty }
        return true
    }

    init() { waiting.reserveCapacity(4) }

    mutating func press(_ key: Character, duration: UInt32) {
        guard waiting.count < Self.waitingMax else { return }
        let clamped = min(TelephoneEvents.Sender.durationMax, max(Self.durationMin, UInt16(clamping: duration)))
        waiting.append(Key(key: key, duration: clamped))
    }

    /// Begins with the next key, if one waits.
    mutating func begin(asEvents: Bool) {
        guard case .nothing = sending, !waiting.isEmpty else { return }
        let next = waiting.removeFirst()
        if asEvents {
            sending = TelephoneEvents.Sender(next.key, duration: next.duration).map { .events($0) } ?? .nothing
        } else {
            let ticks = (Int(next.duration) + Codec.samplesPerPacket - 1) / Codec.samplesPerPacket
            sending = KeyTone(next.key).map { .tone($0, left: ticks) } ?? .nothing
        }
    }

    mutating func forget() {
        waiting.removeAll(keepingCapacity: true)
        sending = .nothing
    }
}
