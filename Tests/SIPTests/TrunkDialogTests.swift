import Primitives
import Testing

@testable import SIP

/// What is said within calls of a trunk that asks for a password, or that is reached by a connection.
struct TrunkDialogTests {
    private let now = Network.start
    private let leg = ID<SIPLeg>(high: 1, low: 1)
    private static let challenge = ["Proxy-Authenticate: Digest realm=\"p\", nonce=\"n1\", qop=\"auth\""]
    private static let session = ["Allow: INVITE, BYE, UPDATE", "Require: timer", "Session-Expires: 1800;refresher=uac"]

    private func called(over transport: Transport) throws -> (agent: UserAgent, invite: [UInt8], hop: Hop) {
        var agent = TrunkCallTests.agent { $0.server = RemoteServer("192.0.2.40", transport: transport) }
        let order = Order.invite(leg, to: .trunk(TrunkCallTests.trunk, user: "5"), callerUser: "1", callerName: nil, body: [1])
        let (invite, hop) = try #require(TrunkCallTests.first(agent.perform(order, at: now)))
        return (agent, invite, hop)
    }

    private func contact(over transport: Transport) -> String {
        "Contact: <sip:192.0.2.40" + (transport == .udp ? ">" : ";transport=\(transport.rawValue)>")
    }

    private func answered(over transport: Transport = .udp) throws -> (agent: UserAgent, invite: [UInt8], hop: Hop) {
        var (agent, invite, hop) = try called(over: transport)
        let actions = agent.receive(reply(200, to: invite, [contact(over: transport)] + Self.session), from: hop, at: now)
        #expect(actions.reports == [.answered(leg, body: [])])
        return (agent, invite, hop)
    }

    private func first(_ method: String, _ actions: [Action]) throws -> [UInt8] {
        try #require(actions.sentBytes.first { $0.text.hasPrefix(method + " ") })
    }

    /// A request of the trunk within the call that `invite` made.
    private func theirs(_ method: String, within invite: [UInt8], _ lines: [String], body: String = "") throws -> [UInt8] {
        let ids = try [
            "From: \(#require(header("To", of: invite)));tag=far", "To: \(#require(header("From", of: invite)))",
            "Call-ID: \(#require(header("Call-ID", of: invite)))",
        ]
        return request(method, branch: "theirs\(method)", lines: ids + lines, body: body)
    }

    @Test(arguments: ["INVITE", "OPTIONS", "UPDATE", "NOTIFY", "BYE"])
    func `what is refused for want of a password is said again with it`(method: String) throws {
        var (agent, invite, hop) = try answered()
        var later = now
        let asked: [Action]
        switch method {
        case "INVITE": asked = agent.perform(.reoffer(leg, body: [2]), at: now)
        case "OPTIONS": asked = agent.perform(.probe(leg), at: now)
        case "UPDATE":
            later = now + .seconds(900)
            asked = agent.timePassed(at: later)
        case "NOTIFY":
            let refer = try theirs("REFER", within: invite, ["Refer-To: <sip:7@floor.test>"])
            #expect(agent.receive(refer, from: hop, at: now).reports.count == 1)
            asked = agent.perform(.acceptTransfer(leg), at: now)
        default: asked = agent.perform(.end(leg), at: now)
        }
        let plain = try first(method, asked)
        #expect(header("CSeq", of: plain) == "2 \(method)")
        let again = try first(method, agent.receive(reply(407, to: plain, Self.challenge), from: hop, at: later))
        #expect(header("CSeq", of: again) == "3 \(method)")
        let credentials = try #require(header("Proxy-Authorization", of: again))
        #expect(credentials.contains("nonce=\"n1\""))
        let done = agent.receive(reply(200, to: again, Self.session), from: hop, at: later)
        if method == "INVITE" {
            #expect(done.reports == [.reanswered(leg, body: [])])
            let ack = try first("ACK", done)
            #expect(header("CSeq", of: ack) == "3 ACK")
            #expect(header("Proxy-Authorization", of: ack) == credentials)
        } else {
            #expect(done.isEmpty)
        }
        if method != "BYE" {
            #expect(agent.timePassed(at: later + .seconds(40)).isEmpty)
            let bye = try first("BYE", agent.perform(.end(leg), at: later + .seconds(40)))
            #expect(header("CSeq", of: bye) == "4 BYE")
            _ = agent.receive(reply(200, to: bye), from: hop, at: later + .seconds(40))
        }
        _ = agent.timePassed(at: later + .seconds(80))
        #expect(agent.load == (0, 0))
        #expect(agent.aliases.isEmpty)
    }

    @Test func `a PRACK is said again too, and what follows is numbered behind it`() throws {
        var (agent, invite, hop) = try called(over: .udp)
        let lines = ["Require: 100rel", contact(over: .udp)]
        let plain = try first("PRACK", agent.receive(reply(183, to: invite, lines + ["RSeq: 7"]), from: hop, at: now))
        #expect(header("CSeq", of: plain) == "2 PRACK")
        let again = try first("PRACK", agent.receive(reply(407, to: plain, Self.challenge), from: hop, at: now))
        #expect(header("CSeq", of: again) == "3 PRACK")
        #expect(header("RAck", of: again) == "7 1 INVITE")
        #expect(header("Proxy-Authorization", of: again) != nil)
        _ = agent.receive(reply(200, to: again), from: hop, at: now)
        let next = try first("PRACK", agent.receive(reply(183, to: invite, lines + ["RSeq: 8"]), from: hop, at: now))
        #expect(header("CSeq", of: next) == "4 PRACK")
        let taken = agent.receive(reply(200, to: invite, [contact(over: .udp)]), from: hop, at: now)
        #expect(try header("CSeq", of: first("ACK", taken)) == "1 ACK")
        #expect(try header("CSeq", of: first("BYE", agent.perform(.end(leg), at: now))) == "5 BYE")
    }

