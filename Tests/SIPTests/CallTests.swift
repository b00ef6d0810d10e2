import Primitives
import Testing

@testable import SIP

struct CallTests {
    private let leg = ID<SIPLeg>(high: 1, low: 1)
    private let caller = 0
    private let phone = 1

    private func network(seed: UInt64 = 1) -> Network {
        Network([.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed &+ 1)], seed: seed)
    }

    private func invite(_ body: String = "offer") -> Order {
        .invite(
            leg, to: .uri(SIPURI(user: "100", at: .host(2)), at: .host(2)), callerUser: "200", callerName: "Ann \"A\"",
            body: Array(body.utf8))
    }

    private func arrived(_ network: Network) throws -> ID<SIPLeg> {
        let legs = network.reports[phone].compactMap { report -> ID<SIPLeg>? in
            if case .callArrived(let leg, _) = report { return leg }
            return nil
        }
        return try #require(legs.last)
    }

    /// Calls and answers.
    private func talking() throws -> (Network, ID<SIPLeg>) {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        network.order(.answer(theirs, body: Array("answer".utf8)), by: phone)
        network.run(for: .seconds(1))
        return (network, theirs)
    }

    @Test func `a call rings, is answered, and ends when the caller hangs up`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        let expected = Invitation(
            source: .anyone, calledUser: "100", callerUser: "200", callerName: "Ann \"A\"", body: Array("offer".utf8), maxForwards: 70,
            address: .host(1))
        #expect(network.reports[phone] == [.callArrived(theirs, expected)])
        network.order(.ring(theirs), by: phone)
        network.run(for: .seconds(3))
        network.order(.answer(theirs, body: Array("answer".utf8)), by: phone)
        network.run(for: .seconds(1))
        #expect(network.reports[caller] == [.ringing(leg), .answered(leg, body: Array("answer".utf8))])
        #expect(network.reports[phone].last == .confirmed(theirs))
        network.order(.end(leg), by: caller)
        network.run(for: .seconds(40))
        #expect(network.reports[phone].last == .ended(theirs, .bye))
        #expect(network.startLines(of: caller).map { $0.prefix(3) } == ["INV", "ACK", "BYE"])
        #expect(network.startLines(of: phone) == ["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK", "SIP/2.0 200 OK"])
        for agent in network.agents { #expect(agent.load == (0, 0)) }
    }

    @Test func `the called side can hang up`() throws {
        var (network, theirs) = try talking()
        network.order(.end(theirs), by: phone)
        network.run(for: .seconds(40))
        #expect(network.reports[caller].last == .ended(leg, .bye))
        for agent in network.agents { #expect(agent.load == (0, 0)) }
    }

    @Test func `a caller who gives up while it rings cancels`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        network.order(.ring(theirs), by: phone)
        network.run(for: .seconds(2))
        network.order(.end(leg), by: caller)
        network.run(for: .seconds(40))
        #expect(network.reports[phone].last == .cancelled(theirs))
        #expect(network.reports[caller] == [.ringing(leg)])
        #expect(network.startLines(of: caller).map { $0.prefix(3) } == ["INV", "CAN", "ACK"])
        for agent in network.agents { #expect(agent.load == (0, 0)) }
    }

    @Test func `a CANCEL waits for the first provisional answer`() throws {
        var network = network()
        network.delayMax = .microseconds(1)
        network.order(invite(), by: caller)
        network.order(.end(leg), by: caller)
        #expect(network.startLines(of: caller).map { $0.prefix(3) } == ["INV"])
        network.run(for: .seconds(40))
        #expect(network.startLines(of: caller).map { $0.prefix(3) } == ["INV", "CAN", "ACK"])
        #expect(network.reports[phone].last == .cancelled(try arrived(network)))
    }

    @Test func `an answer that crosses the CANCEL is acknowledged and hung up`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        network.order(.answer(theirs, body: []), by: phone)
        network.order(.end(leg), by: caller)
        network.run(for: .seconds(40))
        #expect(network.startLines(of: caller).map { $0.prefix(3) } == ["INV", "CAN", "ACK", "BYE"])
        #expect(network.reports[phone].last == .ended(theirs, .bye))
        #expect(network.reports[caller].isEmpty)
        for agent in network.agents { #expect(agent.load == (0, 0)) }
    }

    @Test(arguments: [486, 603, 302])
    func `a refusal is acknowledged and reported`(status: Int) throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        network.order(.refuse(try arrived(network), status: status), by: phone)
        network.run(for: .seconds(40))
        #expect(network.reports[caller] == [.refused(leg, status: status)])
        #expect(network.startLines(of: phone).count == 2)
        for agent in network.agents { #expect(agent.load == (0, 0)) }
    }

    @Test(arguments: [(503, true), (486, false)])
    func `who is refused for now is told when to come again`(status: Int, isForNow: Bool) throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        network.order(.refuse(try arrived(network), status: status), by: phone)
        let answer = try #require(network.sent.last)
        #expect(answer.bytes.text.hasPrefix("SIP/2.0 \(status) "))
        #expect((header("Retry-After", of: answer.bytes) != nil) == isForNow)
    }

    @Test func `nobody there is a time-out after seven copies`() {
        var network = network()
        network.loss = 1
        network.order(invite(), by: caller)
        network.run(for: .seconds(31))
        #expect(network.reports[caller].isEmpty)
        network.run(for: .seconds(2))
        #expect(network.reports[caller] == [.refused(leg, status: 408)])
        let times = network.sent.map { ($0.at - Network.start).milliseconds }
        #expect(times == [0, 500, 1500, 3500, 7500, 15500, 31500])
        #expect(network.agents[caller].load == (0, 0))
    }

    @Test func `an answer that is never acknowledged is hung up`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        network.loss = 1
        let before = network.sent.count
        network.order(.answer(theirs, body: []), by: phone)
        network.run(for: .seconds(33))
        #expect(network.reports[phone].last == .ended(theirs, .ackMissing))
        let lines = network.sent[before...].filter { $0.from == .host(2) }.map { $0.bytes.prefix(3).text }
        #expect(lines.filter { $0 == "SIP" }.count == 11)
        #expect(lines.contains("BYE"))
    }

    @Test func `whoever ends an answered call before the ACK hangs up after it`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        let theirs = try arrived(network)
        network.order(.answer(theirs, body: []), by: phone)
        network.order(.end(theirs), by: phone)
        #expect(network.startLines(of: phone).last == "SIP/2.0 200 OK")
        network.run(for: .seconds(40))
        #expect(network.reports[caller].suffix(2) == [.answered(leg, body: []), .ended(leg, .bye)])
        #expect(!network.reports[phone].contains(.confirmed(theirs)))
    }

    @Test func `a call that only rings is given up after five minutes`() throws {
        var network = network()
        network.order(invite(), by: caller)
        network.run(for: .milliseconds(50))
        network.order(.ring(try arrived(network)), by: phone)
        network.run(for: .seconds(299))
        // Sent again each minute, so that proxies between do not give up.
        #expect(network.startLines(of: phone).filter { $0.contains("180") }.count == 5)
        network.run(for: .seconds(2))
        #expect(network.reports[caller].last == .refused(leg, status: 408))
        #expect(network.reports[phone].last == .cancelled(try arrived(network)))
    }

    @Test func `a session is changed by a re-INVITE, or the change refused`() throws {
        var (network, theirs) = try talking()
        let tags = try #require(network.agents[phone].legs[theirs]).dialog
        func reinvite(_ sequence: Int) -> [UInt8] {
            request(
                "INVITE", branch: "re\(sequence)",
                lines: [
                    "From: \(tags.remote.text)", "To: \(tags.local.text)", "Call-ID: \(tags.callID.text)", "CSeq: \(sequence) INVITE",
                    "Contact: <sip:200@192.0.2.77>",
                ], body: "hold")
        }
        network.deliver(reinvite(2), from: .host(1), to: phone)
        #expect(network.reports[phone].last == .reoffered(theirs, body: Array("hold".utf8)))
        // A second one before the first is answered.
        network.deliver(reinvite(3), from: .host(1), to: phone)
        #expect(network.startLines(of: phone).last == "SIP/2.0 500 Server Internal Error")
        #expect(network.sent.last.flatMap { header("Retry-After", of: $0.bytes) } != nil)
        network.order(.refuse(theirs, status: 491), by: phone)
        #expect(network.startLines(of: phone).last == "SIP/2.0 491 Request Pending")
        network.deliver(reinvite(4), from: .host(1), to: phone)
        network.order(.answer(theirs, body: Array("held".utf8)), by: phone)
        #expect(network.startLines(of: phone).last == "SIP/2.0 200 OK")
        network.order(.end(theirs), by: phone)
        #expect(network.sent.last?.bytes.prefix(24).text == "BYE sip:200@192.0.2.77 S")
    }

    @Test func `an INVITE without description gets our offer, and the answer comes with the ACK`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let now = Network.start
        guard case .callArrived(let leg, let invitation)? = agent.receive(request("INVITE"), from: .host(9), at: now).reports.first else {
            Issue.record("no call")
            return
        }
        #expect(invitation.body.isEmpty)
        let answer = agent.perform(.answer(leg, body: Array("offer".utf8)), at: now).sentBytes[0]
        let to = try #require(header("To", of: answer))
        let ack = request("ACK", branch: "two", lines: ["To: \(to)"], body: "answer")
        #expect(agent.receive(ack, from: .host(9), at: now).reports == [.lateAnswer(leg, body: Array("answer".utf8)), .confirmed(leg)])
        #expect(agent.receive(ack, from: .host(9), at: now).isEmpty)
    }

    @Test func `a second phone that answers behind a proxy is hung up`() throws {
        var agent = UserAgent.anyone(at: .host(1), seed: 1)
        let now = Network.start
        let invite = agent.perform(invite(), at: now).sentBytes[0]
        func answer(tag: String) throws -> [UInt8] {
            let lines = try ["Via", "From", "Call-ID", "CSeq"].map { "\($0): \(try #require(header($0, of: invite)))" }
            let to = try #require(header("To", of: invite))
            let all =
                ["SIP/2.0 200 OK"] + lines + [
                    "To: \(to);tag=\(tag)", "Contact: <sip:x@192.0.2.66>", "Record-Route: <sip:192.0.2.3;lr>,<sip:192.0.2.4;lr>",
                ]
            return Array((all + ["Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
        }
        let first = agent.receive(try answer(tag: "one"), from: .host(2), at: now)
        #expect(first.reports == [.answered(leg, body: [])])
        // The route set is the Record-Route read backwards; the first hop gets the request.
        #expect(first.first.map { if case .send(_, let to) = $0 { to == .host(4) } else { false } } == true)
        #expect(first.sentBytes.first.flatMap { header("Route", of: $0) } == "<sip:192.0.2.4;lr>")
        #expect(agent.receive(try answer(tag: "one"), from: .host(2), at: now).sentBytes.map { $0.prefix(3).text } == ["ACK"])
        #expect(agent.receive(try answer(tag: "two"), from: .host(2), at: now).sentBytes.map { $0.prefix(3).text } == ["ACK", "BYE"])
    }
}
