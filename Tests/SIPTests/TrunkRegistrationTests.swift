import Primitives
import Testing

@testable import SIP

/// Registering at a provider, and the calls it sends to where we registered.
struct TrunkRegistrationTests {
    private let now = Network.start
    private static let trunk = TrunkCallTests.trunk
    private static let second = ID<SIPTrunk>(high: 3, low: 8)
    private static let challenge = "WWW-Authenticate: Digest realm=\"p\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""

    private static func agent(_ change: (inout TrunkAccount) -> Void = { _ in }) -> UserAgent {
        TrunkCallTests.agent {
            $0.registration = TrunkRegistration(registrar: RemoteServer("192.0.2.40"), user: "100200")
            change(&$0)
        }
    }

    private func registered(_ lines: [String] = ["Contact: <sip:100200@192.0.2.1:5060>;expires=600"]) throws -> (UserAgent, [Action]) {
        var agent = Self.agent()
        let first = try #require(agent.perform(.signOn, at: now).sentBytes.first)
        let second = try #require(agent.receive(reply(401, to: first, [Self.challenge]), from: .host(40), at: now).sentBytes.first)
        let actions = agent.receive(reply(200, to: second, lines), from: .host(40), at: now)
        return (agent, actions)
    }

    @Test func `it registers with its password and again before that lapses`() throws {
        var agent = Self.agent()
        let first = try #require(agent.perform(.signOn, at: now).sentBytes.first)
        #expect(first.text.hasPrefix("REGISTER sip:provider.test SIP/2.0\r\n"))
        #expect(header("To", of: first) == "<sip:100200@provider.test>")
        #expect(header("Contact", of: first) == "<sip:100200@192.0.2.1:5060>")
        #expect(header("Expires", of: first) == "600")
        #expect(agent.perform(.signOn, at: now).isEmpty)
        let challenged = agent.receive(reply(401, to: first, [Self.challenge]), from: .host(40), at: now)
        let second = try #require(challenged.sentBytes.first)
        #expect(header("Authorization", of: second)?.contains("username=\"acc\"") == true)
        let contacts = ["Contact: <sip:other@192.0.2.77>;expires=9, <sip:100200@192.0.2.1:5060>;expires=300"]
        let accepted = agent.receive(reply(200, to: second, contacts), from: .host(40), at: now)
        #expect(accepted.reports == [.trunkRegistered(Self.trunk, until: now + .seconds(300))])
        // Between 70 and 90 % of what was granted, with the nonce that is known.
        #expect(agent.timePassed(at: now + .seconds(209)).isEmpty)
        let again = try #require(agent.timePassed(at: now + .seconds(271)).sentBytes.first)
        #expect(header("CSeq", of: again) == "3 REGISTER")
        #expect(header("Call-ID", of: again) == header("Call-ID", of: first))
        #expect(header("Authorization", of: again)?.contains("nc=00000002") == true)
        // The nonce is too old by now.
        let stale = Self.challenge.replacing("n1", with: "n2") + ", stale=true"
        let fresh = try #require(agent.receive(reply(401, to: again, [stale]), from: .host(40), at: now + .seconds(271)).sentBytes.first)
        #expect(header("Authorization", of: fresh)?.contains("nonce=\"n2\"") == true)
        let renewed = agent.receive(reply(200, to: fresh, ["Expires: 60"]), from: .host(40), at: now + .seconds(271))
        #expect(renewed.reports == [.trunkRegistered(Self.trunk, until: now + .seconds(331))])
    }

    @Test func `what fails is tried again, each time later`() throws {
        var agent = Self.agent()
        _ = agent.perform(.signOn, at: now)
        var time = now
        var pauses: [Double] = []
        while pauses.count < 10, let next = agent.nextDeadline {
            time = max(next, time)
            guard case .trunkFailed(_, let status, let retryAt)? = agent.timePassed(at: time).reports.first else { continue }
            #expect(status == 408)
            pauses.append((retryAt - time).inSeconds)
        }
        for (index, pause) in pauses.enumerated() {
            let bound = min(5 * Double(1 << index), 600)
            #expect((bound / 2...bound).contains(pause), "\(pauses)")
        }
        #expect(pauses.count == 10)
        #expect(Set(pauses.suffix(3)).count == 3)
    }

    @Test func `a provider that is busy says when, one that wants longer is given longer, a refusal is told`() throws {
        var agent = Self.agent()
        let first = try #require(agent.perform(.signOn, at: now).sentBytes.first)
        let brief = agent.receive(reply(423, to: first, ["Min-Expires: 1800"]), from: .host(40), at: now)
        let second = try #require(brief.sentBytes.first)
        #expect(header("Expires", of: second) == "1800")
        let busy = agent.receive(reply(503, to: second, ["Retry-After: 120"]), from: .host(40), at: now)
        #expect(busy.reports == [.trunkFailed(Self.trunk, status: 503, retryAt: now + .seconds(120))])
        #expect(agent.timePassed(at: now + .seconds(119)).isEmpty)
        let third = try #require(agent.timePassed(at: now + .seconds(120)).sentBytes.first)
        let refused = agent.receive(reply(403, to: third), from: .host(40), at: now + .seconds(120)).reports
        guard case .trunkFailed(Self.trunk, status: 403, _)? = refused.first else {
            Issue.record("\(refused)")
            return
        }
        // More than we would ever ask for is no offer.
        var greedy = Self.agent()
        let asked = try #require(greedy.perform(.signOn, at: now).sentBytes.first)
        let answer = greedy.receive(reply(423, to: asked, ["Min-Expires: 999999999"]), from: .host(40), at: now)
        #expect(answer.sentBytes.isEmpty && answer.reports.count == 1)
    }