    @Test func `a re-INVITE that meets an overload goes nowhere else`() throws {
        var agent = TrunkCallTests.agent()
        let order = Order.invite(leg, to: .trunk(TrunkCallTests.trunk, user: "5"), callerUser: "1", callerName: nil, body: [1])
        _ = agent.perform(order, at: now)
        let places = [Candidate(.host(40), priority: 1), Candidate(.host(41), priority: 2)]
        let (invite, hop) = try #require(TrunkCallTests.first(agent.resolved(1, places, lifetime: .seconds(300), at: now)))
        _ = agent.receive(reply(200, to: invite, [contact(over: .udp)]), from: hop, at: now)
        let reinvite = try first("INVITE", agent.perform(.reoffer(leg, body: [2]), at: now))
        let refused = agent.receive(reply(503, to: reinvite), from: hop, at: now)
        #expect(refused.reports == [.reofferRefused(leg, status: 503)])
        #expect(refused.sentBytes.map { $0.prefix(4).text } == ["ACK "])
    }

    @Test func `a re-INVITE is not said again to a side whose place another has taken`() throws {
        var (agent, invite, hop) = try answered()
        let plain = try first("INVITE", agent.perform(.reoffer(leg, body: [2]), at: now))
        let reinvite = try first("INVITE", agent.receive(reply(407, to: plain, Self.challenge), from: hop, at: now))
        let call = try #require(header("Call-ID", of: invite))
        let tag = try #require(header("From", of: invite)?.split(separator: ";tag=").last)
        let replaces = request("INVITE", lines: ["Replaces: \(call);to-tag=\(tag);from-tag=far"], body: "offer")
        #expect(agent.receive(replaces, from: hop, at: now).reports == [.reoffered(leg, body: Array("offer".utf8))])
        #expect(try header("Call-ID", of: first("BYE", agent.perform(.answer(leg, body: [3]), at: now))) == call)
        let stale = ["Proxy-Authenticate: Digest realm=\"p\", nonce=\"n2\", stale=true, qop=\"auth\""]
        let refused = agent.receive(reply(407, to: reinvite, stale), from: hop, at: now)
        #expect(refused.sentBytes.map { $0.prefix(4).text } == ["ACK "])
    }

    // MARK: By a connection

    @Test func `a question over a connection is sent once, by another if that breaks, and silence is an answer`() throws {
        for isBroken in [false, true] {
            var (agent, _, hop) = try answered(over: .tcp)
            let options = try first("OPTIONS", agent.perform(.probe(leg), at: now))
            #expect(header("Contact", of: options) == "<sip:192.0.2.1:5060;transport=tcp>")
            #expect(header("Via", of: options)?.hasPrefix("SIP/2.0/TCP ") == true)
            if isBroken {
                #expect(agent.connectionLost(hop, at: now + .seconds(6)).isEmpty)
                #expect(try first("OPTIONS", agent.timePassed(at: now + .milliseconds(6_500))) == options)
            }
            #expect(agent.timePassed(at: now + .milliseconds(7_499)).isEmpty)
            #expect(agent.timePassed(at: now + .seconds(8)).reports == [.ended(leg, .gone)])
        }
    }

    @Test func `a call survives that the connection breaks under its refresh`() throws {
        var (agent, _, hop) = try answered(over: .tcp)
        let update = try first("UPDATE", agent.timePassed(at: now + .seconds(900)))
        #expect(header("Contact", of: update) == "<sip:192.0.2.1:5060;transport=tcp>")
        #expect(agent.timePassed(at: now + .seconds(931)).isEmpty)
        #expect(agent.connectionLost(hop, at: now + .seconds(931)).isEmpty)
        #expect(try first("UPDATE", agent.timePassed(at: now + .milliseconds(931_500))) == update)
        // Nor does it end when the provider is away for longer than that.
        #expect(agent.timePassed(at: now + .seconds(961)).reports.isEmpty)
        let again = try first("UPDATE", agent.timePassed(at: now + .seconds(1_400)))
        _ = agent.receive(reply(200, to: again, Self.session), from: hop, at: now + .seconds(1_400))
        #expect(agent.timePassed(at: now + .seconds(2_000)).isEmpty)
        #expect(agent.load.legs == 1)
    }

    @Test func `a call that is taken back after a restart holds its connection until all is said`() throws {
        var (agent, invite, hop) = try called(over: .tcp)
        _ = agent.receive(reply(180, to: invite, [contact(over: .tcp)]), from: hop, at: now)
        let record = try #require(agent.record(of: leg).flatMap { DialogRecord(parsing: $0.bytes) })
        var next = TrunkCallTests.agent { $0.server = RemoteServer("192.0.2.40", transport: .tcp) }
        let cancel = try first("CANCEL", next.restore(leg, record, answering: nil, at: now))
        #expect(next.connectionUses == [hop: 2])
        _ = next.receive(reply(200, to: cancel), from: hop, at: now)
        _ = next.timePassed(at: now)
        #expect(next.connectionUses == [hop: 1])
        #expect(try header("CSeq", of: first("ACK", next.receive(reply(487, to: invite), from: hop, at: now))) == "1 ACK")
        _ = next.timePassed(at: now + .seconds(40))
        #expect(next.load == (0, 0))
        #expect(next.connectionUses.isEmpty)
    }
}
