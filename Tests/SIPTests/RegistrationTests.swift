import Primitives
import Testing

@testable import SIP

struct RegistrationTests {
    static let phone = ID<SIPPhone>(high: 2, low: 1)
    static let fixed = ID<SIPPhone>(high: 2, low: 2)
    static let trunk = ID<SIPTrunk>(high: 3, low: 1)
    private let now = Network.start

    static func agent(_ secret: HA1 = HA1(user: "ana", realm: "floor", password: "word"), limits: Limits = Limits()) -> UserAgent {
        UserAgent(
            UserAgent.Configuration(
                address: .host(1), realm: "floor", trunks: [TrunkAccount(id: trunk, addresses: [.host(9, port: 0)])],
                phones: [
                    PhoneAccount(id: phone, user: "ana", credentials: .registered(secret)),
                    PhoneAccount(id: fixed, user: "hall", credentials: .fixed(.host(30))),
                ], limits: limits), random: Random(seed: 7))
    }

    /// A phone that knows its password and remembers the challenge.
    struct Phone {
        var password = "word"
        var algorithm = DigestAlgorithm.sha256
        var nonce = ""
        var count = 0
        var sequence = 0
        var hasQuality = true

        mutating func register(_ lines: [String] = [], method: String = "REGISTER") -> [UInt8] {
            sequence += 1
            count += 1
            let uri = "sip:floor"
            let ha1 = algorithm.hash(Array("ana:floor:\(password)".utf8)).text
            let counted = String(repeating: "0", count: 7) + String(count, radix: 16)
            let response = algorithm.response(
                ha1: ha1, method: method, uri: uri, nonce: nonce, quality: hasQuality ? (counted, "cc", "auth") : nil
            ).text
            var digest =
                "Authorization: Digest username=\"ana\", realm=\"floor\", nonce=\"\(nonce)\", uri=\"\(uri)\", response=\"\(response)\""
            digest += ", algorithm=\(algorithm.name)"
            if hasQuality { digest += ", qop=auth, nc=\(counted), cnonce=\"cc\"" }
            return request(
                method, uri, branch: "r\(sequence)",
                lines: [
                    "From: <sip:ana@floor>;tag=f", "To: <sip:ana@floor>", "Call-ID: reg", "CSeq: \(sequence) \(method)",
                    "Contact: <sip:ana@10.0.0.5:5070>",
                ]
                    + (nonce.isEmpty ? [] : [digest]) + lines)
        }

        mutating func learn(_ actions: [Action]) throws {
            let challenge = try #require(actions.sentBytes.first.flatMap { header("WWW-Authenticate", of: $0) })
            nonce = String(try #require(challenge.split(separator: "nonce=\"").last?.split(separator: "\"").first))
            count = 0
        }
    }

    private func registered(_ lines: [String] = []) throws -> (UserAgent, Phone) {
        var agent = Self.agent()
        var phone = Phone()
        try phone.learn(agent.receive(phone.register(), from: .host(50), at: now))
        #expect(agent.receive(phone.register(lines), from: .host(50), at: now).statuses == [200])
        return (agent, phone)
    }

    @Test(arguments: DigestAlgorithm.allCases, [true, false])
    func `a phone is challenged, proves itself and is registered where it sent from`(algorithm: DigestAlgorithm, hasQuality: Bool) throws {
        var agent = Self.agent()
        var phone = Phone(algorithm: algorithm, hasQuality: hasQuality)
        let challenge = agent.receive(phone.register(), from: .host(50), at: now)
        #expect(challenge.statuses == [401])
        #expect(challenge.sentBytes[0].text.contains("algorithm=SHA-256, qop=\"auth\"\r\nWWW-Authenticate: Digest realm=\"floor\""))
        try phone.learn(challenge)
        let accepted = agent.receive(phone.register(["Expires: 600"]), from: .host(50), at: now)
        #expect(accepted.statuses == [200])
        #expect(
            accepted.reports == [
                .registered(
                    Self.phone, contact: SIPURI(user: "ana", host: "10.0.0.5", port: 5070), source: .host(50), until: now + .seconds(600))
            ])
        #expect(header("Contact", of: accepted.sentBytes[0]) == "<sip:ana@10.0.0.5:5070>;expires=600")
        #expect(header("Via", of: accepted.sentBytes[0])?.contains("rport=5060;") == true)
        // A copy of the same request is the same request.
        phone.sequence -= 1
        phone.count -= 1
        #expect(agent.receive(phone.register(["Expires: 600"]), from: .host(50), at: now).statuses == [200])
    }

