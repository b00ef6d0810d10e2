import Primitives

@testable import SIP

/// A whole user agent with small limits. The bytes are a play in lines between record separators (0x1E): the first byte of each says
/// who speaks or what happens.
///
/// - `t` `u` `f` `p` `s`: two trunks, a fixed phone, a phone that registers, a stranger; what follows is the datagram.
/// - `a`: the far side answers what we sent last; two bytes choose the status, what follows are more headers and a body.
/// - `d`: the far side sends a request in the dialog of our last answer; a byte chooses the method, what follows are more headers.
/// - `r`: the registering phone answers our last challenge; what follows are more headers.
/// - `o`: an order; a byte chooses which, what follows is its body. `w`: time passes, by the next byte.
func fuzzUserAgent(_ bytes: UnsafeRawBufferPointer) {
    var play = Play()
    for line in bytes.split(separator: 0x1E, maxSplits: 63, omittingEmptySubsequences: true) { play.perform(Array(line)) }
    play.end()
}

private struct Play {
    private static let limits: Limits = {
        var limits = Limits()
        limits.legsMax = 6
        limits.transactionsMax = 12
        limits.noncesMax = 4
        return limits
    }()
    private static let speakers: [UInt8: Hop] = [
        UInt8(ascii: "t"): host(9), UInt8(ascii: "u"): host(10), UInt8(ascii: "f"): host(30), UInt8(ascii: "p"): host(50),
        UInt8(ascii: "s"): host(77),
    ]
    private static let statuses = [100, 180, 183, 199, 200, 202, 302, 401, 404, 407, 408, 422, 481, 486, 491, 500, 503, 603]
    private static let methods = ["BYE", "ACK", "INVITE", "CANCEL", "UPDATE", "INFO", "PRACK", "REFER", "OPTIONS", "NOTIFY"]

    private var agent: UserAgent
    private var now = Timestamp(microseconds: 1_800_000_000_000_000)
    private var legs: [ID<SIPLeg>] = []
    private var invited: UInt64 = 0
    private var request: [UInt8] = []
    private var response: [UInt8] = []

    private static func host(_ last: UInt32) -> Hop { .udp(NetworkAddress(.v4(0xC000_0200 | last), port: 5060)) }

    init() {
        agent = UserAgent(
            UserAgent.Configuration(
                address: Self.host(1).address, realm: "floor",
                trunks: [
                    TrunkAccount(id: ID(high: 3, low: 1), addresses: [Self.host(9).address]),
                    TrunkAccount(id: ID(high: 3, low: 2), addresses: [NetworkAddress(Self.host(10).host, port: 0)]),
                ],
                phones: [
                    PhoneAccount(
                        id: ID(high: 2, low: 1), user: "ana", credentials: .registered(HA1(user: "ana", realm: "floor", password: "w"))),
                    PhoneAccount(id: ID(high: 2, low: 2), user: "hall", credentials: .fixed(Self.host(30).address)),
                ], limits: Self.limits), random: Random(seed: 7))
    }

    mutating func perform(_ line: [UInt8]) {
        guard let what = line.first else { return }
        let rest = Array(line.dropFirst())
        let choice = Int(rest.first ?? 0)
        switch what {
        case UInt8(ascii: "a"): hear(answer(choice, Array(rest.dropFirst())), from: Self.host(choice < 128 ? 9 : 30))
        case UInt8(ascii: "d"): hear(inDialog(choice, Array(rest.dropFirst())), from: Self.host(9))
        case UInt8(ascii: "r"): hear(registration(rest), from: Self.host(50))
        case UInt8(ascii: "o"): order(choice, Array(rest.dropFirst()))
        case UInt8(ascii: "w"): pass(.milliseconds(Int64(choice) * Int64(choice) * 2))
        default:
            guard let speaker = Self.speakers[what] else { return }
            hear(rest, from: speaker)
        }
    }

