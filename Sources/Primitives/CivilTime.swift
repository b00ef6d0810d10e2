import FoundationEssentials

/// A day of the proleptic Gregorian calendar, without a time zone.
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// The clock on the wall in one time zone: the only door to the calendar below the shells.
package struct CivilTime: Sendable, Hashable {
    /// The IANA name, such as `Asia/Tbilisi`.
    package let zoneName: String
    private let calendar: Calendar

    /// Nil if the system knows no zone of that name.
    package init?(zone name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        zoneName = name
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    package static let utc = CivilTime(zone: "GMT")!

    /// The first moment of the day on which `moment` falls: midnight, or what stands for it where midnight is skipped.
    package func startOfDay(_ moment: Timestamp) -> Timestamp {
        let date = Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000)
        return Timestamp(microseconds: Int64(calendar.startOfDay(for: date).timeIntervalSince1970 * 1_000_000))
    }

    package static func == (left: Self, right: Self) -> Bool { left.zoneName == right.zoneName }
    package func hash(into hasher: inout Hasher) { hasher.combine(zoneName) }
}
