import Primitives
import Testing

@testable import SIP

/// Calls by a trunk that is known by name, asks for a password, and whose servers fail.
struct TrunkCallTests {
    private let now = Network.start
    private let leg = ID<SIPLeg>(high: 1, low: 1)
    static let trunk = ID<SIPTrunk>(high: 3, low: 7)

    static func agent(_ change: (inout TrunkAccount) -> Void = { _ in }) -> UserAgent {
        var account = TrunkAccount(
            id: trunk, addresses: [], server: RemoteServer("sip.provider.test"), domain: "provider.test",
            login: Login(user: "acc", password: "pass word"))
        change(&account)
        return UserAgent(
            UserAgent.Configuration(address: .host(1), realm: "floor", trunks: [account], limits: Limits()), random: Random(seed: 4))
    }

    private func invite(_ caller: String? = "+44123", body: [UInt8] = [1]) -> Order {
        .invite(leg, to: .trunk(Self.trunk, user: "+99532100"), callerUser: caller, callerName: "Ana", body: body)
    }

    /// What is sent where by an agent whose server is at the given places.
    private func called(_ agent: inout UserAgent, at hosts: [UInt32] = [40], caller: String? = "+44123") -> (bytes: [UInt8], to: Hop)? {
        let asked = agent.perform(invite(caller), at: now)
        guard case .resolve(let number, _, _, _)? = asked.first else { return Self.first(asked) }
        let candidates = hosts.enumerated().map { Candidate(.host($1), priority: UInt16($0)) }
        return Self.first(agent.resolved(number, candidates, lifetime: .seconds(300), at: now))
    }

    static func first(_ actions: [Action]) -> (bytes: [UInt8], to: Hop)? {
        for case .send(let bytes, let to) in actions { return (bytes, to) }
        return nil
    }

    static let challenge =
        "WWW-Authenticate: Digest realm=\"p\", nonce=\"n1\", algorithm=MD5, qop=\"auth\", Digest realm=\"p\", nonce=\"n1\", "
        + "algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"o\\\"q\""

