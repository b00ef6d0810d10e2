import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Presence, wrap-up and completion.
struct AgentDeskTests {
    // MARK: Whose turn it is

    @Test func `the longest idle gets the call`() throws {
        var centre = try Centre.with(.beso, .ana, ready: true)
        let first = try centre.incomingCall(to: .billing)
        let second = try centre.incomingCall(to: .billing)
        #expect(centre.contact(of: .beso) == first && centre.contact(of: .ana) == second)
    }

    @Test func `going off and on does not lose the place`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.wants(.off, .ana)
        centre.pass(.seconds(60))
        try centre.wants(.ready, .ana)
        _ = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.ana])
    }

    @Test func `a contact handled sends its agent to the end`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let first = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(60))
        try centre.hangsUp(first)
        _ = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.beso])
    }

    @Test func `a failed offer does not send its agent to the end`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.declines(.ana)
        try centre.hangsUp(call)
        try centre.wants(.ready, .ana)
        _ = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.ana])
    }

    // MARK: Priorities and delays

    @Test func `a queue of higher priority is served first`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id, priority: 2), .init(queue: Centre.Line.support.id, priority: 1)])
        _ = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(10))
        let support = try centre.incomingCall(to: .support)
        try centre.wants(.ready, .ana)
        #expect(centre.contact(of: .ana) == support)
    }

    @Test func `queues of one priority are one line`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id), .init(queue: Centre.Line.support.id)])
        let support = try centre.incomingCall(to: .support)
        centre.pass(.seconds(10))
        _ = try centre.incomingCall(to: .billing)
        try centre.wants(.ready, .ana)
        #expect(centre.contact(of: .ana) == support)
    }

    @Test func `a helper comes in when the contact has waited long enough`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id, delay: .seconds(30))])
        try centre.wants(.ready, .ana)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(29)) == [])
        #expect(try centre.after(.seconds(1)) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
    }

    @Test func `a helper who becomes free does not take one who has not waited long enough`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id, delay: .seconds(30))])
        let urgent = Centre.Line.billing
        let old = try centre.incomingCall(to: urgent)
        centre.pass(.seconds(31))
        _ = try centre.incomingCall(to: urgent, urgent: true)
        // The urgent one stands first and has waited for nothing: the helper may not take it, but the one behind it.
        try centre.wants(.ready, .ana)
        #expect(centre.contact(of: .ana) == old)
    }

    /// Nobody was woken for a delay that no profile had when the contact queued.
    @Test func `a new helper counts for those who wait already`() throws {
        var centre = try Centre.with(.ana, ready: false)
        try centre.hire(.beso, for: [.init(queue: Centre.Line.support.id)])
        try centre.wants(.ready, .beso)
        let call = try centre.incomingCall(to: .billing)
        try centre.hire(.beso, for: [.init(queue: Centre.Line.billing.id, delay: .seconds(40))])
        #expect(try centre.after(.seconds(40)) == [.ring(.beso, for: call), .play(.ringBack, to: call)])
    }

    @Test func `of several who are newly allowed to serve, the longest idle is first`() throws {
        var centre = try Centre.with(ready: false)
        for name in [Centre.Name.beso, .ana] {
            try centre.hire(name, for: [.init(queue: Centre.Line.support.id)])
            try centre.wants(.ready, name)
            centre.pass(.seconds(1))
        }
        _ = try centre.incomingCall(to: .billing)
        try centre.setUp(
            [Centre.Name.ana, .beso].map {
                .agent(Agent(id: $0.agent, phone: $0.phone, profile: RoutingProfile([.init(queue: Centre.Line.billing.id)])))
            })
        #expect(centre.ringing == [.beso])
    }

    @Test func `the explanation tells who was weighed and who was not`() throws {
        var centre = try Centre.with(.ana, .beso, .keti, ready: true)
        try centre.wants(.notReady(nil), .keti)
        _ = try centre.incomingCall(to: .billing)
        let explanation = try #require(centre.explanation)
        #expect(explanation.rule == .longestIdle && explanation.free == 2)
        #expect(explanation.considered.map(\.agent) == [Centre.Name.ana.agent, Centre.Name.beso.agent])
        #expect(explanation.excluded == [.init(reason: .notReady, count: 1, agents: [Centre.Name.keti.agent])])
    }

    // MARK: Wrap-up

    @Test func `without wrap-up the next call comes with the end of the talk`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .none)
        let first = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(first) == [.stopPhone(.ana), .ring(.ana, for: next), .play(.ringBack, to: next)])
    }

    @Test func `a timed wrap-up lapses by itself`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .timed(.seconds(30)))
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(call)
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(29)) == [])
        #expect(try centre.after(.seconds(1)) == [.ring(.ana, for: next), .play(.ringBack, to: next)])
    }

    @Test func `a timed wrap-up ends early when the agent says so`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .timed(.seconds(30)))
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(call)
        try centre.completes(.ana, call)
        #expect(centre.outcome(of: call) == .handled)
        #expect(centre.state(of: .ana).routing == .idle)
        #expect(try centre.after(.seconds(60)) == [])
    }

    @Test func `a wrap-up until disposed waits for a leaf of the project's tree`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .untilDisposed)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(call)
        try centre.after(.seconds(86_400))
        #expect(throws: Refusal.notALeaf(Centre.branch)) { try centre.completes(.ana, call, as: Centre.branch) }
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        try centre.completes(.ana, call, as: Centre.solved)
        #expect(
            centre.events == [
                .contactDisposed(call.contact, Centre.Name.ana.agent, Centre.solved), .contactClosed(call.contact, .handled),
            ])
    }

    @Test func `only the agent who holds the contact completes it, and only in wrap-up`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true, wrapUp: .untilDisposed)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(throws: Refusal.staleState) { try centre.completes(.ana, call) }
        try centre.hangsUp(call)
        #expect(throws: Refusal.staleState) { try centre.completes(.beso, call) }
        try centre.completes(.ana, call)
        #expect(throws: Refusal.contactUnknown(call.contact)) { try centre.completes(.ana, call) }
    }

    // MARK: Planned presence

    @Test(arguments: [Presence.off, .notReady(nil), .notReady(PresenceReasonID(high: 1, low: 1))])
    func `what is wanted in a call comes about behind its wrap-up`(_ presence: Presence) throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .timed(.seconds(30)))
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.wants(presence, .ana)
        #expect(centre.state(of: .ana).presence == .ready && centre.state(of: .ana).next == presence)
        try centre.hangsUp(call)
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(30)) == [])
        #expect(centre.state(of: .ana).presence == presence && centre.state(of: .ana).next == nil)
        #expect(centre.line(.billing) == [next])
    }

    @Test func `wanting what he is takes the plan back`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.wants(.off, .ana)
        try centre.wants(.ready, .ana)
        #expect(centre.events == [.presencePlanned(Centre.Name.ana.agent, nil)])
        try centre.answers(.ana)
        try centre.hangsUp(call)
        #expect(centre.state(of: .ana).routing == .idle)
    }

    @Test func `a plan made while it rings comes about when the offer fails`() throws {
        var centre = try Centre.with(.ana, ready: true)
        _ = try centre.incomingCall(to: .billing)
        try centre.wants(.off, .ana)
        try centre.after(.seconds(20))
        #expect(centre.state(of: .ana).routing == .off && centre.state(of: .ana).next == nil)
    }

    @Test func `a plan made while it rings comes about when the caller leaves`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        let next = try centre.incomingCall(to: .billing)
        try centre.wants(.notReady(nil), .ana)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
        #expect(centre.state(of: .ana).routing == .notReady && centre.line(.billing) == [next])
    }

    @Test func `wanting the same twice is no event`() throws {
        var centre = try Centre.with(.ana, ready: true)
        try centre.wants(.ready, .ana)
        #expect(centre.events == [])
        #expect(throws: Refusal.agentUnknown(Centre.Name.stranger.agent)) { try centre.wants(.ready, .stranger) }
    }

    // MARK: The phone

    @Test func `nobody is offered a call whose phone cannot be reached`() throws {
        var centre = try Centre.with(.ana, ready: true)
        try centre.phone(of: .ana, reachable: false)
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [call])
        #expect(try centre.phone(of: .ana, reachable: true) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
    }

    @Test func `the phone's silence in a talk changes nothing before its end`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(try centre.phone(of: .ana, reachable: false) == [])
        try centre.hangsUp(call)
        _ = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [])
    }

    @Test func `an agent without a phone gets no calls`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id)], hasPhone: false)
        try centre.wants(.ready, .ana)
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [call])
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id)])
        #expect(centre.ringing == [.ana])
    }
}
