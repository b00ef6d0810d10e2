import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Blind transfers: who goes on with the customer, what he hears meanwhile, and that he is never stranded.
struct TransferTests {
    /// Ana talks with a customer; these are ready, too.
    private func talking(_ names: Centre.Name..., in line: Centre.Line = .billing) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(30))
        for name in names {
            try centre.hire(name, for: [.init(queue: line.id)])
            try centre.wants(.ready, name)
            centre.pass(.seconds(1))
        }
        return (centre, call)
    }

    @Test func `a customer sent to a queue waits there before those who called later`() throws {
        var (centre, call) = try talking()
        let other = try centre.incomingCall(to: .support)
        #expect(try centre.transfers(.ana, call, to: .queue(Centre.Line.support.id)) == [.stopPhone(.ana), .play(.music, to: call)])
        #expect(centre.line(.support) == [call, other] && centre.line(.billing) == [])
        #expect(centre.state(of: .ana).routing == .idle)
        #expect(centre.engine.contacts[call.contact]?.sender == Sender(agent: Centre.Name.ana.agent, queue: Centre.Line.billing.id))
    }

    @Test func `a customer sent to a queue with somebody free rings at once`() throws {
        var (centre, call) = try talking(.beso, in: .support)
        let deeds = try centre.transfers(.ana, call, to: .queue(Centre.Line.support.id))
        #expect(deeds == [.stopPhone(.ana), .ring(.beso, for: call), .play(.ringBack, to: call)])
        #expect(try centre.answers(.beso) == [.connect(call, .beso)])
        #expect(try centre.hangsUp(call) == [.stopPhone(.beso)])
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test func `a customer sent to a colleague rings his phone, whoever has been idle longer`() throws {
        var (centre, call) = try talking(.beso, .keti)
        let deeds = try centre.transfers(.ana, call, to: .agent(Centre.Name.keti.agent))
        #expect(deeds == [.stopPhone(.ana), .ring(.keti, for: call), .play(.ringBack, to: call)])
        #expect(centre.explanation?.rule == .transferred)
        #expect(try centre.answers(.keti) == [.connect(call, .keti)])
    }

    @Test func `a colleague who does not answer leaves the customer at the head of the queue he came from`() throws {
        var (centre, call) = try talking(.keti)
        try centre.transfers(.ana, call, to: .agent(Centre.Name.keti.agent))
        try centre.wants(.notReady(nil), .ana)
        let later = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(20)) == [.stopPhone(.keti), .play(.music, to: call)])
        #expect(centre.line(.billing) == [call, later])
        #expect(centre.state(of: .keti).routing == .notResponding)
        #expect(try centre.wants(.ready, .ana) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
    }

    @Test func `whoever sends a contact on gets the next one that waits`() throws {
        var (centre, call) = try talking(.keti, in: .support)
        let waiting = try centre.incomingCall(to: .billing)
        let deeds = try centre.transfers(.ana, call, to: .agent(Centre.Name.keti.agent))
        #expect(deeds.contains(.ring(.ana, for: waiting)) && deeds.contains(.ring(.keti, for: call)))
    }

    @Test func `a contact goes only where its project is served, and to who is free`() throws {
        var (centre, call) = try talking(.beso)
        try centre.hire(.keti, for: [])
        try centre.wants(.ready, .keti)
        #expect(throws: Refusal.targetUnknown) { try centre.transfers(.ana, call, to: .queue(QueueID(high: 9, low: 9))) }
        #expect(throws: Refusal.targetUnknown) { try centre.transfers(.ana, call, to: .agent(Centre.Name.keti.agent)) }
        #expect(throws: Refusal.targetUnknown) { try centre.transfers(.ana, call, to: .agent(Centre.Name.ana.agent)) }
        #expect(throws: Refusal.targetUnknown) { try centre.transfers(.ana, call, to: .agent(Centre.Name.stranger.agent)) }
        try centre.wants(.notReady(nil), .beso)
        #expect(throws: Refusal.agentNotFree(Centre.Name.beso.agent)) {
            try centre.transfers(.ana, call, to: .agent(Centre.Name.beso.agent))
        }
        #expect(throws: Refusal.staleState) { try centre.transfers(.beso, call, to: .agent(Centre.Name.ana.agent)) }
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
    }

    @Test func `a customer on hold or left behind can be sent on`() throws {
        var (centre, call) = try talking(.beso)
        try centre.holdsAtDesk(.ana, call, true)
        try centre.transfers(.ana, call, to: .agent(Centre.Name.beso.agent))
        #expect(try centre.answers(.beso) == [.connect(call, .beso)])
        try centre.hangsUp(.beso)
        #expect(
            try centre.transfers(.beso, call, to: .agent(Centre.Name.ana.agent)) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
    }

    @Test func `a customer who leaves while his transfer waits was let down, not abandoned`() throws {
        var (centre, call) = try talking()
        try centre.transfers(.ana, call, to: .queue(Centre.Line.support.id))
        try centre.hangsUp(call)
        #expect(centre.outcome(of: call) == .failed)
    }
}
