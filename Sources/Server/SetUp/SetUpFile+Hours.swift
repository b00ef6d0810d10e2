import Organization
import Primitives
import Yams

/// When calls are taken: by weekday, and on special days.
extension SetUpFile {
    /// - Returns: nil: always.
    static func hours(_ reader: SetUpReader, otherwise fallback: OpeningHours?) -> OpeningHours? {
        if reader.isLeftOut { return fallback }
        if reader.isNull || reader.node?.string == "none" { return nil }
        guard reader.node?.mapping != nil else {
            reader.refuse(Self.noHours(reader, but: "none"), "none, or the hours of the week and of special days")
            return fallback
        }
        reader.allow("week", "days")
        reader["week"].allow(OpeningHours.weekdays)
        let week = OpeningHours.weekdays.map { ranges(reader["week"][$0]) }
        var days: [CivilDate: [OpeningHours.Range]] = [:]
        for (key, value) in reader["days"].entries() {
            if let day = CivilDate(key) { days[day] = ranges(value) } else { value.refuse(.date, "a day such as 2026-12-25") }
        }
        guard let hours = OpeningHours(week: week, days: days) else {
            reader["days"].refuse(.tooMany(max: OpeningHours.daysMax), "at most \(OpeningHours.daysMax) special days")
            return fallback
        }
        return hours
    }

    /// - Returns: nil: as its project.
    static func entryHours(_ reader: SetUpReader, otherwise fallback: EntryPoint.Hours?) -> EntryPoint.Hours? {
        if reader.isLeftOut { return fallback }
        if reader.isNull { return nil }
        if reader.node?.string == "always" { return .always }
        guard reader.node?.mapping != nil else {
            reader.refuse(Self.noHours(reader, but: "always"), "always, or the hours of the week and of special days")
            return fallback
        }
        return hours(reader, otherwise: nil).map { .own($0) } ?? fallback
    }

    /// What is wrong with what are no hours: a word is one that nobody knows.
    private static func noHours(_ reader: SetUpReader, but word: String) -> SetUpFlaw.Rule {
        reader.node?.string == nil ? .mappingNeeded : .choice([word])
    }

    private static func ranges(_ reader: SetUpReader) -> [OpeningHours.Range] {
        let ranges = reader.items().compactMap { item in
            let range = OpeningHours.Range(item.text())
            if range == nil { item.refuse(.timeRange, "a range such as 08:00-20:00, or 22:00-06:00 past midnight") }
            return range
        }
        guard let sorted = OpeningHours.inOrder(ranges) else {
            reader.refuse(.timeRange, "at most \(OpeningHours.rangesMax) ranges that do not overlap")
            return []
        }
        return sorted
    }
}
