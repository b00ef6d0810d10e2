import Primitives

/// Into what a span of days is cut. Intervals follow the clock on the wall: a day may have 23 hours or 25.
package enum CivilInterval: String, Sendable, Hashable, CaseIterable {
    case quarterHour, hour, day, week
}

/// Whole days in one time zone, cut into intervals.
package struct ReportSpan: Sendable {
    /// Where each interval begins, in order; the last is the end of the whole.
    package let bounds: [Timestamp]
    package let interval: CivilInterval
    package let time: CivilTime

    /// Longer than two years is refused: whoever asks for it has mistyped.
    package static let daysMax = 732
    /// More lines than this are no table that anybody reads.
    package static let intervalsMax = 3000

    package enum Refusal: Error, Hashable, Sendable {
        /// The last day is before the first.
        case backwards
        case tooLong
        /// The interval is too short for so many days.
        case tooFine
    }

    /// - Parameter through: the last day, which is part of it.
    package init(from first: CivilDate, through last: CivilDate, by interval: CivilInterval, in time: CivilTime) throws(Refusal) {
        guard first <= last else { throw .backwards }
        let days = time.days(from: first, through: last, limit: Self.daysMax + 1)
        guard days.count <= Self.daysMax + 1 else { throw .tooLong }
        self.interval = interval
        self.time = time
        var bounds: [Timestamp] = []
        switch interval {
        case .quarterHour: bounds = Self.cut(days, every: QuarterHour.length)
        case .hour: bounds = Self.cut(days, every: .seconds(3600))
        case .day: bounds = days
        case .week: bounds = Self.weeks(days, in: time)
        }
        guard bounds.count - 1 <= Self.intervalsMax else { throw .tooFine }
        self.bounds = bounds
    }

    package var start: Timestamp { bounds[0] }
    package var end: Timestamp { bounds[bounds.count - 1] }
    package var count: Int { bounds.count - 1 }

    /// The interval in which a moment lies; nil outside the whole.
    package func index(of moment: Timestamp) -> Int? {
        guard moment >= start, moment < end else { return nil }
        var (low, high) = (0, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if bounds[middle] <= moment { low = middle } else { high = middle }
        }
        return low
    }

    private static func cut(_ days: [Timestamp], every length: Duration) -> [Timestamp] {
        var bounds: [Timestamp] = []
        for (day, next) in zip(days, days.dropFirst()) {
            var start = day
            while start < next {
                bounds.append(start)
                start = start + length
            }
        }
        return bounds + days.suffix(1)
    }

    /// Weeks begin on Monday (ISO 8601); the first and the last may be cut short.
    private static func weeks(_ days: [Timestamp], in time: CivilTime) -> [Timestamp] {
        let starts = days.dropLast().enumerated().filter { $0.offset == 0 || time.weekday(of: $0.element) == 1 }.map(\.element)
        return starts + days.suffix(1)
    }
}
