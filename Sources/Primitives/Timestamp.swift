/// A moment: microseconds since 1970-01-01T00:00Z, without leap seconds. What the log and the tables store.
@frozen @usableFromInline
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline package let microseconds: Int64

    @inlinable
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static let distantPast = Timestamp(microseconds: 0)
    package static let distantFuture = Timestamp(microseconds: .max)

    /// ISO 8601 in UTC with microseconds: `2026-11-21T09:30:00.000000Z`.
    @usableFromInline
    package var description: String {
        let days = microseconds.flooredQuotient(86_400_000_000)
        let rest = microseconds - days * 86_400_000_000
        let date = CivilDate(daysSince1970: Int(days))
        let seconds = rest / 1_000_000
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let fraction = String(rest % 1_000_000)
        let padding = String(repeating: "0", count: 6 - fraction.count)
        return "\(date)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(padding)\(fraction)Z"
    }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// Saturates at the end of time instead of trapping: a limit of "never" stays never.
    @inlinable
    package static func + (moment: Self, span: Duration) -> Self {
        let (sum, overflow) = moment.microseconds.addingReportingOverflow(span.microseconds)
        return Timestamp(microseconds: overflow ? (span < .zero ? .min : .max) : sum)
    }

    @inlinable
    package static func - (moment: Self, span: Duration) -> Self { moment + (.zero - span) }

    /// The span from `earlier` to `later`.
    @inlinable
    package static func - (later: Self, earlier: Self) -> Duration {
        .microseconds(later.microseconds.subtractingReportingOverflow(earlier.microseconds).partialValue)
    }
}

extension Duration {
    /// Whole microseconds, saturating: what the log and the wire carry.
    @inlinable
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return isTooLong || isOver ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole milliseconds, towards zero.
    @inlinable
    package var milliseconds: Int64 { microseconds / 1000 }

    /// Seconds with a fraction, for figures that people read.
    @inlinable
    package var inSeconds: Double { Double(microseconds) / 1_000_000 }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
