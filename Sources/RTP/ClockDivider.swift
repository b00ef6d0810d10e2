/// Brings the timestamps of a faster clock to ours: Opus counts 48,000 ticks a second (RFC 7587 section 4.1), our media clock 8,000. Where
/// the faster one wraps round, the slower goes on.
package struct ClockDivider: Sendable, Equatable {
    private let divisor: Int64
    private var last: UInt32?
    private var total: Int64 = 0

    /// - Parameter divisor: how many ticks of the faster clock are one of ours.
    package init(by divisor: UInt32) { self.divisor = Int64(max(1, divisor)) }

    package mutating func divide(_ timestamp: UInt32) -> UInt32 {
        if let last {
            total &+= Int64(SequenceNumber.distance(from: last, to: timestamp))
        } else {
            // Far from zero: what was sent before the first packet comes out before it, too.
            total = 1 << 40 + Int64(timestamp)
        }
        last = timestamp
        return UInt32(truncatingIfNeeded: total / divisor)
    }
}
