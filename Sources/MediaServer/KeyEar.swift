import Audio
import CSpanDSP
import RTP

/// Hears keys in the sound of a party whose phone has no telephone events (DTMF, ITU-T Q.23). Made when the party connects;
/// nothing is allocated while it listens.
// @unchecked: handed over by a command, then touched by the session's media thread only.
final class KeyEar: @unchecked Sendable {
    /// A look at the detector every 10 ms: a key that is let go and pressed again is down twice.
    private static let step = 80
    /// A packet that is behind by no more than this was overtaken; what it has is no longer in its place.
    private static let misorderMax = 100
    /// A party that stops sending with a key down has let it go after this long, in nanoseconds.
    static let lapse: UInt64 = 200_000_000

    private let detector: OpaquePointer
    private let samples = UnsafeMutablePointer<Int16>.allocate(capacity: step)
    private var highest: UInt16?
    /// ASCII; 0: none.
    private var down: Int32 = 0
    /// How long it has been down, in samples.
    private var duration: UInt32 = 0

    /// - Returns: nil if memory is short.
    init?() {
        guard let detector = key_detector_make() else { return nil }
        self.detector = detector
        samples.initialize(repeating: 0, count: Self.step)
    }

    deinit {
        key_detector_free(detector)
        samples.deallocate()
    }

    var isDown: Bool { down != 0 }

    /// Hears a packet's sound.
    ///
    /// - Parameter told: called for each key that was let go in it.
    func hear(_ packet: Packet, _ payload: UnsafeRawBufferPointer, law: LineTables, told: (TelephoneEvents.Press) -> Void) {
        if let highest, (-Self.misorderMax...0).contains(SequenceNumber.distance(from: highest, to: packet.sequence)) { return }
        highest = packet.sequence
        guard let bytes = payload.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        var place = 0
        while place < payload.count {
            let count = min(Self.step, payload.count - place)
            law.decode(bytes + place, count: count, into: samples)
            place += count
            let now = key_detector_hear(detector, samples, Int32(count))
            if now != down {
                if let press = letGo() { told(press) }
                down = now
                duration = 0
            }
            duration &+= UInt32(count)
        }
    }

    /// The key is up: the press that this ends.
    func letGo() -> TelephoneEvents.Press? {
        guard down != 0, let scalar = UInt8(exactly: down) else { return nil }
        down = 0
        return TelephoneEvents.Press(key: Character(Unicode.Scalar(scalar)), duration: duration)
    }
}
