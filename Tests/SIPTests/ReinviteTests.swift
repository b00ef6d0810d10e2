import Primitives
import Testing

@testable import SIP

/// Re-INVITEs of ours: RFC 3261 section 14.1.
struct ReinviteTests {
    private let hold = Array("hold".utf8)
    private let taken = Array("taken".utf8)

    @Test func `either side changes the session, and then hangs up`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .seconds(1), answering())
        #expect(talk.reports(of: Talk.phone) == [.reoffered(talk.theirs, body: hold)])
        #expect(talk.reports(of: Talk.caller) == [.reanswered(talk.ours, body: taken)])
        talk.network.order(.reoffer(talk.theirs, body: hold), by: Talk.phone)
        talk.network.run(for: .seconds(40), answering())
        #expect(talk.reports(of: Talk.caller).last == .reoffered(talk.ours, body: hold))
        #expect(talk.reports(of: Talk.phone).last == .reanswered(talk.theirs, body: taken))
        talk.network.order(.end(talk.theirs), by: Talk.phone)
        talk.network.run(for: .seconds(40))
        #expect(talk.reports(of: Talk.caller).last == .ended(talk.ours, .bye))
        talk.expectNothingLeft()
    }

    @Test func `a refused change leaves the session as it was`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .milliseconds(50))
        talk.network.order(.refuse(talk.theirs, status: 488), by: Talk.phone)
        talk.network.run(for: .seconds(40))
        #expect(talk.reports(of: Talk.caller) == [.reofferRefused(talk.ours, status: 488)])
        #expect(talk.network.agents.allSatisfy { $0.load == (1, 0) })
        // INVITE, ACK; INVITE, ACK.
        #expect(talk.verbs(of: Talk.caller) == ["INVITE", "ACK", "INVITE", "ACK"])
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .seconds(1), answering())
        #expect(talk.reports(of: Talk.caller).last == .reanswered(talk.ours, body: taken))
    }

    @Test func `changes go out one after the other, and of those that wait only the newest`() throws {
        var talk = try Talk()
        for body in ["one", "two", "three"] { talk.network.order(.reoffer(talk.ours, body: Array(body.utf8)), by: Talk.caller) }
        talk.network.run(for: .seconds(1), answering())
        #expect(
            talk.reports(of: Talk.phone) == [
                .reoffered(talk.theirs, body: Array("one".utf8)), .reoffered(talk.theirs, body: Array("three".utf8)),
            ])
        #expect(talk.reports(of: Talk.caller) == Array(repeating: .reanswered(talk.ours, body: taken), count: 2))
    }

    @Test func `a change waits for the ACK of the call's own answer`() throws {
        var network = Network([.anyone(at: .host(1), seed: 1), .anyone(at: .host(2), seed: 2)])
        let ours = ID<SIPLeg>(high: 1, low: 1)
        network.order(Talk.invite(ours), by: 0)
        network.run(for: .milliseconds(50))
        let theirs = try #require(network.arrivals(at: 1).last)
        network.order(.answer(theirs, body: taken), by: 1)
        network.order(.reoffer(theirs, body: hold), by: 1)
        #expect(network.startLines(of: 1).last == "SIP/2.0 200 OK")
        network.run(for: .seconds(1), answering())
        #expect(network.reports[1].suffix(2) == [.confirmed(theirs), .reanswered(theirs, body: taken)])
    }

    @Test func `when both want a change at once both get it in the end, the maker of the Call-ID later`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.order(.reoffer(talk.theirs, body: hold), by: Talk.phone)
        let start = talk.network.now
        var taken: [Int: Duration] = [:]
        talk.network.run(for: .seconds(10)) { network, agent, report in
            if case .reanswered = report { taken[agent] = network.now - start }
            answering()(&network, agent, report)
        }
        #expect(talk.network.startLines(of: Talk.caller).filter { $0.contains("491") }.count == 1)
        #expect(talk.network.startLines(of: Talk.phone).filter { $0.contains("491") }.count == 1)
        let first = try #require(taken[Talk.phone])
        let second = try #require(taken[Talk.caller])
        #expect(first < .milliseconds(2_100))
        #expect(second >= .milliseconds(2_100) && second < .milliseconds(4_200))
    }

    @Test func `a glare that never ends is a refusal`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .seconds(60)) { network, agent, report in
            if case .reoffered(let leg, _) = report { network.order(.refuse(leg, status: 491), by: agent) }
        }
        #expect(talk.reports(of: Talk.caller) == [.reofferRefused(talk.ours, status: 491)])
        #expect(talk.reports(of: Talk.phone).count == 6)
    }

    @Test(arguments: [481, 408])
    func `who is told that the call is not known ends it`(status: Int) throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .milliseconds(50))
        talk.network.order(.refuse(talk.theirs, status: status), by: Talk.phone)
        talk.network.run(for: .seconds(40))
        #expect(talk.reports(of: Talk.caller) == [.ended(talk.ours, .gone)])
        #expect(talk.verbs(of: Talk.caller).last == "BYE")
        talk.expectNothingLeft()
    }

    @Test func `a change that nobody answers ends the call after 32 s`() throws {
        var talk = try Talk()
        talk.network.loss = 1
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .seconds(31))
        #expect(talk.reports(of: Talk.caller).isEmpty)
        talk.network.run(for: .seconds(2))
        #expect(talk.reports(of: Talk.caller) == [.ended(talk.ours, .gone)])
        talk.network.run(for: .seconds(40))
        #expect(talk.network.agents[Talk.caller].load == (0, 0))
    }

    @Test func `a change that only gets provisional answers is cancelled`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        // The copy gets the 100 that is held back, and then nobody answers.
        talk.network.deliver(try #require(talk.network.sent.last).bytes, from: .host(1), to: Talk.phone)
        talk.network.run(for: .seconds(59))
        #expect(talk.verbs(of: Talk.caller).last == "INVITE")
        talk.network.run(for: .seconds(2))
        #expect(talk.verbs(of: Talk.caller).suffix(2) == ["CANCEL", "ACK"])
        #expect(talk.reports(of: Talk.caller) == [.reofferRefused(talk.ours, status: 487)])
        talk.network.run(for: .seconds(40))
        #expect(talk.network.agents.allSatisfy { $0.load == (1, 0) })
    }

    @Test(arguments: [Talk.caller, Talk.phone])
    func `either side hangs up while a change is on its way`(who: Int) throws {
        for delay in [0, 20, 200] {
            var talk = try Talk(seed: UInt64(delay + 1))
            talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
            talk.network.run(for: .milliseconds(Int64(delay)))
            talk.network.order(.end(who == Talk.caller ? talk.ours : talk.theirs), by: who)
            talk.network.run(for: .seconds(100))
            talk.expectNothingLeft("after \(delay) ms")
            let other: Report = who == Talk.caller ? .ended(talk.theirs, .bye) : .ended(talk.ours, .bye)
            #expect(talk.network.reports[1 - who].last == other)
        }
    }

    @Test func `each copy of the answer is acknowledged again`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: hold), by: Talk.caller)
        talk.network.run(for: .milliseconds(100), answering())
        let answer = try #require(talk.network.sent.last { $0.bytes.starts(with: "SIP/2.0 200".utf8) })
        let before = talk.network.sent.count
        talk.network.deliver(answer.bytes, from: answer.from, to: Talk.caller)
        #expect(talk.network.sent[before...].map { $0.bytes.prefix(3).text } == ["ACK"])
        // Also when the call is over.
        talk.network.order(.end(talk.ours), by: Talk.caller)
        talk.network.deliver(answer.bytes, from: answer.from, to: Talk.caller)
        #expect(talk.verbs(of: Talk.caller).suffix(2) == ["BYE", "ACK"])
    }

    @Test func `the ACK of a refusal takes the way of its INVITE`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let now = Network.start
        let invitation = request("INVITE", lines: ["Record-Route: <sip:192.0.2.3;lr>, <sip:192.0.2.4;lr>"], body: "v")
        guard case .callArrived(let leg, _)? = agent.receive(invitation, from: .host(9), at: now).reports.first else {
            Issue.record("no call")
            return
        }
        let answer = agent.perform(.answer(leg, body: [1]), at: now).sentBytes[0]
        _ = agent.receive(request("ACK", branch: "two", lines: ["To: \(try #require(header("To", of: answer)))"]), from: .host(9), at: now)
        let reinvite = agent.perform(.reoffer(leg, body: hold), at: now).sentBytes[0]
        let lines = try ["Via", "From", "To", "Call-ID", "CSeq"].map { "\($0): \(try #require(header($0, of: reinvite)))" }
        let refusal = (["SIP/2.0 488 No"] + lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
        let ack = agent.receive(Array(refusal.utf8), from: .host(3), at: now).sentBytes[0].text
        #expect(ack.hasPrefix("ACK sip:200@192.0.2.9 SIP/2.0\r\n"))
        #expect(ack.contains("Route: <sip:192.0.2.3;lr>\r\nRoute: <sip:192.0.2.4;lr>\r\n"))
    }

    @Test func `on a bad network both sides change the session again and again, and nothing sticks`() throws {
        for seed in UInt64(1)...60 {
            var talk = try Talk(seed: seed)
            var chance = Random(seed: seed &* 77)
            talk.network.loss = 0.2 * chance.fraction()
            talk.network.doubling = 0.2
            talk.network.delayMax = .milliseconds(Int64(1 + chance.next() % 300))
            var ordered = [0, 0]
            for _ in 0..<10 {
                for agent in 0...1 where chance.chance(0.6) {
                    talk.network.order(.reoffer(agent == 0 ? talk.ours : talk.theirs, body: hold), by: agent)
                    ordered[agent] += 1
                }
                talk.network.run(for: .milliseconds(Int64(chance.next() % 15_000)), answering())
            }
            talk.network.run(for: .seconds(100), answering())
            for agent in 0...1 where ordered[agent] > 0 {
                let outcome = talk.reports(of: agent).last {
                    switch $0 {
                    case .reanswered, .reofferRefused: true
                    default: false
                    }
                }
                #expect(outcome != nil, "seed \(seed)")
                #expect(!talk.reports(of: agent).contains(.ended(agent == 0 ? talk.ours : talk.theirs, .gone)), "seed \(seed)")
            }
            talk.network.order(.end(chance.chance(0.5) ? talk.ours : talk.theirs), by: 0)
            talk.network.order(.end(talk.theirs), by: 1)
            talk.network.run(for: .seconds(200))
            talk.expectNothingLeft("seed \(seed)")
        }
    }
}
