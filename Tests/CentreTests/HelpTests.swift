import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// An agent who asks for help, and one who is stuck.
struct HelpTests {
    private typealias Story = SupervisionTests.Story

    @Test func `a wish for help is down again when a supervisor is there, or the contact is over`() throws {
        var story = try Story()
        try story.centre.take(.helpWanted(Centre.Name.ana.agent, true))
        #expect(story.centre.engine.helpFlags[Centre.Name.ana.agent]?.contact == story.call.contact)
        try story.supervises(.monitor)
        #expect(story.centre.engine.helpFlags.count == 1)
        try story.centre.answers(.keti)
        #expect(story.centre.engine.helpFlags.isEmpty)
        try story.centre.take(.helpWanted(Centre.Name.ana.agent, true))
        try story.centre.take(.helpWanted(Centre.Name.ana.agent, false))
        #expect(story.centre.engine.helpFlags.isEmpty)
        try story.centre.take(.helpWanted(Centre.Name.ana.agent, true))
        try story.centre.hangsUp(story.call)
        #expect(story.centre.engine.helpFlags.isEmpty)
        #expect(throws: Refusal.staleState) { try story.centre.take(.helpWanted(Centre.Name.ana.agent, true)) }
    }

    @Test func `an agent stuck in wrap-up, or not responding, is set free`() throws {
        var story = try Story(wrapUp: .untilDisposed)
        #expect(throws: Refusal.staleState) { try story.centre.take(.agentFreed(Centre.Name.ana.agent)) }
        try story.centre.hangsUp(story.call)
        try story.centre.take(.agentFreed(Centre.Name.ana.agent))
        #expect(story.centre.outcome(of: story.call) == .handled && story.centre.state(of: .ana).routing == .idle)
        _ = try story.centre.incomingCall(to: .billing)
        try story.centre.declines(.ana)
        try story.centre.take(.agentFreed(Centre.Name.ana.agent))
        #expect(story.centre.state(of: .ana).routing == .notReady)
    }
}
