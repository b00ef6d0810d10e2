import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// What follows a talk where it is optional, or given to those who ask.
struct WrapUpTests {
    private func talking(_ rule: WrapUpRule) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true, wrapUp: rule)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        return (centre, call)
    }

    private func isOpen(_ call: Centre.Caller, in centre: Centre) -> Bool { centre.engine.contacts[call.contact] != nil }

    // MARK: Optional

    @Test func `where wrap-up is optional the next call rings with the end of the talk, and the last can still be written up`() throws {
        var (centre, first) = try talking(.optional)
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(first) == [.stopPhone(.ana), .ring(.ana, for: next), .play(.ringBack, to: next)])
        #expect(isOpen(first, in: centre))
        try centre.completes(.ana, first, as: Centre.solved)
        #expect(
            centre.events == [
                .contactDisposed(first.contact, Centre.Name.ana.agent, Centre.solved), .contactClosed(first.contact, .handled),
            ])
        // The phone rings on.
        #expect(centre.ringing == [.ana])
    }

    @Test func `what is not written up closes without a word when the next call is taken`() throws {
        var (centre, first) = try talking(.optional)
        try centre.hangsUp(first)
        #expect(centre.state(of: .ana).routing == .idle)
        try centre.after(.seconds(3600))
        #expect(isOpen(first, in: centre))
        _ = try centre.incomingCall(to: .billing)
        #expect(isOpen(first, in: centre))
        try centre.answers(.ana)
        #expect(centre.outcome(of: first) == .handled)
        #expect(throws: Refusal.contactUnknown(first.contact)) { try centre.completes(.ana, first) }
    }

    @Test func `an offer that is not taken leaves what is to be written up`() throws {
        var (centre, first) = try talking(.optional)
        try centre.hangsUp(first)
        _ = try centre.incomingCall(to: .billing)
        try centre.after(.seconds(20))
        #expect(centre.state(of: .ana).routing == .notResponding && isOpen(first, in: centre))
        try centre.completes(.ana, first, as: Centre.solved)
        #expect(centre.outcome(of: first) == .handled && centre.state(of: .ana).routing == .notResponding)
    }

    @Test func `whoever dials or goes off has written up`() throws {
        var (centre, first) = try talking(.optional)
        try centre.hangsUp(first)
        let (second, _) = try centre.dials(.ana)
        #expect(centre.outcome(of: first) == .handled)
        try centre.answers(.ana)
        try centre.answers(second)
        try centre.hangsUp(second)
        #expect(isOpen(second, in: centre))
        try centre.wants(.off, .ana)
        #expect(centre.outcome(of: second) == .handled)
    }

    @Test func `what is wanted in a talk comes about with its end where wrap-up is optional`() throws {
        var (centre, first) = try talking(.optional)
        try centre.wants(.notReady(nil), .ana)
        try centre.hangsUp(first)
        #expect(centre.state(of: .ana).routing == .notReady && isOpen(first, in: centre))
        try centre.completes(.ana, first)
        #expect(centre.state(of: .ana).routing == .notReady && centre.state(of: .ana).next == nil)
    }

    @Test func `a plan made while the next one rings is for after that`() throws {
        var (centre, first) = try talking(.optional)
        let (_, _) = try centre.sendsOutside(.ana, first)
        let next = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.ana])
        try centre.wants(.notReady(nil), .ana)
        // The number does not take the first customer: he waits again, and she still has the second.
        try centre.after(.seconds(15))
        try centre.answers(.ana)
        #expect(centre.contact(of: .ana) == next)
        try centre.after(.seconds(30))
        #expect(centre.line(.billing) == [first] && centre.contact(of: .ana) == next)
        #expect(centre.state(of: .ana).next == .notReady(nil))
    }

    @Test func `a customer sent outside is left to the number when the next call is taken`() throws {
        var (centre, first) = try talking(.optional)
        let (number, _) = try centre.sendsOutside(.ana, first)
        #expect(centre.state(of: .ana).routing == .idle)
        try centre.answers(number)
        _ = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(centre.events.contains(.agentReleased(first.contact, Centre.Name.ana.agent)))
        #expect(centre.engine.contacts[first.contact]?.state == .outside)
        try centre.hangsUp(number)
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test func `what is to be written up outlives a restart`() throws {
        var (centre, first) = try talking(.optional)
        try centre.hangsUp(first)
        try centre.restarts()
        #expect(isOpen(first, in: centre) && centre.state(of: .ana).routing == .idle)
        try centre.completes(.ana, first, as: Centre.solved)
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test func `who was free first stays first, whenever he writes up`() throws {
        var (centre, first) = try talking(.optional)
        try centre.hangsUp(first)
        let since = centre.state(of: .ana).idleSince
        try centre.after(.seconds(90))
        try centre.completes(.ana, first, as: Centre.solved)
        #expect(since != nil && centre.state(of: .ana).idleSince == since)
    }

    // MARK: On request

    @Test func `nobody wraps up who has not asked for it`() throws {
        var (centre, first) = try talking(.onRequest(.seconds(30)))
        let next = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(first) == [.stopPhone(.ana), .ring(.ana, for: next), .play(.ringBack, to: next)])
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test func `whoever asks for it in the talk wraps up for so long`() throws {
        var (centre, first) = try talking(.onRequest(.seconds(30)))
        try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, true))
        #expect(centre.events == [.wrapUpRequested(first.contact, Centre.Name.ana.agent, isWanted: true)])
        #expect(try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, true)) == [] && centre.events == [])
        try centre.hangsUp(first)
        #expect(centre.state(of: .ana).routing == .wrapUp(first.contact))
        try centre.after(.seconds(30))
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test func `the wish can be taken back, and goes with nobody else`() throws {
        var (centre, first) = try talking(.onRequest(.seconds(30)))
        try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, true))
        try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, false))
        try centre.hangsUp(first)
        #expect(centre.outcome(of: first) == .handled)
    }

    @Test(arguments: [WrapUpRule.none, .timed(.seconds(30)), .untilDisposed, .optional])
    func `where time is given otherwise nobody can ask for it`(_ rule: WrapUpRule) throws {
        var (centre, first) = try talking(rule)
        #expect(throws: Refusal.staleState) { try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, true)) }
    }

    @Test func `only whoever talks can ask for time after it`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true, wrapUp: .onRequest(.seconds(30)))
        let first = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(throws: Refusal.staleState) { try centre.take(.wrapUpWanted(Centre.Name.beso.agent, first.contact, true)) }
        try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, true))
        try centre.hangsUp(first)
        #expect(throws: Refusal.staleState) { try centre.take(.wrapUpWanted(Centre.Name.ana.agent, first.contact, false)) }
    }
}
