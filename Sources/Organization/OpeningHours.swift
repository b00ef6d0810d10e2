import Primitives

/// When calls are taken, by the clock on the wall of the project's time zone: by weekday, and on special days.
///
/// A range belongs to the day on which it begins, and may pass its midnight. A special day says all that is to be said of it: neither its
/// weekday's ranges count on it, nor what would reach into it from the day before. On the days on which clocks change the wall decides, too:
/// what it shows twice is open twice, what it skips is skipped.
package struct OpeningHours: Hashable, Sendable {
    /// The ranges of Monday to Sunday, each day's in order.
    package let week: [[Range]]
    package let days: [CivilDate: [Range]]

    /// More ranges on one day than this are a mistake in the set-up.
    package static let rangesMax = 12
    /// Ten years of special days, and some.
    package static let daysMax = 4000

    /// Nil where ranges of one day overlap, or there are too many.
    ///
    /// - Parameter week: Monday first; missing days are closed.
    package init?(week: [[Range]], days: [CivilDate: [Range]] = [:]) {
        guard week.count <= 7, days.count <= Self.daysMax else { return nil }
        var sorted: [[Range]] = []
        for ranges in week + Array(repeating: [], count: 7 - week.count) {
            guard let ranges = Self.inOrder(ranges) else { return nil }
            sorted.append(ranges)
        }
        var special: [CivilDate: [Range]] = [:]
        for (day, ranges) in days {
            guard let ranges = Self.inOrder(ranges) else { return nil }
            special[day] = ranges
        }
        self.week = sorted
        self.days = special
    }

    /// The ranges of one day by their beginnings; nil if they overlap.
    package static func inOrder(_ ranges: [Range]) -> [Range]? {
        let sorted = ranges.sorted { $0.from < $1.from }
        guard sorted.count <= rangesMax, zip(sorted, sorted.dropFirst()).allSatisfy({ $0.endOfDay <= $1.from }) else { return nil }
        return sorted
    }

    package func isOpen(at moment: Timestamp, in time: CivilTime) -> Bool {
        let (today, minute) = time.wall(at: moment)
        if ranges(of: today).contains(where: { $0.from <= minute && minute < $0.endOfDay }) { return true }
        guard days[today] == nil else { return false }
        let yesterday = CivilDate(daysSince1970: today.daysSince1970 - 1)
        return ranges(of: yesterday).contains { $0.passesMidnight && minute < $0.to }
    }

    /// The minutes from the first opening of a day to its last closing; nil if it has none.
    package func extent(of day: CivilDate) -> Swift.Range<Int>? {
        guard let first = ranges(of: day).first, let last = ranges(of: day).last else { return nil }
        return first.from..<last.endOfDay
    }

    private func ranges(of day: CivilDate) -> [Range] { days[day] ?? week[day.weekday - 1] }

    /// A part of a day, in minutes of the wall's clock; the end is no part of it.
    package struct Range: Hashable, Sendable, CustomStringConvertible {
        package let from: Int
        package let to: Int

        package static let dayLength = 24 * 60

        /// Nil for an empty range, and for times that no clock shows; the end may be 24:00.
        package init?(from: Int, to: Int) {
            // Midnight is the end of this day, not the beginning.
            let end = to == 0 ? Self.dayLength : to
            guard (0..<Self.dayLength).contains(from), (1...Self.dayLength).contains(end), from != end else { return nil }
            self.from = from
            self.to = end
        }

        /// `08:00-20:00`, `22:00-06:00`, `00:00-24:00`; nil for anything else.
        package init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let from = Self.minutes(parts[0]), let to = Self.minutes(parts[1]) else { return nil }
            self.init(from: from, to: to)
        }

        /// It ends on the next day.
        package var passesMidnight: Bool { to < from }
        /// Where it ends on the day on which it begins.
        var endOfDay: Int { passesMidnight ? Self.dayLength : to }

        package var description: String { "\(Self.clock(from))-\(Self.clock(to))" }

        private static func minutes(_ text: some StringProtocol) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24 || (hour == 24 && minute == 0), minute < 60
            else { return nil }
            return hour * 60 + minute
        }

        private static func clock(_ minutes: Int) -> String {
            func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "\(padded(minutes / 60)):\(padded(minutes % 60))"
        }
    }
}

/// As one word, for the log and its tables: `mon=08:00-12:00,13:00-17:00;tue=;…;2026-12-25=`.
extension OpeningHours: CustomStringConvertible {
    package static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    package var description: String {
        let named = zip(Self.weekdays, week).map { ($0, $1) } + days.sorted { $0.key < $1.key }.map { ($0.key.description, $0.value) }
        return named.map { "\($0)=\($1.map(\.description).joined(separator: ","))" }.joined(separator: ";")
    }

    /// Nil for anything that `description` does not write.
    package init?(_ text: some StringProtocol) {
        var week = [[Range]](repeating: [], count: 7)
        var days: [CivilDate: [Range]] = [:]
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2 else { return nil }
            let written = sides[1].split(separator: ",")
            let ranges = written.compactMap { Range($0) }
            guard ranges.count == written.count else { return nil }
            if let weekday = Self.weekdays.firstIndex(of: String(sides[0])) {
                week[weekday] = ranges
            } else if let day = CivilDate(String(sides[0])) {
                days[day] = ranges
            } else {
                return nil
            }
        }
        self.init(week: week, days: days)
    }
}

extension EntryPoint {
    /// What an entry point says of its hours, where it does not leave that to its project.
    package enum Hours: Hashable, Sendable, CustomStringConvertible {
        case always
        case own(OpeningHours)

        package var description: String {
            switch self {
            case .always: "always"
            case .own(let hours): hours.description
            }
        }

        /// Nil for anything that `description` does not write.
        package init?(_ text: some StringProtocol) {
            if text == "always" {
                self = .always
            } else if let hours = OpeningHours(text) {
                self = .own(hours)
            } else {
                return nil
            }
        }
    }
}

extension Organization {
    /// Whether calls to the entry point are taken; without hours they always are.
    package func isOpen(_ entry: EntryPoint, at now: Timestamp) -> Bool {
        guard let project = projects[entry.project] else { return true }
        return switch entry.hours {
        case .always: true
        case .own(let hours): hours.isOpen(at: now, in: project.time)
        case nil: project.isOpen(at: now)
        }
    }

    /// The queues that get no calls now: all their entry points are closed, or their project is where they have none.
    package func closedQueues(at now: Timestamp) -> Set<QueueID> {
        guard projects.values.contains(where: { $0.hours != nil }) || entryPoints.values.contains(where: { $0.hours != nil }) else {
            return []
        }
        var isOpen: [QueueID: Bool] = [:]
        for entry in entryPoints.values { isOpen[entry.queue] = (isOpen[entry.queue] ?? false) || self.isOpen(entry, at: now) }
        return Set(
            queues.values.filter { queue in !(isOpen[queue.id] ?? projects[queue.project]?.isOpen(at: now) ?? true) }.map(\.id))
    }
}
