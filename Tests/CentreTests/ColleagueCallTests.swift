import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// One agent calls another: both are busy, nobody is a customer, and nothing is left of it when one hangs up.
struct ColleagueCallTests {
    /// Ana has called Beso, and her phone is answered.
    private func calling(isAnswered: Bool = true) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.callsColleague(.ana, .beso).call
        try centre.answers(.ana)
        if isAnswered { try centre.answers(.beso) }
        return (centre, call)
    }

    @Test func `the agent's phone rings first, then the colleague's, and they talk until one hangs up`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let (call, deeds) = try centre.callsColleague(.ana, .beso)
        #expect(deeds == [.ring(.ana, for: call)])
        #expect(centre.state(of: .beso).routing == .idle)
        #expect(try centre.answers(.ana) == [.ringToAsk(.beso, about: call, for: .ana), .playPhone(.ringBack, .ana)])
        #expect(centre.state(of: .beso).routing == .consulted(call.contact))
        #expect(try centre.answers(.beso) == [.connectPhones(.beso, .ana)])
        #expect(try centre.hangsUp(.beso) == [.stopPhone(.ana)])
        #expect(centre.events.contains(.talkEnded(call.contact, Centre.Name.ana.agent, by: .colleague)))
        #expect(centre.outcome(of: call) == .internal(.answered))
        #expect(centre.state(of: .ana).routing == .idle && centre.state(of: .beso).routing == .idle)
    }

    @Test func `neither is offered a customer meanwhile, and whoever waits is offered at the end`() throws {
        var (centre, call) = try calling()
        let caller = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [caller] && centre.ringing == [])
        #expect(try centre.take(.dismissalWanted(Centre.Name.beso.agent, call.contact, nil)).contains(.ring(.ana, for: caller)))
        #expect(centre.outcome(of: call) == .internal(.answered))
    }

    @Test func `it waits in no queue, is wrapped up by nobody, and costs nobody his place among the idle`() throws {
        var (centre, call) = try calling()
        let idle = centre.state(of: .ana).idleSince
        centre.pass(.seconds(60))
        try centre.hangsUp(.ana)
        #expect(
            centre.events == [
                .talkEnded(call.contact, Centre.Name.ana.agent, by: .agent), .colleagueLeft(call.contact, Centre.Name.beso.agent),
                .contactClosed(call.contact, .internal(.answered)),
            ])
        #expect(centre.state(of: .ana).idleSince == idle && centre.engine.contacts[call.contact] == nil)
    }

    @Test(arguments: [(LegRefusal.busy, DialResult.busy), (.declined, .declined), (.unreachable, .unreachable)])
    func `why the colleague was not reached is told`(_ cause: LegRefusal, _ result: DialResult) throws {
        var (centre, call) = try calling(isAnswered: false)
        #expect(try centre.phoneRefuses(.beso, cause) == [.stopPhone(.ana)])
        #expect(centre.outcome(of: call) == .internal(result) && centre.state(of: .beso).routing == .idle)
    }

    @Test func `it rings for the ring time-out, at either phone`() throws {
        var (centre, call) = try calling(isAnswered: false)
        #expect(try centre.after(.seconds(20)) == [.stopPhone(.ana), .stopPhone(.beso)])
        #expect(centre.outcome(of: call) == .internal(.noAnswer) && centre.state(of: .beso).routing == .idle)
        call = try centre.callsColleague(.ana, .beso).call
        try centre.after(.seconds(20))
        #expect(centre.outcome(of: call) == .internal(.phoneUnanswered))
    }

    @Test func `a colleague who has become busy by then is not called`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.callsColleague(.ana, .beso).call
        _ = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.beso])
        try centre.answers(.ana)
        #expect(centre.outcome(of: call) == .internal(.busy) && centre.ringing == [.beso])
    }

    @Test func `nobody calls who is busy, and nobody is called who is not free, not there, or himself`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.wants(.notReady(nil), .beso)
        #expect(throws: Refusal.agentNotFree(Centre.Name.beso.agent)) { try centre.callsColleague(.ana, .beso) }
        for nobody in [Centre.Name.keti, .ana] {
            #expect(throws: Refusal.targetUnknown) { try centre.callsColleague(.ana, nobody) }
        }
        try centre.wants(.ready, .beso)
        _ = try centre.callsColleague(.beso, .ana)
        #expect(throws: Refusal.agentBusy) { try centre.callsColleague(.beso, .ana) }
    }

    @Test func `nothing that is done with a customer can be done with a colleague`() throws {
        var (centre, call) = try calling()
        try centre.hire(.keti, for: [.init(queue: Centre.Line.billing.id)])
        try centre.wants(.ready, .keti)
        let ana = Centre.Name.ana.agent
        for input in [
            Input.holdWanted(ana, call.contact, true), .transferWanted(ana, call.contact, to: .agent(Centre.Name.keti.agent)),
            .consultWanted(ana, call.contact, with: Centre.Name.keti.agent), .warningGiven(ana, call.contact),
            .handOverWanted(ana, call.contact),
        ] {
            #expect(throws: Refusal.staleState) { try centre.take(input) }
        }
    }

    @Test func `headsets are called without a phone, and the colleague answers at his desk`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.headset(of: .ana, isConnected: true)
        try centre.headset(of: .beso, isConnected: true)
        let (call, deeds) = try centre.callsColleague(.ana, .beso)
        #expect(deeds.contains(.ringToAsk(.beso, about: call, for: .ana)))
        #expect(throws: Refusal.staleState) { try centre.take(.answerWanted(Centre.Name.ana.agent, call.contact)) }
        #expect(try centre.take(.answerWanted(Centre.Name.beso.agent, call.contact)) == [.connectPhones(.beso, .ana)])
    }

    @Test func `whoever is cut off is waited for with music, and both go on when both are back`() throws {
        var (centre, call) = try calling()
        #expect(try centre.isCutOff(.beso, true) == [.playPhone(.music, .beso), .playPhone(.music, .ana)])
        try centre.isCutOff(.ana, true)
        #expect(try centre.isCutOff(.beso, false) == [.playPhone(.music, .beso), .playPhone(.music, .ana)])
        #expect(try centre.isCutOff(.ana, false) == [.connectPhones(.beso, .ana)])
        try centre.isCutOff(.beso, true)
        try centre.after(CentreEngine.interruptionMax)
        #expect(centre.outcome(of: call) == .internal(.answered))
    }

    @Test func `a phone that is lost ends the talk, and its agent gets no more until he says so`() throws {
        var (centre, call) = try calling()
        #expect(try centre.loses(.beso) == [.stopPhone(.ana)])
        #expect(centre.state(of: .beso).routing == .notResponding && centre.state(of: .ana).routing == .idle)
        #expect(centre.outcome(of: call) == .internal(.answered))
    }

    @Test func `a plan of either comes about at the end`() throws {
        var (centre, _) = try calling()
        try centre.wants(.off, .ana)
        try centre.wants(.notReady(nil), .beso)
        try centre.hangsUp(.ana)
        #expect(centre.state(of: .ana).routing == .off && centre.state(of: .beso).routing == .notReady)
    }

    @Test func `the talk goes on after a restart, and is over where one of the two is gone`() throws {
        var (centre, call) = try calling()
        let legs = [centre.leg(of: .ana), centre.leg(of: .beso)]
        #expect(try centre.restarts(taking: legs) == [.recoverPhone(.beso), .recoverPhone(.ana), .connectPhones(.beso, .ana)])
        #expect(try centre.restarts(taking: [legs[0]]) == [.stopPhone(.beso), .stopPhone(.ana)])
        #expect(centre.outcome(of: call) == .internal(.answered) && centre.state(of: .beso).routing == .idle)
        let ringing = try centre.callsColleague(.ana, .beso).call
        try centre.answers(.ana)
        try centre.restarts(taking: [centre.leg(of: .ana)])
        #expect(centre.outcome(of: ringing) == .internal(.lostInRestart) && centre.state(of: .ana).routing == .idle)
    }
}
