import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Calls over a restart of the server: the log brings back who was where, the shell says which lines are still there.
struct RestartTests {
    @Test func `who waits keeps his place and hears music, who talks is put through again`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let talking = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        var waiting: [Centre.Caller] = []
        for _ in 0..<3 {
            centre.pass(.seconds(1))
            waiting.append(try centre.incomingCall(to: .billing))
        }
        let urgent = try centre.incomingCall(to: .billing, urgent: true)
        let line = centre.line(.billing)
        #expect(line == [urgent] + waiting)

        let deeds = try centre.restarts(taking: ([talking, urgent] + waiting).map(\.leg) + [centre.leg(of: .ana)])
        #expect(deeds.prefix(3) == [.recover(talking), .recoverPhone(.ana), .connect(talking, .ana)])
        #expect(Set(deeds.dropFirst(3)) == Set((waiting + [urgent]).flatMap { [.recover($0), .play(.music, to: $0)] }))
        #expect(centre.line(.billing) == line && centre.events.isEmpty)
        #expect(try centre.hangsUp(talking).contains(.ring(.ana, for: urgent)))
    }

    @Test func `what rang is offered anew, and the old ringing is stopped`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        let deeds = try centre.restarts(taking: [call.leg])
        #expect(deeds.prefix(3) == [.stopPhone(.ana), .recover(call), .play(.music, to: call)])
        #expect(deeds.contains(.ring(.ana, for: call)) && centre.ringing == [.ana])
    }

    /// A phone that was there at once was offered a caller of before, whose leg nobody had taken up.
    @Test func `who is offered while everything comes up again is taken up, too`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        let deeds = try centre.restarts(taking: [call.leg, centre.leg(of: .ana)])
        #expect(deeds == [.recover(call), .play(.ringBack, to: call)] && centre.ringing == [.ana])
    }

    @Test func `a customer whose agent's line is gone waits again, before those who came later`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let talking = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        let other = try centre.incomingCall(to: .billing)
        try centre.answers(.beso)
        centre.pass(.seconds(60))
        let later = try centre.incomingCall(to: .billing)
        _ = try centre.restarts(taking: [talking.leg, later.leg, other.leg, centre.leg(of: .beso)])
        #expect(centre.line(.billing) == [talking, later] && centre.state(of: .ana).routing == .notResponding)
        #expect(try centre.hangsUp(other).contains(.ring(.beso, for: talking)))
    }

    @Test func `a customer whose line is gone is lost, and his agent wraps up`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true, wrapUp: .timed(.seconds(30)))
        let talking = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        let ringing = try centre.incomingCall(to: .billing)
        let waiting = try centre.incomingCall(to: .billing)
        let deeds = try centre.restarts(taking: [centre.leg(of: .ana)])
        #expect(Set(deeds) == [.stopPhone(.ana), .stopPhone(.beso)])
        #expect(centre.outcome(of: ringing) == .lostInRestart && centre.outcome(of: waiting) == .lostInRestart)
        #expect(centre.state(of: .ana).routing == .wrapUp(talking.contact) && centre.state(of: .beso).routing == .idle)
    }

    /// An agent freed by the restart was offered a caller who was closed in the same step.
    @Test func `a restart offers nobody who is no longer there`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .none)
        let talking = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        let waiting = try centre.incomingCall(to: .billing)
        #expect(try centre.restarts() == [])
        #expect(centre.outcome(of: talking) == .handled && centre.outcome(of: waiting) == .lostInRestart)
        #expect(centre.state(of: .ana).routing == .idle)
    }

    @Test func `a restart lets the plan of one whose phone rang come about`() throws {
        var centre = try Centre.with(.ana, ready: true)
        _ = try centre.incomingCall(to: .billing)
        try centre.wants(.notReady(nil), .ana)
        try centre.restarts()
        #expect(centre.state(of: .ana).routing == .notReady && centre.state(of: .ana).next == nil)
    }

    @Test func `a wrap-up keeps its clock`() throws {
        var centre = try Centre.with(.ana, ready: true, wrapUp: .timed(.seconds(30)))
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hangsUp(call)
        centre.pass(.seconds(20))
        try centre.restarts()
        #expect(centre.state(of: .ana).routing == .wrapUp(call.contact))
        try centre.after(.seconds(10))
        #expect(centre.state(of: .ana).routing == .idle)
    }

    @Test func `a customer on hold hears music after a restart, until the agent takes him back`() throws {
        var centre = try Centre.with(.ana, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        #expect(try centre.holds(.ana, true) == [.play(.music, to: call)])
        let deeds = try centre.restarts(taking: [call.leg, centre.leg(of: .ana)])
        #expect(deeds == [.recover(call), .recoverPhone(.ana), .play(.music, to: call)])
        #expect(try centre.holds(.ana, false) == [.connect(call, .ana)])
    }

    @Test func `who cannot be taken up after all is lost`() throws {
        var centre = try Centre.with(ready: true)
        let call = try centre.incomingCall(to: .billing)
        _ = try centre.restarts(taking: [call.leg])
        #expect(try centre.loses(call, .restart) == [])
        #expect(centre.outcome(of: call) == .lostInRestart)
    }
}
