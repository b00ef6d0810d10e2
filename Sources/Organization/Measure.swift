/// What a wallboard shows and an alert watches: how things stand now, and what the project's day has come to so far. The day's are those
/// of every report, under the same names.
package enum Measure: String, CaseIterable, Hashable, Sendable {
    // Now.
    case waiting, waitingLongest, ready, signedIn
    // Since the project's midnight.
    case offered, answered, abandoned, shortAbandons
    case answeredOfOffered, abandonedInTimeIgnored, abandonedInTimeCounted
    case averageSpeedOfAnswer, longestWait

    package enum Unit: Hashable, Sendable {
        case count, percent, seconds
    }

    package var unit: Unit {
        switch self {
        case .waiting, .ready, .signedIn, .offered, .answered, .abandoned, .shortAbandons: .count
        case .answeredOfOffered, .abandonedInTimeIgnored, .abandonedInTimeCounted: .percent
        case .waitingLongest, .averageSpeedOfAnswer, .longestWait: .seconds
        }
    }

    /// Whether more of it is better.
    package var isBetterHigh: Bool {
        switch self {
        case .ready, .signedIn, .offered, .answered, .answeredOfOffered, .abandonedInTimeIgnored, .abandonedInTimeCounted: true
        case .waiting, .waitingLongest, .abandoned, .shortAbandons, .averageSpeedOfAnswer, .longestWait: false
        }
    }

    /// What a target or a threshold may be at most, in its unit.
    package var max: Int {
        switch unit {
        case .count: 100_000
        case .percent: 100
        case .seconds: 86_400
        }
    }
}

/// Of what something is measured: of one queue, or of all of a project's together.
package struct MeasuredPlace: Hashable, Sendable {
    package var project: ProjectID
    /// Nil: all of them.
    package var queue: QueueID?

    package init(project: ProjectID, queue: QueueID?) {
        self.project = project
        self.queue = queue
    }
}
