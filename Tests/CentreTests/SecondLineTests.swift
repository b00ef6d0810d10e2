import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Consults by a second line of the agent's phone: who hears whom as the phone holds one or the other, and that no line is left over.
struct SecondLineTests {
    /// Ana talks with a customer whom her phone holds, and calls Beso by its second line.
    private struct Story {
        var centre: Centre
        var call: Centre.Caller
        var first: LegID
        var second = LegID(high: 0, low: 0)

        init(isAnswered: Bool = true) throws {
            centre = try Centre.with(.ana, ready: true)
            call = try centre.incomingCall(to: .billing)
            try centre.answers(.ana)
            first = centre.leg(of: .ana)
            centre.pass(.seconds(10))
            try centre.hire(.beso, for: [.init(queue: Centre.Line.billing.id)])
            try centre.wants(.ready, .beso)
            guard isAnswered else { return }
            _ = try holds(first, true)
            second = try centre.asksByPhone(.ana, about: call, .colleague(Centre.Name.beso.agent)).line
            try centre.answers(.beso)
        }

        mutating func holds(_ line: LegID, _ isHeld: Bool) throws -> [Centre.Deed] { try centre.take(.legHeld(line, isHeld)) }

        mutating func hangsUp(_ line: LegID) throws -> [Centre.Deed] { try centre.take(.legEnded(line)) }

        mutating func ends(isTransfer: Bool) throws -> [Centre.Deed] {
            try centre.take(.consultEndWanted(Centre.Name.ana.agent, call.contact, isTransfer: isTransfer))
        }

        var stage: ConsultStage? { centre.engine.calls[call.contact]?.consult?.stage }
    }

