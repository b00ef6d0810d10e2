import Primitives

/// What came of asking a trunk's provider whether it is there.
package struct TrunkAnswer: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// The final answer, whatever it says, with the words it gives for it.
        case answered(status: Int, reason: String)
        case silent
        /// The DNS knows no such server.
        case nameUnknown
        /// No connection to it could be made.
        case notConnected
    }

    package var outcome: Outcome
    /// It was asked by REGISTER, else by OPTIONS.
    package var byRegister: Bool
    /// Where it was asked; nil: it was not found.
    package var hop: Hop?
    package var took: Duration

    package init(outcome: Outcome, byRegister: Bool, hop: Hop?, took: Duration) {
        self.outcome = outcome
        self.byRegister = byRegister
        self.hop = hop
        self.took = took
    }
}

/// A question to a trunk's provider that has no answer yet.
struct TrunkTest: Sendable {
    let begunAt: Timestamp
    let until: Timestamp
    let byRegister: Bool
    /// The server whose place is being looked for.
    var awaits: RemoteServer?
    /// The transaction, if it is no REGISTER.
    var key: [UInt8]?
    var hop: Hop?
}

/// Asks providers on somebody's wish: by REGISTER where we register anyway, so that the login is tried, too; else by OPTIONS (RFC 3261
/// section 11.1), which any server answers. One question at a time; `Report.trunkTested` comes for each.
extension UserAgent {
    mutating func test(_ id: ID<SIPTrunk>, at now: Timestamp) {
        guard tests[id] == nil else { return }
        let registration = registrations[id].flatMap { $0.isLeaving ? nil : $0 }
        let until = now + configuration.limits.trunkTestMax
        tests[id] = TrunkTest(begunAt: now, until: until, byRegister: registration != nil)
        deadlines.set(.trunkTest(id), at: until)
        if let registration {
            // One that is on its way is waited for.
            if registration.key == nil, registration.awaits == nil { register(id, at: now) }
        } else {
            askOptions(id, at: now)
        }
    }

    mutating func askOptions(_ id: ID<SIPTrunk>, at now: Timestamp) {
        guard let account = directory.trunk(id) else { return finishTest(id, .nameUnknown, at: now) }
        var places: [Hop] = []
        if let server = account.servers.first {
            switch locate(server, at: now) {
            case .found(let hops): places = hops
            case .asked:
                tests[id]?.awaits = server
                return
            }
        } else if let address = account.addresses.first {
            places = [.udp(address.port > 0 ? address : NetworkAddress(address.host, port: Transport.udp.port))]
        }
        guard let hop = places.first else { return finishTest(id, .nameUnknown, at: now) }
        let key = newBranch()
        tests[id]?.awaits = nil
        tests[id]?.key = key
        tests[id]?.hop = hop
        let domain = account.server == nil && account.registration == nil ? hop.host.description : account.domainName
        let uri = Array("sip:\(SIPURI(user: nil, host: domain).description.dropFirst(4))".utf8)
        let own = SIPURI(user: account.login?.user ?? "callfloor", host: address(over: hop.transport).host.description)
        var bytes: [UInt8] = []
        bytes.appendRequestLine("OPTIONS", uri)
        bytes.appendVia(branch: key, at: address(over: hop.transport), over: hop.transport)
        bytes.append("Max-Forwards: 70\r\nFrom: <\(own)>;tag=")
        bytes += tokens.next()
        bytes.append("\r\n")
        bytes.appendLine("To: ", Array("<".utf8) + uri + Array(">".utf8))
        bytes.appendLine("Call-ID: ", Array(tokens.next()))
        bytes.append("CSeq: 1 OPTIONS\r\n")
        bytes += contactLine(over: hop.transport)
        bytes.append("Accept: application/sdp\r\nUser-Agent: \(configuration.productName)\r\nContent-Length: 0\r\n\r\n")
        var retries = Retries(trunk: id, alternatives: Array(places.dropFirst()))
        retries.tests = true
        start(.request(RequestClientTransaction(at: now)), key, request: bytes, to: hop, retries: retries)
    }

    /// The final answer to a question of ours.
    mutating func testAnswered(_ id: ID<SIPTrunk>, _ status: Int, _ message: Message, from hop: Hop, at now: Timestamp) {
        tests[id]?.hop = hop
        finishTest(id, .answered(status: status, reason: message.reasonPhrase), at: now)
    }

    /// Says what came of a question, if there is one.
    mutating func finishTest(_ id: ID<SIPTrunk>, _ outcome: TrunkAnswer.Outcome, at now: Timestamp) {
        guard let test = tests.removeValue(forKey: id) else { return }
        let hop = test.hop ?? (test.byRegister ? registrations[id]?.hop : nil)
        report(
            .trunkTested(
                id, TrunkAnswer(outcome: outcome, byRegister: test.byRegister, hop: hop, took: now - test.begunAt)))
    }

    /// A server was looked for: `isThere` says whether it has a place.
    mutating func wakeTests(waitingFor server: RemoteServer, isThere: Bool, at now: Timestamp) {
        for id in tests.keys.sorted() where tests[id]?.awaits == server {
            if isThere { askOptions(id, at: now) } else { finishTest(id, .nameUnknown, at: now) }
        }
    }

    mutating func wakeTest(_ id: ID<SIPTrunk>, setFor time: Timestamp, at now: Timestamp) {
        guard let test = tests[id], test.until == time else { return }
        let isLost = test.awaits != nil || test.byRegister && registrations[id]?.awaits != nil
        finishTest(id, isLost ? .nameUnknown : .silent, at: now)
    }
}

extension Message {
    /// The words behind the status of a response, cut where they are too many.
    fileprivate var reasonPhrase: String {
        let line = bytes.drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x0D && $0 != 0x0A }
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        return words.count > 2 ? String(decoding: words[2].prefix(Self.reasonMax), as: UTF8.self) : ""
    }

    private static let reasonMax = 80
}
