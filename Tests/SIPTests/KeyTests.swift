import Primitives
import Testing

@testable import SIP

/// INFO with keys, and the question whether anybody is there.
struct KeyTests {
    static let bodies: [(type: String, body: String, key: Character?, milliseconds: Int64)] = [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5", 160),
        ("application/dtmf-relay;x=y", "signal = #\nDURATION = 80", "#", 80),
        ("Application/DTMF-Relay", "Signal=*", "*", 250),
        ("application/dtmf-relay", "Signal=10\r\nDuration=1", "*", 1),
        ("application/dtmf-relay", "Signal=11", "#", 250),
        ("application/dtmf-relay", "Signal=d\r\nDuration=99999999999", "D", 10_000),
        ("application/dtmf", "7", "7", 250),
        ("application/dtmf", " a\r\n", "A", 250),
        ("application/dtmf-relay", "Signal=16", nil, 0),
        ("application/dtmf-relay", "Signal=", nil, 0),
        ("application/dtmf-relay", "Duration=5", nil, 0),
        ("application/dtmf", "!", nil, 0),
        ("application/dtmf", "\r\n", nil, 0),
    ]

    private func info(_ talk: Talk, _ sequence: Int, _ type: String, _ body: String, _ lines: [String] = []) throws -> [UInt8] {
        let bytes = try talk.request("INFO", sequence: sequence, lines: lines, body: body)
        return Array(bytes.text.replacing("Content-Type: application/sdp", with: "Content-Type: \(type)").utf8)
    }

    @Test(arguments: bodies)
    func `a key is a key however it is written`(type: String, body: String, key: Character?, milliseconds: Int64) throws {
        var talk = try Talk()
        let bytes = try info(talk, 2, type, body)
        talk.network.deliver(bytes, from: .host(1), to: Talk.phone)
        let status = try #require(talk.network.startLines(of: Talk.phone).last)
        #expect(status.hasPrefix(key == nil ? "SIP/2.0 400" : "SIP/2.0 200"))
        #expect(talk.reports(of: Talk.phone) == (key.map { [.keyPressed(talk.theirs, $0, .milliseconds(milliseconds))] } ?? []))
        // A copy is the same key, not another one.
        talk.network.deliver(bytes, from: .host(1), to: Talk.phone)
        #expect(talk.reports(of: Talk.phone).count == (key == nil ? 0 : 1))
        #expect(talk.network.startLines(of: Talk.phone).last == status)
    }

    @Test func `other INFO is answered as RFC 6086 wants`() throws {
        var talk = try Talk()
        func answer(_ bytes: [UInt8]) -> String {
            talk.network.deliver(bytes, from: .host(1), to: Talk.phone)
            return talk.network.sent.last?.bytes.text ?? ""
        }
        #expect(answer(try talk.request("INFO", sequence: 2)).hasPrefix("SIP/2.0 200"))
        let other = answer(try info(talk, 3, "application/media_control+xml", "<x/>"))
        #expect(other.hasPrefix("SIP/2.0 415") && other.contains("Accept: application/dtmf-relay, application/dtmf\r\n"))
        let package = answer(try info(talk, 4, "application/dtmf-relay", "Signal=1", ["Info-Package: foo"]))
        #expect(package.hasPrefix("SIP/2.0 469 Bad Info Package\r\n") && package.contains("Recv-Info:"))
        #expect(talk.reports(of: Talk.phone).isEmpty)
        talk.network.run(for: .seconds(40))
        #expect(talk.network.agents[Talk.phone].load == (1, 0))
    }

    @Test func `a side that is there says so, also on a bad network`() throws {
        for seed in UInt64(1)...30 {
            var talk = try Talk(seed: seed)
            talk.network.loss = 0.1
            talk.network.order(.probe(talk.theirs), by: Talk.phone)
            talk.network.order(.probe(talk.theirs), by: Talk.phone)
            talk.network.run(for: .seconds(40))
            #expect(talk.reports(of: Talk.phone).isEmpty, "seed \(seed)")
            #expect(talk.network.agents.allSatisfy { $0.load == (1, 0) }, "seed \(seed)")
        }
    }

    @Test func `a side that has forgotten the call says so, and silence is an answer after 8 s`() throws {
        var talk = try Talk()
        talk.network.agents[Talk.caller] = .anyone(at: .host(1), seed: 5)
        talk.network.order(.probe(talk.theirs), by: Talk.phone)
        talk.network.run(for: .seconds(1))
        #expect(talk.reports(of: Talk.phone) == [.ended(talk.theirs, .gone)])

        talk = try Talk()
        talk.network.loss = 1
        talk.network.order(.probe(talk.theirs), by: Talk.phone)
        talk.network.run(for: .milliseconds(7_999))
        #expect(talk.reports(of: Talk.phone).isEmpty)
        talk.network.run(for: .milliseconds(1))
        #expect(talk.reports(of: Talk.phone) == [.ended(talk.theirs, .gone)])
        talk.network.run(for: .seconds(60))
        #expect(talk.network.agents[Talk.phone].load == (0, 0))
    }

    @Test func `whoever hangs up before the ACK came waits for it and for nothing else`() throws {
        var network = Network([.anyone(at: .host(1), seed: 1), .anyone(at: .host(2), seed: 2)])
        network.order(Talk.invite(ID(high: 1, low: 1)), by: 0)
        network.run(for: .milliseconds(50))
        let theirs = try #require(network.arrivals(at: 1).last)
        network.loss = 1
        for order in [Order.answer(theirs, body: [1]), .probe(theirs), .end(theirs)] { network.order(order, by: 1) }
        var wakings = 0
        var now = network.now
        while let next = network.agents[1].nextDeadline, wakings < 100 {
            now = max(now, next)
            _ = network.agents[1].timePassed(at: now)
            wakings += 1
        }
        #expect(wakings < 100)
        #expect(network.agents[1].load == (0, 0))
    }

    @Test func `a re-INVITE without description gets our offer, and the answer comes with the ACK`() throws {
        var talk = try Talk()
        let offer = Array("offer of ours".utf8)
        talk.network.deliver(try talk.request("INVITE", sequence: 2), from: .host(1), to: Talk.phone)
        #expect(talk.reports(of: Talk.phone) == [.reoffered(talk.theirs, body: [])])
        talk.network.order(.answer(talk.theirs, body: offer), by: Talk.phone)
        #expect(talk.network.sent.last?.bytes.suffix(offer.count).elementsEqual(offer) == true)
        // The ACK is awaited: it brings what the next change would build on.
        talk.network.deliver(try talk.request("INVITE", sequence: 3, body: "hold"), from: .host(1), to: Talk.phone)
        #expect(talk.network.startLines(of: Talk.phone).last == "SIP/2.0 500 Server Internal Error")
        let ack = try talk.request("ACK", sequence: 2, lines: ["Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKlate"], body: "late")
        talk.network.deliver(ack, from: .host(1), to: Talk.phone)
        #expect(talk.reports(of: Talk.phone).last == .lateAnswer(talk.theirs, body: Array("late".utf8)))
        talk.network.deliver(try talk.request("INVITE", sequence: 4, body: "hold"), from: .host(1), to: Talk.phone)
        #expect(talk.reports(of: Talk.phone).last == .reoffered(talk.theirs, body: Array("hold".utf8)))
    }
}
