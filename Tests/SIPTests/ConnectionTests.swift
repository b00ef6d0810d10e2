import Primitives
import Testing

@testable import SIP

/// What changes where messages come by connections.
struct ConnectionTests {
    private let now = Network.start
    private let phone = Hop(.tcp, .host(50, port: 41_000))

    private static func overTCP(_ message: [UInt8], port: Int = 5070) -> [UInt8] {
        Array(message.text.replacing("SIP/2.0/UDP 192.0.2.9:5060;rport", with: "SIP/2.0/TCP 192.0.2.9:\(port);rport").utf8)
    }

    /// The phone of the registration tests, registered over TCP with this Contact.
    private func registered(_ contact: String) throws -> UserAgent {
        var agent = RegistrationTests.agent()
        var digest = RegistrationTests.Phone()
        try digest.learn(agent.receive(digest.register(), from: phone, at: now))
        let actions = agent.receive(digest.register(["Contact: \(contact)"]), from: phone, at: now)
        let uri = try SIPURI(parsing: contact.filter { $0 != "<" && $0 != ">" })
        #expect(actions.reports == [.registered(RegistrationTests.phone, contact: uri, source: phone, until: now + .seconds(3_600))])
        return agent
    }

    @Test func `a refusal over a connection is sent once and leaves nothing behind`() {
        var agent = RegistrationTests.agent()
        let source = Hop(.tcp, .host(9, port: 40_000))
        guard case .callArrived(let leg, _)? = agent.receive(Self.overTCP(request("INVITE")), from: source, at: now).reports.first else {
            Issue.record("no call")
            return
        }
        let refusal = agent.perform(.refuse(leg, status: 486), at: now)
        #expect(refusal == [.send(refusal.sentBytes.first ?? [], to: source)])
        #expect(agent.timePassed(at: now + .seconds(31)).isEmpty)
        _ = agent.receive(Self.overTCP(request("ACK")), from: source, at: now + .seconds(31))
        _ = agent.timePassed(at: now + .seconds(31))
        #expect(agent.load == (0, 0))
        #expect(agent.connectionUses.isEmpty)
    }

    @Test func `an answer whose connection is gone goes to where the Via says`() {
        var agent = RegistrationTests.agent()
        let source = Hop(.tcp, .host(9, port: 40_000))
        guard case .callArrived(let leg, _)? = agent.receive(Self.overTCP(request("INVITE")), from: source, at: now).reports.first else {
            Issue.record("no call")
            return
        }
        #expect(agent.keeps(source))
        #expect(agent.connectionLost(source, at: now).isEmpty)
        let answer = agent.perform(.ring(leg), at: now)
        #expect(answer == [.send(answer.sentBytes.first ?? [], to: Hop(.tcp, .host(9, port: 5070)))])
    }

    @Test func `a phone behind NAT is gone with its connection`() throws {
        var agent = try registered("<sip:ana@10.0.0.5:5070;transport=tcp>")
        #expect(agent.keeps(phone))
        #expect(agent.connectionLost(phone, at: now) == [.report(.unregistered(RegistrationTests.phone))])
        #expect(!agent.keeps(phone))
        #expect(agent.connectionLost(phone, at: now).isEmpty)
    }

    @Test func `a phone that can be connected to is called where its Contact says`() throws {
        var agent = try registered("<sip:ana@192.0.2.50:5070;transport=tcp>")
        func destination() -> Hop? {
            let order = Order.invite(
                ID(high: 1, low: UInt64(agent.load.legs)), to: .phone(RegistrationTests.phone), callerUser: "1", callerName: nil, body: [])
            return TrunkCallTests.first(agent.perform(order, at: now))?.to
        }
        #expect(destination() == phone)
        #expect(agent.connectionLost(phone, at: now).reports == [.refused(ID(high: 1, low: 0), status: 503)])
        #expect(destination() == Hop(.tcp, .host(50, port: 5070)))
    }

    @Test func `a 2xx whose connection is gone is sent again to where the Via says`() throws {
        var agent = RegistrationTests.agent()
        let source = Hop(.tcp, .host(9, port: 40_000))
        let reports = agent.receive(Self.overTCP(request("INVITE", body: "offer")), from: source, at: now).reports
        guard case .callArrived(let leg, _)? = reports.first else {
            Issue.record("no call")
            return
        }
        let answer = try #require(agent.perform(.answer(leg, body: [1]), at: now).sentBytes.first)
        _ = agent.connectionLost(source, at: now)
        #expect(agent.timePassed(at: now + .milliseconds(500)) == [.send(answer, to: Hop(.tcp, .host(9, port: 5070)))])
    }

    @Test func `a change that nobody answered before the end of its call holds no connection`() throws {
        var agent = RegistrationTests.agent()
        let source = Hop(.tcp, .host(9, port: 40_000))
        let reports = agent.receive(Self.overTCP(request("INVITE", body: "offer")), from: source, at: now).reports
        guard case .callArrived(let leg, _)? = reports.first else {
            Issue.record("no call")
            return
        }
        let answer = try #require(agent.perform(.answer(leg, body: [1]), at: now).sentBytes.first)
        let to = "To: " + (try #require(header("To", of: answer)))
        let update = request("UPDATE", branch: "update", lines: [to, "CSeq: 2 UPDATE"], body: "hold")
        #expect(agent.receive(Self.overTCP(update), from: source, at: now).reports == [.reoffered(leg, body: Array("hold".utf8))])
        #expect(agent.timePassed(at: now + .seconds(33)).reports == [.ended(leg, .ackMissing)])
        _ = agent.timePassed(at: now + .seconds(100))
        #expect(agent.load == (0, 0))
        #expect(agent.connectionUses.isEmpty)
    }
}
