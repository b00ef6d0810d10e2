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

    /// `2026-11-21`; nil for anything else, and for a day that the calendar does not have.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        guard numbers.count == 3 else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
        guard CivilDate(daysSince1970: daysSince1970) == self else { return nil }
    }

    /// Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
    package var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    package var weekday: Int {
        let day = (daysSince1970 + 3) % 7
        return (day < 0 ? day + 7 : day) + 1
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

    /// The day on which `moment` falls.
    package func date(of moment: Timestamp) -> CivilDate {
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
        return CivilDate(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
    }

    /// What calendar and clock on the wall show: the day, and the whole minutes since its midnight as the clock shows them.
    package func wall(at moment: Timestamp) -> (day: CivilDate, minute: Int) {
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
        let day = CivilDate(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
        return (day, (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
    }

    /// When the clock on the wall shows so many minutes since a day's midnight, for the first time; where it skips that, as long after midnight
    /// as on any other day.
    package func moment(atMinute minute: Int, of day: CivilDate) -> Timestamp {
        let usual = startOfDay(day) + .seconds(60 * minute)
        func shown(at moment: Timestamp) -> Int {
            let (date, minute) = wall(at: moment)
            return minute + (date.daysSince1970 - day.daysSince1970) * 24 * 60
        }
        let moved = usual + .seconds(60 * (minute - shown(at: usual)))
        return shown(at: moved) == minute ? moved : usual
    }

    /// From the last full hour on the clock for an hour.
    package func hourSpan(at moment: Timestamp) -> Range<Timestamp> {
        let parts = calendar.dateComponents([.minute, .second], from: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
        let passed = Int64((parts.minute ?? 0) * 60 + (parts.second ?? 0)) * 1_000_000
        let second = moment.microseconds - (moment.microseconds % 1_000_000 + 1_000_000) % 1_000_000
        let start = Timestamp(microseconds: second - passed)
        return start..<start + .seconds(3600)
    }

    /// The hour on the clock, 0 to 23.
    package func hour(of moment: Timestamp) -> Int {
        calendar.component(.hour, from: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    package func weekday(of moment: Timestamp) -> Int {
        let fromSunday = calendar.component(.weekday, from: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
        return (fromSunday + 5) % 7 + 1
    }

    /// The first moment of each day, and last that of the day after the last; at most `limit` days.
    package func days(from first: CivilDate, through last: CivilDate, limit: Int) -> [Timestamp] {
        let numbers = first.daysSince1970...max(first.daysSince1970, min(last.daysSince1970, first.daysSince1970 + limit - 1))
        return (numbers.lowerBound...numbers.upperBound + 1).map { number in
            startOfDay(CivilDate(daysSince1970: number))
        }
    }

    /// The first moment of a day.
    package func startOfDay(_ date: CivilDate) -> Timestamp {
        let parts = DateComponents(year: date.year, month: date.month, day: date.day, hour: 12)
        let noon = calendar.date(from: parts) ?? Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400)
        return startOfDay(Timestamp(microseconds: Int64(noon.timeIntervalSince1970 * 1_000_000)))
    }

    package static func == (left: Self, right: Self) -> Bool { left.zoneName == right.zoneName }
    package func hash(into hasher: inout Hasher) { hasher.combine(zoneName) }
}
