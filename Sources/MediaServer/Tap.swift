import Audio
import RTP

/// Who hears what passes between a party and us: a recorder, whoever measures voices.
package protocol TapListener: AnyObject, Sendable {
    /// The next 20 ms. Called on a media thread: it returns at once, allocates nothing and takes no lock.
    func hear(_ frame: borrowing TappedFrame)
    /// Nothing more comes: the party is gone, or the listener was taken off.
    func end()
}

/// 20 ms of a tap, both directions at the same time of the clock. Good until `hear` returns.
package struct TappedFrame: ~Copyable {
    /// What the party said, 160 samples, and what it was sent; nil: silence.
    package let from: UnsafePointer<Int16>?
    package let to: UnsafePointer<Int16>?
    /// Frames since the tap was opened. One that is missing is past: the thread stood still.
    package let number: UInt32
    /// Nobody is to hear it: both are nil.
    package let isPrivate: Bool
}

/// Both directions of a party's sound, read by the clock whatever bridge, room or sound it is in. Made with the command that opens it, then
/// touched by the session's media thread only; nothing is allocated while it hears.
// @unchecked: handed over by a command.
final class Tap: @unchecked Sendable {
    /// In nanoseconds.
    private static let span: UInt64 = 20_000_000
    /// By how many frames the ticks may be off the clock: a session changes its phase when it is put through.
    private static let slack: Int64 = 2
    /// What is read at once after the thread stood still; the rest is left out.
    private static let catchUpMax: Int64 = 10

    private var listeners: [any TapListener] = []
    private var said = JitterBuffer()
    private var heard = JitterBuffer()
    private let saidFrame = UnsafeMutablePointer<Int16>.allocate(capacity: Codec.samplesPerPacket)
    private let heardFrame = UnsafeMutablePointer<Int16>.allocate(capacity: Codec.samplesPerPacket)
    private var begunAt: UInt64?
    private var number: UInt32 = 0
    private(set) var isPrivate = false

    init() {
        saidFrame.initialize(repeating: 0, count: Codec.samplesPerPacket)
        heardFrame.initialize(repeating: 0, count: Codec.samplesPerPacket)
    }

    deinit {
        saidFrame.deallocate()
        heardFrame.deallocate()
    }

    var isIdle: Bool { listeners.isEmpty }

    func add(_ listener: any TapListener) {
        if !listeners.contains(where: { $0 === listener }) { listeners.append(listener) }
    }

    func remove(_ listener: any TapListener) {
        guard let index = listeners.firstIndex(where: { $0 === listener }) else { return }
        listeners.remove(at: index)
        listener.end()
    }

    func end() {
        for listener in listeners { listener.end() }
        listeners = []
    }

    /// What waits in the buffers was said before: under the old rule, which may have been that nobody hears it.
    func keepPrivate(_ isWanted: Bool) {
        guard isPrivate != isWanted else { return }
        isPrivate = isWanted
        said = JitterBuffer()
        heard = JitterBuffer()
    }

    /// A packet of the party.
    func says(_ packet: Packet, _ payload: UnsafeRawBufferPointer, _ codec: Codec) {
        if !isPrivate { said.insert(packet, payload, samples: LineTables.of(codec).samples) }
    }

    /// The same, decoded.
    func says(_ packet: Packet, _ sound: UnsafeBufferPointer<Int16>) { if !isPrivate { said.insert(packet, sound) } }

    /// A packet to the party.
    func hears(_ packet: Packet, _ payload: UnsafeRawBufferPointer, _ codec: Codec) {
        if !isPrivate { heard.insert(packet, payload, samples: LineTables.of(codec).samples) }
    }

    /// The same, before it is encoded.
    func hears(_ packet: Packet, _ sound: UnsafeBufferPointer<Int16>) { if !isPrivate { heard.insert(packet, sound) } }

    /// Every 20 ms.
    func tick(at now: UInt64) {
        let begun = begunAt ?? now
        begunAt = begun
        let ahead = Int64(clamping: (now &- min(now, begun)) / Self.span) - Int64(number)
        if ahead <= -Self.slack { return }
        if ahead > Self.catchUpMax { number &+= UInt32(clamping: ahead - Self.catchUpMax) }
        for _ in 0..<(ahead < Self.slack ? 1 : min(ahead, Self.catchUpMax)) { read() }
    }

    private func read() {
        let hasSaid = !isPrivate && said.read(into: saidFrame)
        let hasHeard = !isPrivate && heard.read(into: heardFrame)
        for listener in listeners {
            listener.hear(
                TappedFrame(
                    from: hasSaid ? UnsafePointer(saidFrame) : nil, to: hasHeard ? UnsafePointer(heardFrame) : nil, number: number,
                    isPrivate: isPrivate))
        }
        number &+= 1
    }
}

extension MediaThread {
    func listen(to session: Session, by listener: any TapListener, through new: Tap) {
        let tap = session.tap ?? new
        tap.keepPrivate(session.isPrivate)
        tap.add(listener)
        session.tap = tap
    }

    func stopListening(to session: Session, by listener: any TapListener) {
        session.tap?.remove(listener)
        if session.tap?.isIdle == true { session.tap = nil }
    }

    func keepPrivate(_ session: Session, _ isWanted: Bool) {
        session.isPrivate = isWanted
        session.tap?.keepPrivate(isWanted)
    }
}
