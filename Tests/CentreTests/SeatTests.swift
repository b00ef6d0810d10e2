import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Trainees, their mentors, and seniors beside whom they sit.
struct SeatTests {
    /// Ana learns; Keti, who is not ready, may be her mentor.
    private func learning() throws -> Centre {
        var centre = try Centre.with(.ana, .keti, ready: true)
        try centre.wants(.notReady(nil), .keti)
        try centre.take(.signOffWanted(Centre.Name.ana.agent, isSignedOff: false))
        return centre
    }

    private func mentored() throws -> Centre {
        var centre = try learning()
        try centre.take(.seatWanted(Centre.Name.keti.agent, beside: Centre.Name.ana.agent))
        return centre
    }

    @Test func `a trainee alone gets no call that waits, and gets it when signed off`() throws {
        var centre = try learning()
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.engine.contacts[call.contact]?.state == .queued)
        #expect(try centre.take(.signOffWanted(Centre.Name.ana.agent, isSignedOff: true)).contains(.ring(.ana, for: call)))
    }

    @Test func `with a mentor beside her she gets it, and the mentor hears it and nobody hears the mentor`() throws {
        var centre = try learning()
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.take(.seatWanted(Centre.Name.keti.agent, beside: Centre.Name.ana.agent)).contains(.ring(.ana, for: call)))
        #expect(try centre.answers(.ana).contains(.ringToSupervise(.keti, call)))
        try centre.answers(.keti)
        let supervision = try #require(centre.engine.calls[call.contact]?.supervision(by: Centre.Name.keti.agent))
        #expect(supervision.mode == .monitor && supervision.isAnswered && !supervision.isMicrophoneOpen)
        try centre.take(.supervisionWanted(Centre.Name.keti.agent, call.contact, .whisper))
        try centre.take(.takeOverWanted(Centre.Name.keti.agent, call.contact))
        #expect(centre.state(of: .keti).routing == .handling(call.contact))
        // While the mentor has the customer she is alone.
        let next = try centre.incomingCall(to: .billing)
        #expect(centre.engine.contacts[next.contact]?.state == .queued)
        try centre.hangsUp(call)
        #expect(centre.state(of: .ana).routing.contact == next.contact)
    }

    @Test func `an offer that rings for her is taken back when the mentor goes`() throws {
        var centre = try mentored()
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.state(of: .ana).routing.contact == call.contact)
        try centre.take(.seatEndWanted(Centre.Name.ana.agent))
        #expect(centre.engine.contacts[call.contact]?.state == .queued && centre.state(of: .ana).routing == .idle)
        try centre.take(.seatWanted(Centre.Name.keti.agent, beside: Centre.Name.ana.agent))
        #expect(centre.state(of: .ana).routing.contact == call.contact)
        try centre.take(.phoneReachable(Centre.Name.keti.phone, false))
        #expect(centre.engine.contacts[call.contact]?.state == .queued)
        #expect(centre.engine.contradictions().isEmpty)
    }

    @Test func `no other door leads a customer to a trainee alone`() throws {
        var centre = try learning()
        try centre.wants(.ready, .keti)
        let (ana, keti) = (Centre.Name.ana.agent, Centre.Name.keti.agent)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.keti)
        #expect(throws: Refusal.traineeAlone(ana)) { try centre.take(.transferWanted(keti, call.contact, to: .agent(ana))) }
        #expect(throws: Refusal.traineeAlone(ana)) { try centre.take(.consultWanted(keti, call.contact, with: ana)) }
        #expect(throws: Refusal.nobodyFree(Centre.Line.billing.id)) {
            try centre.take(.queueConsultWanted(keti, call.contact, Centre.Line.billing.id))
        }
        #expect(throws: Refusal.traineeAlone(ana)) { try centre.take(.dialWanted(ana, ContactID(high: 9, low: 9), Centre.Line.billing.id)) }
        #expect(throws: Refusal.traineeAlone(ana)) { try centre.take(.takeOverWanted(ana, call.contact)) }
        #expect(throws: Refusal.traineeAlone(ana)) { try centre.take(.supervisionWanted(ana, call.contact, .whisper)) }
    }

    @Test func `a trainee beside a senior hears each of her talks and is given nothing`() throws {
        var centre = try learning()
        try centre.wants(.ready, .keti)
        try centre.take(.seatWanted(Centre.Name.ana.agent, beside: Centre.Name.keti.agent))
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.answers(.keti).contains(.ringToSupervise(.ana, call)))
        try centre.answers(.ana)
        #expect(centre.engine.calls[call.contact]?.supervision(by: Centre.Name.ana.agent)?.isAnswered == true)
        #expect(throws: Refusal.staleState) { try centre.take(.microphoneWanted(Centre.Name.ana.agent, call.contact, true)) }
        try centre.take(.seatEndWanted(Centre.Name.keti.agent))
        #expect(centre.engine.calls[call.contact]?.supervisions == [] && centre.engine.seats.isEmpty)
    }

    @Test func `two who sit beside each other are one trainee and one who is none, both signed on, and go when one logs out`() throws {
        var centre = try mentored()
        let (ana, keti) = (Centre.Name.ana.agent, Centre.Name.keti.agent)
        #expect(throws: Refusal.seatTaken) { try centre.take(.seatWanted(ana, beside: keti)) }
        try centre.hire(.beso, for: [.init(queue: Centre.Line.billing.id)])
        let beso = Centre.Name.beso.agent
        #expect(throws: Refusal.traineeNeeded) { try centre.take(.seatWanted(beso, beside: keti)) }
        #expect(throws: Refusal.seatTaken) { try centre.take(.seatWanted(beso, beside: ana)) }
        try centre.take(.seatEndWanted(ana))
        #expect(throws: Refusal.notSignedOn) { try centre.take(.seatWanted(beso, beside: ana)) }
        try centre.take(.seatWanted(keti, beside: ana))
        try centre.wants(.off, .keti)
        #expect(centre.engine.seats.isEmpty && centre.engine.contradictions().isEmpty)
    }

    @Test func `a restart keeps the two together, and the mentor hears the talk again`() throws {
        var centre = try mentored()
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.answers(.keti)
        let legs = try #require(centre.engine.calls[call.contact].map { [$0.customer, $0.agent].compactMap(\.self) })
        #expect(try centre.take(.restarted(legs)).contains(.ringToSupervise(.keti, call)))
        #expect(centre.engine.seats[Centre.Name.keti.agent]?.host == Centre.Name.ana.agent)
    }
}
