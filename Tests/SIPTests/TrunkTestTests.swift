import Primitives
import Testing

@testable import SIP

/// Asking a provider on somebody's wish whether it is there.
struct TrunkTestTests {
    private let now = Network.start
    private static let trunk = TrunkCallTests.trunk
    private static let challenge = "WWW-Authenticate: Digest realm=\"p\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""

    private func answer(_ actions: [Action]) -> TrunkAnswer? {
        for case .trunkTested(Self.trunk, let answer) in actions.reports { return answer }
        return nil
    }

    private static func registering() -> UserAgent {
        TrunkCallTests.agent { $0.registration = TrunkRegistration(registrar: RemoteServer("192.0.2.40"), user: "100200") }
    }

    @Test func `a provider that is asked by OPTIONS answers, also to the password`() throws {
        var agent = TrunkCallTests.agent { $0.server = RemoteServer("192.0.2.40") }
        let first = try #require(agent.perform(.test(Self.trunk), at: now).sentBytes.first)
        #expect(first.text.hasPrefix("OPTIONS sip:"))
        // One at a time.
        #expect(agent.perform(.test(Self.trunk), at: now).isEmpty)
        let second = try #require(agent.receive(reply(401, to: first, [Self.challenge]), from: .host(40), at: now).sentBytes.first)
        #expect(header("Authorization", of: second)?.contains("username=\"acc\"") == true)
        let later = now + .milliseconds(40)
        let told = answer(agent.receive(reply(200, to: second), from: .host(40), at: later))
        guard case .answered(status: 200, let reason)? = told?.outcome else {
            Issue.record("\(String(describing: told))")
            return
        }
        #expect(!reason.isEmpty && told?.byRegister == false && told?.hop == .host(40) && told?.took == .milliseconds(40))
        // It can be asked again.
        #expect(!agent.perform(.test(Self.trunk), at: later).sentBytes.isEmpty)
    }

    @Test func `a provider that says nothing is silent after five seconds, and what it says then is for nobody`() throws {
        var agent = TrunkCallTests.agent { $0.server = RemoteServer("192.0.2.40") }
        let first = try #require(agent.perform(.test(Self.trunk), at: now).sentBytes.first)
        let late = now + .seconds(5)
        #expect(answer(agent.timePassed(at: late)) == TrunkAnswer(outcome: .silent, byRegister: false, hop: .host(40), took: .seconds(5)))
        let again = try #require(agent.perform(.test(Self.trunk), at: late).sentBytes.last)
        #expect(answer(agent.receive(reply(200, to: first), from: .host(40), at: late)) == nil)
        #expect(answer(agent.receive(reply(486, to: again), from: .host(40), at: late)) != nil)
    }

    @Test func `where we register the login is tried, and a refusal of it is told`() throws {
        var agent = Self.registering()
        let first = try #require(agent.perform(.signOn, at: now).sentBytes.first)
        _ = agent.receive(reply(200, to: first, ["Expires: 600"]), from: .host(40), at: now)
        let asked = try #require(agent.perform(.test(Self.trunk), at: now).sentBytes.first)
        #expect(asked.text.hasPrefix("REGISTER "))
        let second = try #require(agent.receive(reply(401, to: asked, [Self.challenge]), from: .host(40), at: now).sentBytes.first)
        let told = answer(agent.receive(reply(403, to: second), from: .host(40), at: now))
        guard case .answered(status: 403, _)? = told?.outcome else {
            Issue.record("\(String(describing: told))")
            return
        }
        #expect(told?.byRegister == true)
    }

    @Test func `a name that the DNS does not know is told as that`() throws {
        var agent = TrunkCallTests.agent { $0.server = RemoteServer("sip.provider.example") }
        guard case .resolve(let number, "sip.provider.example", _, _)? = agent.perform(.test(Self.trunk), at: now).first else {
            Issue.record("nobody is asked")
            return
        }
        #expect(answer(agent.resolved(number, [], lifetime: .seconds(1), at: now))?.outcome == .nameUnknown)
        _ = agent.perform(.test(Self.trunk), at: now + .seconds(60))
        #expect(answer(agent.timePassed(at: now + .seconds(65)))?.outcome == .nameUnknown)
    }
}
