import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Customers who are sent to a number outside: nobody is stranded on the way, and the agent says what came of the contact meanwhile.
struct OutsideTests {
    /// Ana talks with a customer.
    private func talking(wrapUp: WrapUpRule = .untilDisposed) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true, wrapUp: wrapUp)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        centre.pass(.seconds(10))
        return (centre, call)
    }

    @Test func `the customer hears the number ring, and talks with it until one hangs up`() throws {
        var (centre, call) = try talking()
        let (number, deeds) = try centre.sendsOutside(.ana, call)
        #expect(deeds == [.stopPhone(.ana), .callOutside(number, for: call), .play(.ringBack, to: call)])
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        #expect(try centre.answers(number) == [.connectOutside(call, number)])
        try centre.completes(.ana, call, as: Centre.solved)
        #expect(centre.state(of: .ana).routing == .idle && centre.outcome(of: call) == nil)
        #expect(try centre.hangsUp(number) == [.hangUp(call)])
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test func `the call may be over before the agent has said what came of it`() throws {
        var (centre, call) = try talking()
        let number = try centre.sendsOutside(.ana, call).called
        try centre.answers(number)
        #expect(try centre.hangsUp(call) == [.hangUp(number)])
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        try centre.completes(.ana, call)
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test func `without wrap-up the agent is free at once`() throws {
        var (centre, call) = try talking(wrapUp: .none)
        let number = try centre.sendsOutside(.ana, call).called
        #expect(centre.state(of: .ana).routing == .idle && centre.engine.contacts[call.contact]?.state == .outside)
        try centre.answers(number)
        try centre.loses(call)
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test(arguments: [LegRefusal.busy, .declined, .noAnswer, .noSuchNumber, .unreachable])
    func `a number that does not take the customer leaves him at the head of his queue`(_ cause: LegRefusal) throws {
        var (centre, call) = try talking()
        let later = try centre.incomingCall(to: .billing)
        let number = try centre.sendsOutside(.ana, call).called
        #expect(try centre.refuses(number, cause) == [.ring(.ana, for: call), .play(.ringBack, to: call)])
        #expect(centre.events.first == .outsideRefused(call.contact, DialResult(rawValue: cause.rawValue) ?? .answered))
        #expect(centre.contact(of: .ana) == call && centre.line(.billing) == [later])
    }

    @Test func `a number that rings for too long leaves the customer to the queue, though the agent is done with him`() throws {
        var (centre, call) = try talking()
        let number = try centre.sendsOutside(.ana, call).called
        try centre.completes(.ana, call)
        try centre.wants(.off, .ana)
        #expect(try centre.after(CentreEngine.dialRingMax) == [.hangUp(number), .play(.music, to: call)])
        #expect(centre.line(.billing) == [call])
    }

    @Test func `a number is asked, joins, and goes on with the customer`() throws {
        var (centre, call) = try talking()
        let (number, deeds) = try centre.consultsOutside(.ana, call)
        #expect(deeds == [.call(number, for: .ana), .play(.music, to: call), .playPhone(.ringBack, .ana)])
        #expect(try centre.answers(number) == [.play(.music, to: call), .connectNumber(.ana, number)])
        #expect(
            try centre.take(.consultChangeWanted(Centre.Name.ana.agent, call.contact, .conference)) == [.connectThree(call, .ana, number)])
        #expect(
            try centre.take(.consultEndWanted(Centre.Name.ana.agent, call.contact, isTransfer: true)) == [
                .stopPhone(.ana), .connectOutside(call, number),
            ])
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        try centre.completes(.ana, call)
        try centre.hangsUp(call)
        #expect(centre.outcome(of: call) == .handled)
    }

    @Test func `a number that cannot be asked leaves the agent with his customer, and says why`() throws {
        var (centre, call) = try talking()
        let number = try centre.consultsOutside(.ana, call).called
        #expect(try centre.refuses(number, .busy) == [.connect(call, .ana)])
        #expect(centre.engine.calls[call.contact]?.consultResult == .busy)
        let other = try centre.consultsOutside(.ana, call).called
        #expect(centre.engine.calls[call.contact]?.consultResult == nil)
        #expect(try centre.after(CentreEngine.dialRingMax) == [.hangUp(other), .connect(call, .ana)])
        #expect(centre.engine.calls[call.contact]?.consultResult == .noAnswer)
    }

    @Test func `an agent who is lost does not leave his customer to a stranger`() throws {
        var (centre, call) = try talking()
        let number = try centre.consultsOutside(.ana, call).called
        try centre.answers(number)
        #expect(try centre.loses(.ana) == [.hangUp(number), .play(.music, to: call)])
        #expect(centre.line(.billing) == [call])
    }

    @Test func `after a restart those who talk outside talk on, and whoever lost the number waits again`() throws {
        var (centre, call) = try talking()
        let number = try centre.sendsOutside(.ana, call).called
        try centre.answers(number)
        #expect(
            try centre.restarts(taking: [call.leg, number.leg]) == [.recover(call), .recover(number), .connectOutside(call, number)])
        try centre.wants(.off, .ana)
        #expect(try centre.restarts(taking: [call.leg]) == [.hangUp(number), .recover(call), .play(.music, to: call)])
        #expect(centre.line(.billing) == [call] && centre.state(of: .ana).routing == .off)
        #expect(try centre.restarts() == [])
        #expect(centre.outcome(of: call) == .lostInRestart)
    }
}
