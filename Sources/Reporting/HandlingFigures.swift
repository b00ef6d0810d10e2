import Primitives

/// What agents' parts in contacts came to; sums of these are again these.
package struct HandlingFigures: Hashable, Sendable {
    package var handled = 0
    package var talk: Duration = .zero
    package var hold: Duration = .zero
    package var wrapUp: Duration = .zero
    package var agentReleasedFirst = 0

    package init() {}

    package mutating func count(_ facts: HandlingFacts) {
        handled += 1
        talk += facts.talk
        hold += facts.hold
        wrapUp += facts.wrapUp
        if facts.agentReleasedFirst { agentReleasedFirst += 1 }
    }

    /// AHT: talk, hold and wrap-up, over the contacts handled; nil while there are none.
    package var averageHandleTime: Duration? { mean(talk + hold + wrapUp) }
    package var averageTalk: Duration? { mean(talk) }
    package var averageHold: Duration? { mean(hold) }
    package var averageWrapUp: Duration? { mean(wrapUp) }

    private func mean(_ sum: Duration) -> Duration? { handled > 0 ? sum / handled : nil }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.handled += right.handled
        sum.talk += right.talk
        sum.hold += right.hold
        sum.wrapUp += right.wrapUp
        sum.agentReleasedFirst += right.agentReleasedFirst
        return sum
    }
}

/// How agents' time was spent; sums of these are again these.
package struct TimeFigures: Hashable, Sendable {
    /// Work for customers, ringing included.
    package var work: Duration = .zero
    package var idle: Duration = .zero
    /// Signed on and not to be had: away, or not responding.
    package var away: Duration = .zero

    package init() {}

    package mutating func count(_ activity: Activity, _ span: Duration) {
        switch activity.use {
        case .work: work += span
        case .idle: idle += span
        case .away: away += span
        }
    }

    /// Work ÷ (work + idle), as a fraction from 0 to 1; nil while there is nothing to divide by.
    package var occupancy: Double? {
        let whole = work + idle
        return whole > .zero ? work / whole : nil
    }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.work += right.work
        sum.idle += right.idle
        sum.away += right.away
        return sum
    }
}

/// What was measured of the voices in talks; sums of these are again these.
package struct VoiceFigures: Hashable, Sendable {
    package var talks = 0
    package var talkOver: Duration = .zero
    package var deadAir: Duration = .zero
    /// Talks in which somebody raised his voice.
    package var raised = 0

    package init() {}

    /// For each talk that was measured; nil while there are none.
    package var averageTalkOver: Duration? { talks > 0 ? talkOver / talks : nil }
    package var averageDeadAir: Duration? { talks > 0 ? deadAir / talks : nil }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.talks += right.talks
        sum.talkOver += right.talkOver
        sum.deadAir += right.deadAir
        sum.raised += right.raised
        return sum
    }
}

/// Everything that one line of a report says: of a queue, an agent, an interval.
package struct Figures: Hashable, Sendable {
    package var visits = QueueFigures()
    package var handlings = HandlingFigures()
    package var time = TimeFigures()
    package var voices = VoiceFigures()

    package init() {}

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.visits = left.visits + right.visits
        sum.handlings = left.handlings + right.handlings
        sum.time = left.time + right.time
        sum.voices = left.voices + right.voices
        return sum
    }
}

extension QueueFigures {
    /// A visit counts where it began, with whatever became of it by now.
    package mutating func count(_ visit: QueueVisit) {
        countOffered()
        countEnd(of: visit)
    }

    /// What became of a visit that has been counted as offered.
    package mutating func countEnd(of visit: QueueVisit) {
        guard let wait = visit.wait, let kind = visit.end?.kind else { return }
        switch kind {
        case .answered: countAnswered(after: wait, target: visit.target)
        case .abandoned: countAbandoned(after: wait, target: visit.target, shortAbandon: visit.shortAbandon)
        case .otherwise: break
        }
    }
}
