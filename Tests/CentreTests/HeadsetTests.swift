import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// The agent's browser as his phone: when it rings, how it is answered, and what becomes of his customer when it is cut off.
struct HeadsetTests {
    private func talking() throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.headset(of: .ana, isConnected: true)
        let call = try centre.incomingCall(to: .billing)
        _ = try centre.take(.answerWanted(Centre.Name.ana.agent, call.contact))
        return (centre, call)
    }

    @Test func `an agent without a phone is offered nothing before his headset is connected`() throws {
        var centre = try Centre.with(ready: false)
        try centre.hire(.ana, for: [.init(queue: Centre.Line.billing.id)], hasPhone: false)
        _ = try centre.take(.presenceWanted(Centre.Name.ana.agent, .ready))
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [call])
        #expect(try centre.headset(of: .ana, isConnected: true).first == .ring(.ana, for: call))
        #expect(try centre.take(.answerWanted(Centre.Name.ana.agent, call.contact)) == [.connect(call, .ana)])
    }

    @Test func `a headset rings in place of the phone`() throws {
        var centre = try Centre.with(.ana, ready: true)
        for isConnected in [true, false] {
            try centre.headset(of: .ana, isConnected: isConnected)
            let call = try centre.incomingCall(to: .billing)
            #expect(centre.lastRung == (isConnected ? Centre.Name.ana.agent.headset : Centre.Name.ana.phone))
            try centre.hangsUp(call)
        }
    }

    @Test func `only whom it rings for answers or declines`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.headset(of: .ana, isConnected: true)
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.ringing == [.ana])
        #expect(throws: Refusal.staleState) { try centre.take(.answerWanted(Centre.Name.beso.agent, call.contact)) }
        #expect(throws: Refusal.staleState) { try centre.take(.declineWanted(Centre.Name.beso.agent, call.contact)) }
        #expect(try centre.take(.declineWanted(Centre.Name.ana.agent, call.contact)).first == .stopPhone(.ana))
        #expect(centre.state(of: .ana).routing == .notResponding)
        #expect(centre.ringing == [.beso])
        #expect(throws: Refusal.staleState) { try centre.take(.answerWanted(Centre.Name.ana.agent, call.contact)) }
    }

    @Test func `what rings on a headset that is cut off rings elsewhere`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        try centre.headset(of: .ana, isConnected: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.headset(of: .ana, isConnected: false)
        #expect(try centre.isCutOff(.ana, true).contains(.ring(.beso, for: call)))
        #expect(centre.state(of: .ana).routing == .notResponding)
    }

    @Test func `the customer hears music until the headset is back`() throws {
        var (centre, call) = try talking()
        #expect(try centre.isCutOff(.ana, true) == [.play(.music, to: call)])
        #expect(centre.events == [.holdStarted(call.contact, Centre.Name.ana.agent, by: .connection)])
        #expect(try centre.isCutOff(.ana, true) == [] && centre.events == [])
        #expect(try centre.after(.seconds(19)) == [])
        #expect(try centre.isCutOff(.ana, false) == [.connect(call, .ana)])
        #expect(try centre.after(.seconds(60)) == [])
        #expect(centre.contact(of: .ana) == call)
    }

    @Test func `whoever is not back in time loses his customer, who is the next to be served`() throws {
        var (centre, call) = try talking()
        try centre.take(.presenceWanted(Centre.Name.beso.agent, .notReady(nil)))
        centre.pass(.seconds(1))
        let later = try centre.incomingCall(to: .billing)
        try centre.headset(of: .ana, isConnected: false)
        try centre.isCutOff(.ana, true)
        let deeds = try centre.after(CentreEngine.interruptionMax)
        #expect(deeds.contains(.stopPhone(.ana)) && deeds.contains(.play(.music, to: call)))
        #expect(centre.line(.billing) == [call, later])
        #expect(centre.state(of: .ana).routing == .notResponding)
        #expect(try centre.take(.presenceWanted(Centre.Name.beso.agent, .ready)).contains(.ring(.beso, for: call)))
    }

    @Test func `a hold of the agent's own outlasts the cut`() throws {
        var (centre, call) = try talking()
        try centre.holdsAtDesk(.ana, call, true)
        #expect(try centre.isCutOff(.ana, true) == [])
        #expect(try centre.isCutOff(.ana, false) == [.play(.music, to: call)])
        #expect(try centre.holdsAtDesk(.ana, call, false) == [.connect(call, .ana)])
    }

    @Test func `who has hung up his phone and puts his headset on goes on as soon as he asks for it`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(.ana)
        try centre.headset(of: .ana, isConnected: true)
        #expect(try centre.take(.phoneWanted(Centre.Name.ana.agent, call.contact)) == [.ring(.ana, for: call), .connect(call, .ana)])
        #expect(try centre.after(.seconds(60)) == [])
        #expect(centre.contact(of: .ana) == call)
    }

    @Test func `a customer who hangs up meanwhile is wrapped up like any other`() throws {
        var (centre, call) = try talking()
        try centre.isCutOff(.ana, true)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana)])
        #expect(centre.outcome(of: call) == .handled)
        #expect(try centre.after(.seconds(60)) == [])
    }

    @Test func `a restart keeps a talk whose headset has yet to come back`() throws {
        var (centre, call) = try talking()
        let deeds = try centre.restarts(taking: [call.leg, centre.leg(of: .ana)])
        #expect(deeds == [.recover(call), .recoverPhone(.ana), .connect(call, .ana)])
        #expect(try centre.isCutOff(.ana, true) == [.play(.music, to: call)])
        #expect(try centre.isCutOff(.ana, false) == [.connect(call, .ana)])
    }
}
