import Primitives
import Testing

@testable import SIP

/// What bad, strange and too much input gets.
struct RefusalTests {
    private let now = Network.start

    static let refused: [(bytes: [UInt8], status: Int)] = [
        (request("OPTIONS"), 200), (request("INFO"), 481), (request("DANCE"), 501), (request("BYE"), 481), (request("CANCEL"), 481),
        (request("BYE", lines: ["To: <sip:100@x>;tag=gone"]), 481), (request("INVITE", lines: ["To: <sip:100@x>;tag=gone"]), 481),
        (request("INVITE", lines: ["Require: precondition"]), 420), (request("INVITE", lines: ["Max-Forwards: 0"]), 483),
        (request("INVITE", "http:x"), 416), (request("INVITE", "sip:"), 400), (request("INVITE", lines: ["Contact: x"]), 400),
        (request("INVITE", lines: ["Content-Encoding: gzip"], body: "x"), 415), (request("OPTIONS", lines: ["CSeq: 1 BYE"]), 400),
        (request("OPTIONS", lines: ["Max-Forwards: 256"]), 400), (request("OPTIONS", lines: ["From: <sip:a@b>"]), 400),
        (request("OPTIONS", lines: ["X: " + String(repeating: "x", count: 3_000)]), 513),
        (request("OPTIONS", lines: (0..<200).map { "X-\($0): y" }), 513),
        (request("OPTIONS", body: String(repeating: "x", count: 17_000)), 513), (request("REGISTER", lines: ["To: <sip:hall@x>"]), 403),
    ]

    @Test(arguments: refused)
    func `a trunk is told what is wrong, a stranger nothing`(bytes: [UInt8], status: Int) {
        var agent = RegistrationTests.agent()
        let actions = agent.receive(bytes, from: .host(9), at: now)
        #expect(actions.statuses == [status])
        #expect(actions.reports.isEmpty)
        #expect(agent.load == (0, 0) || status == 481)
        #expect(agent.receive(bytes, from: .host(77), at: now).isEmpty)
    }

    @Test(arguments: [
        "", "\r\n\r\n", "\0", "hello", "GET / HTTP/1.1\r\n\r\n", "SIP/2.0 99 x\r\n\r\n", "SIP/3.0 200 OK\r\n\r\n", "INVITE sip:x",
        "OPTIONS sip:x SIP/2.0\r\n\r\n",
    ])
    func `what has no way back is not answered`(text: String) {
        var agent = RegistrationTests.agent()
        #expect(agent.receive(Array(text.utf8), from: .host(9), at: now).isEmpty)
    }

    @Test func `the 400 names the fault`() {
        var agent = RegistrationTests.agent()
        let sent = agent.receive(request("OPTIONS", lines: ["CSeq: x OPTIONS"]), from: .host(9), at: now).sentBytes[0].text
        #expect(sent.hasPrefix("SIP/2.0 400 Malformed CSeq\r\n"))
    }

    @Test func `a 420 names what is not supported and a 405 what is allowed`() {
        var agent = RegistrationTests.agent()
        let bad = agent.receive(request("OPTIONS", lines: ["Require: foo, bar"]), from: .host(9), at: now).sentBytes[0].text
        #expect(bad.contains("Unsupported: foo\r\nUnsupported: bar\r\n"))
        #expect(agent.receive(request("PUBLISH"), from: .host(9), at: now).sentBytes[0].text.contains("Allow: INVITE, ACK"))
    }

    @Test func `the same call by two ways is one call`() {
        var agent = RegistrationTests.agent()
        #expect(agent.receive(request("INVITE", branch: "one"), from: .host(9), at: now).reports.count == 1)
        #expect(agent.receive(request("INVITE", branch: "one"), from: .host(9), at: now).statuses == [100])
        #expect(agent.receive(request("INVITE", branch: "two"), from: .host(9), at: now).statuses == [482])
    }

