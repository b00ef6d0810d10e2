import RTP
import Synchronization

/// Why a datagram was not used.
package enum DropReason: Int, CaseIterable, Sendable {
    /// No RTP or RTCP packet, or longer than any of them.
    case malformed
    /// Not from the address that was negotiated.
    case stranger
    /// Before the other side's description was known.
    case notConnected
    /// Not a payload type that was negotiated.
    case payloadType
    /// From a party that must not be heard now (hold).
    case held
    /// From before a switch: its place in the outgoing stream is taken.
    case late
    /// An SSRC that is not the party's, while the party is heard.
    case intruder
    /// Sound for a party to which a key is being pressed.
    case dialling
    /// The kernel would not take it.
    case sendFailed
    /// STUN that is not the browser's: forged, for somebody else, malformed, or too much of it.
    case check
    /// DTLS that leads to nothing: too much of it, a handshake that failed, or one that nobody waits for.
    case handshake
    /// From a browser's place, but not under its keys, or before there are any.
    case unauthenticated
    /// From a browser, a second time, or so late that nobody knows.
    case replayed
    /// For a browser, a second time: under its keys each number goes out once.
    case repeated
}

/// Figures of all media threads since the start, a moment old at most.
package struct MediaStatistics: Sendable, Equatable {
    package var sessions = 0
    /// RTP datagrams that came in, and that went out.
    package var packetsIn: UInt64 = 0
    package var packetsOut: UInt64 = 0
    package var dropped: [DropReason: UInt64] = [:]
    /// How long relayed packets waited in a thread at most: from its waking, or, where it never slept, from its round before.
    package var relayDelay = Delays()
    /// How late the packets of rooms went out after the tick in which they were due.
    package var mixingDelay = Delays()
    /// Processor time of the media threads.
    package var processorTime: Duration = .zero
    /// Sockets that are open, the pool's included.
    package var sockets = 0

    package init() {}
}

/// Figures of one party, a moment old at most.
package struct SessionStatistics: Sendable, Equatable {
    /// Packets of sound and keys that were taken from the party, and that went out to it.
    package var packetsIn: UInt64 = 0
    package var packetsOut: UInt64 = 0
    /// Of the stream that comes now: packets that should have come, and that did not.
    package var expected: UInt64 = 0
    package var lost: Int = 0
    package var jitter: Duration = .zero
    /// How long ago the party was last heard; nil: never.
    package var heardAgo: Duration?
    /// What was done to its sound, if it is in a room.
    package var buffer: JitterBuffer.Figures?
    /// Lost packets of Opus that were heard all the same, as the next one repeated them.
    package var recovered: UInt64 = 0
    /// Between the last two reports: the share of the party's packets that did not come.
    package var lostShare = 0.0
    /// What the party last reported of our packets; nil: nothing.
    package var there: FarReport?
    /// What came to its port and was not used.
    package var dropped: [DropReason: UInt64] = [:]
    /// In what the party sends, and in what it is sent to; nil before it is connected.
    package var coding: Coding?

    /// The way there and back; nil: not known yet.
    package var roundTrip: Duration? { there?.roundTrip }

    /// What people would think of the worse of both directions, 1 to 4.4; nil before the party has reported how long the way is.
    package var opinion: Double? {
        guard let there, let roundTrip = there.roundTrip, let coding else { return nil }
        func opinion(jitter: Duration, lost: Double) -> Double {
            CallQuality.opinion(
                roundTrip: roundTrip, jitter: jitter, lost: lost, repair: coding == .opus ? .repeated : .concealed)
        }
        return min(opinion(jitter: jitter, lost: lostShare), opinion(jitter: there.jitter, lost: there.lostShare))
    }

    package init() {}
}

/// How our packets arrive at a party, in its own words (RFC 3550 section 6.4.1).
package struct FarReport: Sendable, Equatable {
    /// Since its report before.
    package var lostShare: Double
    package var jitter: Duration
    /// The way there and back; nil if the report does not tell.
    package var roundTrip: Duration?
}

/// A number that one thread counts up and others read.
struct Counter: ~Copyable, Sendable {
    private let value = Atomic<UInt64>(0)

    /// Only by the owning thread: then load and store need no locked instruction.
    func add(_ count: UInt64 = 1) { value.store(value.load(ordering: .relaxed) &+ count, ordering: .relaxed) }
    func set(_ new: UInt64) { value.store(new, ordering: .relaxed) }
    var count: UInt64 { value.load(ordering: .relaxed) }
}

/// The counters of one thread.
final class Counters: Sendable {
    let packetsIn = Counter()
    let packetsOut = Counter()
    let relayDelay = DelayCounter()
    let mixingDelay = DelayCounter()
    let processorTime = Counter()
    private let malformed = Counter()
    private let stranger = Counter()
    private let notConnected = Counter()
    private let payloadType = Counter()
    private let held = Counter()
    private let late = Counter()
    private let intruder = Counter()
    private let dialling = Counter()
    private let sendFailed = Counter()
    private let check = Counter()
    private let handshake = Counter()
    private let unauthenticated = Counter()
    private let replayed = Counter()
    private let repeated = Counter()

    func drop(_ reason: DropReason, _ count: UInt64 = 1) {
        switch reason {
        case .malformed: malformed.add(count)
        case .stranger: stranger.add(count)
        case .notConnected: notConnected.add(count)
        case .payloadType: payloadType.add(count)
        case .held: held.add(count)
        case .late: late.add(count)
        case .intruder: intruder.add(count)
        case .dialling: dialling.add(count)
        case .sendFailed: sendFailed.add(count)
        case .check: check.add(count)
        case .handshake: handshake.add(count)
        case .unauthenticated: unauthenticated.add(count)
        case .replayed: replayed.add(count)
        case .repeated: repeated.add(count)
        }
    }

    private func dropped(_ reason: DropReason) -> UInt64 {
        switch reason {
        case .malformed: malformed.count
        case .stranger: stranger.count
        case .notConnected: notConnected.count
        case .payloadType: payloadType.count
        case .held: held.count
        case .late: late.count
        case .intruder: intruder.count
        case .dialling: dialling.count
        case .sendFailed: sendFailed.count
        case .check: check.count
        case .handshake: handshake.count
        case .unauthenticated: unauthenticated.count
        case .replayed: replayed.count
        case .repeated: repeated.count
        }
    }

    func add(to statistics: inout MediaStatistics) {
        statistics.packetsIn += packetsIn.count
        statistics.packetsOut += packetsOut.count
        relayDelay.add(to: &statistics.relayDelay)
        mixingDelay.add(to: &statistics.mixingDelay)
        statistics.processorTime += .nanoseconds(Int64(clamping: processorTime.count))
        for reason in DropReason.allCases { statistics.dropped[reason, default: 0] += dropped(reason) }
    }
}
