import Primitives
import Testing

@testable import SIP

/// Floods, scanners and guessers: what they cost, and that they take nothing from others.
struct AdmissionTests {
    private let now = Network.start

    private static let other = ID<SIPTrunk>(high: 3, low: 2)

    /// Two trunks, 192.0.2.9 and .10, and the phones of the registration tests.
    private static func agent(_ change: (inout Limits) -> Void = { _ in }) -> UserAgent {
        var limits = Limits()
        change(&limits)
        var agent = RegistrationTests.agent(limits: limits)
        var configuration = agent.configuration
        configuration.trunks.append(TrunkAccount(id: other, addresses: [.host(10, port: 0)]))
        agent.configure(configuration)
        return agent
    }

    private static func anywhere(_ random: inout Random) -> Hop {
        .udp(NetworkAddress(.v4(UInt32(truncatingIfNeeded: random.next())), port: UInt16.random(in: 1024...65535, using: &random)))
    }

    private static func register(_ number: Int = 0) -> [UInt8] { request("REGISTER", branch: "f\(number)", lines: ["To: <sip:ana@floor>"]) }

    @Test(arguments: [
        request("OPTIONS", lines: ["User-Agent: friendly-scanner"]), request("INVITE"), request("REGISTER"),
        request("REGISTER", lines: ["To: <sip:1000@floor>", "User-Agent: sip-scan"]), request("SUBSCRIBE"), request("DANCE"),
        request("BYE", lines: ["To: <sip:1@x>;tag=0123456789abcdef"]), request("ACK"), request("CANCEL"),
        Array("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK0123456789abcdef\r\n\r\n".utf8),
    ])
    func `a scanner hears nothing`(message: [UInt8]) {
        var agent = Self.agent()
        for _ in 0..<3 { #expect(agent.receive(message, from: .host(77), at: now).isEmpty) }
        #expect(agent.load == (0, 0))
    }

    @Test func `a flood from everywhere gets next to nothing and leaves nothing behind`() {
        var agent = Self.agent()
        var random = Random(seed: 1)
        let messages = [Self.register(), request("INVITE", lines: ["From: <sip:ana@floor>;tag=1"]), request("OPTIONS")]
        let count = 100_000
        var answers = 0
        // Ten seconds of 10,000 a second.
        for number in 0..<count {
            let time = now + .microseconds(Int64(number) * 100)
            answers += agent.receive(messages[number % 3], from: Self.anywhere(&random), at: time).count
        }
        #expect((200 * 9...200 * 11).contains(answers))
        #expect(agent.load == (0, 0))
        #expect(agent.figures.received == count)
        #expect(agent.figures.droppedAsStrange >= count / 3)
        #expect(agent.figures.challenges == answers)
        #expect(agent.nextDeadline == nil)
    }

    @Test func `a phone at home comes back while others flood`() throws {
        var agent = Self.agent()
        var phone = RegistrationTests.Phone()
        try phone.learn(agent.receive(phone.register(), from: .host(50), at: now))
        #expect(agent.receive(phone.register(["Expires: 60"]), from: .host(50), at: now).statuses == [200])
        // It lapses, so that its address is a stranger's again.
        let later = now + .seconds(120)
        #expect(agent.timePassed(at: later).reports == [.unregistered(RegistrationTests.phone)])
        var random = Random(seed: 2)
        for number in 0..<5_000 { _ = agent.receive(Self.register(number), from: Self.anywhere(&random), at: later) }
        #expect(agent.receive(Self.register(), from: .host(51), at: later).isEmpty)
        #expect(agent.receive(phone.register(), from: .host(50), at: later).statuses == [200])
    }

    @Test func `a flood from one address takes nothing from a phone that comes for the first time`() {
        var agent = Self.agent()
        for number in 0..<5_000 { _ = agent.receive(Self.register(number), from: .host(66), at: now) }
        #expect(agent.receive(Self.register(), from: .host(51), at: now).statuses == [401])
    }

    @Test func `who guesses passwords is not asked again for a while, but the phones beside him are`() throws {
        var agent = Self.agent { $0.wrongPasswordsMax = 3 }
        var guesser = RegistrationTests.Phone(password: "guess")
        func statuses(_ at: Timestamp, from source: Hop = .host(66)) -> [Int] {
            agent.receive(guesser.register(), from: source, at: at).statuses
        }
        try guesser.learn(agent.receive(guesser.register(), from: .host(66), at: now))
        #expect((1...5).map { _ in statuses(now) } == [[401], [401], [401], [], []])
        #expect(statuses(now + .seconds(599)) == [])
        #expect(statuses(now + .seconds(601)) == [401])
        #expect(agent.figures.wrongPasswords == 4)
        #expect(agent.figures.silenced == 3)
        // At an address where another phone lives, only the guessed name falls silent.
        var (office, phone) = (Self.agent { $0.wrongPasswordsMax = 3 }, RegistrationTests.Phone())
        var configuration = office.configuration
        let secret = HA1(user: "bob", realm: "floor", password: "bob")
        configuration.phones.append(PhoneAccount(id: ID(high: 2, low: 9), user: "bob", credentials: .registered(secret)))
        office.configure(configuration)
        let wrong = request(
            "INVITE",
            lines: [
                "From: <sip:bob@floor>;tag=b",
                "Authorization: Digest username=\"bob\", realm=\"floor\", nonce=\"n\", uri=\"sip:floor\", response=\"00\"",
            ])
        try phone.learn(office.receive(phone.register(), from: .host(50), at: now))
        #expect(office.receive(phone.register(), from: .host(50), at: now).statuses == [200])
        let answers = (1...4).flatMap { _ in office.receive(wrong, from: .host(50, port: 7000), at: now).statuses }
        #expect(answers == [401, 401, 401])
        #expect(office.receive(phone.register(), from: .host(50), at: now).statuses == [200])
    }

    @Test func `a trunk that floods is refused at once and takes nothing from another`() {
        var agent = Self.agent()
        var (flooded, served) = ([Int](), [Int]())
        func invite(_ name: String, from host: UInt32, at time: Timestamp) -> [Int] {
            let actions = agent.receive(request("INVITE", branch: name, lines: ["Call-ID: \(name)"]), from: .host(host), at: time)
            for case .callArrived(let leg, _) in actions.reports { _ = agent.perform(.refuse(leg, status: 486), at: time) }
            return actions.statuses
        }
        // Two seconds of 2,000 a second beside 20 a second.
        for number in 0..<4_000 {
            let time = now + .microseconds(Int64(number) * 500)
            flooded += invite("f\(number)", from: 9, at: time)
            if number % 100 == 0 { served += invite("s\(number)", from: 10, at: time) }
        }
        #expect(served == Array(repeating: 100, count: 40))
        let accepted = flooded.count { $0 == 100 }
        #expect((390...410).contains(accepted))
        #expect(flooded.count { $0 == 503 } == 4_000 - accepted)
        #expect(agent.figures.refusedAsTooMany == 4_000 - accepted)
        #expect(agent.load.transactions == accepted + 40)
        let answer = agent.receive(request("INVITE", branch: "f3999", lines: ["Call-ID: f3999"]), from: .host(9), at: now + .seconds(9))
        // Time has come, but this very call was refused: its caller tries no more.
        #expect(answer.statuses == [503])
        #expect(header("Retry-After", of: answer.sentBytes[0]) == "5")
        #expect(invite("later", from: 9, at: now + .seconds(9)) == [100])
    }

    @Test func `a trunk may have a rate of its own`() {
        var agent = Self.agent()
        var configuration = agent.configuration
        configuration.trunks[0].invitesPerSecond = 3
        agent.configure(configuration)
        let statuses = (0..<10).flatMap {
            agent.receive(request("INVITE", branch: "n\($0)", lines: ["Call-ID: n\($0)"]), from: .host(9), at: now).statuses
        }
        #expect(statuses.count { $0 == 100 } == 6)
    }

    @Test func `what belongs to a call of ours is heard wherever it comes from`() throws {
        var agent = Self.agent()
        let leg = ID<SIPLeg>(high: 1, low: 1)
        let invite = agent.perform(
            .invite(leg, to: .phone(RegistrationTests.fixed), callerUser: "1", callerName: nil, body: []), at: now
        ).sentBytes[0]
        let lines = ["Via", "From", "Call-ID", "CSeq"].compactMap { name in header(name, of: invite).map { "\(name): \($0)" } }
        let ringing = ["SIP/2.0 180 Ringing"] + lines + ["To: <sip:hall@192.0.2.30>;tag=h", "Content-Length: 0", "", ""]
        let actions = agent.receive(Array(ringing.joined(separator: "\r\n").utf8), from: .host(200), at: now)
        #expect(actions.reports == [.ringing(leg)])
    }

    @Test func `empty lines are a keep-alive and no message`() {
        var agent = Self.agent()
        #expect(agent.receive(Array("\r\n\r\n".utf8), from: .host(9), at: now).isEmpty)
        #expect(agent.receive([], from: .host(9), at: now).isEmpty)
        #expect(agent.figures.keepAlives == 2)
    }

    @Test func `a bucket gives its burst, then its rate, and stays bounded`() {
        var bucket = TokenBucket(full: 5, at: now)
        func draws(_ at: Timestamp) -> Int { (0..<100).count { _ in bucket.draw(perMinute: 60, burst: 5, at: at) } }
        #expect(draws(now) == 5)
        #expect(draws(now + .milliseconds(2_500)) == 2)
        #expect(draws(now + .seconds(1_000_000)) == 5)
        #expect(draws(now) == 0)
        #expect(draws(.distantFuture) == 5)
    }
}
