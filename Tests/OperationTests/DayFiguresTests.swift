import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Reporting
import Routing
import Testing

struct DayFiguresTests {
    /// Feeds events to the figures of one queue in one time zone.
    private struct Counting {
        var figures = DayFigures()
        private let queue: Queue
        private var contacts: UInt64 = 0
        private let agent = AgentID(high: 4, low: 1)

        init(zone: String, target: Duration = .seconds(20)) throws {
            let project = Project(id: ProjectID(high: 1, low: 1), time: try #require(CivilTime(zone: zone)), language: .english)
            queue = Queue(id: QueueID(high: 2, low: 1), project: project.id, serviceLevelTarget: target)
            count(.defined(.project(project)), at: "2026-01-01T00:00")
            count(.defined(.queue(queue)), at: "2026-01-01T00:00")
        }

        mutating func queued(at time: String) -> ContactID {
            contacts += 1
            let contact = ContactID(high: 3, low: contacts)
            let opened = Contact(
                id: contact, project: queue.project, channel: .phone, entryPoint: nil, language: .english, queue: queue.id,
                priority: .normal, openedAt: moment(time))
            count(.contactOpened(opened, leg: LegID(high: 6, low: contacts)), at: time)
            count(.contactQueued(contact, queue.id), at: time)
            return contact
        }

        mutating func answered(_ contact: ContactID, at time: String) {
            count(.offerEnded(OfferID(high: 5, low: 1), contact, agent, .answered), at: time)
        }

        mutating func abandoned(_ contact: ContactID, at time: String) {
            count(.contactClosed(contact, .abandoned(during: .queue)), at: time)
        }

        mutating func count(_ event: Event, at time: String) {
            figures.count(
                LogEntry(
                    position: .start, at: moment(time), event: event, project: nil, contact: nil, agent: nil, queue: nil, actor: .system,
                    cause: "test"))
        }

        mutating func day(at time: String) -> QueueFigures { figures[queue.id, at: moment(time)] }

        mutating func returned(_ contact: ContactID, at time: String) { count(.contactQueued(contact, queue.id), at: time) }
    }

    @Test func `a contact counts once, however often it is offered`() throws {
        var counting = try Counting(zone: "GMT")
        let contact = counting.queued(at: "2026-03-02T09:00:00")
        counting.returned(contact, at: "2026-03-02T09:00:15")
        counting.answered(contact, at: "2026-03-02T09:00:30")
        counting.count(.contactClosed(contact, .handled), at: "2026-03-02T09:05")
        let day = counting.day(at: "2026-03-02T10:00")
        #expect(day.offered == 1 && day.answered == 1 && day.answeredInTime == 0 && day.abandoned == 0)
        #expect(day.averageSpeedOfAnswer == .seconds(30))
    }

    @Test func `midnight begins a new day where the project is`() throws {
        // Tbilisi is four hours ahead: its midnight is 20:00 in Greenwich.
        var counting = try Counting(zone: "Asia/Tbilisi")
        let late = counting.queued(at: "2026-03-02T19:59:50")
        #expect(counting.day(at: "2026-03-02T19:59:59").offered == 1)
        counting.answered(late, at: "2026-03-02T20:00:05")
        // A contact belongs to the day on which it began to wait, as in every report.
        #expect(counting.day(at: "2026-03-02T20:00:05") == QueueFigures())
    }

    @Test func `figures read after midnight are those of the new day`() throws {
        var counting = try Counting(zone: "GMT")
        let contact = counting.queued(at: "2026-03-02T23:59:00")
        counting.abandoned(contact, at: "2026-03-02T23:59:30")
        #expect(counting.day(at: "2026-03-02T23:59:59").abandoned == 1)
        #expect(counting.day(at: "2026-03-03T00:00:00") == QueueFigures())
    }

    /// Clocks go forward at 01:00 on 29 March 2026 in London, and back at 02:00 on 25 October.
    @Test(arguments: [
        ("2026-03-29T00:00:00", "2026-03-29T22:59:59", "2026-03-29T23:00:00"),
        ("2026-10-24T23:00:00", "2026-10-25T23:59:59", "2026-10-26T00:00:00"),
    ])
    func `a day of 23 or 25 hours ends at its own midnight`(_ first: String, _ last: String, _ next: String) throws {
        var counting = try Counting(zone: "Europe/London")
        _ = counting.queued(at: first)
        _ = counting.queued(at: last)
        #expect(counting.day(at: last).offered == 2)
        _ = counting.queued(at: next)
        #expect(counting.day(at: next).offered == 1)
    }

    @Test func `the target is that of the moment at which the contact queued`() throws {
        var counting = try Counting(zone: "GMT", target: .seconds(20))
        let contact = counting.queued(at: "2026-03-02T09:00:00")
        counting.count(
            .defined(.queue(Queue(id: QueueID(high: 2, low: 1), project: ProjectID(high: 1, low: 1), serviceLevelTarget: .seconds(5)))),
            at: "2026-03-02T09:00:05")
        counting.answered(contact, at: "2026-03-02T09:00:10")
        #expect(counting.day(at: "2026-03-02T10:00").answeredInTime == 1)
    }

    @Test func `who was refused or lost is no abandon`() throws {
        var counting = try Counting(zone: "GMT")
        let lost = counting.queued(at: "2026-03-02T09:00:00")
        counting.count(.contactClosed(lost, .lostInRestart), at: "2026-03-02T09:00:10")
        counting.count(.contactClosed(ContactID(high: 3, low: 99), .refused(.queueFull)), at: "2026-03-02T09:00:10")
        let day = counting.day(at: "2026-03-02T10:00")
        #expect(day.offered == 1 && day.abandoned == 0 && day.answered == 0)
    }
}

/// `2026-03-02T09:00` with or without seconds, in UTC.
private func moment(_ text: String) -> Timestamp {
    let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
    // Days since 1970 by looking for the day: these tests live in one year.
    let day = (20_000...21_000).first {
        let date = CivilDate(daysSince1970: $0)
        return (Int64(date.year), Int64(date.month), Int64(date.day)) == (numbers[0], numbers[1], numbers[2])
    }
    let seconds = Int64(day ?? 0) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + (numbers.count > 5 ? numbers[5] : 0)
    return Timestamp(microseconds: seconds * 1_000_000)
}
