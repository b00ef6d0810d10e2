import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Consults: who hears whom while a colleague is asked, and that the customer is never without one of them.
struct ConsultTests {
    /// Ana talks with a customer and has called Beso.
    private func consulting(isAnswered: Bool = true) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(10))
        try centre.hire(.beso, for: [.init(queue: Centre.Line.billing.id)])
        try centre.wants(.ready, .beso)
        try consults(&centre, call)
        if isAnswered { try centre.answers(.beso) }
        return (centre, call)
    }

    @discardableResult
    private func consults(_ centre: inout Centre, _ call: Centre.Caller) throws -> [Centre.Deed] {
        try centre.take(.consultWanted(Centre.Name.ana.agent, call.contact, with: Centre.Name.beso.agent))
    }

    private func changes(_ centre: inout Centre, _ call: Centre.Caller, to stage: ConsultStage) throws -> [Centre.Deed] {
        try centre.take(.consultChangeWanted(Centre.Name.ana.agent, call.contact, stage))
    }

    private func ends(_ centre: inout Centre, _ call: Centre.Caller, isTransfer: Bool) throws -> [Centre.Deed] {
        try centre.take(.consultEndWanted(Centre.Name.ana.agent, call.contact, isTransfer: isTransfer))
    }

    @Test func `the customer hears music while the colleague is called and asked`() throws {
        var (centre, call) = try consulting(isAnswered: false)
        _ = try ends(&centre, call, isTransfer: false)
        centre.pass(.seconds(1))
        #expect(
            try consults(&centre, call) == [
                .ringToAsk(.beso, about: call, for: .ana), .play(.music, to: call), .playPhone(.ringBack, .ana),
            ])
        #expect(try centre.answers(.beso) == [.play(.music, to: call), .connectPhones(.ana, .beso)])
        #expect(centre.state(of: .beso).routing == .consulted(call.contact) && centre.state(of: .ana).routing == .handling(call.contact))
    }

    @Test func `the agent talks with either, or all three together`() throws {
        var (centre, call) = try consulting()
        #expect(try changes(&centre, call, to: .customer) == [.playPhone(.music, .beso), .connect(call, .ana)])
        #expect(try changes(&centre, call, to: .colleague) == [.play(.music, to: call), .connectPhones(.ana, .beso)])
        #expect(try changes(&centre, call, to: .conference) == [.connectAll(call, .ana, .beso)])
        #expect(throws: Refusal.staleState) { try changes(&centre, call, to: .ringing) }
    }

    @Test func `a colleague does not hear an agent who is mute, whoever holds the customer`() throws {
        for isHeld in [false, true] {
            var (centre, call) = try consulting()
            let deaf = Centre.Deed.mix([.init(by: .phone(.ana), [.phone(.beso)]), .init(by: .phone(.beso), [])])
            if isHeld { _ = try centre.holdsAtDesk(.ana, call, true) }
            #expect(try centre.mutes(.ana, call, true).last == deaf)
            #expect(try centre.mutes(.ana, call, false).last == .connectPhones(.ana, .beso))
        }
    }

    @Test func `an attended transfer leaves the customer to the colleague, whose contact it is then`() throws {
        var (centre, call) = try consulting()
        #expect(try ends(&centre, call, isTransfer: true) == [.stopPhone(.ana), .connect(call, .beso)])
        #expect(centre.state(of: .beso).routing == .handling(call.contact) && centre.state(of: .ana).routing == .idle)
        #expect(centre.engine.contacts[call.contact]?.sender?.agent == Centre.Name.ana.agent)
        #expect(try centre.hangsUp(call) == [.stopPhone(.beso)])
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test(arguments: [ConsultStage.colleague, .customer, .conference])
    func `an agent who hangs up on both leaves them to each other`(stage: ConsultStage) throws {
        var (centre, call) = try consulting()
        _ = try changes(&centre, call, to: stage)
        #expect(try centre.hangsUp(.ana) == [.connect(call, .beso)])
        #expect(centre.state(of: .beso).routing == .handling(call.contact))
    }

    @Test func `an agent who is lost leaves the customer to the colleague and gets no more`() throws {
        var (centre, call) = try consulting()
        #expect(try centre.loses(.ana) == [.connect(call, .beso)])
        #expect(centre.state(of: .ana).routing == .notResponding)
    }

    @Test func `an agent who hangs up before the colleague answers is asked why`() throws {
        var (centre, call) = try consulting(isAnswered: false)
        #expect(try centre.hangsUp(.ana) == [.stopPhone(.beso), .play(.music, to: call)])
        #expect(centre.state(of: .beso).routing == .idle)
    }

    @Test func `a colleague who hangs up, refuses or does not answer gives the customer back to the agent`() throws {
        var (centre, call) = try consulting()
        #expect(try centre.hangsUp(.beso) == [.connect(call, .ana)])
        (centre, call) = try consulting(isAnswered: false)
        #expect(try centre.phoneRefuses(.beso, .declined) == [.connect(call, .ana)])
        (centre, call) = try consulting(isAnswered: false)
        #expect(try centre.after(.seconds(20)) == [.stopPhone(.beso), .connect(call, .ana)])
        #expect(centre.state(of: .beso).routing == .idle)
        (centre, call) = try consulting()
        #expect(try ends(&centre, call, isTransfer: false) == [.stopPhone(.beso), .connect(call, .ana)])
    }

    @Test func `a customer who leaves ends the consult`() throws {
        var (centre, call) = try consulting()
        #expect(try centre.hangsUp(call) == [.stopPhone(.beso), .stopPhone(.ana)])
        #expect(centre.state(of: .beso).routing == .idle && centre.outcome(of: call) == .handled)
    }

    @Test func `who waits is offered to a colleague whose consult is over`() throws {
        var (centre, call) = try consulting()
        let waiting = try centre.incomingCall(to: .billing)
        #expect(try centre.dismisses(.ana, call, for: .test).contains(.stopPhone(.beso)))
        #expect(centre.contact(of: .ana) == waiting || centre.contact(of: .beso) == waiting)
    }

    @Test func `nobody is asked twice at once, or while he is not free`() throws {
        var (centre, call) = try consulting(isAnswered: false)
        #expect(throws: Refusal.staleState) { try consults(&centre, call) }
        #expect(throws: Refusal.staleState) { try changes(&centre, call, to: .conference) }
        #expect(throws: Refusal.staleState) { try ends(&centre, call, isTransfer: true) }
        #expect(throws: Refusal.agentNotFree(Centre.Name.beso.agent)) {
            try centre.transfers(.ana, call, to: .agent(Centre.Name.beso.agent))
        }
        _ = try ends(&centre, call, isTransfer: false)
        #expect(throws: Refusal.targetUnknown) {
            try centre.take(.consultWanted(Centre.Name.ana.agent, call.contact, with: Centre.Name.keti.agent))
        }
    }

    @Test func `a queue is asked: whoever has been idle longest of those who serve it is rung`() throws {
        var (centre, call) = try consulting(isAnswered: false)
        _ = try ends(&centre, call, isTransfer: false)
        try centre.hire(.keti, for: [.init(queue: Centre.Line.support.id)])
        try centre.wants(.ready, .keti)
        let deeds = try asks(&centre, call, .support)
        #expect(deeds == [.ringToAsk(.keti, about: call, for: .ana), .play(.music, to: call), .playPhone(.ringBack, .ana)])
        guard case .consultStarted(_, _, _, _, _, let why?)? = centre.events.first else {
            Issue.record("nobody says why")
            return
        }
        #expect(why.rule == .longestIdle && why.queue == Centre.Line.support.id && why.considered.map(\.agent) == [Centre.Name.keti.agent])
        try centre.answers(.keti)
        #expect(try ends(&centre, call, isTransfer: true) == [.stopPhone(.ana), .connect(call, .keti)])
    }

    @Test func `a queue in which nobody is free cannot be asked, and the customer is not put on music for it`() throws {
        var (centre, call) = try consulting(isAnswered: false)
        _ = try ends(&centre, call, isTransfer: false)
        let nobody = Refusal.nobodyFree(Centre.Line.support.id)
        #expect(throws: nobody) { try asks(&centre, call, .support) }
        // Who helps there only after a minute of waiting does not count yet, as for a contact that is sent there.
        try centre.hire(.keti, for: [.init(queue: Centre.Line.support.id, delay: .seconds(60))])
        try centre.wants(.ready, .keti)
        #expect(throws: nobody) { try asks(&centre, call, .support) }
        centre.pass(.seconds(60))
        #expect(try asks(&centre, call, .support).first == .ringToAsk(.keti, about: call, for: .ana))
        #expect(throws: Refusal.staleState) { try asks(&centre, call, .billing) }
    }

    private func asks(_ centre: inout Centre, _ call: Centre.Caller, _ line: Centre.Line) throws -> [Centre.Deed] {
        try centre.take(.queueConsultWanted(Centre.Name.ana.agent, call.contact, line.id))
    }

    @Test func `after a restart the consult is over and the two talk on`() throws {
        var (centre, call) = try consulting()
        _ = try changes(&centre, call, to: .conference)
        let deeds = try centre.restarts(taking: [call.leg, centre.leg(of: .ana), centre.leg(of: .beso)])
        #expect(deeds == [.stopPhone(.beso), .recover(call), .recoverPhone(.ana), .connect(call, .ana)])
        #expect(centre.state(of: .beso).routing == .idle)
    }
}
