import Primitives
import Testing

@testable import SIP

/// Calls whose connection is gone: of phones that can be connected to, of phones that can only come back, and of trunks.
struct StrandedTests {
    private let leg = ID<SIPLeg>(high: 1, low: 1)
    private let now = Network.start
    private let old = Hop(.tcp, .host(50, port: 41_000))
    private let new = Hop(.tcp, .host(51, port: 42_000))
    private static let behindNAT = "<sip:ana@10.0.0.5:5070;transport=tcp>"
    private static let reachable = "<sip:ana@192.0.2.50:5070;transport=tcp>"
    private static let methods = ["Allow: INVITE, BYE, UPDATE", "Session-Expires: 1800;refresher=uac"]

    /// A phone that registered from `old`, and the INVITE that it was called by.
    private struct Called {
        var agent: UserAgent
        var phone: RegistrationTests.Phone
        var contact: String
        var invite: [UInt8]

        mutating func register(from hop: Hop, contact: String? = nil, _ lines: [String] = [], at now: Timestamp) throws -> [Action] {
            let wanted = ["Contact: \(contact ?? self.contact)"] + lines
            let answer = agent.receive(phone.register(wanted), from: hop, at: now)
            guard answer.statuses == [401] else { return answer }
            try phone.learn(answer)
            return agent.receive(phone.register(wanted), from: hop, at: now)
        }
    }

    private func ringing(_ contact: String) throws -> Called {
        var agent = RegistrationTests.agent()
        var phone = RegistrationTests.Phone()
        try phone.learn(agent.receive(phone.register(), from: old, at: now))
        _ = agent.receive(phone.register(["Contact: \(contact)"]), from: old, at: now)
        let order = Order.invite(leg, to: .phone(RegistrationTests.phone), callerUser: "1", callerName: nil, body: [1])
        let invite = try #require(agent.perform(order, at: now).sentBytes.first)
        #expect(agent.receive(reply(180, to: invite, ["Contact: \(contact)"]), from: old, at: now).reports == [.ringing(leg)])
        return Called(agent: agent, phone: phone, contact: contact, invite: invite)
    }

    private func talking(_ contact: String = behindNAT) throws -> Called {
        var called = try ringing(contact)
        let answer = reply(200, to: called.invite, ["Contact: \(contact)"] + Self.methods)
        #expect(called.agent.receive(answer, from: old, at: now).reports == [.answered(leg, body: [])])
        return called
    }