    @Test func `the second line hears the colleague's phone ring, then him, and the customer music`() throws {
        var story = try Story(isAnswered: false)
        #expect(try story.holds(story.first, true) == [.play(.music, to: story.call)])
        #expect(
            try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.beso.agent)).deeds == [
                .answerPhone(.ana), .ringToAsk(.beso, about: story.call, for: .ana), .playPhone(.ringBack, .ana),
                .play(.music, to: story.call),
            ])
        #expect(try story.centre.answers(.beso) == [.connectPhones(.ana, .beso), .play(.music, to: story.call)])
        #expect(story.stage == .colleague && story.centre.state(of: .beso).routing == .consulted(story.call.contact))
    }

    @Test func `what the phone holds and takes back says with whom its agent talks`() throws {
        var story = try Story()
        let (call, first, second) = (story.call, story.first, story.second)
        #expect(try story.holds(second, true) == [.playPhone(.music, .beso), .play(.music, to: call)])
        #expect(story.stage == .customer)
        #expect(try story.holds(first, false) == [.playPhone(.music, .beso), .connect(call, .ana)])
        #expect(story.stage == .customer)
        // Both taken back: the phone lets all three talk together.
        #expect(try story.holds(second, false) == [.connectPhones(.ana, .beso), .connect(call, .ana)])
        #expect(story.stage == .conference)
        #expect(try story.holds(first, true) == [.connectPhones(.ana, .beso), .play(.music, to: call)])
        #expect(story.stage == .colleague)
        #expect(try story.holds(second, false) == [])
    }

    @Test func `a customer who is taken back while it rings is heard meanwhile`() throws {
        var story = try Story(isAnswered: false)
        _ = try story.holds(story.first, true)
        _ = try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.beso.agent))
        #expect(try story.holds(story.first, false) == [.playPhone(.ringBack, .ana), .connect(story.call, .ana)])
        #expect(try story.centre.answers(.beso) == [.connectPhones(.ana, .beso), .connect(story.call, .ana)])
        #expect(story.stage == .conference)
    }

    @Test func `an attended transfer ends both lines of the phone and leaves the two to each other`() throws {
        var story = try Story()
        #expect(try story.ends(isTransfer: true) == [.stopPhone(.ana), .stopPhone(.ana), .connect(story.call, .beso)])
        #expect(story.centre.state(of: .beso).routing == .handling(story.call.contact) && story.centre.state(of: .ana).routing == .idle)
    }

    @Test func `who hangs up on the customer hands him over, and who hangs up on the colleague does not`() throws {
        var story = try Story()
        #expect(try story.hangsUp(story.first) == [.stopPhone(.ana), .connect(story.call, .beso)])
        story = try Story()
        #expect(try story.hangsUp(story.second) == [.stopPhone(.beso), .play(.music, to: story.call)])
        #expect(try story.holds(story.first, false) == [.connect(story.call, .ana)])
        story = try Story()
        #expect(try story.centre.take(.legLost(story.second, .vanished)) == [.stopPhone(.beso), .play(.music, to: story.call)])
        story = try Story(isAnswered: false)
        _ = try story.holds(story.first, true)
        _ = try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.beso.agent))
        #expect(try story.hangsUp(story.first) == [.stopPhone(.beso), .stopPhone(.ana), .play(.music, to: story.call)])
    }

    @Test func `a colleague who is gone or never came ends the second line, and the customer stays held`() throws {
        var story = try Story()
        #expect(try story.centre.hangsUp(.beso) == [.stopPhone(.ana), .play(.music, to: story.call)])
        for refusal in [LegRefusal.declined, nil] {
            story = try Story(isAnswered: false)
            _ = try story.holds(story.first, true)
            _ = try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.beso.agent))
            if let refusal {
                #expect(try story.centre.phoneRefuses(.beso, refusal) == [.stopPhone(.ana), .play(.music, to: story.call)])
            } else {
                #expect(
                    try story.centre.after(.seconds(20)) == [.stopPhone(.beso), .stopPhone(.ana), .play(.music, to: story.call)])
            }
            #expect(story.centre.state(of: .beso).routing == .idle)
        }
    }

    @Test func `a customer who leaves ends all lines`() throws {
        var story = try Story()
        #expect(try story.centre.hangsUp(story.call) == [.stopPhone(.beso), .stopPhone(.ana), .stopPhone(.ana)])
        #expect(story.centre.outcome(of: story.call) == .handled)
    }

    @Test func `a number outside is asked and gets the customer by the same keys`() throws {
        var story = try Story(isAnswered: false)
        let number = Centre.Caller(leg: LegID(high: 9, low: 9))
        _ = try story.holds(story.first, true)
        #expect(
            try story.centre.asksByPhone(.ana, about: story.call, .number(number.leg)).deeds == [
                .answerPhone(.ana), .call(number, for: .ana), .playPhone(.ringBack, .ana), .play(.music, to: story.call),
            ])
        #expect(try story.centre.answers(number) == [.connectNumber(.ana, number), .play(.music, to: story.call)])
        #expect(try story.ends(isTransfer: true) == [.stopPhone(.ana), .stopPhone(.ana), .connectOutside(story.call, number)])
    }

    @Test func `nobody is called for a customer who is not held, or by whoever may not ask`() throws {
        var story = try Story(isAnswered: false)
        let beso = DialledParty.colleague(Centre.Name.beso.agent)
        #expect(throws: Refusal.staleState) { try story.centre.asksByPhone(.ana, about: story.call, beso) }
        _ = try story.holds(story.first, true)
        #expect(throws: Refusal.staleState) { try story.centre.asksByPhone(.beso, about: story.call, beso) }
        #expect(throws: Refusal.targetUnknown) {
            try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.keti.agent))
        }
        #expect(throws: Refusal.staleState) {
            try story.centre.take(.consultDialledByPhone(Centre.Name.ana.agent, story.call.contact, with: beso, on: story.first))
        }
        try story.centre.wants(.notReady(nil), .beso)
        #expect(throws: Refusal.agentNotFree(Centre.Name.beso.agent)) { try story.centre.asksByPhone(.ana, about: story.call, beso) }
        try story.centre.wants(.ready, .beso)
        _ = try story.centre.asksByPhone(.ana, about: story.call, beso)
        #expect(throws: Refusal.staleState) { try story.centre.asksByPhone(.ana, about: story.call, beso) }
        #expect(throws: Refusal.staleState) { try story.ends(isTransfer: true) }
    }

    @Test func `what the phone holds is not changed at the desk`() throws {
        var story = try Story()
        #expect(throws: Refusal.heldAtPhone) {
            try story.centre.take(.consultChangeWanted(Centre.Name.ana.agent, story.call.contact, .conference))
        }
        #expect(try story.ends(isTransfer: false) == [.stopPhone(.beso), .stopPhone(.ana), .play(.music, to: story.call)])
    }

    @Test func `after a restart the consult and its line are over, and the customer is still held`() throws {
        var story = try Story()
        let deeds = try story.centre.restarts(taking: [story.call.leg, story.first, story.second, story.centre.leg(of: .beso)])
        #expect(
            deeds == [.stopPhone(.beso), .stopPhone(.ana), .recover(story.call), .recoverPhone(.ana), .play(.music, to: story.call)])
    }
}
