import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// The way of an inbound call, state by state: arriving and waiting, the offer, the talk, leaving.
struct InboundCallTests {
    // MARK: Arriving and waiting

    @Test func `a call rings the free agent at once and is answered for the caller`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let (call, deeds) = try centre.arrive(to: .billing)
        #expect(deeds == [.ring(.ana, for: call), .play(.ringBack, to: call), .answer(call)])
        #expect(centre.contact(of: .ana) == call)
    }

    @Test func `a call waits with a greeting when nobody is free`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let (call, deeds) = try centre.arrive(to: .billing)
        #expect(deeds == [.answer(call), .play(.greeting(.english), to: call)])
        #expect(centre.line(.billing) == [call])
    }

    @Test func `a call to a number that is not in service is refused and leaves no contact`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let leg = LegID(high: 9, low: 9)
        #expect(try centre.take(.callArrived(leg, EntryPointID(high: 9, low: 9))) == [.refuse(.init(leg: leg), .notInService)])
        #expect(centre.events == [] && centre.engine.contacts.isEmpty)
    }

    @Test func `a full queue refuses with busy and says so in the outcome`() throws {
        var centre = try Centre.with(.ana, ready: false, waitingMax: 1)
        let first = try centre.incomingCall(to: .billing)
        let (second, deeds) = try centre.arrive(to: .billing)
        #expect(deeds == [.refuse(second, .busy)])
        #expect(centre.outcome(of: second) == .refused(.queueFull))
        #expect(centre.line(.billing) == [first])
    }

    @Test func `the same call arriving twice is one contact`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.take(.callArrived(call.leg, Centre.entryPoint(to: .billing, urgent: false).id)) == [])
        #expect(centre.line(.billing) == [call])
    }

    @Test func `those who came first stand first, and the urgent before them`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let first = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(1))
        let second = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(1))
        let urgent = try centre.incomingCall(to: .billing, urgent: true)
        #expect(centre.line(.billing) == [urgent, first, second])
        #expect(try centre.wants(.ready, .ana) == [.ring(.ana, for: urgent), .play(.ringBack, to: urgent)])
    }

    // MARK: The offer

    @Test func `an answer connects the two`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.answers(.ana) == [.connect(call, .ana)])
        #expect(centre.state(of: .ana).routing == .handling(call.contact))
    }

    @Test func `a call goes back to the head of the queue when the agent does not answer`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(1))
        let later = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(18)) == [])
        #expect(try centre.after(.seconds(1)) == [.stopPhone(.ana), .play(.music, to: call)])
        #expect(centre.line(.billing) == [call, later])
        #expect(centre.state(of: .ana).routing == .notResponding)
    }

    @Test func `a call that was not answered goes to another who is free`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(20)) == [.stopPhone(.ana), .ring(.beso, for: call), .play(.ringBack, to: call)])
    }

    @Test func `an agent who did not answer gets no call until he is ready again`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.after(.seconds(20))
        #expect(centre.ringing == [])
        #expect(try centre.wants(.ready, .ana) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
    }

    @Test func `declining at the desk ends the ringing`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.declines(.ana) == [.stopPhone(.ana), .ring(.beso, for: call), .play(.ringBack, to: call)])
        #expect(centre.state(of: .ana).routing == .notResponding)
    }

    @Test(arguments: [(LegRefusal.declined, OfferResult.declined), (.busy, .unreachable), (.unreachable, .unreachable)])
    func `a phone that refuses sends the call on`(_ cause: LegRefusal, _ result: OfferResult) throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.phoneRefuses(.ana, cause) == [.ring(.beso, for: call), .play(.ringBack, to: call)])
        guard case .offerEnded(_, call.contact, Centre.Name.ana.agent, let ended) = centre.events.first else {
            Issue.record("no offer ended first")
            return
        }
        #expect(ended == result)
    }

    @Test func `a late answer ends the phone and changes nothing else`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.after(.seconds(20))
        #expect(try centre.answers(.ana) == [.stopPhone(.ana)])
        #expect(centre.events == [] && centre.line(.billing) == [call])
    }

    @Test func `an answer counts if it comes before the deadline is noticed`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(20))
        #expect(try centre.answers(.ana) == [.connect(call, .ana)])
        #expect(try centre.after(.seconds(60)) == [])
    }

    @Test func `nobody declines for another or after the end`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        _ = try centre.incomingCall(to: .billing)
        guard case .offered(let offer, _) = centre.state(of: .ana).routing else { throw Refusal.staleState }
        #expect(throws: Refusal.staleState) { try centre.take(.offerDeclined(Centre.Name.beso.agent, offer)) }
        #expect(throws: Refusal.agentUnknown(Centre.Name.keti.agent)) {
            try centre.take(.offerDeclined(Centre.Name.keti.agent, offer))
        }
        try centre.answers(.ana)
        #expect(throws: Refusal.staleState) { try centre.take(.offerDeclined(Centre.Name.ana.agent, offer)) }
    }

    // MARK: Leaving

    @Test func `a caller who leaves the queue is abandoned there`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(call) == [])
        #expect(centre.outcome(of: call) == .abandoned(during: .queue))
        #expect(centre.line(.billing) == [])
    }

    @Test func `a caller who leaves while it rings frees the agent, who keeps his place`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let idleSince = centre.state(of: .ana).idleSince
        let call = try centre.incomingCall(to: .billing)
        centre.pass(.seconds(5))
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
        #expect(centre.outcome(of: call) == .abandoned(during: .ringing))
        #expect(centre.state(of: .ana).routing == .idle && centre.state(of: .ana).idleSince == idleSince)
        let next = try centre.incomingCall(to: .billing)
        #expect(centre.contact(of: .ana) == next)
    }

    @Test func `the next in line rings when a caller leaves while it rings`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana), .ring(.ana, for: next), .play(.ringBack, to: next)])
    }

    @Test func `a customer who hangs up ends the talk for both`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let first = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(try centre.hangsUp(first) == [.stopPhone(.ana)])
        #expect(centre.events.first == .talkEnded(first.contact, Centre.Name.ana.agent, by: .customer))
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test func `a phone lost while it rings counts as unreachable`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(.ana) == [.play(.music, to: call)])
        #expect(centre.state(of: .ana).routing == .notResponding)
    }

    @Test func `what ends after the end is ignored`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .untilDisposed)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(call)
        #expect(try centre.hangsUp(.ana) == [] && centre.hangsUp(call) == [])
        #expect(centre.events == [])
        #expect(try centre.take(.legAnswered(LegID(high: 7, low: 7))) == [.endUnknownLine])
    }

    // MARK: Restart

    @Test func `a phone that vanishes in the talk gives its customer back at his rank and gets no more`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let first = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(5))
        let second = try centre.incomingCall(to: .billing)
        try centre.answers(.beso)
        let later = try centre.incomingCall(to: .billing)
        #expect(try centre.loses(.ana) == [.play(.music, to: first)])
        #expect(centre.line(.billing) == [first, later])
        #expect(centre.state(of: .ana).routing == .notResponding)
        #expect(try centre.hangsUp(second).contains(.ring(.beso, for: first)))
        #expect(try centre.hangsUp(first).contains(.stopPhone(.beso)))
        #expect(centre.outcome(of: first) == .failed)
    }

    @Test func `a customer who vanishes is hung up on, and his agent wraps up`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .timed(.seconds(30)))
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(try centre.loses(call) == [.stopPhone(.ana)])
        #expect(centre.events.first == .talkEnded(call.contact, Centre.Name.ana.agent, by: .system))
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
    }
}