    @Test func `a wrong password is asked again, an unknown user is not heard`() throws {
        var agent = Self.agent()
        var phone = Phone(password: "guess")
        try phone.learn(agent.receive(phone.register(), from: .host(50), at: now))
        let actions = agent.receive(phone.register(), from: .host(50), at: now)
        #expect(actions.statuses == [401])
        #expect(!actions.sentBytes[0].text.contains("stale"))
        #expect(actions.reports.isEmpty)
        let unknown = request("REGISTER", lines: ["To: <sip:eve@floor>"])
        #expect(agent.receive(unknown, from: .host(50), at: now).isEmpty)
        #expect(agent.receive(unknown, from: .host(9), at: now).statuses == [404])
    }

    @Test func `a nonce is good once for each count and not for long`() throws {
        var (agent, phone) = try registered()
        phone.count -= 1
        let replayed = agent.receive(phone.register(), from: .host(50), at: now)
        #expect(replayed.statuses == [401])
        #expect(replayed.sentBytes[0].text.contains("stale=true"))
        #expect(agent.receive(phone.register(), from: .host(50), at: now + .seconds(299)).statuses == [200])
        let late = agent.receive(phone.register(), from: .host(50), at: now + .seconds(301))
        #expect(late.sentBytes[0].text.contains("stale=true"))
        try phone.learn(late)
        #expect(agent.receive(phone.register(), from: .host(50), at: now + .seconds(301)).statuses == [200])
        phone.nonce = String(repeating: "0", count: 64)
        #expect(agent.receive(phone.register(), from: .host(50), at: now + .seconds(301)).statuses == [401])
    }

    @Test func `nonces are forgotten at their limit and then asked for again`() throws {
        var limits = Limits()
        limits.noncesMax = 2
        var agent = Self.agent(limits: limits)
        var phones = [Phone(), Phone(), Phone()]
        for index in phones.indices {
            phones[index].sequence = index * 100
            let time = now + .milliseconds(Int64(index))
            try phones[index].learn(agent.receive(phones[index].register(), from: .host(50), at: time))
            #expect(agent.receive(phones[index].register(), from: .host(50), at: time).statuses == [200])
        }
        phones[0].count = 0
        phones[0].sequence = 900
        #expect(agent.receive(phones[0].register(), from: .host(50), at: now + .seconds(1)).sentBytes[0].text.contains("stale=true"))
    }

