import Calls
import Centre
import Contacts
import Primitives
import Routing
import Testing

/// What an agent does in a talk, by his phone and at the desk, and what the customer hears of it.
struct TalkTests {
    private func talking() throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        return (centre, call)
    }

    @Test func `who is put on hold hears music until he is taken back`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(try centre.holds(.ana, true) == [.play(.music, to: call)])
        #expect(centre.events == [.holdStarted(call.contact, Centre.Name.ana.agent, by: .phone)])
        #expect(try centre.holds(.ana, true) == [])
        #expect(try centre.holds(.ana, false) == [.connect(call, .ana)])
        #expect(centre.events == [.holdEnded(call.contact, Centre.Name.ana.agent, by: .phone)])
        try centre.holds(.ana, true)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
    }

    @Test func `the desk holds and takes back`() throws {
        var (centre, call) = try talking()
        #expect(try centre.holdsAtDesk(.ana, call, true) == [.play(.music, to: call)])
        #expect(try centre.holdsAtDesk(.ana, call, true) == [] && centre.events == [])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [.connect(call, .ana)])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [] && centre.events == [])
    }

    @Test func `whom both hold is taken back when neither does`() throws {
        var (centre, call) = try talking()
        try centre.holds(.ana, true)
        #expect(throws: Refusal.heldAtPhone) { try centre.holdsAtDesk(.ana, call, false) }
        #expect(try centre.holdsAtDesk(.ana, call, true) == [])
        #expect(try centre.holds(.ana, false) == [])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [.connect(call, .ana)])
    }

    @Test func `who is muted is heard by nobody, and not by whom he takes back from hold`() throws {
        var (centre, call) = try talking()
        #expect(try centre.mutes(.ana, call, true) == [.connectMuted(call, .ana)])
        #expect(try centre.mutes(.ana, call, true) == [])
        #expect(try centre.holdsAtDesk(.ana, call, true) == [.play(.music, to: call)])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [.connectMuted(call, .ana)])
        try centre.holdsAtDesk(.ana, call, true)
        #expect(try centre.mutes(.ana, call, false) == [])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [.connect(call, .ana)])
    }

    @Test func `mute and hold outlast a restart, and not the phone`() throws {
        var (centre, call) = try talking()
        try centre.mutes(.ana, call, true)
        let legs = [call.leg, centre.leg(of: .ana)]
        #expect(try centre.restarts(taking: legs) == [.recover(call), .recoverPhone(.ana), .connectMuted(call, .ana)])
        try centre.holdsAtDesk(.ana, call, true)
        #expect(try centre.restarts(taking: legs) == [.recover(call), .recoverPhone(.ana), .play(.music, to: call)])
        try centre.hangsUp(.ana)
        centre.pass(.seconds(1))
        try centre.ringsAgain(.ana, for: call)
        #expect(try centre.answers(.ana) == [.connect(call, .ana)])
    }

    @Test func `keys go to the customer's side, and the log does not know of them`() throws {
        var (centre, call) = try talking()
        let keys = ID<Keys>(high: 5, low: 5)
        #expect(try centre.take(.keysWanted(Centre.Name.ana.agent, call.contact, keys)) == [.press(keys, to: call)])
        #expect(centre.events == [])
    }

    @Test func `nobody holds, mutes or presses keys in a call of another, or after its end`() throws {
        var (centre, call) = try talking()
        try centre.hire(.beso, for: [])
        for name in [Centre.Name.beso, .ana] {
            if name == .ana { try centre.hangsUp(.ana) }
            #expect(throws: Refusal.staleState) { try centre.holdsAtDesk(name, call, true) }
            #expect(throws: Refusal.staleState) { try centre.mutes(name, call, true) }
            #expect(throws: Refusal.staleState) { try centre.take(.keysWanted(name.agent, call.contact, ID(high: 5, low: 5))) }
        }
    }
}
