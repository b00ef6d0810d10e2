import Primitives
import Testing

@testable import SIP

/// What is said before the answer: early media, 100rel and PRACK (RFC 3262), UPDATE in early dialogs.
struct EarlyMediaTests {
    private let early = Array("early".utf8)
    private let taken = Array("taken".utf8)
    private let now = Network.start

    private func ringing(seed: UInt64 = 1) throws -> (network: Network, ours: ID<SIPLeg>, theirs: ID<SIPLeg>) {
        var network = Network([.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed &+ 1)], seed: seed)
        let ours = ID<SIPLeg>(high: 1, low: seed)
        network.order(Talk.invite(ours), by: 0)
        network.run(for: .milliseconds(50))
        return (network, ours, try #require(network.arrivals(at: 1).last))
    }

    private func methods(_ network: Network, of agent: Int) -> [String] {
        network.startLines(of: agent).map { String($0.prefix { $0 != " " }) }
    }

    @Test func `the caller hears something before the answer, for sure`() throws {
        var (network, ours, theirs) = try ringing()
        network.order(.progress(theirs, body: early), by: 1)
        network.run(for: .seconds(5))
        #expect(network.reports[0] == [.ringing(ours), .earlyMedia(ours, body: early)])
        #expect(methods(network, of: 0) == ["INVITE", "PRACK"])
        #expect(network.startLines(of: 1) == ["SIP/2.0 100 Trying", "SIP/2.0 183 Session Progress", "SIP/2.0 200 OK"])
        network.order(.answer(theirs, body: taken), by: 1)
        network.run(for: .seconds(1))
        #expect(network.reports[0].last == .answered(ours, body: taken))
        #expect(network.reports[1].last == .confirmed(theirs))
        // The numbers go on behind those of the early dialog.
        network.order(.reoffer(ours, body: early), by: 0)
        network.run(for: .seconds(1), answering())
        #expect(network.reports[0].last == .reanswered(ours, body: taken))
        network.order(.end(ours), by: 0)
        network.run(for: .seconds(40))
        #expect(network.agents.allSatisfy { $0.load == (0, 0) })
    }

    @Test func `early media, a change of it, ringing and the answer arrive over a bad network`() throws {
        for seed in UInt64(1)...60 {
            var (network, ours, theirs) = try ringing(seed: seed)
            var chance = Random(seed: seed)
            network.loss = 0.25 * chance.fraction()
            network.doubling = 0.3
            network.delayMax = .milliseconds(Int64(1 + chance.next() % 400))
            network.order(.progress(theirs, body: early), by: 1)
            if chance.chance(0.5) { network.run(for: .milliseconds(Int64(chance.next() % 2_000))) }
            network.order(.progress(theirs, body: Array("other".utf8)), by: 1)
            if chance.chance(0.5) { network.run(for: .milliseconds(Int64(chance.next() % 2_000))) }
            if chance.chance(0.5) { network.order(.answer(theirs, body: taken), by: 1) } else { network.order(.ring(theirs), by: 1) }
            if chance.chance(0.3) {
                network.run(for: .milliseconds(Int64(chance.next() % 4_000)))
                network.order(.end(ours), by: 0)
            } else {
                network.run(for: .seconds(10))
                network.order(.answer(theirs, body: taken), by: 1)
                network.run(for: .seconds(30))
                // The first description is there in any case; the second is not sent behind an answer that is waiting.
                #expect(network.reports[0].contains(.earlyMedia(ours, body: early)), "seed \(seed)")
                #expect(network.reports[0].last == .answered(ours, body: taken), "seed \(seed)")
                #expect(network.reports[1].last == .confirmed(theirs), "seed \(seed)")
                network.order(.end(theirs), by: 1)
            }
            network.run(for: .seconds(400))
            #expect(network.agents.allSatisfy { $0.load == (0, 0) }, "seed \(seed)")
        }
    }

    @Test func `a caller who cannot acknowledge gets it unsurely, one who demands it gets all of it surely`() throws {
        func progress(_ line: String, _ order: (ID<SIPLeg>) -> Order, body: String = "offer") throws -> String {
            var agent = UserAgent.anyone(at: .host(1), seed: 1)
            guard
                case .callArrived(let leg, _)? = agent.receive(request("INVITE", lines: [line], body: body), from: .host(9), at: now)
                    .reports.first
            else { return "" }
            return try #require(agent.perform(order(leg), at: now).sentBytes.first).text
        }
        #expect(try !progress("Supported: timer") { .progress($0, body: early) }.contains("RSeq"))
        #expect(try progress("Supported: timer, 100rel") { .progress($0, body: early) }.contains("\r\nRequire: 100rel\r\nRSeq: "))
        #expect(try !progress("Supported: 100rel") { .ring($0) }.contains("RSeq"))
        #expect(try progress("Require: 100rel") { .ring($0) }.contains("RSeq"))
        // An offer that may get lost is none.
        #expect(try progress("Supported: timer", { .progress($0, body: early) }, body: "").hasSuffix("Content-Length: 0\r\n\r\n"))
        #expect(try progress("Supported: 100rel", { .progress($0, body: early) }, body: "").hasSuffix("\r\n\r\nearly"))
    }

