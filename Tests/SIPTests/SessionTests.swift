import Primitives
import Testing

@testable import SIP

/// Session timers (RFC 4028) and UPDATE (RFC 3311).
struct SessionTests {
    private let hold = Array("hold".utf8)
    private let taken = Array("taken".utf8)
    private let now = Network.start

    /// A call from a phone written by hand, answered and acknowledged, and what the 2xx said.
    private func answered(_ lines: [String] = [], limits: Limits = Limits()) throws -> (
        agent: UserAgent, leg: ID<SIPLeg>, to: String, answer: [UInt8]
    ) {
        var agent = UserAgent.anyone(at: .host(1), seed: 1, limits: limits)
        let actions = agent.receive(request("INVITE", lines: lines, body: "offer"), from: .host(9), at: now)
        guard case .callArrived(let leg, _)? = actions.reports.first else {
            Issue.record("no call: \(actions.statuses)")
            throw CancellationError()
        }
        let answer = agent.perform(.answer(leg, body: taken), at: now).sentBytes[0]
        let to = "To: " + (try #require(header("To", of: answer)))
        _ = agent.receive(request("ACK", branch: "ack", lines: [to]), from: .host(9), at: now)
        return (agent, leg, to, answer)
    }

    /// The answer of the phone to a request of ours.
    private func response(_ status: Int, to request: [UInt8], _ lines: [String] = []) throws -> [UInt8] {
        let repeated = try ["Via", "From", "To", "Call-ID", "CSeq"].map { "\($0): \(try #require(header($0, of: request)))" }
        return Array((["SIP/2.0 \(status) X"] + repeated + lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
    }

    @Test func `a call of an hour is refreshed every quarter of an hour by UPDATE, and nobody is bothered`() throws {
        var talk = try Talk()
        talk.network.run(for: .seconds(3_600))
        #expect(talk.reports(of: Talk.caller).isEmpty && talk.reports(of: Talk.phone).isEmpty)
        // Who answered refreshes: the choice was its.
        #expect(talk.verbs(of: Talk.phone).filter { $0 == "UPDATE" }.count == 4)
        #expect(talk.verbs(of: Talk.caller).filter { $0 == "UPDATE" }.isEmpty)
        talk.network.order(.end(talk.ours), by: Talk.caller)
        talk.network.run(for: .seconds(40))
        talk.expectNothingLeft()
    }

    @Test func `a change of the session refreshes it too`() throws {
        var talk = try Talk()
        for _ in 0..<6 {
            talk.network.run(for: .seconds(600))
            talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
            talk.network.run(for: .seconds(1), answering())
        }
        #expect(!talk.verbs(of: Talk.phone).contains("UPDATE"))
        #expect(talk.network.agents.allSatisfy { $0.load.legs == 1 })
    }

    @Test func `whoever vanishes is noticed by both rules`() throws {
        var talk = try Talk()
        talk.network.run(for: .seconds(60))
        talk.network.loss = 1
        talk.network.run(for: .seconds(1_000))
        // The refresher asks at half the time and gets no answer.
        #expect(talk.reports(of: Talk.phone) == [.ended(talk.theirs, .gone)])
        #expect(talk.reports(of: Talk.caller).isEmpty)
        talk.network.run(for: .seconds(770))
        #expect(talk.reports(of: Talk.caller) == [.ended(talk.ours, .expired)])
        #expect(talk.verbs(of: Talk.caller).contains("BYE"))
        talk.network.run(for: .seconds(40))
        talk.expectNothingLeft()
    }

    @Test func `a session goes on being refreshed after a restart`() throws {
        for agent in [Talk.caller, Talk.phone] {
            var talk = try Talk()
            talk.network.run(for: .seconds(500))
            let leg = agent == Talk.caller ? talk.ours : talk.theirs
            try talk.network.restart(agent, leg, talk.network.filed(leg, by: agent))
            talk.network.run(for: .seconds(7_200))
            #expect(talk.network.agents.allSatisfy { $0.load.legs == 1 })
            #expect(talk.verbs(of: Talk.phone).filter { $0 == "UPDATE" }.count >= 6)
        }
    }

    @Test func `a phone without session timers is asked by a re-INVITE with what it knows, and owes nothing`() throws {
        var (agent, leg, _, answer) = try answered()
        #expect(header("Session-Expires", of: answer) == "1800;refresher=uas")
        #expect(header("Require", of: answer) == nil)
        #expect(agent.timePassed(at: now + .seconds(899)).isEmpty)
        let first = try #require(agent.timePassed(at: now + .seconds(900)).sentBytes.first)
        #expect(first.text.hasPrefix("INVITE ") && first.text.hasSuffix("\r\n\r\ntaken"))
        // It does not like it, but it is there.
        let refused = agent.receive(try response(488, to: first), from: .host(9), at: now + .seconds(901))
        #expect(refused.reports.isEmpty && refused.sentBytes.map { $0.prefix(3).text } == ["ACK"])
        let second = try #require(agent.timePassed(at: now + .seconds(1_801)).sentBytes.first { $0.starts(with: "INV".utf8) })
        let gone = agent.receive(try response(481, to: second), from: .host(9), at: now + .seconds(1_802))
        #expect(gone.reports == [.ended(leg, .gone)])
    }

    @Test func `a phone that takes UPDATE on paper only is refreshed by re-INVITE`() throws {
        var (agent, _, _, _) = try answered(["Allow: INVITE, ACK, BYE, UPDATE"])
        let update = try #require(agent.timePassed(at: now + .seconds(900)).sentBytes.first)
        #expect(update.starts(with: "UPDATE".utf8))
        #expect(header("Session-Expires", of: update) == "1800;refresher=uac")
        let next = agent.receive(try response(405, to: update), from: .host(9), at: now + .seconds(900))
        #expect(next.sentBytes.map { $0.prefix(6).text } == ["INVITE"])
    }

    @Test func `a refused refresh of an agreed session is tried again, and then the call ends`() throws {
        var (agent, leg, _, _) = try answered(["Supported: timer", "Session-Expires: 100", "Allow: UPDATE"])
        var time = now
        var updates = 0
        var reports: [Report] = []
        while time < now + .seconds(100), reports.isEmpty, let next = agent.nextDeadline {
            time = max(time, next)
            let actions = agent.timePassed(at: time)
            reports += actions.reports
            for bytes in actions.sentBytes where bytes.starts(with: "UPDATE".utf8) {
                updates += 1
                _ = agent.receive(try response(488, to: bytes), from: .host(9), at: time)
            }
        }
        #expect(updates > 1)
        #expect(reports == [.ended(leg, .expired)])
        #expect(time == now + .seconds(68))
    }

    static let asked: [(lines: [String], answer: String?, isRequired: Bool)] = [
        ([], "1800;refresher=uas", false),
        (["Supported: timer"], "1800;refresher=uas", true),
        (["Supported: timer", "Session-Expires: 600"], "600;refresher=uas", true),
        (["k: 100rel, Timer", "x: 600;refresher=uac"], "600;refresher=uac", true),
        (["Require: timer", "Session-Expires: 600;refresher=UAC"], "600;refresher=uac", true),
        (["Session-Expires: 600;refresher=uac"], "600;refresher=uas", false),
        (["Supported: timer", "Session-Expires: 7200"], "1800;refresher=uas", true),
        (["Supported: timer", "Session-Expires: 7200", "Min-SE: 3600"], "3600;refresher=uas", true),
        (["Session-Expires: 30"], "90;refresher=uas", false),
        (["Supported: timer", "Session-Expires: rubbish"], "1800;refresher=uas", true),
        (["Supported: timer", "Session-Expires: 99999999999999999999"], "1800;refresher=uas", true),
    ]

    @Test(arguments: asked)
    func `what a caller asks for is answered by the rules`(lines: [String], answer: String?, isRequired: Bool) throws {
        let bytes = try answered(lines).answer
        #expect(header("Session-Expires", of: bytes) == answer)
        #expect(header("Require", of: bytes) == (isRequired ? "timer" : nil))
    }

    @Test func `too small an interval is refused`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let actions = agent.receive(
            request("INVITE", lines: ["Supported: timer", "Session-Expires: 89"], body: "offer"), from: .host(9), at: now)
        #expect(actions.statuses == [422])
        #expect(actions.sentBytes.first.flatMap { header("Min-SE", of: $0) } == "90")
        #expect(agent.load == (0, 0))
    }

    @Test func `whoever wants longer pauses gets the call with longer ones`() throws {
        var strict = Limits()
        strict.sessionExpiresMin = 3_000
        let talk = try Talk([.anyone(at: .host(1), seed: 1), .anyone(at: .host(2), seed: 2, limits: strict)])
        #expect(talk.verbs(of: Talk.caller) == ["INVITE", "ACK", "INVITE", "ACK"])
        let again = try #require(talk.network.sent.last { $0.bytes.starts(with: "INVITE".utf8) }).bytes
        #expect(header("Session-Expires", of: again) == "3000" && header("Min-SE", of: again) == "3000")
        #expect(header("CSeq", of: again) == "2 INVITE")
        #expect(again.text.hasSuffix("\r\n\r\noffer"))
        #expect(talk.network.reports[Talk.caller] == [.answered(talk.ours, body: Array("answer".utf8))])
    }

    // MARK: UPDATE

    @Test func `an UPDATE with a description changes the session`() throws {
        var talk = try Talk()
        talk.network.deliver(try talk.request("UPDATE", sequence: 2, body: "hold"), from: .host(1), to: Talk.phone)
        #expect(talk.reports(of: Talk.phone) == [.reoffered(talk.theirs, body: hold)])
        talk.network.order(.answer(talk.theirs, body: taken), by: Talk.phone)
        let answer = try #require(talk.network.sent.last).bytes.text
        #expect(answer.hasPrefix("SIP/2.0 200 OK\r\n") && answer.hasSuffix("\r\n\r\ntaken") && answer.contains("CSeq: 2 UPDATE\r\n"))
        talk.network.deliver(try talk.request("UPDATE", sequence: 3, body: "hold"), from: .host(1), to: Talk.phone)
        talk.network.order(.refuse(talk.theirs, status: 488), by: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 488 Not Acceptable Here")
        // A copy is answered by its transaction, an old number is out of order.
        talk.network.deliver(try talk.request("UPDATE", sequence: 3, body: "hold"), from: .host(1), to: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 488 Not Acceptable Here")
        #expect(talk.reports(of: Talk.phone).count == 2)
    }

    @Test func `offers that meet are refused, signs of life are not`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.theirs, body: hold), by: Talk.phone)
        talk.network.deliver(try talk.request("UPDATE", sequence: 2, body: "hold"), from: .host(1), to: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 491 Request Pending")
        talk.network.deliver(try talk.request("UPDATE", sequence: 3), from: .host(1), to: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 200 OK")
        talk.network.run(for: .seconds(1), answering())
        talk.network.deliver(try talk.request("UPDATE", sequence: 4, body: "one"), from: .host(1), to: Talk.phone)
        talk.network.deliver(try talk.request("UPDATE", sequence: 5, body: "two"), from: .host(1), to: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 500 Server Internal Error")
        // Whoever hangs up first leaves no request without an answer.
        talk.network.order(.end(talk.theirs), by: Talk.phone)
        talk.network.run(for: .seconds(100))
        talk.expectNothingLeft()
    }
}
