/// What is known of a stream that arrives: loss, order and jitter (RFC 3550 sections 6.4.1 and appendices A.1, A.3, A.8).
package struct Reception: Sendable, Equatable {
    /// Above this gap forward, the sender has started anew (appendix A.1, MAX_DROPOUT).
    private static let dropoutMax = 3000
    /// Behind by more than this, the sender has started anew (MAX_MISORDER).
    private static let misorderMax = 100

    package private(set) var ssrc: UInt32
    private var base: UInt16
    private var highest: UInt16
    private var cycles: UInt32 = 0
    private var received: UInt32 = 0
    private var expectedBefore: UInt32 = 0
    private var receivedBefore: UInt32 = 0
    private var transit: UInt32
    /// Sixteen times the jitter, in units of the media clock (appendix A.8, the integer form).
    private var jitterScaled: UInt32 = 0

    /// The first packet of a stream. `arrival` is the local clock in units of the media clock, any origin.
    package init(_ packet: Packet, arrival: UInt32) {
        ssrc = packet.ssrc
        base = packet.sequence
        highest = packet.sequence
        received = 1
        transit = arrival &- packet.timestamp
    }

    /// A further packet. `isTimed` is false for telephone events, whose timestamp stands still while a key is down.
    package mutating func receive(_ packet: Packet, arrival: UInt32, isTimed: Bool = true) {
        let step = SequenceNumber.distance(from: highest, to: packet.sequence)
        guard packet.ssrc == ssrc, step <= Self.dropoutMax, step >= -Self.misorderMax else {
            self = Reception(packet, arrival: arrival)
            return
        }
        if step > 0 {
            if packet.sequence < highest { cycles &+= 0x1_0000 }
            highest = packet.sequence
        }
        received &+= 1
        guard isTimed else { return }
        let now = arrival &- packet.timestamp
        let difference = SequenceNumber.distance(from: transit, to: now).magnitude
        transit = now
        // A clock that jumps (hold, a switch of source) must not count as minutes of jitter.
        guard difference < 8000 else { return }
        jitterScaled = jitterScaled &+ UInt32(difference) &- ((jitterScaled &+ 8) >> 4)
    }

    /// Packets that should have come since the first one.
    package var expected: UInt32 { cycles &+ UInt32(highest) &- UInt32(base) &+ 1 }
    /// Packets that did not come; negative if duplicates came.
    package var lost: Int { Int(Int32(truncatingIfNeeded: Int64(expected) - Int64(received))) }
    /// Interarrival jitter in units of the media clock.
    package var jitter: UInt32 { jitterScaled >> 4 }

    /// The block for the next report; closes the interval over which the lost fraction is counted.
    package mutating func report(lastSenderReport: UInt32, delay: UInt32) -> RTCP.ReportBlock {
        let expectedNow = expected &- expectedBefore
        let receivedNow = received &- receivedBefore
        expectedBefore = expected
        receivedBefore = received
        let missing = Int64(expectedNow) - Int64(receivedNow)
        let fraction = expectedNow == 0 || missing <= 0 ? 0 : UInt8(truncatingIfNeeded: min(255, (missing << 8) / Int64(expectedNow)))
        return RTCP.ReportBlock(
            ssrc: ssrc, fractionLost: fraction, lost: Int32(clamping: min(0x7F_FFFF, max(-0x80_0000, lost))),
            highest: cycles &+ UInt32(highest), jitter: jitter, lastSenderReport: lastSenderReport, delay: delay)
    }
}
