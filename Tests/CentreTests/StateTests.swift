import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// What holds for every step: all or nothing, and the log alone brings the state back.
struct StateTests {
    private let unknown = QueueID(high: 99, low: 99)

    @Test func `a set-up is taken whole or not at all`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let position = centre.engine.position
        var queue = try #require(centre.engine.organization.queues[Centre.Line.billing.id])
        queue.waitingMax = 7
        let stray = Agent(id: Centre.Name.keti.agent, phone: nil, profile: RoutingProfile([.init(queue: unknown)]))
        #expect(throws: Refusal.setUp(index: 1, .queueUnknown(unknown))) { try centre.setUp([.queue(queue), .agent(stray)]) }
        #expect(centre.engine.position == position)
        #expect(centre.engine.organization.queues[queue.id]?.waitingMax == 500)
        #expect(centre.engine.routing.agents[Centre.Name.keti.agent] == nil)
    }

    @Test func `a set-up that changes nothing defines nothing`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let queue = try #require(centre.engine.organization.queues[Centre.Line.billing.id])
        try centre.setUp([.queue(queue)])
        #expect(centre.events == [.setUpApplied(changes: 0)])
    }

    @Test func `of one thing defined twice in a set-up the last counts`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let queue = try #require(centre.engine.organization.queues[Centre.Line.billing.id])
        var other = queue
        other.waitingMax = 7
        try centre.setUp([.queue(other), .queue(queue)])
        #expect(centre.engine.organization.queues[queue.id] == queue)
    }

    @Test func `a refused input changes nothing and draws no chance`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        let refused: [Input] = [
            .contactCompleted(Centre.Name.ana.agent, call.contact, nil),
            .presenceWanted(Centre.Name.stranger.agent, .ready),
            .offerDeclined(Centre.Name.ana.agent, OfferID(high: 5, low: 5)),
            .setUp([.agent(Agent(id: Centre.Name.ana.agent, phone: nil, profile: RoutingProfile([.init(queue: unknown)])))]),
        ]
        var engine = centre.engine
        var random = Random(seed: 7)
        for input in refused {
            #expect(throws: Refusal.self) { try engine.step(input, at: centre.now, using: &random) }
        }
        #expect(engine.position == centre.engine.position && random == Random(seed: 7))
        #expect(engine.contacts == centre.engine.contacts && engine.handlings == centre.engine.handlings)
        #expect(engine.routing.agents[Centre.Name.ana.agent]?.state == centre.state(of: .ana))
    }

    @Test func `an engine fed with the events alone has the same state`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true, wrapUp: .timed(.seconds(30)))
        var copy = centre.engine
        var random = Random(seed: 3)
        var engine = centre.engine
        var legs: [LegID] = []
        for second in 1...400 {
            centre.pass(.seconds(1))
            let input: Input
            switch second % 5 {
            case 0:
                legs.append(LegID(at: centre.now, using: &random))
                input = .callArrived(legs[legs.count - 1], Centre.entryPoint(to: .billing, urgent: second % 10 == 0).id)
            case 1: input = engine.calls.values.compactMap(\.agent).min().map { .legAnswered($0) } ?? .timePassed
            case 2: input = second % 3 == 0 ? .legEnded(legs.removeFirst()) : .timePassed
            case 3: input = .presenceWanted(Centre.Name.ana.agent, second % 2 == 0 ? .notReady(nil) : .ready)
            default: input = .timePassed
            }
            for entry in try engine.step(input, at: centre.now, using: &random).entries {
                #expect(entry.position == copy.position.next)
                copy.apply(entry)
            }
            #expect(engine.contradictions() == [])
        }
        #expect(engine.position == copy.position)
        #expect(engine.contacts == copy.contacts && engine.calls == copy.calls && engine.handlings == copy.handlings)
        for (id, agent) in engine.routing.agents { #expect(agent.state == copy.routing.agents[id]?.state) }
        #expect(engine.routing.waiting(in: Centre.Line.billing.id).elementsEqual(copy.routing.waiting(in: Centre.Line.billing.id)))
        #expect(copy.contradictions() == [])
    }
}
