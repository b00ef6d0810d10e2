import Calls
import Centre
import Contacts
import Organization
import Primitives
import Reporting
import Routing
import Testing

/// A contact's story, told event by event, and what it comes to.
private struct Story {
    static let project = ProjectID(high: 1, low: 1)
    static let billing = Queue(id: QueueID(high: 2, low: 1), project: project, serviceLevelTarget: .seconds(20), shortAbandon: .seconds(5))
    static let support = Queue(id: QueueID(high: 2, low: 2), project: project, serviceLevelTarget: .seconds(60), shortAbandon: .seconds(5))
    static let contact = ContactID(high: 3, low: 1)
    static let ana = AgentID(high: 4, low: 1)
    static let bilal = AgentID(high: 4, low: 2)
    static let leg = LegID(high: 6, low: 1)
    static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    private var book = FactBook()
    /// As a table keyed by their number would have them.
    private(set) var visits: [Int: QueueVisit] = [:]
    private(set) var handlings: [HandlingFacts] = []

    init(_ direction: ContactDirection = .inbound) {
        tell(.defined(.queue(Self.billing)), at: 0)
        tell(.defined(.queue(Self.support)), at: 0)
        let contact = Contact(
            id: Self.contact, project: Self.project, channel: .phone, direction: direction, entryPoint: nil, language: .english,
            queue: Self.billing.id,
            priority: .normal, openedAt: Self.start)
        tell(.contactOpened(contact, leg: Self.leg), at: 0)
    }

    mutating func tell(_ event: Event, at seconds: Int64) {
        let news = book.apply(
            LogEntry(
                position: .start, at: Self.start + .seconds(seconds), event: event, project: nil, contact: nil, agent: nil, queue: nil,
                actor: .system, cause: "test"))
        for visit in news.visits { visits[visit.number] = visit }
        if let handling = news.handling { handlings.append(handling) }
    }

    mutating func answers(_ agent: AgentID, at seconds: Int64) {
        tell(.offerEnded(OfferID(high: 5, low: 1), Self.contact, agent, .answered), at: seconds)
    }
}