    @Test func `a phone signs off with a star or with no time left, and lapses by itself`() throws {
        var (agent, phone) = try registered()
        #expect(
            agent.receive(phone.register(["Contact: *", "Expires: 0"]), from: .host(50), at: now).reports == [.unregistered(Self.phone)])
        #expect(agent.receive(phone.register(["Contact: *", "Expires: 5"]), from: .host(50), at: now).statuses == [400])
        _ = agent.receive(phone.register(), from: .host(50), at: now)
        let off = agent.receive(phone.register(["Contact: <sip:ana@10.0.0.5:5070>;expires=0"]), from: .host(50), at: now)
        #expect(off.reports == [.unregistered(Self.phone)])
        _ = agent.receive(phone.register(["Expires: 60"]), from: .host(50), at: now)
        #expect(agent.timePassed(at: now + .seconds(59)).reports.isEmpty)
        #expect(agent.timePassed(at: now + .seconds(60)).reports == [.unregistered(Self.phone)])
    }

    @Test func `too brief is told how long, too long is cut`() throws {
        var (agent, phone) = try registered()
        let brief = agent.receive(phone.register(["Expires: 30"]), from: .host(50), at: now)
        #expect(brief.statuses == [423])
        #expect(header("Min-Expires", of: brief.sentBytes[0]) == "60")
        let long = agent.receive(phone.register(["Expires: 99999999999999999"]), from: .host(50), at: now)
        #expect(
            long.reports == [
                .registered(
                    Self.phone, contact: SIPURI(user: "ana", host: "10.0.0.5", port: 5070), source: .host(50), until: now + .seconds(7200))
            ])
    }

    @Test func `an older REGISTER that comes late changes nothing`() throws {
        var (agent, phone) = try registered()
        let lines = ["CSeq: 1 REGISTER", "Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKlate", "Contact: <sip:ana@10.0.0.5:5070>;expires=0"]
        #expect(agent.receive(phone.register(lines), from: .host(50), at: now).statuses == [500])
    }

    @Test func `the newest of several contacts is called, and there are not too many`() throws {
        var (agent, phone) = try registered()
        for number in 1...7 {
            _ = agent.receive(
                phone.register(["Contact: <sip:ana@10.0.1.\(number)>"]), from: .host(50, port: UInt16(6000 + number)), at: now)
        }
        #expect(agent.registrar.bindings(of: Self.phone).count == 5)
        let invite = agent.perform(
            .invite(ID(high: 1, low: 1), to: .phone(Self.phone), callerUser: "1", callerName: nil, body: []), at: now)
        #expect(invite.sentBytes[0].starts(with: Array("INVITE sip:ana@10.0.1.7 SIP/2.0".utf8)))
        guard case .send(_, let to)? = invite.first else {
            Issue.record("nothing sent")
            return
        }
        #expect(to == .host(50, port: 6007))
    }

    @Test func `a phone that is not there is 480`() {
        var agent = Self.agent()
        let leg = ID<SIPLeg>(high: 1, low: 1)
        for target in [Self.phone, ID(high: 5, low: 5)] {
            let order = Order.invite(leg, to: .phone(target), callerUser: nil, callerName: nil, body: [])
            #expect(agent.perform(order, at: now) == [.report(.refused(leg, status: 480))])
        }
    }

    @Test func `calls of a phone are known by its address or by its digest`() throws {
        var (agent, phone) = try registered()
        func source(_ actions: [Action]) -> Invitation.Source? {
            for case .callArrived(_, let call) in actions.reports { return call.source }
            return nil
        }
        #expect(source(agent.receive(request("INVITE", branch: "x"), from: .host(50), at: now)) == .phone(Self.phone))
        #expect(
            source(agent.receive(request("INVITE", branch: "y", lines: ["Call-ID: y"]), from: .host(30), at: now)) == .phone(Self.fixed))
        #expect(
            source(agent.receive(request("INVITE", branch: "z", lines: ["Call-ID: z"]), from: .host(9, port: 777), at: now))
                == .trunk(Self.trunk))
        // The same phone from elsewhere: asked, and heard when it answers.
        let bare = request("INVITE", branch: "w", lines: ["From: <sip:ana@floor>;tag=f", "Call-ID: w"])
        let challenge = agent.receive(bare, from: .host(51), at: now)
        #expect(challenge.statuses == [401])
        try phone.learn(challenge)
        #expect(source(agent.receive(phone.register(["Call-ID: w2"], method: "INVITE"), from: .host(51), at: now)) == .phone(Self.phone))
    }

    @Test func `new accounts keep registrations whose password is the same`() throws {
        var (agent, _) = try registered()
        var configuration = agent.configuration
        configuration.productName = "Other"
        #expect(agent.configure(configuration).isEmpty)
        #expect(agent.registrar.bindings(of: Self.phone).count == 1)
        configuration.phones[0].credentials = .registered(HA1(user: "ana", realm: "floor", password: "new"))
        #expect(agent.configure(configuration) == [.report(.unregistered(Self.phone))])
        let isReachable = agent.restoreRegistration(
            of: Self.phone, contact: SIPURI(user: "ana", host: "10.0.0.5", port: 5070), source: .host(50), until: now + .seconds(60))
        #expect(isReachable)
        #expect(agent.receive(request("INVITE"), from: .host(50), at: now).statuses == [100])
        #expect(agent.timePassed(at: now + .seconds(60)).reports.contains(.unregistered(Self.phone)))
    }

    @Test func `the digest is that of RFC 7616 section 3.9.1`() {
        let uri = "/dir/index.html"
        let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
        let quality = (count: "00000001", clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", name: "auth")
        let secret = HA1(user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life")
        let md5 = DigestAlgorithm.md5.response(ha1: secret.md5 ?? "", method: "GET", uri: uri, nonce: nonce, quality: quality)
        let sha = DigestAlgorithm.sha256.response(ha1: secret.sha256 ?? "", method: "GET", uri: uri, nonce: nonce, quality: quality)
        #expect(md5.text == "8ca523f5e9506fed4657c9700eebdbec")
        #expect(sha.text == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")
    }
}
