/// Arithmetic of numbers that wrap round (RFC 1982 in spirit, RFC 3550 appendix A.1): RTP's 16-bit sequence numbers and
/// 32-bit timestamps are compared by the shorter way round the circle.
package enum SequenceNumber {
    /// How far `later` is ahead of `earlier`: negative if it is behind. From -32,768 to 32,767.
    @inlinable
    package static func distance(from earlier: UInt16, to later: UInt16) -> Int {
        Int(Int16(truncatingIfNeeded: Int32(later) - Int32(earlier)))
    }

    /// The same for timestamps, in units of the media clock.
    @inlinable
    package static func distance(from earlier: UInt32, to later: UInt32) -> Int {
        Int(Int32(truncatingIfNeeded: Int64(later) - Int64(earlier)))
    }
}
