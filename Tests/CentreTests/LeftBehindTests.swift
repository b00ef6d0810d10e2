import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// An agent never hangs up first: what becomes of a customer on whom his phone did, and how a call is ended that must be.
struct LeftBehindTests {
    private func talking(
        _ names: Centre.Name..., wrapUp: WrapUpRule = .none, escalation: Centre.Line? = nil
    ) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true, wrapUp: wrapUp, escalation: escalation)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(1))
        for name in names {
            try centre.hire(name, for: [.init(queue: Centre.Line.billing.id)])
            try centre.wants(.ready, name)
        }
        return (centre, call)
    }

    @Test func `a customer on whom the phone hangs up hears music, and the agent still has him`() throws {
        var (centre, call) = try talking()
        #expect(try centre.hangsUp(.ana) == [.play(.music, to: call)])
        #expect(centre.engine.contacts[call.contact]?.state == .leftBehind(Centre.Name.ana.agent, until: centre.now + .seconds(20)))
        #expect(centre.state(of: .ana).routing == .handling(call.contact))
    }

    @Test func `an agent who says why ends the call`() throws {
        var (centre, call) = try talking(wrapUp: .untilDisposed)
        try centre.hangsUp(.ana)
        #expect(try centre.dismisses(.ana, call, for: .silence) == [.hangUp(call)])
        #expect(
            centre.events.prefix(2) == [
                .customerDismissed(call.contact, Centre.Name.ana.agent, .silence),
                .talkEnded(call.contact, Centre.Name.ana.agent, by: .agent),
            ])
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        #expect(try centre.after(.seconds(60)) == [])
    }

    @Test func `a talk is ended from the desk for a reason only`() throws {
        var (centre, call) = try talking()
        #expect(throws: Refusal.reasonNeeded) { try centre.dismisses(.ana, call, for: nil) }
        #expect(try centre.dismisses(.ana, call, for: .wrongNumber) == [.hangUp(call), .stopPhone(.ana)])
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test func `nobody is dismissed for abuse who has not been warned`() throws {
        var (centre, call) = try talking()
        #expect(throws: Refusal.warningNeeded) { try centre.dismisses(.ana, call, for: .abuse) }
        try centre.warns(.ana, call)
        #expect(centre.events == [.customerWarned(call.contact, Centre.Name.ana.agent)])
        #expect(try centre.dismisses(.ana, call, for: .abuse) == [.hangUp(call), .stopPhone(.ana)])
    }

    @Test func `a phone that rings again goes on with the talk`() throws {
        var (centre, call) = try talking()
        try centre.hangsUp(.ana)
        centre.pass(.seconds(15))
        #expect(try centre.ringsAgain(.ana, for: call) == [.ring(.ana, for: call)])
        #expect(throws: Refusal.staleState) { try centre.ringsAgain(.ana, for: call) }
        #expect(try centre.after(.seconds(10)) == [])
        #expect(try centre.answers(.ana) == [.connect(call, .ana)])
        #expect(centre.state(of: .ana).routing == .handling(call.contact))
        #expect(try centre.after(.seconds(60)) == [])
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
    }

    @Test func `a phone that does not take the call again leaves the customer with music until the time is over`() throws {
        var (centre, call) = try talking(.beso)
        try centre.hangsUp(.ana)
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.phoneRefuses(.ana, .declined) == [])
        #expect(try centre.after(.seconds(20)) == [.ring(.beso, for: call), .play(.ringBack, to: call)])
    }

    @Test func `an agent who says nothing loses the customer to the head of the queue, and gets no more`() throws {
        var (centre, call) = try talking()
        centre.pass(.seconds(5))
        let later = try centre.incomingCall(to: .billing)
        try centre.hangsUp(.ana)
        #expect(try centre.after(.seconds(20)) == [])
        #expect(centre.line(.billing) == [call, later])
        #expect(centre.state(of: .ana).routing == .notResponding)
        #expect(throws: Refusal.staleState) { try centre.dismisses(.ana, call, for: .test) }
    }

    @Test func `a phone that still rings again when the time is over is stopped`() throws {
        var (centre, call) = try talking()
        try centre.hangsUp(.ana)
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.after(.seconds(20)) == [.stopPhone(.ana)])
        #expect(centre.line(.billing) == [call])
    }

    @Test func `a customer who was left behind goes to the supervisors where there are some`() throws {
        var (centre, call) = try talking(.beso, escalation: .support)
        try centre.hire(.keti, for: [.init(queue: Centre.Line.support.id)])
        try centre.wants(.ready, .keti)
        try centre.hangsUp(.ana)
        #expect(try centre.after(.seconds(20)) == [.ring(.keti, for: call), .play(.ringBack, to: call)])
    }

    @Test func `a contact handed over keeps its rank among those who wait for the supervisors`() throws {
        var (centre, call) = try talking(escalation: .support)
        centre.pass(.seconds(30))
        let other = try centre.incomingCall(to: .support)
        #expect(try centre.handsOver(.ana, call) == [.stopPhone(.ana), .play(.music, to: call)])
        #expect(centre.line(.support) == [call, other])
        #expect(centre.state(of: .ana).routing == .idle)
        #expect(throws: Refusal.staleState) { try centre.handsOver(.ana, call) }
    }

    @Test func `a queue without supervisors cannot hand over`() throws {
        var (centre, call) = try talking()
        #expect(throws: Refusal.noEscalation) { try centre.handsOver(.ana, call) }
    }

    @Test func `what the agent planned comes about when he hands over`() throws {
        var (centre, call) = try talking(escalation: .support)
        try centre.wants(.notReady(nil), .ana)
        try centre.handsOver(.ana, call)
        #expect(centre.state(of: .ana).routing == .notReady)
    }

    @Test func `a customer who leaves while his agent is asked why has ended the talk himself`() throws {
        var (centre, call) = try talking(wrapUp: .untilDisposed)
        try centre.hangsUp(.ana)
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
        #expect(centre.events.first == .talkEnded(call.contact, Centre.Name.ana.agent, by: .customer))
    }

    @Test func `nobody ends, warns or hands over what another has`() throws {
        var (centre, call) = try talking(.beso, escalation: .support)
        #expect(throws: Refusal.staleState) { try centre.dismisses(.beso, call, for: .test) }
        #expect(throws: Refusal.staleState) { try centre.warns(.beso, call) }
        #expect(throws: Refusal.staleState) { try centre.handsOver(.beso, call) }
        #expect(throws: Refusal.staleState) { try centre.ringsAgain(.ana, for: call) }
        #expect(throws: Refusal.agentUnknown(Centre.Name.keti.agent)) { try centre.warns(.keti, call) }
    }

    @Test func `after a restart the customer hears music and the agent is still asked why`() throws {
        var (centre, call) = try talking()
        try centre.hangsUp(.ana)
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.restarts(taking: [call.leg]) == [.stopPhone(.ana), .recover(call), .play(.music, to: call)])
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.answers(.ana) == [.connect(call, .ana)])
    }

    @Test func `a customer left behind who is lost in a restart leaves his agent to wrap up`() throws {
        var (centre, call) = try talking(wrapUp: .untilDisposed)
        try centre.hangsUp(.ana)
        #expect(try centre.restarts() == [])
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        #expect(centre.events.first == .talkEnded(call.contact, Centre.Name.ana.agent, by: .system))
    }

    // MARK: A person who is named for it

    /// Ana talks; Keti is named for contacts that need a senior, and serves no queue.
    private func talkingWithKeti(escalation: Centre.Line?, ketiIsReady: Bool = true) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true, escalation: escalation, senior: .keti)
        try centre.hire(.keti, for: [])
        if ketiIsReady { try centre.wants(.ready, .keti) }
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        return (centre, call)
    }

    @Test(arguments: [nil, Centre.Line.support])
    func `who is named gets the customer if he is free, by hand or when the agent says nothing`(escalation: Centre.Line?) throws {
        var (centre, call) = try talkingWithKeti(escalation: escalation)
        #expect(try centre.handsOver(.ana, call) == [.stopPhone(.ana), .ring(.keti, for: call), .play(.ringBack, to: call)])
        #expect(centre.explanation?.rule == .escalated)
        (centre, call) = try talkingWithKeti(escalation: escalation)
        try centre.hangsUp(.ana)
        #expect(try centre.after(.seconds(20)) == [.ring(.keti, for: call), .play(.ringBack, to: call)])
        #expect(centre.explanation?.rule == .escalated)
    }

    @Test func `who is named and does not answer leaves the customer to the queue that is named beside him`() throws {
        var (centre, call) = try talkingWithKeti(escalation: .support)
        try centre.handsOver(.ana, call)
        try centre.after(.seconds(20))
        #expect(centre.line(.support) == [call])
    }

    @Test func `while who is named is not free the queue gets the customer, and without a queue he stays or keeps his rank`() throws {
        var (centre, call) = try talkingWithKeti(escalation: .support, ketiIsReady: false)
        try centre.handsOver(.ana, call)
        #expect(centre.line(.support) == [call])
        (centre, call) = try talkingWithKeti(escalation: nil, ketiIsReady: false)
        #expect(throws: Refusal.agentNotFree(Centre.Name.keti.agent)) { try centre.handsOver(.ana, call) }
        try centre.hangsUp(.ana)
        try centre.after(.seconds(20))
        #expect(centre.line(.billing) == [call])
    }

    @Test func `nobody hands over to himself`() throws {
        var centre = try Centre.with(.ana, ready: true, senior: .ana)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(throws: Refusal.noEscalation) { try centre.handsOver(.ana, call) }
    }
}