struct FactBookTests {
    @Test func `a plain call is one visit and one part with talk, hold and wrap-up`() throws {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 1)
        story.answers(Story.ana, at: 21)
        story.tell(.holdStarted(Story.contact, Story.ana, by: .desk), at: 31)
        story.tell(.holdStarted(Story.contact, Story.ana, by: .phone), at: 36)
        story.tell(.holdEnded(Story.contact, Story.ana, by: .desk), at: 41)
        story.tell(.holdEnded(Story.contact, Story.ana, by: .phone), at: 46)
        story.tell(.talkEnded(Story.contact, Story.ana, by: .customer), at: 121)
        story.tell(.wrapUpStarted(Story.contact, Story.ana, until: nil), at: 121)
        let disposition = DispositionID(high: 7, low: 1)
        story.tell(.contactDisposed(Story.contact, Story.ana, disposition), at: 150)
        story.tell(.contactClosed(Story.contact, .handled), at: 151)
        let visit = try #require(story.visits[1])
        #expect(visit.end == .init(.answered, at: Story.start + .seconds(21)) && visit.wait == .seconds(20) && visit.isInTime)
        #expect(story.visits.count == 1 && story.handlings.count == 1)
        let part = story.handlings[0]
        #expect(part.talk == .seconds(85) && part.hold == .seconds(15) && part.wrapUp == .seconds(30))
        #expect(part.disposition == disposition && !part.agentReleasedFirst)
    }

    @Test func `what is written up while the agent is free is no wrap-up time`() throws {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        story.answers(Story.ana, at: 10)
        story.tell(.talkEnded(Story.contact, Story.ana, by: .customer), at: 70)
        story.tell(.writeUpStarted(Story.contact, Story.ana), at: 70)
        let disposition = DispositionID(high: 7, low: 1)
        story.tell(.contactDisposed(Story.contact, Story.ana, disposition), at: 500)
        story.tell(.contactClosed(Story.contact, .handled), at: 500)
        let part = try #require(story.handlings.first)
        #expect(story.handlings.count == 1 && part.talk == .seconds(60) && part.wrapUp == .zero && part.disposition == disposition)
    }

    @Test func `who is sent to another queue begins a visit there, with that queue's target`() throws {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        story.answers(Story.ana, at: 10)
        story.tell(.contactTransferred(Story.contact, Story.ana, to: .queue(Story.support.id)), at: 40)
        story.tell(.contactQueued(Story.contact, Story.support.id), at: 40)
        story.answers(Story.bilal, at: 90)
        story.tell(.talkEnded(Story.contact, Story.bilal, by: .customer), at: 100)
        story.tell(.contactClosed(Story.contact, .handled), at: 100)
        let second = try #require(story.visits[2])
        #expect(second.queue == Story.support.id && second.wait == .seconds(50) && second.isInTime)
        #expect(story.handlings.map(\.queue) == [Story.billing.id, Story.support.id])
        #expect(story.handlings.map(\.talk) == [.seconds(30), .seconds(10)])
    }

    @Test func `sent back to the same queue by an agent is a visit of its own; a phone that was not answered is none`() {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        // Nobody answers, and he is in the line again.
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 20)
        #expect(story.visits.count == 1)
        story.answers(Story.ana, at: 30)
        #expect(story.visits[1]?.wait == .seconds(30))
        story.tell(.contactTransferred(Story.contact, Story.ana, to: .queue(Story.billing.id)), at: 60)
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 60)
        #expect(story.visits.count == 2 && story.visits[2]?.end == nil)
    }

    @Test func `whose agent is lost waits on, and has had his answer`() {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        story.answers(Story.ana, at: 10)
        story.tell(.talkEnded(Story.contact, Story.ana, by: .system), at: 50)
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 50)
        story.tell(.contactClosed(Story.contact, .failed), at: 70)
        #expect(story.visits.count == 1 && story.visits[1]?.end?.kind == .answered)
        #expect(story.handlings.count == 1 && story.handlings[0].talk == .seconds(40))
    }

    @Test(arguments: [(Int64(4), true, true), (5, false, true), (25, false, false)])
    func `a customer who leaves is abandoned, shortly or in time`(_ wait: Int64, _ isShort: Bool, _ isInTime: Bool) throws {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        story.tell(.contactClosed(Story.contact, .abandoned(during: .queue)), at: wait)
        let visit = try #require(story.visits[1])
        #expect(visit.end?.kind == .abandoned && visit.isShortAbandon == isShort && visit.isInTime == isInTime)
        #expect(story.handlings.isEmpty)
    }

    @Test func `left behind the customer is on hold, and the agent has released first`() {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        story.answers(Story.ana, at: 10)
        story.tell(.agentHungUp(Story.contact, Story.ana, until: Story.start + .seconds(60)), at: 40)
        story.tell(.agentReturned(Story.contact, Story.ana), at: 50)
        story.tell(.talkEnded(Story.contact, Story.ana, by: .customer), at: 60)
        story.tell(.contactClosed(Story.contact, .handled), at: 60)
        #expect(story.handlings.map(\.hold) == [.seconds(10)] && story.handlings.map(\.talk) == [.seconds(40)])
        #expect(story.handlings.map(\.agentReleasedFirst) == [true])
    }

    @Test func `a number that an agent dialled is a part of his, and no visit; a colleague that he called is neither`() {
        for (direction, parts) in [(ContactDirection.outbound, 1), (.internal, 0)] {
            var story = Story(direction)
            story.tell(.dialEnded(Story.contact, Story.ana, .answered), at: 10)
            story.tell(.talkEnded(Story.contact, Story.ana, by: .customer), at: 30)
            story.tell(.contactClosed(Story.contact, .handled), at: 30)
            #expect(story.handlings.count == parts && story.visits.isEmpty)
        }
    }

    @Test func `a later change of the queue's target changes no visit that has begun`() {
        var story = Story()
        story.tell(.contactQueued(Story.contact, Story.billing.id), at: 0)
        var hasty = Story.billing
        hasty.serviceLevelTarget = .seconds(1)
        story.tell(.defined(.queue(hasty)), at: 5)
        story.answers(Story.ana, at: 15)
        #expect(story.visits[1]?.isInTime == true)
    }
}

struct ActivityTests {
    @Test func `a span is cut at the quarters, and nothing is lost`() {
        let start = Timestamp(microseconds: 1_800_000_000_000_000) + .seconds(600)
        let pieces = QuarterHour.pieces(from: start, to: start + .seconds(2000))
        #expect(pieces.map(\.span) == [.seconds(300), .seconds(900), .seconds(800)])
        #expect(QuarterHour.pieces(from: start, to: start).isEmpty)
        #expect(QuarterHour.pieces(from: start, to: start - .seconds(5)).isEmpty)
        #expect(QuarterHour.pieces(from: .distantPast, to: .distantFuture).count == 7 * 96)
    }

    @Test func `occupancy is work over work and idleness`() {
        var time = TimeFigures()
        #expect(time.occupancy == nil)
        time.count(.handling, .seconds(60))
        time.count(.ringing, .seconds(5))
        time.count(.wrapUp, .seconds(10))
        time.count(.idle, .seconds(25))
        time.count(.notReady(nil), .seconds(1000))
        #expect(time.occupancy == 0.75)
    }
}
