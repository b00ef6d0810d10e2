import Organization
import Primitives
import Testing

/// Hours by the clock on the wall, against moments reckoned by hand.
struct OpeningHoursTests {
    private let london = CivilTime(zone: "Europe/London") ?? .utc

    private func hours(_ text: String) throws -> OpeningHours { try #require(OpeningHours(text)) }

    /// `2026-03-29T01:30`, in UTC.
    private func moment(_ text: String) throws -> Timestamp {
        let sides = text.split(separator: "T")
        let day = try #require(CivilDate(String(sides[0])))
        let clock = sides[1].split(separator: ":").compactMap { Int64($0) }
        return Timestamp(microseconds: (Int64(day.daysSince1970) * 86_400 + clock[0] * 3600 + clock[1] * 60) * 1_000_000)
    }

    @Test(arguments: [
        // 1 June 2026 is a Monday; London is an hour ahead of Greenwich.
        ("2026-06-01T06:59", false), ("2026-06-01T07:00", true), ("2026-06-01T10:59", true), ("2026-06-01T11:00", false),
        ("2026-06-01T12:00", true), ("2026-06-01T15:59", true), ("2026-06-01T16:00", false), ("2026-06-02T09:00", false),
    ])
    func `a weekday with a break`(at time: String, isOpen: Bool) throws {
        #expect(try hours("mon=08:00-12:00,13:00-17:00").isOpen(at: moment(time), in: london) == isOpen)
    }

    @Test(arguments: [
        ("2026-06-05T20:59", false), ("2026-06-05T21:00", true), ("2026-06-05T23:30", true), ("2026-06-06T04:59", true),
        ("2026-06-06T05:00", false), ("2026-06-06T21:30", false),
    ])
    func `a shift over midnight belongs to the day on which it begins`(at time: String, isOpen: Bool) throws {
        #expect(try hours("fri=22:00-06:00").isOpen(at: moment(time), in: london) == isOpen)
    }

    @Test func `Sunday's shift reaches into Monday`() throws {
        #expect(try hours("sun=22:00-06:00").isOpen(at: moment("2026-06-08T04:30"), in: london))
    }

    @Test(arguments: [
        // Christmas Eve 2026 is a Thursday, in winter: London's clock is Greenwich's.
        ("2026-12-24T11:59", true), ("2026-12-24T12:00", false), ("2026-12-25T10:00", false), ("2026-12-26T10:00", true),
    ])
    func `a special day goes before its weekday`(at time: String, isOpen: Bool) throws {
        let hours = try hours("thu=08:00-20:00;fri=08:00-20:00;sat=08:00-20:00;2026-12-24=08:00-12:00;2026-12-25=")
        #expect(hours.isOpen(at: try moment(time), in: london) == isOpen)
    }

    @Test(arguments: [
        ("2026-12-24T23:59", true), ("2026-12-25T00:00", false), ("2026-12-25T05:00", false), ("2026-12-25T22:30", false),
        ("2026-12-26T00:30", false), ("2026-12-26T22:30", true),
    ])
    func `a shift does not reach into a special day, and a closed day has none that reaches into the next`(
        at time: String, isOpen: Bool
    ) throws {
        let hours = try hours("thu=22:00-06:00;fri=22:00-06:00;sat=22:00-06:00;2026-12-25=")
        #expect(hours.isOpen(at: try moment(time), in: london) == isOpen)
    }

    @Test func `a special day's own shift reaches into an ordinary one`() throws {
        let hours = try hours("2026-12-24=22:00-02:00")
        #expect(hours.isOpen(at: try moment("2026-12-25T01:59"), in: london))
        #expect(!hours.isOpen(at: try moment("2026-12-25T02:00"), in: london))
    }

    @Test(arguments: [
        // 29 March 2026, a Sunday: after 00:59 London's clock shows 02:00, which is 01:00 in Greenwich.
        ("2026-03-29T00:29", false), ("2026-03-29T00:30", true), ("2026-03-29T00:59", true), ("2026-03-29T01:00", true),
        ("2026-03-29T01:59", true), ("2026-03-29T02:00", false),
    ])
    func `when clocks go forward a range is shorter by what they skip`(at time: String, isOpen: Bool) throws {
        #expect(try hours("sun=00:30-03:00").isOpen(at: moment(time), in: london) == isOpen)
    }

    @Test func `a range that clocks skip never comes`() throws {
        let hours = try hours("sun=01:00-02:00")
        for minute in 0..<180 {
            let time = try moment("2026-03-29T00:00") + .seconds(60 * minute)
            #expect(!hours.isOpen(at: time, in: london), "minute \(minute)")
        }
    }

    @Test(arguments: [
        // 25 October 2026, a Sunday: after 01:59 London's clock shows 01:00 again, which is 01:00 in Greenwich.
        ("2026-10-24T23:59", false), ("2026-10-25T00:00", true), ("2026-10-25T00:29", true), ("2026-10-25T00:30", false),
        ("2026-10-25T01:00", true), ("2026-10-25T01:29", true), ("2026-10-25T01:30", false),
    ])
    func `what clocks show twice is open twice`(at time: String, isOpen: Bool) throws {
        #expect(try hours("sun=01:00-01:30").isOpen(at: moment(time), in: london) == isOpen)
    }

    @Test func `a whole day lasts 23 and 25 hours when clocks change`() throws {
        let hours = try hours("sun=00:00-24:00")
        for (day, minutes) in [("2026-03-28T12:00", 23 * 60), ("2026-10-24T12:00", 25 * 60)] {
            let start = try moment(day)
            #expect((0..<2880).count { hours.isOpen(at: start + .seconds(60 * $0), in: london) } == minutes)
        }
    }

    @Test(arguments: [
        ("08:00-20:00", "2026-06-07", "07:00", "19:00"), ("08:00-20:00", "2026-03-29", "07:00", "19:00"),
        ("08:00-20:00", "2026-10-25", "08:00", "20:00"), ("00:00-24:00", "2026-03-29", "00:00", "23:00"),
        // London's clock skips what comes after 00:59.
        ("00:30-01:30", "2026-03-29", "00:30", "01:30"), ("01:30-02:30", "2026-03-29", "01:30", "01:30"),
    ])
    func `a working day begins and ends when the wall says so`(range: String, day: String, opening: String, closing: String) throws {
        let project = Project(id: ProjectID(high: 1, low: 1), time: london, language: .english, hours: try hours("sun=\(range)"))
        let span = try moment("\(day)T\(opening)")..<moment("\(day)T\(closing)")
        #expect(try project.workingDay(at: moment("\(day)T12:00")) == span)
    }

    @Test func `a project's own zone decides`() throws {
        let hours = try hours("mon=09:00-18:00")
        let moment = try moment("2026-06-01T05:30")
        #expect(hours.isOpen(at: moment, in: try #require(CivilTime(zone: "Asia/Tbilisi"))))
        #expect(!hours.isOpen(at: moment, in: try #require(CivilTime(zone: "America/New_York"))))
    }

    @Test(arguments: ["8:00-20:00", "08:00", "08:00-08:00", "24:00-02:00", "08:00-24:01", "08:60-09:00", "-", "", "08:00-20:00-21:00"])
    func `what is no range is refused`(text: String) { #expect(OpeningHours.Range(text) == nil) }

    @Test(arguments: ["mon=08:00-12:00,11:00-13:00", "tue=22:00-06:00,23:00-24:00", "mon", "someday=08:00-09:00", "2026-02-30="])
    func `overlaps and unknown days are refused`(text: String) { #expect(OpeningHours(text) == nil) }

    @Test func `hours are written and read as one word`() throws {
        let text = "mon=08:00-12:00,13:00-24:00;tue=;wed=;thu=;fri=22:00-06:00;sat=;sun=;2026-12-24=08:00-12:00;2026-12-25="
        #expect(try hours(text).description == text)
        #expect(try hours("mon=13:00-00:00,08:00-12:00").description.hasPrefix("mon=08:00-12:00,13:00-24:00;"))
    }

    @Test func `an entry point's hours go before its project's, and a queue is closed where all its entry points are`() throws {
        var organization = Organization()
        let closed = try hours("mon=")
        let project = Project(id: ProjectID(high: 1, low: 1), time: london, language: .english, hours: closed)
        let queues = (1...3).map { Queue(id: QueueID(high: 2, low: $0), project: project.id) }
        organization.apply(.project(project))
        for queue in queues { organization.apply(.queue(queue)) }
        let now = try moment("2026-06-01T12:00")
        #expect(organization.closedQueues(at: now) == Set(queues.map(\.id)))
        for (number, hours) in [(UInt64(1), EntryPoint.Hours?.none), (2, .always), (3, .own(try hours("mon=00:00-24:00")))] {
            let entry = EntryPoint(
                id: EntryPointID(high: 3, low: number), project: project.id, queue: queues[Int(number) - 1].id, language: .english,
                hours: hours)
            organization.apply(.entryPoint(entry))
            #expect(organization.isOpen(entry, at: now) == (hours != nil))
        }
        #expect(organization.closedQueues(at: now) == [queues[0].id])
        // A second number of the first queue is always open.
        organization.apply(
            .entryPoint(
                EntryPoint(id: EntryPointID(high: 3, low: 4), project: project.id, queue: queues[0].id, language: .english, hours: .always))
        )
        #expect(organization.closedQueues(at: now) == [])
    }
}
