import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// A supervisor who goes on with the customer of another.
struct TakeOverTests {
    private typealias Story = SupervisionTests.Story

    @Test func `who takes over goes on with the customer, and the agent is free without a wrap-up`() throws {
        var story = try Story.supervised(.monitor, wrapUp: .timed(.seconds(60)))
        #expect(try story.takesOver() == [.stopPhone(.ana), .connect(story.call, .keti)])
        #expect(story.centre.state(of: .ana).routing == .idle && story.centre.state(of: .keti).routing == .handling(story.call.contact))
        #expect(story.centre.explanation?.rule == .takenOver)
        #expect(story.centre.engine.contacts[story.call.contact]?.sender?.agent == Centre.Name.ana.agent)
        #expect(try story.centre.hangsUp(story.call) == [.stopPhone(.keti)])
        #expect(story.centre.state(of: .keti).routing == .wrapUp(story.call.contact))
        _ = try story.centre.after(.seconds(60))
        #expect(story.centre.outcome(of: story.call) == .handled && story.centre.state(of: .keti).routing == .notReady)
    }

    @Test func `a customer on hold, left behind or kept waiting for a colleague is taken over, too`() throws {
        var story = try Story.supervised()
        _ = try story.centre.holdsAtDesk(.ana, story.call, true)
        #expect(try story.takesOver() == [.stopPhone(.ana), .connect(story.call, .keti)])
        story = try Story.supervised()
        _ = try story.centre.hangsUp(.ana)
        #expect(try story.takesOver() == [.connect(story.call, .keti)])
        #expect(story.centre.state(of: .ana).routing == .idle)
        story = try Story.supervised(others: [.beso])
        try story.consults()
        try story.centre.answers(.beso)
        #expect(try story.takesOver() == [.stopPhone(.beso), .stopPhone(.ana), .connect(story.call, .keti)])
        #expect(story.centre.state(of: .beso).routing == .idle)
    }

    @Test func `other supervisors leave when one takes over`() throws {
        var story = try Story.supervised(others: [.beso])
        try story.supervises(.barge, .beso)
        try story.centre.answers(.beso)
        #expect(try story.takesOver(.beso) == [.stopPhone(.keti), .stopPhone(.ana), .connect(story.call, .beso)])
    }

    @Test func `with a headset one takes over at once, with a phone one listens first`() throws {
        var story = try Story()
        #expect(throws: Refusal.staleState) { try story.takesOver() }
        try story.supervises(.monitor)
        #expect(throws: Refusal.staleState) { try story.takesOver() }
        _ = try story.leaves()
        try story.centre.headset(of: .keti, isConnected: true)
        #expect(try story.takesOver().suffix(2) == [.stopPhone(.ana), .connect(story.call, .keti)])
    }

    @Test func `a pause ends with the talk of the agent who is taken over`() throws {
        var story = try Story.supervised(recording: RecordingRule(calls: .all, announces: false))
        _ = try story.pauses(true)
        #expect(try story.takesOver().contains(.keepPrivate(story.call, false)))
        #expect(story.centre.engine.calls[story.call.contact]?.isPrivate == false)
    }
}
