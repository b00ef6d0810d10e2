import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Dialling: his own phone first, then the number; whatever comes of it is said once, and nobody is left on the line.
struct OutboundCallTests {
    /// Ana has dialled, and her phone is answered.
    private func dialling(wrapUp: WrapUpRule = .none) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true, wrapUp: wrapUp)
        let called = try centre.dials(.ana).called
        try centre.answers(.ana)
        return (centre, called)
    }

    @Test func `the agent's phone rings first, then the number, and they talk`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let (called, deeds) = try centre.dials(.ana)
        #expect(deeds == [.ring(.ana, for: called)])
        #expect(centre.state(of: .ana).routing == .handling(called.contact))
        #expect(try centre.answers(.ana) == [.call(called, for: .ana), .playPhone(.ringBack, .ana)])
        #expect(try centre.answers(called) == [.connect(called, .ana)])
        #expect(try centre.hangsUp(called) == [.stopPhone(.ana)])
        #expect(centre.outcome(of: called) == .handled && centre.state(of: .ana).routing == .idle)
    }

    @Test func `whoever dials is offered nothing`() throws {
        var (centre, called) = try dialling()
        let caller = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [caller] && centre.contact(of: .ana) == called)
        try centre.refuses(called, .busy)
        #expect(centre.ringing == [.ana])
    }

    @Test(arguments: [
        (LegRefusal.busy, DialResult.busy), (.declined, .declined), (.noAnswer, .noAnswer), (.noSuchNumber, .noSuchNumber),
        (.unreachable, .unreachable),
    ])
    func `why nobody was reached is told, and the agent says what came of it`(_ cause: LegRefusal, _ result: DialResult) throws {
        var (centre, called) = try dialling(wrapUp: .untilDisposed)
        #expect(try centre.refuses(called, cause) == [.stopPhone(.ana)])
        #expect(centre.events.first == .dialEnded(called.contact, Centre.Name.ana.agent, result))
        #expect(centre.state(of: .ana).routing == .wrapUp(called.contact))
        try centre.completes(.ana, called, as: Centre.solved)
        #expect(centre.outcome(of: called) == .notReached(result) && centre.state(of: .ana).routing == .idle)
    }

    @Test func `a number that does not answer in time is given up`() throws {
        var (centre, called) = try dialling()
        #expect(try centre.after(CentreEngine.dialRingMax) == [.stopPhone(.ana), .hangUp(called)])
        #expect(centre.outcome(of: called) == .notReached(.noAnswer))
    }

    @Test func `a number is not called for an agent whose own phone is not answered`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .untilDisposed)
        let called = try centre.dials(.ana).called
        try centre.after(.seconds(20))
        #expect(centre.outcome(of: called) == .notReached(.phoneUnanswered) && centre.state(of: .ana).routing == .idle)
    }

    @Test func `the agent gives up at the desk or by hanging up`() throws {
        var (centre, called) = try dialling()
        #expect(try centre.dismisses(.ana, called, for: nil) == [.stopPhone(.ana), .hangUp(called)])
        #expect(centre.outcome(of: called) == .notReached(.cancelled))
        (centre, called) = try dialling()
        #expect(try centre.hangsUp(.ana) == [.hangUp(called)])
        #expect(centre.outcome(of: called) == .notReached(.cancelled))
    }

    @Test func `whom he has reached he does not leave without a word either`() throws {
        var (centre, called) = try dialling()
        try centre.answers(called)
        #expect(try centre.hangsUp(.ana) == [.play(.music, to: called)])
        try centre.after(.seconds(20))
        #expect(centre.line(.billing) == [called] && centre.state(of: .ana).routing == .notResponding)
        try centre.hangsUp(called)
        #expect(centre.outcome(of: called) == .failed)
    }

    @Test func `he dials while not ready, and not while he has a contact or is signed off`() throws {
        var centre = try Centre.with(.ana, .beso, ready: false)
        #expect(throws: Refusal.agentBusy) { try centre.dials(.ana) }
        try centre.wants(.notReady(nil), .ana)
        _ = try centre.dials(.ana)
        #expect(throws: Refusal.agentBusy) { try centre.dials(.ana) }
        try centre.wants(.ready, .beso)
        try centre.phone(of: .beso, reachable: false)
        #expect(throws: Refusal.phoneUnreachable) { try centre.dials(.beso) }
        try centre.phone(of: .beso, reachable: true)
        #expect(throws: Refusal.targetUnknown) {
            try centre.take(.dialWanted(Centre.Name.beso.agent, ContactID(high: 9, low: 9), QueueID(high: 9, low: 9)))
        }
    }

    @Test func `who dials on the phone is put through without being rung`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let (called, deeds) = try centre.dialsByPhone(.ana)
        #expect(deeds == [.answerPhone(.ana), .call(called, for: .ana), .playPhone(.ringBack, .ana)])
        #expect(centre.state(of: .ana).routing == .handling(called.contact))
        #expect(try centre.answers(called) == [.connect(called, .ana)])
        try centre.hangsUp(called)
        #expect(centre.outcome(of: called) == .handled && centre.state(of: .ana).routing == .idle)
        centre.pass(.seconds(1))
        let second = try centre.dialsByPhone(.ana).called
        #expect(try centre.hangsUp(.ana) == [.hangUp(second)])
        #expect(centre.outcome(of: second) == .notReached(.cancelled))
        centre.pass(.seconds(1))
        let third = try centre.dialsByPhone(.ana).called
        #expect(try centre.after(CentreEngine.dialRingMax) == [.stopPhone(.ana), .hangUp(third)])
        #expect(centre.outcome(of: third) == .notReached(.noAnswer))
    }

    @Test func `who dials on the phone is held to the rules of the desk`() throws {
        var centre = try Centre.with(.ana, ready: false)
        #expect(throws: Refusal.agentBusy) { try centre.dialsByPhone(.ana) }
        #expect(throws: Refusal.agentUnknown(Centre.Name.keti.agent)) { try centre.dialsByPhone(.keti) }
        try centre.wants(.notReady(nil), .ana)
        #expect(throws: Refusal.targetUnknown) {
            try centre.take(
                .dialledByPhone(
                    Centre.Name.ana.agent, ContactID(high: 9, low: 9), QueueID(high: 9, low: 9), LegID(high: 9, low: 8)))
        }
        _ = try centre.dialsByPhone(.ana)
        #expect(throws: Refusal.agentBusy) { try centre.dialsByPhone(.ana) }
        // A line that belongs to a call already.
        let leg = centre.leg(of: .ana)
        try centre.hire(.beso, for: [.init(queue: Centre.Line.billing.id)])
        try centre.wants(.ready, .beso)
        #expect(throws: Refusal.staleState) {
            try centre.take(.dialledByPhone(Centre.Name.beso.agent, ContactID(high: 9, low: 9), Centre.Line.billing.id, leg))
        }
    }

    @Test func `a dialling that a restart cut short is over`() throws {
        var (centre, called) = try dialling(wrapUp: .untilDisposed)
        #expect(try centre.restarts(taking: [centre.leg(of: .ana)]) == [.stopPhone(.ana), .hangUp(called)])
        #expect(centre.outcome(of: called) == .notReached(.lostInRestart) && centre.state(of: .ana).routing == .idle)
    }

    @Test func `that a number was not called is kept: who wanted it, by which rule, and about whom`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let ana = Centre.Name.ana.agent
        let refused = Input.numberRefused(ana, Centre.project, .destinationNotAllowed, rule: "!+4490")
        #expect(try centre.take(refused) == [])
        #expect(centre.events == [.numberRefused(nil, ana, Centre.project, .destinationNotAllowed, rule: "!+4490")])
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.take(refused)
        #expect(centre.events == [.numberRefused(call.contact, ana, Centre.project, .destinationNotAllowed, rule: "!+4490")])
        try centre.take(.numberRefused(ana, ProjectID(high: 9, low: 9), .callsLimit, rule: nil))
        #expect(centre.events == [.numberRefused(nil, ana, ProjectID(high: 9, low: 9), .callsLimit, rule: nil)])
        #expect(centre.state(of: .ana).routing == .handling(call.contact))
    }
}
