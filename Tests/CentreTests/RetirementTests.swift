import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// What goes from the set-up goes only when nobody needs it, and comes back as if it were new.
struct RetirementTests {
    private let ana = Retirement.agent(Centre.Name.ana.agent)
    private let billing = Retirement.queue(Centre.Line.billing.id)

    private func refusal(_ centre: inout Centre, _ definitions: [Definition]) -> Refusal? {
        #expect(throws: Refusal.self) { try centre.setUp(definitions) }
    }

    @Test func `an agent with a customer stays, and goes when he is done`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(refusal(&centre, [.retired(ana)]) == .setUp(index: 0, .inUse(ana)))
        try centre.answers(.ana)
        #expect(refusal(&centre, [.retired(ana)]) == .setUp(index: 0, .inUse(ana)))
        try centre.hangsUp(call)
        try centre.setUp([.retired(ana)])
        // What she did with her time ends here.
        #expect(
            centre.events == [.presenceChanged(Centre.Name.ana.agent, .off), .defined(.retired(ana)), .setUpApplied(changes: 1)])
        #expect(centre.engine.routing.agents.isEmpty && centre.engine.organization.agents.isEmpty)
        #expect(centre.engine.routing.members(of: Centre.Line.billing.id).isEmpty)
        #expect(centre.engine.contradictions() == [])
        // Whoever calls now waits, and what her phone still says is about nobody.
        let next = try centre.incomingCall(to: .billing)
        #expect(centre.engine.routing.position(of: next.contact) == 1)
        #expect(throws: Refusal.agentUnknown(Centre.Name.ana.agent)) { try centre.wants(.ready, .ana) }
        #expect(centre.engine.contradictions() == [])
    }

    @Test func `an agent who comes back is off until he signs on`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let agent = try #require(centre.engine.organization.agents[Centre.Name.ana.agent])
        try centre.setUp([.retired(ana)])
        try centre.setUp([.agent(agent)])
        #expect(centre.engine.routing.agents[Centre.Name.ana.agent]?.state.routing == .off)
        #expect(centre.engine.contradictions() == [])
    }

    @Test func `a queue in which somebody waits stays, and so does one that others need`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let entries = centre.engine.organization.entryPoints.values.filter { $0.queue == Centre.Line.billing.id }.map(\.id).sorted()
        let gone = entries.map { Definition.retired(.entryPoint($0)) }
        #expect(refusal(&centre, [.retired(billing)]) == .setUp(index: 0, .inUse(billing)))
        // Ana serves it.
        #expect(refusal(&centre, gone + [.retired(billing)]) == .setUp(index: gone.count, .inUse(billing)))
        let call = try centre.incomingCall(to: .billing)
        let all = gone + [.retired(ana), .retired(billing)]
        #expect(refusal(&centre, all) == .setUp(index: gone.count + 1, .inUse(billing)))
        try centre.hangsUp(call)
        try centre.setUp(all)
        #expect(centre.engine.organization.queues[Centre.Line.billing.id] == nil)
        #expect(centre.engine.contradictions() == [])
    }

    @Test func `queues that help each other go together, whatever their order, and with the one who helps them`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let entries = centre.engine.organization.entryPoints.values.map(\.id).sorted().map { Definition.retired(.entryPoint($0)) }
        var billing = try #require(centre.engine.organization.queues[Centre.Line.billing.id])
        var other = Queue(id: QueueID(high: 9, low: 9), project: billing.project)
        other.escalation = billing.id
        billing.escalation = other.id
        billing.escalationAgent = Centre.Name.ana.agent
        let agent = try #require(centre.engine.organization.agents[Centre.Name.ana.agent])
        try centre.setUp([.queue(other), .queue(billing)])
        // One alone is still needed by the other.
        let serving = Definition.agent(Agent(id: agent.id, team: nil, phone: nil, profile: RoutingProfile([])))
        let alone = entries + [serving, .retired(.queue(billing.id))]
        #expect(refusal(&centre, alone) == .setUp(index: alone.count - 1, .inUse(.queue(billing.id))))
        #expect(refusal(&centre, [.retired(ana)]) == .setUp(index: 0, .inUse(ana)))
        try centre.setUp([.retired(ana)] + entries + [.retired(.queue(billing.id)), .retired(.queue(other.id))])
        #expect(centre.engine.organization.queues[billing.id] == nil && centre.engine.organization.queues[other.id] == nil)
        #expect(centre.engine.contradictions() == [])
    }
}