    @Test func `it signs off, and what is on its way is waited for`() throws {
        var (agent, _) = try registered()
        let off = try #require(agent.perform(.signOff, at: now).sentBytes.first)
        #expect(header("Expires", of: off) == "0")
        #expect(!agent.isSignedOff)
        #expect(agent.receive(reply(200, to: off), from: .host(40), at: now).reports.isEmpty)
        #expect(agent.isSignedOff)
        #expect(agent.timePassed(at: now + .seconds(5_000)).sentBytes.isEmpty)
        var early = Self.agent()
        let first = try #require(early.perform(.signOn, at: now).sentBytes.first)
        #expect(early.perform(.signOff, at: now).isEmpty)
        let second = try #require(early.receive(reply(200, to: first), from: .host(40), at: now).sentBytes.first)
        #expect(header("Expires", of: second) == "0")
        _ = early.receive(reply(200, to: second), from: .host(40), at: now)
        #expect(early.isSignedOff)
    }

    @Test func `new accounts sign on, old ones are let go`() throws {
        var (agent, _) = try registered()
        var configuration = agent.configuration
        configuration.trunks[0].registration?.user = "other"
        _ = agent.configure(configuration)
        let sent = agent.perform(.signOn, at: now).sentBytes
        #expect(sent.map { header("To", of: $0) } == ["<sip:other@provider.test>"])
        configuration.trunks = []
        _ = agent.configure(configuration)
        _ = agent.perform(.signOn, at: now)
        #expect(agent.isSignedOff)
        #expect(agent.timePassed(at: now + .seconds(3_600)).isEmpty)
    }

    @Test func `the provider's calls are known by where its server is, and its accounts by the Contact`() throws {
        var agent = Self.agent { $0.registration?.registrar = RemoteServer("sip.provider.test") }
        var configuration = agent.configuration
        var other = configuration.trunks[0]
        other.id = Self.second
        other.registration?.user = "100300"
        configuration.trunks.append(other)
        agent.configure(configuration)
        func source(_ branch: String, _ uri: String, _ to: String = "To: <sip:+49700@x>") -> (Invitation.Source, String)? {
            let message = request("INVITE", uri, branch: branch, lines: ["Call-ID: \(branch)", to])
            for case .callArrived(_, let call) in agent.receive(message, from: .host(44), at: now).reports {
                return (call.source, call.calledUser)
            }
            return nil
        }
        #expect(source("a", "sip:100200@192.0.2.1") == nil)
        #expect(agent.perform(.signOn, at: now).count == 1)
        _ = agent.resolved(1, [Candidate(.host(40)), Candidate(.host(44))], lifetime: .seconds(60), at: now)
        #expect(!agent.carriesCalls(over: Self.trunk))
        let first = try #require(source("b", "sip:100200@192.0.2.1"))
        #expect(first == (.trunk(Self.trunk), "+49700"))
        // The other's calls would come from the same address.
        #expect(agent.carriesCalls(over: Self.trunk) && !agent.carriesCalls(over: Self.second))
        let second = try #require(source("c", "sip:100300@192.0.2.1"))
        #expect(second == (.trunk(Self.second), "+49700"))
        let direct = try #require(source("d", "sip:+49711@192.0.2.1"))
        #expect(direct == (.trunk(Self.trunk), "+49711"))
    }

    @Test func `calls of a trunk that is known by name alone are known from the start, and when it moves`() {
        var agent = TrunkCallTests.agent()
        func isKnown(_ host: UInt32, _ name: String) -> Bool {
            !agent.receive(request("INVITE", branch: name, lines: ["Call-ID: \(name)"]), from: .host(host), at: now).isEmpty
        }
        let question = Action.resolve(1, name: "sip.provider.test", port: nil, transport: .udp)
        #expect(agent.perform(.signOn, at: now) == [question])
        #expect(!isKnown(44, "a"))
        _ = agent.resolved(1, [Candidate(.host(44))], lifetime: .seconds(60), at: now)
        #expect(isKnown(44, "b"))
        let again = agent.timePassed(at: now + .seconds(300))
        #expect(again.contains(.resolve(2, name: "sip.provider.test", port: nil, transport: .udp)))
        _ = agent.resolved(2, [Candidate(.host(45))], lifetime: .seconds(60), at: now + .seconds(300))
        #expect(isKnown(45, "c"))
    }

    @Test func `over a connection that breaks it registers anew`() throws {
        var agent = Self.agent { $0.registration?.registrar.transport = .tls }
        let first = try #require(TrunkCallTests.first(agent.perform(.signOn, at: now)))
        #expect(first.to == Hop(.tls, .host(40, port: 5061)))
        #expect(header("Contact", of: first.bytes) == "<sip:100200@192.0.2.1:5061;transport=tls>")
        #expect(agent.receive(reply(200, to: first.bytes), from: first.to, at: now).reports.count == 1)
        #expect(agent.connectionLost(first.to, at: now).isEmpty)
        #expect(agent.timePassed(at: now + .seconds(6)).sentBytes.count == 1)
    }
}
