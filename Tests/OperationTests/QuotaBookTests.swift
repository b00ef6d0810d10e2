import Centre
import Contacts
import Operation
import Organization
import Primitives
import Reporting
import Routing
import Testing

/// How agents, teams and projects stand with their quotas, from events told one by one.
struct QuotaBookTests {
    private struct Centre {
        var book = QuotaBook()
        static let ana = AgentID(high: 4, low: 1)
        static let ben = AgentID(high: 4, low: 2)
        static let red = TeamID(high: 7, low: 1)
        static let sold = DispositionID(high: 8, low: 1)
        let project: Project
        private let queue: Queue
        private var parts: UInt64 = 0

        init(zone: String = "Europe/London", hours: OpeningHours? = nil) throws {
            project = Project(
                id: ProjectID(high: 1, low: 1), time: try #require(CivilTime(zone: zone)), language: .english, hours: hours)
            queue = Queue(id: QueueID(high: 2, low: 1), project: project.id)
            let profile = RoutingProfile([.init(queue: queue.id)])
            let definitions: [Definition] = [
                .project(project), .queue(queue),
                .disposition(Disposition(id: Self.sold, project: project.id, meanings: [.sale, .reached])),
                .agent(Agent(id: Self.ana, team: Self.red, phone: nil, profile: profile)),
                .agent(Agent(id: Self.ben, phone: nil, profile: profile)),
            ]
            for definition in definitions { tell(.defined(definition), at: "2026-01-01T00:00") }
        }

        mutating func tell(_ event: Event, at time: String, _ handling: HandlingFacts? = nil) {
            book.count(
                LogEntry(
                    position: .start, at: moment(time), event: event, project: nil, contact: nil, agent: nil, queue: nil, actor: .system,
                    cause: "test"), handling)
        }

        mutating func isOn(_ isOn: Bool, _ agent: AgentID = Centre.ana, at time: String) {
            tell(.presenceChanged(agent, isOn ? .ready : .off), at: time)
        }

        /// A part that is done when it was answered, or later.
        mutating func handled(_ agent: AgentID = Centre.ana, at time: String, done: String? = nil, as disposition: DispositionID? = nil) {
            parts += 1
            let contact = ContactID(high: 3, low: parts)
            var facts = HandlingFacts(
                contact: contact, number: 1, project: project.id, queue: queue.id, agent: agent, answeredAt: moment(time))
            facts.disposition = disposition
            tell(.contactClosed(contact, .handled), at: done ?? time, facts)
        }

        func quota(_ per: Quota.Period, by holder: Quota.Holder = .agent, _ counts: Quota.Count = .handled) -> Quota {
            Quota(id: QuotaID(high: 9, low: 1), project: project.id, counts: counts, per: per, by: holder, target: 8)
        }

        func done(_ quota: Quota, _ agent: AgentID = Centre.ana, at time: String) -> Int? {
            book.holder(of: quota, for: agent).flatMap { book.standing(of: quota, $0, at: moment(time))?.done }
        }
    }

    @Test func `an hour is that of the clock on the project's wall`() throws {
        // Kolkata is five and a half hours ahead: its hour begins at half past.
        var centre = try Centre(zone: "Asia/Kolkata")
        centre.handled(at: "2026-03-02T09:29")
        centre.handled(at: "2026-03-02T09:30")
        centre.handled(at: "2026-03-02T10:00")
        #expect(centre.done(centre.quota(.hour), at: "2026-03-02T10:29") == 2)
        #expect(centre.done(centre.quota(.hour), at: "2026-03-02T10:30") == 0)
        let pace = centre.book.standing(of: centre.quota(.hour), .agent(Centre.ana), at: moment("2026-03-02T10:29"))?.pace
        #expect(pace == moment("2026-03-02T09:30")..<moment("2026-03-02T10:30"))
    }

    @Test func `a part counts when it is done, in the hour in which it was answered`() throws {
        var centre = try Centre()
        centre.handled(at: "2026-03-02T09:58", done: "2026-03-02T10:04")
        #expect(centre.done(centre.quota(.hour), at: "2026-03-02T10:05") == 0)
    }

    @Test func `a meaning counts the dispositions that have it`() throws {
        var centre = try Centre()
        centre.handled(at: "2026-03-02T09:01", as: Centre.sold)
        centre.handled(at: "2026-03-02T09:02")
        #expect(centre.done(centre.quota(.hour, .meaning(.sale)), at: "2026-03-02T09:30") == 1)
        #expect(centre.done(centre.quota(.hour, .meaning(.complaint)), at: "2026-03-02T09:30") == 0)
        #expect(centre.done(centre.quota(.hour), at: "2026-03-02T09:30") == 2)
    }