    @Test func `a name is asked for once, and calls that waited for it go out`() {
        var agent = Self.agent()
        let second = ID<SIPLeg>(high: 1, low: 2)
        #expect(agent.perform(invite(), at: now) == [.resolve(1, name: "sip.provider.test", port: nil, transport: .udp)])
        let again = Order.invite(second, to: .trunk(Self.trunk, user: "5"), callerUser: "1", callerName: nil, body: [])
        #expect(agent.perform(again, at: now).isEmpty)
        #expect(agent.load.legs == 2)
        let sent = agent.resolved(1, [Candidate(.host(40))], lifetime: .seconds(60), at: now)
        #expect(
            sent.sentBytes.map { $0.prefix { $0 != 0x0D }.text } == [
                "INVITE sip:+99532100@provider.test SIP/2.0", "INVITE sip:5@provider.test SIP/2.0",
            ])
        let third = Order.invite(ID(high: 1, low: 3), to: .trunk(Self.trunk, user: "6"), callerUser: "1", callerName: nil, body: [])
        #expect(Self.first(agent.perform(third, at: now + .seconds(59)))?.to == .host(40))
        let fourth = Order.invite(ID(high: 1, low: 4), to: .trunk(Self.trunk, user: "6"), callerUser: "1", callerName: nil, body: [])
        #expect(agent.perform(fourth, at: now + .seconds(61)) == [.resolve(2, name: "sip.provider.test", port: nil, transport: .udp)])
    }

    @Test func `a call whose server has no place is refused, and one that is given up is not made`() {
        var agent = Self.agent()
        _ = agent.perform(invite(), at: now)
        #expect(agent.resolved(1, [], lifetime: .zero, at: now).reports == [.refused(leg, status: 503)])
        _ = agent.perform(invite(), at: now)
        #expect(agent.timePassed(at: now + .seconds(5)).reports == [.refused(leg, status: 503)])
        _ = agent.perform(invite(), at: now + .seconds(6))
        _ = agent.perform(.end(leg), at: now + .seconds(6))
        #expect(agent.resolved(3, [Candidate(.host(40))], lifetime: .seconds(60), at: now + .seconds(7)).isEmpty)
        #expect(agent.load == (0, 0))
        var silent = Self.agent { $0.server = nil }
        #expect(silent.perform(invite(), at: now) == [.report(.refused(leg, status: 503))])
    }

    @Test(arguments: [401, 407])
    func `a challenge is answered once by the strongest hash, and the ACK repeats it`(status: Int) throws {
        var agent = Self.agent()
        let (first, _) = try #require(called(&agent))
        let challenge = status == 401 ? Self.challenge : "Proxy-Authenticate" + Self.challenge.dropFirst("WWW-Authenticate".count)
        let actions = agent.receive(reply(status, to: first, [challenge]), from: .host(40), at: now)
        #expect(actions.sentBytes.count == 2)
        #expect(actions.sentBytes[0].text.hasPrefix("ACK "))
        let second = actions.sentBytes[1]
        let name = status == 401 ? "Authorization" : "Proxy-Authorization"
        let credentials = try #require(header(name, of: second))
        // H(H(acc:p:pass word):n1:00000001:cnonce:auth:H(INVITE:uri)), by another hand.
        let clientNonce = try #require(credentials.split(separator: "cnonce=\"").last?.prefix(16))
        let ha1 = DigestAlgorithm.sha256.hash(Array("acc:p:pass word".utf8)).text
        let ha2 = DigestAlgorithm.sha256.hash(Array("INVITE:sip:+99532100@provider.test".utf8)).text
        let expected = DigestAlgorithm.sha256.hash(Array("\(ha1):n1:00000001:\(clientNonce):auth:\(ha2)".utf8)).text
        #expect(credentials.contains("response=\"\(expected)\", algorithm=SHA-256"))
        #expect(credentials.contains("opaque=\"o\\\"q\""))
        #expect(header("CSeq", of: first) == "1 INVITE")
        #expect(header("CSeq", of: second) == "2 INVITE")
        #expect(header("Call-ID", of: first) == header("Call-ID", of: second))
        #expect(header("From", of: first) == header("From", of: second))
        #expect(header("Via", of: first) != header("Via", of: second))
        #expect(second.suffix(1) == [1])
        // A copy of the challenge is acknowledged again and changes nothing.
        #expect(agent.receive(reply(status, to: first, [challenge]), from: .host(40), at: now).sentBytes == [actions.sentBytes[0]])
        // From elsewhere: whoever knows the branch is the one we asked.
        let answered = agent.receive(reply(200, to: second, ["Contact: <sip:192.0.2.40>"]), from: .host(77), at: now)
        #expect(answered.reports == [.answered(leg, body: [])])
        #expect(header("CSeq", of: answered.sentBytes[0]) == "2 ACK")
        #expect(header(name, of: answered.sentBytes[0]) == credentials)
        // The BYE is challenged too, by a nonce that was used before.
        let bye = agent.perform(.end(leg), at: now).sentBytes[0]
        #expect(header("CSeq", of: bye) == "3 BYE")
        let again = agent.receive(reply(status, to: bye, [challenge]), from: .host(40), at: now).sentBytes
        #expect(header("CSeq", of: again[0]) == "4 BYE")
        #expect(header(name, of: again[0])?.contains("nc=00000002") == true)
        _ = agent.receive(reply(200, to: again[0]), from: .host(40), at: now)
        _ = agent.timePassed(at: now + .seconds(40))
        #expect(agent.load == (0, 0))
        #expect(agent.aliases.isEmpty)
    }

    @Test func `a wrong password is not sent twice, a stale nonce is`() throws {
        var agent = Self.agent()
        let (first, _) = try #require(called(&agent))
        let second = agent.receive(reply(401, to: first, [Self.challenge]), from: .host(40), at: now).sentBytes[1]
        let stale = "WWW-Authenticate: Digest realm=\"p\", nonce=\"n2\", stale=true, qop=\"auth\""
        let third = agent.receive(reply(401, to: second, [stale]), from: .host(40), at: now).sentBytes[1]
        #expect(header("Authorization", of: third)?.contains("nonce=\"n2\"") == true)
        #expect(header("Authorization", of: third)?.contains("nc=00000001") == true)
        let fresh = "WWW-Authenticate: Digest realm=\"p\", nonce=\"n3\", qop=\"auth\""
        #expect(agent.receive(reply(401, to: third, [fresh]), from: .host(40), at: now).reports == [.refused(leg, status: 401)])
        var poor = Self.agent { $0.login = nil }
        let (bare, _) = try #require(called(&poor))
        #expect(poor.receive(reply(407, to: bare, [Self.challenge]), from: .host(40), at: now).reports == [.refused(leg, status: 407)])
    }

    @Test func `as old as RFC 2069, and what we cannot do`() throws {
        func list(_ text: String) -> [DigestChallenge] { DigestChallenge.list(Array(text.utf8), 0..<text.utf8.count) }
        let old = try #require(list("Digest realm=\"r\", nonce=\"n\"").first)
        let line = old.answer(Login(user: "u", password: "p"), method: "REGISTER", uri: "sip:r", count: 1, clientNonce: "c").text
        #expect(!line.contains("qop") && !line.contains("cnonce") && line.contains("algorithm=MD5"))
        #expect(list("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"").first?.isUnknown == true)
        #expect(list("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256").first?.algorithm == nil)
        #expect(list("Basic realm=\"r\"").isEmpty)
        #expect(list("Basic realm=\"r\", Digest nonce=n,realm = \"a,b\"").map(\.realm) == ["a,b"])
        for text in ["", "=", "Digest", "Digest realm=\"", "Digest =,", "Digest a=b=c", ",,,", "Digest realm=\"\\"] { _ = list(text) }
    }

    @Test func `the next server is tried after a 503, after silence and after a broken connection`() throws {
        var agent = Self.agent()
        let (first, hop) = try #require(called(&agent, at: [40, 41, 42, 43]))
        #expect(hop == .host(40))
        let second = try #require(Self.first(Array(agent.receive(reply(503, to: first), from: .host(40), at: now).dropFirst())))
        #expect(second.to == .host(41))
        #expect(header("CSeq", of: second.bytes) == "1 INVITE")
        // Silence: 4 s are waited and not 32, with copies meanwhile.
        var sent: [(bytes: [UInt8], to: Hop)] = []
        for step in 1...40 { if let one = Self.first(agent.timePassed(at: now + .milliseconds(Int64(step) * 100))) { sent.append(one) } }
        #expect(sent.map(\.to) == [.host(41), .host(41), .host(41), .host(42)])
        // The silent one was only slow: it must stop ringing.
        let late = agent.receive(reply(180, to: second.bytes), from: .host(41), at: now + .seconds(4))
        #expect(late.reports.isEmpty)
        #expect(late.sentBytes.map { $0.prefix(7).text } == ["CANCEL "])
        #expect(header("Via", of: late.sentBytes[0]) == header("Via", of: second.bytes))
        let third = sent[3].bytes
        let busy = agent.receive(reply(486, to: third), from: .host(42), at: now + .seconds(5))
        #expect(busy.reports == [.refused(leg, status: 486)])
        // For a while those that failed come last.
        let next = Order.invite(ID(high: 1, low: 2), to: .trunk(Self.trunk, user: "6"), callerUser: "1", callerName: nil, body: [])
        #expect(Self.first(agent.perform(next, at: now + .seconds(6)))?.to == .host(42))
        let later = Order.invite(ID(high: 1, low: 3), to: .trunk(Self.trunk, user: "6"), callerUser: "1", callerName: nil, body: [])
        #expect(Self.first(agent.perform(later, at: now + .seconds(90)))?.to == .host(40))
    }

    @Test func `two servers that answer late make one call`() throws {
        var agent = Self.agent()
        let (first, _) = try #require(called(&agent, at: [40, 41]))
        var second: (bytes: [UInt8], to: Hop)?
        for step in 1...40 { second = Self.first(agent.timePassed(at: now + .milliseconds(Int64(step) * 100))) ?? second }
        let (bytes, to) = try #require(second)
        #expect(to == .host(41))
        let contact = ["Contact: <sip:192.0.2.41>"]
        #expect(agent.receive(reply(200, to: bytes, contact), from: .host(41), at: now + .seconds(5)).reports == [.answered(leg, body: [])])
        let late = agent.receive(reply(200, to: first, ["Contact: <sip:192.0.2.40>"], tag: "late"), from: .host(40), at: now + .seconds(5))
        #expect(late.reports.isEmpty)
        #expect(late.sentBytes.map { $0.prefix(4).text } == ["ACK ", "BYE "])
    }

    @Test func `a caller who gives up between two servers stays given up`() throws {
        var agent = Self.agent()
        let (first, _) = try #require(called(&agent, at: [40, 41]))
        _ = agent.receive(reply(100, to: first), from: .host(40), at: now)
        #expect(agent.perform(.end(leg), at: now).sentBytes.map { $0.prefix(7).text } == ["CANCEL "])
        let actions = agent.receive(reply(503, to: first), from: .host(40), at: now)
        #expect(actions.sentBytes.map { $0.prefix(4).text } == ["ACK "])
        #expect(agent.load.legs == 0)
    }

    @Test func `over a connection nothing is sent again, and its end is an answer`() throws {
        var agent = Self.agent { $0.server = RemoteServer("192.0.2.40", transport: .tcp) }
        let (first, hop) = try #require(called(&agent))
        #expect(hop == Hop(.tcp, .host(40)))
        #expect(header("Via", of: first)?.hasPrefix("SIP/2.0/TCP 192.0.2.1:5060;") == true)
        #expect(header("Contact", of: first) == "<sip:192.0.2.1:5060;transport=tcp>")
        #expect(agent.timePassed(at: now + .seconds(31)).isEmpty)
        #expect(agent.connectionLost(hop, at: now + .seconds(31)).reports == [.refused(leg, status: 503)])
        #expect(agent.load == (0, 0))
        #expect(agent.connectionUses.isEmpty)
        #expect(agent.connectionLost(hop, at: now + .seconds(31)).isEmpty)
    }

    @Test func `weights decide how often each of equals comes first`() {
        var random = Random(seed: 1)
        let all = [
            Candidate(.host(1), priority: 20, weight: 5), Candidate(.host(2), priority: 10, weight: 75),
            Candidate(.host(3), priority: 10, weight: 25), Candidate(.host(4), priority: 10),
        ]
        var firsts: [Hop: Int] = [:]
        for _ in 0..<1_000 {
            let order = Locator.ordered(all, using: &random)
            #expect(order.count == 4)
            #expect(order.last == .host(1))
            firsts[order[0], default: 0] += 1
        }
        #expect((700...790).contains(firsts[.host(2)] ?? 0))
        #expect((210...290).contains(firsts[.host(3)] ?? 0))
        #expect((firsts[.host(4)] ?? 0) < 30)
    }

    // MARK: Who calls

    @Test(
        arguments: [
            (Presentation(), "+44123", "\"Ana\" <sip:+44123@provider.test>", nil, nil),
            (Presentation(shown: .from, number: "+49700", form: .digits), "+44123", "\"Ana\" <sip:49700@provider.test>", nil, nil),
            (
                Presentation(shown: .asserted, form: .plus), "44123", "\"Ana\" <sip:+44123@provider.test>",
                "\"Ana\" <sip:+44123@provider.test>", nil
            ),
            (Presentation(form: .plus), "0123", "\"Ana\" <sip:0123@provider.test>", nil, nil),
            (Presentation(), nil, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", nil, "id"),
            (
                Presentation(shown: .asserted, number: "+49700"), nil, "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
                "<sip:+49700@provider.test>", "id"
            ),
        ] as [(Presentation, String?, String, String?, String?)])
    func `a caller is shown as the trunk wants it`(
        rules: Presentation, caller: String?, from: String, asserted: String?, privacy: String?
    ) throws {
        var agent = Self.agent { $0.presentation = rules }
        let (bytes, _) = try #require(called(&agent, caller: caller))
        #expect(header("From", of: bytes)?.hasPrefix(from + ";tag=") == true)
        #expect(header("P-Asserted-Identity", of: bytes) == asserted)
        #expect(header("Privacy", of: bytes) == privacy)
    }

    @Test(arguments: [(String?("+44123"), "off"), (nil, "full")])
    func `an old gateway is told by Remote-Party-ID`(caller: String?, privacy: String) throws {
        var agent = Self.agent { $0.presentation = Presentation(shown: .remoteParty, number: "+49700") }
        let (bytes, _) = try #require(called(&agent, caller: caller))
        let party = try #require(header("Remote-Party-ID", of: bytes))
        #expect(party.contains("<sip:+49700@provider.test>;party=calling"))
        #expect(party.hasSuffix("privacy=\(privacy)"))
        #expect(header("From", of: bytes)?.contains("Anonymous") == (caller == nil))
    }

    @Test(
        arguments: [
            (Presentation.Identity.asserted, ["P-Asserted-Identity: \"Bob\" <sip:+1@x>, <tel:+1>"], "+1", false),
            (.asserted, ["P-Asserted-Identity: <sip:x>, <tel:+1>", "Privacy: none"], "+1", false),
            (.asserted, ["P-Asserted-Identity: <tel:+1>", "Privacy: header; id;critical"], nil, true),
            (.asserted, ["Privacy: user"], nil, true),
            (.asserted, ["From: <sip:anonymous@anonymous.invalid>;tag=a"], nil, true),
            (.from, ["P-Asserted-Identity: <tel:+1>"], "200", false),
            (.remoteParty, ["Remote-Party-ID: <sip:+2@x>;party=calling;privacy=off"], "+2", false),
            (.remoteParty, ["Remote-Party-ID: <sip:+2@x>;privacy=full"], nil, true),
            (.remoteParty, ["P-Asserted-Identity: <tel:+1>"], "200", false),
        ] as [(Presentation.Identity, [String], String?, Bool)])
    func `a trunk is believed as configured, and who hides is nobody`(
        believed: Presentation.Identity, lines: [String], user: String?, isPrivate: Bool
    ) throws {
        var agent = Self.agent {
            $0.addresses = [.host(9, port: 0)]
            $0.presentation.believed = believed
        }
        let reports = agent.receive(request("INVITE", lines: lines), from: .host(9), at: now).reports
        guard case .callArrived(_, let call)? = reports.first else {
            Issue.record("no call")
            return
        }
        #expect(call.callerUser == user)
        #expect(call.isPrivate == isPrivate)
        if isPrivate { #expect(call.callerName == nil) }
    }
}

/// An answer to a request of ours, as its other side would write it.
func reply(_ status: Int, to request: [UInt8], _ lines: [String] = [], tag: String = "far") -> [UInt8] {
    let head = request.text.split(separator: "\r\n\r\n", maxSplits: 1)[0].split(separator: "\r\n").dropFirst()
    let repeated = head.filter { line in ["Via: ", "From: ", "Call-ID: ", "CSeq: "].contains { line.hasPrefix($0) } }
    let to = head.first { $0.hasPrefix("To: ") }.map { $0.contains(";tag=") || status == 100 ? String($0) : $0 + ";tag=\(tag)" } ?? ""
    let all = ["SIP/2.0 \(status) x"] + repeated.map(String.init) + [to] + lines + ["Content-Length: 0", "", ""]
    return Array(all.joined(separator: "\r\n").utf8)
}
