import Primitives
import Reporting
import Testing

struct ReportSpanTests {
    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }
    private func zone(_ name: String) throws -> CivilTime { try #require(CivilTime(zone: name)) }

    /// London's clocks went forward on 29 March 2026, and back on 25 October.
    @Test(arguments: [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
    func `a day has as many hours as the clock on the wall shows`(_ date: String, _ hours: Int) throws {
        let span = try ReportSpan(from: day(date), through: day(date), by: .hour, in: zone("Europe/London"))
        #expect(span.count == hours)
        #expect(span.end - span.start == .seconds(Int64(hours) * 3600))
        #expect(try ReportSpan(from: day(date), through: day(date), by: .quarterHour, in: zone("Europe/London")).count == hours * 4)
    }

    @Test func `days begin where the project is, quarters of an hour included`() throws {
        // Kathmandu is 5 hours and 45 minutes ahead.
        let span = try ReportSpan(from: day("2026-11-21"), through: day("2026-11-22"), by: .day, in: zone("Asia/Kathmandu"))
        #expect(
            span.bounds.map(\.description) == [
                "2026-11-20T18:15:00.000000Z", "2026-11-21T18:15:00.000000Z", "2026-11-22T18:15:00.000000Z",
            ])
        #expect(QuarterHour.start(of: span.start) == span.start)
    }

    /// Beirut's clocks leap over midnight; a whole day, 30 December 2011, was left out in Samoa.
    @Test(arguments: [("Asia/Beirut", "2024-03-31", Int64(23)), ("Pacific/Apia", "2011-12-29", 24)])
    func `a midnight that the clock leaps over is no trouble`(_ name: String, _ date: String, _ hours: Int64) throws {
        let span = try ReportSpan(from: day(date), through: day(date), by: .day, in: zone(name))
        #expect(span.end - span.start == .seconds(hours * 3600))
    }

    @Test func `a night shift lies on both of its days`() throws {
        let span = try ReportSpan(from: day("2026-11-20"), through: day("2026-11-21"), by: .day, in: zone("Europe/London"))
        let evening = span.bounds[1] - .seconds(1)
        #expect(span.index(of: evening) == 0 && span.index(of: span.bounds[1]) == 1)
        #expect(span.index(of: span.end) == nil && span.index(of: span.start - .seconds(1)) == nil)
    }

    @Test func `weeks begin on Monday, and the first may be cut short`() throws {
        // A Wednesday to the Tuesday after the next Monday.
        let span = try ReportSpan(from: day("2026-11-18"), through: day("2026-11-24"), by: .week, in: zone("Europe/London"))
        #expect(span.count == 2 && span.bounds[1].description == "2026-11-23T00:00:00.000000Z")
    }

    @Test func `what no calendar has is no day`() {
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01 ", "２０２６-01-01", "-026-01-01", "", "2026-00-10"] {
            #expect(CivilDate(text) == nil, "\(text)")
        }
        #expect(CivilDate("2024-02-29")?.daysSince1970 == 19_782)
        #expect((-800_000...800_000).allSatisfy { $0 % 9973 != 0 || CivilDate(daysSince1970: $0).daysSince1970 == $0 })
    }

    @Test func `spans that nobody means are refused`() throws {
        let zone = try zone("Europe/London")
        #expect(throws: ReportSpan.Refusal.backwards) {
            try ReportSpan(
                from: CivilDate(year: 2026, month: 1, day: 2), through: CivilDate(year: 2026, month: 1, day: 1), by: .day, in: zone)
        }
        #expect(throws: ReportSpan.Refusal.tooLong) {
            try ReportSpan(
                from: CivilDate(year: 1, month: 1, day: 1), through: CivilDate(year: 9999, month: 1, day: 1), by: .week, in: zone)
        }
        #expect(throws: ReportSpan.Refusal.tooFine) {
            try ReportSpan(
                from: CivilDate(year: 2026, month: 1, day: 1), through: CivilDate(year: 2026, month: 3, day: 1), by: .quarterHour, in: zone)
        }
    }
}