    private mutating func hear(_ datagram: [UInt8], from source: Hop) {
        let actions = agent.receive(datagram, from: source, at: now)
        take(actions, heardFrom: source)
        guard let question = Message(parsing: datagram, limits: Self.limits), question.defect == nil else { return }
        for case .send(let bytes, _) in actions {
            let read = Message(parsing: bytes)
            promise(read?.defect == nil, "malformed: \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private mutating func take(_ actions: [Action], heardFrom source: Hop? = nil) {
        for action in actions {
            switch action {
            case .send(let bytes, let hop):
                guard let message = Message(parsing: bytes) else {
                    promise(false, "what we send is no SIP")
                    continue
                }
                if case .request = message.kind { request = bytes } else { response = bytes }
                if hop == Self.host(77), hop == source {
                    promise(bytes.starts(with: "SIP/2.0 401".utf8), "a stranger hears \(String(decoding: bytes.prefix(80), as: UTF8.self))")
                }
            case .report(.callArrived(let leg, let invitation)):
                promise(invitation.address.host != Self.host(77).host, "a stranger's call is let in")
                legs.append(leg)
            case .report, .resolve: break
            }
        }
        promise(agent.load.legs <= Self.limits.legsMax, "\(agent.load.legs) legs")
        promise(agent.load.transactions <= 4 * Self.limits.transactionsMax, "\(agent.load.transactions) transactions")
    }

    private mutating func order(_ choice: Int, _ body: [UInt8]) {
        let leg = legs.isEmpty ? ID<SIPLeg>(high: 9, low: 1) : legs[choice / 8 % legs.count]
        let order: Order
        switch choice % 8 {
        case 0: order = .ring(leg)
        case 1: order = .answer(leg, body: body)
        case 2: order = .refuse(leg, status: choice * 4)
        case 3: order = .end(leg)
        default:
            invited += 1
            let ours = ID<SIPLeg>(high: 9, low: invited)
            legs.append(ours)
            let target: Target =
                switch choice % 8 {
                case 4: .phone(ID(high: 2, low: 1))
                case 5: .phone(ID(high: 2, low: 2))
                default: .uri(SIPURI(user: String(decoding: body.prefix(20), as: UTF8.self), at: Self.host(9).address), at: Self.host(9))
                }
            let name = String(decoding: body, as: UTF8.self)
            order = .invite(ours, to: target, callerUser: choice % 2 == 0 ? name : nil, callerName: name, body: body)
        }
        take(agent.perform(order, at: now))
    }

    private mutating func pass(_ span: Duration) {
        let end = now + span
        var rounds = 0
        while let next = agent.nextDeadline, next <= end {
            now = max(now, next)
            take(agent.timePassed(at: now))
            rounds += 1
            guard rounds < 100_000 else { return promise(false, "timers without end") }
        }
        now = end
    }

    /// When all calls are hung up and all registrations have lapsed, nothing is left.
    mutating func end() {
        for leg in legs { take(agent.perform(.end(leg), at: now)) }
        // The longest timer is that of a session: what nobody waits for any more stays until its time has come.
        pass(.seconds(Int64(Self.limits.sessionExpiresMax)))
        promise(agent.load == (0, 0), "left behind: \(agent.load)")
        promise(agent.nextDeadline == nil, "a timer is left")
    }

    // MARK: The far side

    private static func lines(of message: [UInt8], named names: [String]) -> [String] {
        let lines = String(decoding: message, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false).prefix {
            !$0.isEmpty
        }
        return lines.filter { line in names.contains { line.hasPrefix($0 + ":") } }.map(String.init)
    }

    private func answer(_ choice: Int, _ rest: [UInt8]) -> [UInt8] {
        let status = Self.statuses[choice % Self.statuses.count]
        var lines = ["SIP/2.0 \(status) X"] + Self.lines(of: request, named: ["Via", "From", "To", "Call-ID", "CSeq"])
        if let to = lines.firstIndex(where: { $0.hasPrefix("To:") }), !lines[to].contains(";tag="), status != 100 {
            lines[to] += ";tag=far\(choice / 64)"
        }
        lines.append("Contact: <sip:far@192.0.2.9>")
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8) + (rest.isEmpty ? Array("\r\n".utf8) : rest)
    }

    private func inDialog(_ choice: Int, _ rest: [UInt8]) -> [UInt8] {
        let method = Self.methods[choice % Self.methods.count]
        let number = choice / Self.methods.count
        var lines = ["\(method) sip:x@192.0.2.1 SIP/2.0"] + Self.lines(of: response, named: ["From", "To", "Call-ID"])
        lines +=
            method == "CANCEL" || method == "ACK" && number == 0
            ? Self.lines(of: response, named: ["Via", "CSeq"]).map { line in
                line.hasPrefix("CSeq:") ? line.replacing("INVITE", with: method) : line
            } : ["Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKd\(choice)", "CSeq: \(number + 1) \(method)"]
        lines += ["Max-Forwards: 70", "Contact: <sip:far@192.0.2.9>"]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8) + (rest.isEmpty ? Array("\r\n".utf8) : rest)
    }

    private func registration(_ rest: [UInt8]) -> [UInt8] {
        let challenge = Self.lines(of: response, named: ["WWW-Authenticate"]).first ?? ""
        let nonce = challenge.split(separator: "nonce=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
        let ha1 = String(decoding: DigestAlgorithm.sha256.hash(Array("ana:floor:w".utf8)), as: UTF8.self)
        let proof = DigestAlgorithm.sha256.response(
            ha1: ha1, method: "REGISTER", uri: "sip:floor", nonce: nonce, quality: ("00000001", "q", "auth"))
        let lines = [
            "REGISTER sip:floor SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.50:5060;rport;branch=z9hG4bKr\(nonce.suffix(6))", "Max-Forwards: 70",
            "From: <sip:ana@floor>;tag=r", "To: <sip:ana@floor>", "Call-ID: r", "CSeq: \(now.microseconds % 1_000_000_007) REGISTER",
            "Authorization: Digest username=\"ana\", realm=\"floor\", nonce=\"\(nonce)\", uri=\"sip:floor\", algorithm=SHA-256, qop=auth, "
                + "nc=00000001, cnonce=\"q\", response=\"\(String(decoding: proof, as: UTF8.self))\"",
        ]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
            + (rest.isEmpty ? Array("Contact: <sip:ana@192.0.2.50>;expires=120\r\n\r\n".utf8) : rest)
    }
}