    @Test func `a shift goes over midnight, and on after less than four hours off`() throws {
        var centre = try Centre()
        let quota = centre.quota(.shift)
        #expect(centre.done(quota, at: "2026-03-02T20:00") == nil)
        centre.isOn(true, at: "2026-03-02T21:00")
        centre.handled(at: "2026-03-02T23:30")
        centre.isOn(false, at: "2026-03-03T01:00")
        centre.isOn(true, at: "2026-03-03T04:59")
        centre.handled(at: "2026-03-03T05:10")
        #expect(centre.done(quota, at: "2026-03-03T05:30") == 2)
        let pace = centre.book.standing(of: quota, .agent(Centre.ana), at: moment("2026-03-03T05:30"))?.pace
        #expect(pace == moment("2026-03-02T21:00")..<moment("2026-03-03T05:00"))
    }

    @Test func `four hours off end a shift, and a day does if nobody ends it`() throws {
        var centre = try Centre()
        let quota = centre.quota(.shift)
        centre.isOn(true, at: "2026-03-02T09:00")
        centre.handled(at: "2026-03-02T10:00")
        centre.isOn(false, at: "2026-03-02T17:00")
        #expect(centre.done(quota, at: "2026-03-02T20:59") == 1)
        #expect(centre.done(quota, at: "2026-03-02T21:00") == nil)
        centre.isOn(true, at: "2026-03-02T21:00")
        #expect(centre.done(quota, at: "2026-03-02T21:00") == 0)
        centre.handled(at: "2026-03-02T22:00")
        #expect(centre.done(quota, at: "2026-03-03T20:59") == 1)
        #expect(centre.done(quota, at: "2026-03-03T21:00") == 0)
    }

    @Test func `a team's and a project's are the sums of their agents, over the day`() throws {
        var centre = try Centre()
        centre.handled(at: "2026-03-02T08:00")
        centre.handled(Centre.ben, at: "2026-03-02T09:10")
        centre.handled(at: "2026-03-02T09:20")
        let (team, project) = (centre.quota(.shift, by: .team), centre.quota(.shift, by: .project))
        #expect(centre.done(team, at: "2026-03-02T09:30") == 2)
        #expect(centre.done(team, Centre.ben, at: "2026-03-02T09:30") == nil)
        #expect(centre.done(project, Centre.ben, at: "2026-03-02T09:30") == 3)
        #expect(centre.done(centre.quota(.hour, by: .project), at: "2026-03-02T09:30") == 2)
        #expect(centre.done(project, at: "2026-03-03T00:00") == 0)
        #expect(centre.book.groups(of: team) == [.team(Centre.red)] && centre.book.groups(of: project) == [.project(centre.project.id)])
        #expect(centre.book.groups(of: centre.quota(.shift)) == [])
    }

    @Test func `a day's target is spread from the first opening to the last closing`() throws {
        let centre = try Centre(hours: OpeningHours("mon=08:00-12:00,13:00-18:00"))
        let quota = centre.quota(.shift, by: .project)
        let monday = centre.book.standing(of: quota, .project(centre.project.id), at: moment("2026-03-02T15:00"))
        #expect(monday?.pace == moment("2026-03-02T08:00")..<moment("2026-03-02T18:00"))
        let tuesday = centre.book.standing(of: quota, .project(centre.project.id), at: moment("2026-03-03T15:00"))
        #expect(tuesday?.pace == moment("2026-03-03T00:00")..<moment("2026-03-04T00:00"))
    }

    @Test func `an agent sees nothing of projects for which he does not work`() throws {
        var centre = try Centre()
        centre.tell(.defined(.agent(Agent(id: Centre.ben, phone: nil, profile: RoutingProfile([])))), at: "2026-03-02T08:00")
        #expect(centre.book.holder(of: centre.quota(.hour, by: .project), for: Centre.ben) == nil)
    }

    @Test func `entries told again change no shift`() throws {
        var shift: Shift? = Shift(began: moment("2026-03-02T14:00"))
        for (isOn, time) in [(true, "2026-03-02T06:00"), (false, "2026-03-02T09:00"), (true, "2026-03-02T14:00")] {
            shift = Shift.after(shift, isOn: isOn, at: moment(time))
        }
        #expect(shift == Shift(began: moment("2026-03-02T14:00")))
    }
}

/// `2026-03-02T09:00`, in UTC.
private func moment(_ text: String) -> Timestamp {
    let sides = text.split(separator: "T")
    let clock = sides[1].split(separator: ":").compactMap { Int64($0) }
    let day = CivilDate(String(sides[0]))?.daysSince1970 ?? 0
    return Timestamp(microseconds: (Int64(day) * 86_400 + clock[0] * 3600 + clock[1] * 60) * 1_000_000)
}
