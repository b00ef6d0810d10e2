import Primitives

/// The ways in which the trade computes a service level. They differ in what becomes of those who left; a figure without
/// its variant says nothing.
package enum ServiceLevelVariant: String, Sendable, Hashable, CaseIterable {
    /// Answered in time ÷ (answered + abandoned).
    case answeredOfOffered
    /// Answered in time ÷ (answered + abandoned late): who left in time does not count.
    case abandonedInTimeIgnored
    /// (Answered in time + abandoned in time) ÷ (answered + abandoned).
    case abandonedInTimeCounted
}

/// What a queue's contacts came to over some span; sums of these are again these.
package struct QueueFigures: Hashable, Sendable {
    /// Contacts that entered the queue.
    package var offered = 0
    package var answered = 0
    /// Answered within the queue's target.
    package var answeredInTime = 0
    /// Left before an answer, short abandons included.
    package var abandoned = 0
    package var abandonedInTime = 0
    /// Left sooner than the queue's short-abandon span.
    package var shortAbandons = 0
    /// The waits of the answered ones, added up.
    package var waitedByAnswered: Duration = .zero
    package var waitLongest: Duration = .zero

    package init() {}

    package mutating func countOffered() { offered += 1 }

    package mutating func countAnswered(after wait: Duration, target: Duration) {
        answered += 1
        if wait <= target { answeredInTime += 1 }
        waitedByAnswered += wait
        waitLongest = max(waitLongest, wait)
    }

    package mutating func countAbandoned(after wait: Duration, target: Duration, shortAbandon: Duration) {
        abandoned += 1
        if wait <= target { abandonedInTime += 1 }
        if wait < shortAbandon { shortAbandons += 1 }
        waitLongest = max(waitLongest, wait)
    }

    /// The service level as a fraction from 0 to 1; nil while there is nothing to divide by.
    package func serviceLevel(_ variant: ServiceLevelVariant) -> Double? {
        let ended = answered + abandoned
        let (part, whole) =
            switch variant {
            case .answeredOfOffered: (answeredInTime, ended)
            case .abandonedInTimeIgnored: (answeredInTime, ended - abandonedInTime)
            case .abandonedInTimeCounted: (answeredInTime + abandonedInTime, ended)
            }
        return whole > 0 ? Double(part) / Double(whole) : nil
    }

    /// ASA: the mean wait of the answered ones.
    package var averageSpeedOfAnswer: Duration? { answered > 0 ? waitedByAnswered / answered : nil }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.offered += right.offered
        sum.answered += right.answered
        sum.answeredInTime += right.answeredInTime
        sum.abandoned += right.abandoned
        sum.abandonedInTime += right.abandonedInTime
        sum.shortAbandons += right.shortAbandons
        sum.waitedByAnswered += right.waitedByAnswered
        sum.waitLongest = max(left.waitLongest, right.waitLongest)
        return sum
    }
}