    @Test func `the answer waits for the PRACK, and a wrong PRACK is none`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        guard
            case .callArrived(let leg, _)? = agent.receive(
                request("INVITE", lines: ["Supported: 100rel"], body: "offer"), from: .host(9), at: now
            ).reports.first
        else {
            Issue.record("no call")
            return
        }
        let provisional = agent.perform(.progress(leg, body: early), at: now).sentBytes[0]
        #expect(agent.perform(.answer(leg, body: taken), at: now).isEmpty)
        let to = "To: " + (try #require(header("To", of: provisional)))
        let number = try #require(header("RSeq", of: provisional))
        func prack(_ sequence: Int, _ rack: String) -> [UInt8] {
            request("PRACK", branch: "p\(sequence)", lines: [to, "CSeq: \(sequence) PRACK", "RAck: \(rack)"])
        }
        #expect(agent.receive(prack(2, "\(number) 2 INVITE"), from: .host(9), at: now).statuses == [481])
        #expect(agent.receive(prack(3, "1 1 INVITE"), from: .host(9), at: now).statuses == [481])
        #expect(agent.receive(prack(4, "rubbish"), from: .host(9), at: now).statuses == [481])
        let actions = agent.receive(prack(5, "\(number) 1 INVITE"), from: .host(9), at: now)
        #expect(actions.statuses == [200, 200])
        #expect(agent.receive(prack(5, "\(number) 1 INVITE"), from: .host(9), at: now).statuses == [200])
        // The ACK has the number of the INVITE, not of the PRACK.
        #expect(agent.receive(request("ACK", branch: "a", lines: [to]), from: .host(9), at: now).reports == [.confirmed(leg)])
    }

    @Test func `a caller who never acknowledges is refused`() throws {
        var (network, ours, theirs) = try ringing()
        network.loss = 1
        network.order(.progress(theirs, body: early), by: 1)
        let before = network.sent.count
        network.run(for: .milliseconds(31_900))
        #expect(network.sent[before...].filter { $0.from == .host(2) }.count == 6)
        network.loss = 0
        network.run(for: .seconds(100))
        #expect(network.reports[1].last == .cancelled(theirs))
        #expect(network.reports[0].last == .refused(ours, status: 504))
        #expect(network.agents.allSatisfy { $0.load == (0, 0) })
    }

    @Test func `an offer of ours in the provisional answer is answered by the PRACK`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        guard
            case .callArrived(let leg, _)? = agent.receive(request("INVITE", lines: ["Supported: 100rel"]), from: .host(9), at: now)
                .reports.first
        else {
            Issue.record("no call")
            return
        }
        let provisional = agent.perform(.progress(leg, body: early), at: now).sentBytes[0]
        let to = "To: " + (try #require(header("To", of: provisional)))
        let rack = "RAck: \(try #require(header("RSeq", of: provisional))) 1 INVITE"
        let prack = request("PRACK", branch: "p", lines: [to, "CSeq: 2 PRACK", rack], body: "late")
        #expect(agent.receive(prack, from: .host(9), at: now).reports == [.lateAnswer(leg, body: Array("late".utf8))])
        let answer = agent.perform(.answer(leg, body: taken), at: now).sentBytes[0].text
        #expect(answer.hasSuffix("Content-Length: 0\r\n\r\n"))
        let ack = request("ACK", branch: "a", lines: [to])
        #expect(agent.receive(ack, from: .host(9), at: now).reports == [.confirmed(leg)])
    }

    // MARK: As the caller

    /// What a phone written by hand says to our INVITE.
    private func said(_ status: Int, to invite: [UInt8], tag: String, _ lines: [String] = [], body: String = "") throws -> [UInt8] {
        let repeated = try ["Via", "From", "Call-ID", "CSeq"].map { "\($0): \(try #require(header($0, of: invite)))" }
        let own = ["To: \(try #require(header("To", of: invite)));tag=\(tag)", "Contact: <sip:\(tag)@192.0.2.66>"]
        let type = body.isEmpty ? [] : ["Content-Type: application/sdp"]
        let all = ["SIP/2.0 \(status) X"] + repeated + own + lines + type + ["Content-Length: \(body.utf8.count)", "", body]
        return Array(all.joined(separator: "\r\n").utf8)
    }