    @Test func `an old or repeated number within a call is refused`() throws {
        var agent = RegistrationTests.agent()
        guard case .callArrived(let leg, _)? = agent.receive(request("INVITE"), from: .host(9), at: now).reports.first else {
            Issue.record("no call")
            return
        }
        let answer = agent.perform(.answer(leg, body: [1]), at: now).sentBytes[0]
        let to = "To: " + (try #require(header("To", of: answer)))
        #expect(agent.receive(request("ACK", branch: "a", lines: [to]), from: .host(9), at: now).reports == [.confirmed(leg)])
        #expect(agent.receive(request("BYE", branch: "b", lines: [to]), from: .host(9), at: now).statuses == [500])
        #expect(
            agent.receive(request("BYE", branch: "c", lines: [to, "CSeq: 2 BYE", "Call-ID: other"]), from: .host(9), at: now).statuses == [
                481
            ])
        #expect(agent.receive(request("OPTIONS", branch: "d", lines: [to]), from: .host(9), at: now).statuses == [200])
        // In a call whoever knows its tags is its other side, from wherever it sends.
        let bye = request("BYE", branch: "e", lines: [to, "CSeq: 2 BYE"])
        #expect(agent.receive(bye, from: .host(88), at: now).reports == [.ended(leg, .bye)])
        #expect(agent.receive(bye, from: .host(88), at: now).statuses == [200])
    }

    @Test func `too many calls are refused, all together and from one address`() {
        var limits = Limits()
        limits.legsMax = 3
        limits.legsPerSourceMax = 2
        var agent = RegistrationTests.agent(limits: limits)
        func call(_ number: Int, from source: Hop) -> [Int] {
            agent.receive(request("INVITE", branch: "n\(number)", lines: ["Call-ID: n\(number)"]), from: source, at: now).statuses
        }
        #expect([1, 2, 3].flatMap { call($0, from: .host(9)) } == [100, 100, 503])
        #expect([4, 5].flatMap { call($0, from: .host(30)) } == [100, 503])
        let leg = ID<SIPLeg>(high: 1, low: 1)
        let order = Order.invite(leg, to: .phone(RegistrationTests.fixed), callerUser: nil, callerName: nil, body: [])
        #expect(agent.perform(order, at: now) == [.report(.refused(leg, status: 503))])
    }

    @Test func `a stranger who guesses names is answered so often and no more`() {
        var agent = RegistrationTests.agent()
        let guess = request("REGISTER", lines: ["To: <sip:ana@floor>"])
        var answers = 0
        for _ in 0..<1_000 { answers += agent.receive(guess, from: .host(66), at: now).count }
        #expect(answers == 60)
        #expect(agent.receive(guess, from: .host(67), at: now).count == 1)
        #expect(agent.receive(guess, from: .host(66), at: now + .seconds(60)).count == 1)
    }

    @Test func `answers go back to where the request came from`() {
        var agent = RegistrationTests.agent()
        func destination(_ via: String) -> Hop? {
            let actions = agent.receive(
                request("OPTIONS", lines: ["Via: SIP/2.0/UDP \(via);branch=z9hG4bKq"]), from: .host(9, port: 4321), at: now)
            guard case .send(_, let to)? = actions.first else { return nil }
            return to
        }
        #expect(destination("10.0.0.1:6000") == .host(9, port: 6000))
        #expect(destination("10.0.0.1") == .host(9, port: 5060))
        #expect(destination("10.0.0.1:6000;rport") == .host(9, port: 4321))
        #expect(destination("10.0.0.1;maddr=224.0.0.1") == .host(9, port: 5060))
        // Nothing can be sent to port 0: a Via that names it is no Via.
        #expect(destination("10.0.0.1:0") == .host(9, port: 4321))
    }

    @Test func `a trunk's asserted number wins, and a hidden one stays hidden`() {
        var agent = RegistrationTests.agent()
        func caller(_ branch: String, _ lines: [String], from source: Hop) -> String? {
            let lines = lines + ["Call-ID: \(branch)"]
            for case .callArrived(_, let call) in agent.receive(request("INVITE", branch: branch, lines: lines), from: source, at: now)
                .reports
            {
                return call.callerUser
            }
            return "none"
        }
        let anonymous = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a"
        #expect(caller("a", [anonymous, "P-Asserted-Identity: <tel:+99532123456>"], from: .host(9)) == "+99532123456")
        #expect(caller("b", [anonymous], from: .host(9)) == nil)
        #expect(caller("c", ["P-Asserted-Identity: <tel:+1>"], from: .host(30)) == "200")
    }
}