    /// What an agent that starts anew knows of the call.
    private func restarted(_ called: Called) throws -> (agent: UserAgent, record: DialogRecord) {
        let filed = try #require(called.agent.record(of: leg)).bytes
        return (UserAgent(called.agent.configuration, random: Random(seed: 12)), try #require(DialogRecord(parsing: filed)))
    }

    /// The requests among `actions`: where each goes.
    private func sent(_ method: String, _ actions: [Action]) -> [(bytes: [UInt8], to: Hop)] {
        actions.compactMap { action in
            guard case .send(let bytes, let hop) = action, bytes.text.hasPrefix(method + " ") else { return nil }
            return (bytes, hop)
        }
    }

    private func expectNothingLeft(_ agent: inout UserAgent) {
        _ = agent.timePassed(at: now + .seconds(200))
        #expect(agent.load == (0, 0))
        #expect(agent.connectionUses.isEmpty)
    }

    // MARK: While the server runs

    @Test(arguments: ["INVITE", "BYE", "OPTIONS", "UPDATE"], [true, false])
    func `what is to be said to a phone behind NAT goes by its next connection`(method: String, isUnderWay: Bool) throws {
        var called = try talking()
        let at = now + .seconds(method == "UPDATE" ? 899 : 1)
        func order() -> [Action] {
            switch method {
            case "INVITE": called.agent.perform(.reoffer(leg, body: [2]), at: at)
            case "BYE": called.agent.perform(.end(leg), at: at)
            case "OPTIONS": called.agent.perform(.probe(leg), at: at)
            default: called.agent.timePassed(at: at + .seconds(1))
            }
        }
        let before = isUnderWay ? sent(method, order()) : []
        #expect(called.agent.connectionLost(old, at: at).reports == [.unregistered(RegistrationTests.phone)])
        // No connection is tried to where nobody listens.
        if !isUnderWay { #expect(order().sentBytes.isEmpty) }
        #expect(called.agent.timePassed(at: at + .seconds(5)).isEmpty)
        let back = try sent(method, called.register(from: new, at: at + .seconds(5)))
        #expect(back.map(\.to) == [new])
        // As it was, so that a phone that has it already knows it.
        if isUnderWay { #expect(back.map(\.bytes) == before.map(\.bytes)) }
        let again = try #require(back.first).bytes
        let taken = called.agent.receive(reply(200, to: again, Self.methods), from: new, at: at + .seconds(5))
        #expect(taken.reports == (method == "INVITE" ? [.reanswered(leg, body: [])] : []))
        #expect(called.agent.timePassed(at: at + .seconds(60)).isEmpty)
        if method != "BYE" { #expect(sent("BYE", called.agent.perform(.end(leg), at: at + .seconds(60))).map(\.to) == [new]) }
        _ = called.agent.timePassed(at: now + .seconds(1_200))
        #expect(called.agent.load == (0, 0))
        #expect(called.agent.connectionUses.isEmpty)
    }

    @Test func `a phone that registers by another connection has left the old one, before anybody knows that it broke`() throws {
        var called = try talking()
        let reinvite = try #require(sent("INVITE", called.agent.perform(.reoffer(leg, body: [2]), at: now)).first)
        #expect(reinvite.to == old)
        // Its Contact names the new port, but the Call-ID is the old.
        let back = try sent("INVITE", called.register(from: new, contact: "<sip:ana@10.0.0.5:6001;transport=tcp>", at: now + .seconds(3)))
        #expect(back.map(\.to) == [new])
        #expect(back.map(\.bytes) == [reinvite.bytes])
        _ = called.agent.receive(reply(200, to: reinvite.bytes), from: new, at: now + .seconds(3))
        #expect(sent("BYE", called.agent.perform(.end(leg), at: now + .seconds(4))).map(\.to) == [new])
        #expect(called.agent.connectionLost(old, at: now + .seconds(20)).isEmpty)
    }

    @Test func `another phone of the same account does not get the call`() throws {
        var called = try talking()
        let other = ["Call-ID: other"]
        _ = try called.register(from: new, contact: "<sip:ana@10.0.0.6:5070;transport=tcp>", other, at: now)
        _ = called.agent.connectionLost(old, at: now)
        #expect(called.agent.perform(.reoffer(leg, body: [2]), at: now).isEmpty)
        let refreshed = try called.register(from: new, contact: "<sip:ana@10.0.0.6:5070;transport=tcp>", other, at: now + .seconds(2))
        #expect(sent("INVITE", refreshed).isEmpty)
        let third = Hop(.tcp, .host(50, port: 43_000))
        #expect(try sent("INVITE", called.register(from: third, at: now + .seconds(3))).map(\.to) == [third])
    }

    @Test func `a request within the call by another connection is as good as a registration`() throws {
        var called = try talking()
        _ = called.agent.connectionLost(old, at: now)
        #expect(called.agent.perform(.reoffer(leg, body: [2]), at: now).isEmpty)
        let to = try #require(header("From", of: called.invite))
        let from = try #require(header("To", of: called.invite)) + ";tag=far"
        let call = try #require(header("Call-ID", of: called.invite))
        let info = request("INFO", branch: "i", lines: ["From: \(from)", "To: \(to)", "Call-ID: \(call)", "CSeq: 5 INFO"])
        #expect(sent("INVITE", called.agent.receive(info, from: new, at: now)).map(\.to) == [new])
    }

    @Test func `a phone that can be connected to is, and where that fails it has to come back`() throws {
        var called = try talking(Self.reachable)
        let place = Hop(.tcp, .host(50, port: 5070))
        let reinvite = try #require(sent("INVITE", called.agent.perform(.reoffer(leg, body: [2]), at: now)).first)
        _ = called.agent.connectionLost(old, at: now)
        let again = sent("INVITE", called.agent.timePassed(at: now + .milliseconds(500)))
        #expect(again.map(\.to) == [place])
        #expect(again.map(\.bytes) == [reinvite.bytes])
        _ = called.agent.connectionLost(place, at: now + .seconds(4))
        #expect(called.agent.timePassed(at: now + .seconds(20)).isEmpty)
        #expect(try sent("INVITE", called.register(from: new, at: now + .seconds(20))).map(\.to) == [new])
    }

    @Test func `a phone that does not come back in time is gone`() throws {
        var called = try talking()
        _ = called.agent.perform(.reoffer(leg, body: [2]), at: now)
        _ = called.agent.connectionLost(old, at: now + .seconds(1))
        #expect(called.agent.timePassed(at: now + .seconds(30)).reports.isEmpty)
        #expect(called.agent.timePassed(at: now + .seconds(31)).reports == [.ended(leg, .gone)])
        expectNothingLeft(&called.agent)
    }

    @Test func `a talk goes on while the phone has no connection and nothing is to be said to it`() throws {
        var called = try talking()
        _ = called.agent.connectionLost(old, at: now)
        #expect(called.agent.timePassed(at: now + .seconds(600)).isEmpty)
        #expect(called.agent.load.legs == 1)
    }

    @Test func `a phone whose connection breaks while it rings is refused, and stops ringing when it is back`() throws {
        var called = try ringing(Self.behindNAT)
        #expect(called.agent.connectionLost(old, at: now).reports.contains(.refused(leg, status: 503)))
        let back = try called.register(from: new, at: now + .seconds(5))
        let cancel = try #require(sent("CANCEL", back).first)
        #expect(cancel.to == new)
        #expect(sent("INVITE", back).isEmpty)
        _ = called.agent.receive(reply(200, to: cancel.bytes), from: new, at: now + .seconds(5))
        let done = called.agent.receive(reply(487, to: called.invite), from: new, at: now + .seconds(5))
        #expect(sent("ACK", done).map(\.to) == [new])
        expectNothingLeft(&called.agent)
    }

    @Test func `a phone that answers when it is back, but was given up, is hung up`() throws {
        var called = try ringing(Self.behindNAT)
        _ = called.agent.connectionLost(old, at: now)
        let answered = called.agent.receive(reply(200, to: called.invite, ["Contact: \(Self.behindNAT)"]), from: new, at: now + .seconds(5))
        #expect(sent("ACK", answered).map(\.to) == [new])
        let bye = try #require(sent("BYE", answered).first)
        #expect(bye.to == new)
        _ = called.agent.receive(reply(200, to: bye.bytes), from: new, at: now + .seconds(5))
        expectNothingLeft(&called.agent)
    }

    // MARK: After a restart

    @Test func `after a restart a call is taken up when its phone has registered anew`() throws {
        let called = try talking()
        var (agent, record) = try restarted(called)
        #expect(agent.restore(leg, record, answering: nil, at: now).isEmpty)
        #expect(agent.perform(.reoffer(leg, body: [2]), at: now).isEmpty)
        var phone = RegistrationTests.Phone()
        phone.sequence = 100
        try phone.learn(agent.receive(phone.register(), from: new, at: now + .seconds(8)))
        let back = sent("INVITE", agent.receive(phone.register(["Contact: \(Self.behindNAT)"]), from: new, at: now + .seconds(8)))
        #expect(back.map(\.to) == [new])
        let again = try #require(back.first).bytes
        let taken = agent.receive(reply(200, to: again), from: new, at: now + .seconds(8))
        #expect(taken.reports == [.reanswered(leg, body: [])])
        #expect(sent("ACK", taken).map(\.to) == [new])
    }

    @Test func `after a restart a call whose phone does not come is lost, within half a minute`() throws {
        var (agent, record) = try restarted(try talking())
        _ = agent.restore(leg, record, answering: nil, at: now)
        _ = agent.perform(.reoffer(leg, body: [2]), at: now)
        #expect(agent.timePassed(at: now + agent.configuration.limits.strandedMax - .milliseconds(1)).isEmpty)
        #expect(agent.timePassed(at: now + agent.configuration.limits.strandedMax).reports == [.ended(leg, .gone)])
        expectNothingLeft(&agent)
    }

    @Test func `after a restart a phone is called back where its Contact leads, if a connection can be made to there`() throws {
        var (agent, record) = try restarted(try talking(Self.reachable))
        _ = agent.restore(leg, record, answering: nil, at: now)
        #expect(sent("INVITE", agent.perform(.reoffer(leg, body: [2]), at: now)).map(\.to) == [Hop(.tcp, .host(50, port: 5070))])
    }

    @Test func `after a restart a phone stops ringing as soon as it is back`() throws {
        var (agent, record) = try restarted(try ringing(Self.behindNAT))
        #expect(agent.restore(leg, record, answering: nil, at: now).isEmpty)
        var phone = RegistrationTests.Phone()
        try phone.learn(agent.receive(phone.register(), from: new, at: now))
        #expect(sent("CANCEL", agent.receive(phone.register(), from: new, at: now)).map(\.to) == [new])
    }

    private func restore(_ agent: inout UserAgent, _ contact: SIPURI, from hop: Hop) -> Bool {
        agent.restoreRegistration(of: RegistrationTests.phone, contact: contact, source: hop, until: now + .seconds(60))
    }

    @Test func `a registration by a connection of before the restart is believed only where a new one can be made`() throws {
        var agent = RegistrationTests.agent()
        let order = Order.invite(leg, to: .phone(RegistrationTests.phone), callerUser: "1", callerName: nil, body: [])
        for hop in [old, Hop(.tls, old.address)] {
            let contact = SIPURI(user: "ana", host: "10.0.0.5", port: 5070, parameters: "transport=\(hop.transport.rawValue)")
            #expect(restore(&agent, contact, from: hop) == false)
            // Nor does the port from which it came lead anywhere.
            let same = SIPURI(user: "ana", host: "192.0.2.50", port: 41_000, parameters: "transport=\(hop.transport.rawValue)")
            #expect(restore(&agent, same, from: hop) == false)
            #expect(agent.perform(order, at: now).reports == [.refused(leg, status: 480)])
        }
        let contact = SIPURI(user: "ana", host: "192.0.2.50", port: 5070, parameters: "transport=tcp")
        #expect(restore(&agent, contact, from: old))
        #expect(sent("INVITE", agent.perform(order, at: now)).map(\.to) == [Hop(.tcp, .host(50, port: 5070))])
    }

    // MARK: Trunks

    private let far = Hop(.tls, .host(40, port: 5061))

    private func outward(_ server: RemoteServer) throws -> UserAgent {
        var agent = TrunkCallTests.agent { $0.server = server }
        let order = Order.invite(leg, to: .trunk(TrunkCallTests.trunk, user: "5"), callerUser: "1", callerName: nil, body: [1])
        var asked = agent.perform(order, at: now)
        if case .resolve(let number, _, _, _)? = asked.first {
            asked = agent.resolved(number, [Candidate(far)], lifetime: .seconds(300), at: now)
        }
        let (invite, _) = try #require(TrunkCallTests.first(asked))
        _ = agent.receive(reply(200, to: invite, ["Contact: <sip:192.0.2.40:5061;transport=tls>"]), from: far, at: now)
        return agent
    }

    @Test func `a re-INVITE whose connection breaks goes by a new one, until the provider takes one`() throws {
        var agent = try outward(RemoteServer("192.0.2.40", transport: .tls))
        let reinvite = try #require(sent("INVITE", agent.perform(.reoffer(leg, body: [2]), at: now)).first)
        #expect(reinvite.to == far)
        for (wait, next) in [(500, 1_000), (1_500, 2_000), (3_500, 4_000)] {
            #expect(agent.connectionLost(far, at: now).isEmpty)
            #expect(agent.timePassed(at: now + .milliseconds(Int64(wait - 1))).isEmpty)
            let again = sent("INVITE", agent.timePassed(at: now + .milliseconds(Int64(wait))))
            #expect(again.map(\.to) == [far], "after \(wait) ms, then \(next) ms")
            #expect(again.map(\.bytes) == [reinvite.bytes])
        }
        #expect(agent.receive(reply(200, to: reinvite.bytes), from: far, at: now + .seconds(4)).reports == [.reanswered(leg, body: [])])
    }

    @Test func `a provider who takes no connection any more is gone within half a minute`() throws {
        var agent = try outward(RemoteServer("192.0.2.40", transport: .tls))
        _ = agent.perform(.reoffer(leg, body: [2]), at: now)
        var time = now
        var reports: [Report] = []
        while time < now + .seconds(30) {
            reports += agent.connectionLost(far, at: time).reports
            time = time + .milliseconds(500)
            reports += agent.timePassed(at: time).reports
        }
        #expect(reports == [.ended(leg, .gone)])
        while time < now + .seconds(100) {
            _ = agent.connectionLost(far, at: time)
            time = time + .milliseconds(500)
            _ = agent.timePassed(at: time)
        }
        expectNothingLeft(&agent)
    }

    @Test(arguments: [true, false])
    func `after a restart a trunk by name is connected to when DNS has said where it is, or nothing`(isFound: Bool) throws {
        let agent = try outward(RemoteServer("sip.provider.test", transport: .tls))
        let record = try #require(agent.record(of: leg).flatMap { DialogRecord(parsing: $0.bytes) })
        var next = UserAgent(agent.configuration, random: Random(seed: 8))
        let asked = next.restore(leg, record, answering: nil, at: now)
        guard case .resolve(let number, "sip.provider.test", nil, .tls)? = asked.first else {
            Issue.record("nobody is asked: \(asked)")
            return
        }
        #expect(next.perform(.reoffer(leg, body: [2]), at: now).isEmpty)
        let found = next.resolved(number, isFound ? [Candidate(far)] : [], lifetime: .seconds(300), at: now)
        #expect(sent("INVITE", found).map(\.to) == [far])
    }

    @Test func `after a restart an answer goes where the Contact leads, if the Via names the port of a connection that is gone`() throws {
        var agent = RegistrationTests.agent()
        let via = "Via: SIP/2.0/TCP 192.0.2.9:40000;rport;branch=z9hG4bKcall"
        let invitation = request("INVITE", lines: [via, "Contact: <sip:200@192.0.2.9:5070;transport=tcp>"], body: "offer")
        let arrived = agent.receive(invitation, from: Hop(.tcp, .host(9, port: 40_000)), at: now).reports
        guard case .callArrived(let call, _)? = arrived.first else {
            Issue.record("no call")
            return
        }
        _ = agent.perform(.answer(call, body: [1]), at: now)
        let record = try #require(agent.record(of: call).flatMap { DialogRecord(parsing: $0.bytes) })
        var next = UserAgent(agent.configuration, random: Random(seed: 8))
        let answer = try #require(TrunkCallTests.first(next.restore(call, record, answering: [2], at: now)))
        #expect(answer.to == Hop(.tcp, .host(9, port: 40_000)))
        #expect(next.connectionLost(answer.to, at: now).isEmpty)
        let again = next.timePassed(at: now + .milliseconds(500))
        #expect(again == [.send(answer.bytes, to: Hop(.tcp, .host(9, port: 5070)))])
    }

    @Test func `after a restart a trunk by address is connected to at once`() throws {
        let agent = try outward(RemoteServer("192.0.2.40", transport: .tls))
        let record = try #require(agent.record(of: leg).flatMap { DialogRecord(parsing: $0.bytes) })
        var next = UserAgent(agent.configuration, random: Random(seed: 8))
        _ = next.restore(leg, record, answering: nil, at: now)
        #expect(sent("INVITE", next.perform(.reoffer(leg, body: [2]), at: now)).map(\.to) == [far])
    }
}