    @Test func `reliable answers are acknowledged in their order, each phone behind a proxy by itself`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let leg = ID<SIPLeg>(high: 1, low: 1)
        let invite = agent.perform(Talk.invite(leg), at: now).sentBytes[0]
        func hears(_ tag: String, _ number: Int, body: String = "") throws -> [Action] {
            let reliable = ["Require: 100rel", "RSeq: \(number)", "Record-Route: <sip:192.0.2.3;lr>"]
            return agent.receive(try said(183, to: invite, tag: tag, reliable, body: body), from: .host(2), at: now)
        }
        let first = try hears("one", 7, body: "a")
        #expect(first.reports == [.ringing(leg), .earlyMedia(leg, body: Array("a".utf8))])
        let prack = try #require(first.sentBytes.first).text
        #expect(prack.hasPrefix("PRACK sip:one@192.0.2.66 SIP/2.0\r\n"))
        #expect(
            prack.contains("RAck: 7 1 INVITE\r\n") && prack.contains("CSeq: 2 PRACK\r\n") && prack.contains("Route: <sip:192.0.2.3;lr>"))
        #expect(try hears("one", 7, body: "a").isEmpty)
        #expect(try hears("one", 9, body: "b").isEmpty)
        #expect(try hears("two", 100).sentBytes.first.map { $0.text.contains("CSeq: 2 PRACK\r\n") } == true)
        #expect(try hears("one", 8, body: "a").reports == [.ringing(leg)])
        // The second one answers, without a word on the session: nothing was agreed with it before.
        let answered = agent.receive(try said(200, to: invite, tag: "two"), from: .host(2), at: now)
        #expect(answered.reports == [.answered(leg, body: [])])
        let bye = agent.perform(.end(leg), at: now).sentBytes[0].text
        #expect(bye.contains(";tag=two\r\n") && bye.contains("CSeq: 3 BYE\r\n"))
    }

    @Test func `what was agreed before the answer counts when the answer says nothing`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let leg = ID<SIPLeg>(high: 1, low: 1)
        let invite = agent.perform(Talk.invite(leg), at: now).sentBytes[0]
        let provisional = try said(183, to: invite, tag: "one", ["Require: 100rel", "RSeq: 1"], body: "early")
        _ = agent.receive(provisional, from: .host(2), at: now)
        let update = [
            "From: \(try #require(header("To", of: provisional)))", "To: \(try #require(header("From", of: invite)))",
            "Call-ID: \(try #require(header("Call-ID", of: invite)))",
        ]
        // The phone moves its early media, and may hang up only by refusing.
        let moved = agent.receive(request("UPDATE", branch: "u", lines: update, body: "moved"), from: .host(2), at: now)
        #expect(moved.reports == [.reoffered(leg, body: Array("moved".utf8))])
        #expect(agent.perform(.answer(leg, body: taken), at: now).statuses == [200])
        #expect(agent.receive(request("BYE", branch: "b", lines: update + ["CSeq: 2 BYE"]), from: .host(2), at: now).statuses == [481])
        let answered = agent.receive(try said(200, to: invite, tag: "one"), from: .host(2), at: now)
        #expect(answered.reports == [.answered(leg, body: early)])
        #expect(
            agent.receive(request("BYE", branch: "c", lines: update + ["CSeq: 3 BYE"]), from: .host(2), at: now).reports == [
                .ended(leg, .bye)
            ])
    }

    @Test func `an UPDATE before our offer is answered has to wait`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let leg = ID<SIPLeg>(high: 1, low: 1)
        let invite = agent.perform(Talk.invite(leg), at: now).sentBytes[0]
        let provisional = try said(183, to: invite, tag: "one", body: "early")
        #expect(agent.receive(provisional, from: .host(2), at: now).reports.last == .earlyMedia(leg, body: early))
        let lines = [
            "From: \(try #require(header("To", of: provisional)))", "To: \(try #require(header("From", of: invite)))",
            "Call-ID: \(try #require(header("Call-ID", of: invite)))",
        ]
        #expect(agent.receive(request("UPDATE", branch: "u", lines: lines, body: "moved"), from: .host(2), at: now).statuses == [491])
    }

    @Test func `a restart between the promise and the PRACK loses neither`() throws {
        var (network, ours, theirs) = try ringing()
        network.loss = 1
        network.order(.progress(theirs, body: early), by: 1)
        network.order(.answer(theirs, body: taken), by: 1)
        let filed = try network.filed(theirs, by: 1)
        network.loss = 0
        try network.restart(1, theirs, filed)
        network.run(for: .seconds(2))
        #expect(network.reports[0].last == .answered(ours, body: taken))
        #expect(network.reports[1].last == .confirmed(theirs))
        // And the ringing of a call that waits goes on with the next number.
        (network, ours, theirs) = try ringing(seed: 5)
        network.order(.progress(theirs, body: early), by: 1)
        network.run(for: .seconds(1))
        try network.restart(1, theirs, network.filed(theirs, by: 1))
        network.order(.progress(theirs, body: taken), by: 1)
        network.run(for: .seconds(1))
        #expect(network.reports[0].last == .earlyMedia(ours, body: taken))
    }
}
