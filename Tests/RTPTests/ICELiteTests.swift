import Primitives
import RTP
import Testing

struct ICELiteTests {
    static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    static let ours = NetworkAddress(.v4(0xC000_0201), port: 40_000)
    static let home = ICELite.Pair(local: ours, remote: NetworkAddress(.v4(0xCB00_7105), port: 51_000))
    static let mobile = ICELite.Pair(local: ours, remote: NetworkAddress(.v4(0xC633_6407), port: 9_000))
    static let sixth = ICELite.Pair(
        local: NetworkAddress(.v6(high: 0x2001_0DB8_0000_0000, low: 1), port: 40_000),
        remote: NetworkAddress(.v6(high: 0x2001_0DB8_0000_0001, low: 7), port: 51_001))
    static let first = ICECredentials(user: "onetwo34", password: "firstpasswordofthisone22")
    static let second = ICECredentials(user: "three456", password: "secondpasswordofthisone3")

    /// What a browser does: asks, signs, nominates. Each question has a number of its own.
    struct Browser {
        var credentials: ICECredentials
        var asked: UInt64 = 0

        mutating func check(
            nominating: Bool = false, priority: UInt32? = 0x6E7F_00FF, role: STUN.AttributeType? = .iceControlling,
            with change: (inout STUN.Writer) -> Void = { _ in }
        ) -> [UInt8] {
            asked += 1
            var writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 7, low: asked))
            writer.add(.username, Array("\(credentials.user):theirs".utf8))
            if let role { writer.add(role, Array(repeating: 1, count: 8)) }
            if let priority { writer.add(.priority, (0..<4).map { UInt8(truncatingIfNeeded: priority >> (24 - 8 * $0)) }) }
            if nominating { writer.add(.useCandidate, []) }
            change(&writer)
            return writer.finished(mac: mac, fingerprint: true)
        }

        var mac: STUN.MAC {
            let key = Array(credentials.password.utf8)
            return { hmacSHA1(of: $0, key: key) }
        }
    }

    /// The value under test and the browser that talks to it, at a time that only the test moves.
    struct Line {
        var ice = ICELite(first, hash: { hmacSHA1(of: $0, key: $1) }, at: start)
        var browser = Browser(credentials: first)
        var now = start

        mutating func receive(_ bytes: [UInt8], on pair: ICELite.Pair = home) -> [ICELite.Directive] {
            bytes.withUnsafeBytes { ice.receive($0, on: pair, at: now) }
        }

        /// A check, and what follows it besides the answer, which must be a good one.
        mutating func check(_ pair: ICELite.Pair = home, nominating: Bool = false, priority: UInt32 = 0x6E7F_00FF) throws
            -> [ICELite.Directive]
        {
            var directives = receive(browser.check(nominating: nominating, priority: priority), on: pair)
            guard case .send(let bytes, pair) = directives.first else { return directives }
            let answer = try STUN.Message(parsing: bytes[...])
            #expect(answer.kind == .success)
            #expect(answer.transaction.low == browser.asked)
            #expect(answer.mappedAddress == pair.remote)
            #expect(answer.isIntact(by: browser.mac))
            #expect(answer.has(.fingerprint))
            directives.removeFirst()
            return directives
        }

        mutating func passes(_ span: Duration) -> [ICELite.Directive] {
            now = now + span
            return ice.pass(at: now)
        }
    }

    // MARK: To connect

    @Test(arguments: [home, sixth])
    func `a browser asks from where it is, nominates, and is connected`(pair: ICELite.Pair) throws {
        var line = Line()
        #expect(!line.ice.isOpen(pair))
        #expect(line.ice.outgoing == nil)
        #expect(try line.check(pair) == [])
        #expect(line.ice.isOpen(pair))
        #expect(line.ice.outgoing == pair)
        #expect(line.ice.state == .waiting)
        #expect(try line.check(pair, nominating: true) == [.selected(pair)])
        #expect(line.ice.state == .connected)
        #expect(try line.check(pair, nominating: true) == [])
        #expect(line.ice.figures.checks == 3)
    }

    @Test func `of pairs that are all nominated the one with the highest priority is used`() throws {
        var line = Line()
        #expect(try line.check(Self.mobile, nominating: true, priority: 100) == [.selected(Self.mobile)])
        #expect(try line.check(Self.home, nominating: true, priority: 200) == [.selected(Self.home)])
        #expect(try line.check(Self.mobile, nominating: true, priority: 100) == [])
        #expect(try line.check(Self.mobile, nominating: true, priority: 200) == [])
        #expect(line.ice.outgoing == Self.home)
        #expect(line.ice.isOpen(Self.mobile))
    }

    @Test func `when a network dies a worse pair that is nominated takes over`() throws {
        var line = Line()
        _ = try line.check(Self.home, nominating: true, priority: 200)
        #expect(line.passes(.seconds(4)) == [])
        #expect(try line.check(Self.mobile, nominating: true, priority: 100) == [])
        #expect(line.passes(.milliseconds(1)) == [])
        #expect(try line.check(Self.mobile, nominating: true, priority: 100) == [.selected(Self.mobile)])
    }

    // MARK: Consent

    @Test func `a browser that does not ask any more is silent, and then lost`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        #expect(line.ice.deadline == line.now + ICELite.silentAfter)
        #expect(line.passes(.seconds(10) - .microseconds(1)) == [])
        #expect(line.passes(.microseconds(1)) == [.silent])
        #expect(line.passes(.seconds(19)) == [])
        #expect(line.ice.isOpen(Self.home))
        #expect(line.passes(.seconds(1)) == [.lost])
        #expect(line.ice.deadline == nil)
        #expect(!line.ice.isOpen(Self.home))
        #expect(line.ice.outgoing == nil)
        // RFC 7675 section 5.1: only a restart brings it back.
        #expect(line.receive(line.browser.check(nominating: true)) == [])
        #expect(line.ice.figures.tooMany == 1)
        #expect(line.passes(.seconds(100)) == [])
    }

    @Test func `checks keep the connection for as long as they come`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        for _ in 0..<500 {
            #expect(line.passes(.seconds(5)) == [])
            #expect(try line.check() == [])
        }
        #expect(line.ice.state == .connected)
    }

    @Test func `a browser that was silent is heard again`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        #expect(line.passes(.seconds(25)) == [.silent])
        #expect(try line.check(Self.mobile) == [])
        #expect(line.ice.state == .silent)
        #expect(try line.check() == [.heard])
        #expect(line.passes(.seconds(9)) == [])
        #expect(line.passes(.seconds(21)) == [.lost])
    }

    @Test func `a browser that never nominates is given up`() throws {
        var line = Line()
        _ = try line.check()
        #expect(line.ice.deadline == Self.start + .seconds(30))
        #expect(line.passes(.seconds(30)) == [.lost])
    }

    @Test func `a pair that is not checked any more is forgotten, and closed`() throws {
        var line = Line()
        _ = try line.check(Self.mobile)
        _ = try line.check(nominating: true)
        for _ in 0..<6 {
            _ = line.passes(.seconds(5))
            _ = try line.check()
        }
        #expect(!line.ice.isOpen(Self.mobile))
        #expect(line.ice.isOpen(Self.home))
    }

    // MARK: Restart

    @Test func `a restart keeps the old pair until the new one is nominated`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        line.ice.restart(Self.second, at: line.now)
        // Checks under the old credentials still count.
        #expect(line.passes(.seconds(5)) == [])
        #expect(try line.check() == [])
        #expect(line.ice.outgoing == Self.home)

        line.browser.credentials = Self.second
        #expect(try line.check(Self.mobile) == [])
        #expect(line.ice.outgoing == Self.home)
        // A worse priority wins: it is newer.
        #expect(try line.check(Self.mobile, nominating: true, priority: 1) == [.selected(Self.mobile)])

        line.browser.credentials = Self.first
        let refused = line.receive(line.browser.check(nominating: true))
        #expect(try Self.error(refused) == 401)
        #expect(line.ice.figures.misdirected == 1)
        #expect(line.ice.outgoing == Self.mobile)
        // What is on its way from the old address is still read.
        #expect(line.ice.isOpen(Self.home))
    }

    @Test func `the same pair may be nominated by new credentials`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        line.ice.restart(Self.second, at: line.now)
        line.browser.credentials = Self.second
        // A check alone is none: the old credentials stay good.
        #expect(try line.check() == [])
        #expect(try line.check(nominating: true) == [])
        line.browser.credentials = Self.first
        #expect(try Self.error(line.receive(line.browser.check())) == 401)
    }

    @Test func `two restarts in a row keep what worked before both`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        line.ice.restart(Self.second, at: line.now)
        let third = ICECredentials(user: "third789", password: "thirdpasswordofthisone44")
        line.ice.restart(third, at: line.now)
        #expect(try line.check() == [])
        line.browser.credentials = Self.second
        #expect(try Self.error(line.receive(line.browser.check())) == 401)
        line.browser.credentials = third
        #expect(try line.check(Self.mobile, nominating: true) == [.selected(Self.mobile)])
    }

    @Test func `a restart gives a silent browser time, and a lost one another chance`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        #expect(line.passes(.seconds(25)) == [.silent])
        line.ice.restart(Self.second, at: line.now)
        #expect(line.passes(.seconds(29)) == [])
        #expect(line.passes(.seconds(1)) == [.lost])
        line.ice.restart(Self.first, at: line.now)
        #expect(line.ice.state == .waiting)
        #expect(line.ice.outgoing == nil)
        #expect(try line.check(nominating: true) == [.selected(Self.home)])
    }

    // MARK: Refused

    static func error(_ directives: [ICELite.Directive]) throws -> Int? {
        guard directives.count == 1, case .send(let bytes, _) = directives[0] else { return nil }
        let message = try STUN.Message(parsing: bytes[...])
        #expect(message.has(.fingerprint))
        return message.error?.code
    }

    @Test func `what is not the browser's changes nothing, and is counted`() throws {
        var line = Line()
        var stranger = Browser(credentials: ICECredentials(user: Self.first.user, password: "guessedguessedguessed000"))
        #expect(try Self.error(line.receive(stranger.check(nominating: true))) == 401)
        stranger.credentials = Self.second
        #expect(try Self.error(line.receive(stranger.check(nominating: true))) == 401)
        // Without a colon, and with nothing else.
        var writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: 1))
        writer.add(.username, Array(Self.first.user.utf8))
        #expect(try Self.error(line.receive(writer.finished(mac: line.browser.mac, fingerprint: true))) == 401)
        writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: 1))
        #expect(try Self.error(line.receive(writer.finished(fingerprint: true))) == 400)
        #expect(
            line.ice.figures
                == Self.figures {
                    $0.forged = 1; $0.misdirected = 2; $0.incomplete = 1
                })
        #expect(line.ice.state == .waiting)
        #expect(!line.ice.isOpen(Self.home))
    }

    static func figures(_ change: (inout ICELite.Figures) -> Void) -> ICELite.Figures {
        var figures = ICELite.Figures()
        change(&figures)
        return figures
    }

    @Test func `what nobody asked for, and what is no check, is dropped`() throws {
        var line = Line()
        for kind in [STUN.Class.indication, .success, .failure] {
            let bytes = STUN.Writer(kind, transaction: STUN.TransactionID(high: 1, low: 1)).finished(
                mac: line.browser.mac, fingerprint: true)
            #expect(line.receive(bytes) == [])
        }
        let other = STUN.Writer(.request, method: 3, transaction: STUN.TransactionID(high: 1, low: 1)).finished(fingerprint: true)
        #expect(line.receive(other) == [])
        #expect(line.receive([1, 2, 3]) == [])
        #expect(line.receive(line.browser.check().dropLast(8)) == [])
        // The same without FINGERPRINT, and well formed.
        #expect(line.receive(STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: 1)).finished(mac: line.browser.mac)) == [])
        #expect(
            line.ice.figures
                == Self.figures {
                    $0.unasked = 4; $0.malformed = 3
                })
    }

    @Test func `a browser that wants to be controlled is told the conflict`() throws {
        var line = Line()
        let directives = line.receive(line.browser.check(nominating: true, role: .iceControlled))
        #expect(try Self.error(directives) == 487)
        guard case .send(let bytes, _) = directives[0] else { return }
        #expect(try STUN.Message(parsing: bytes[...]).isIntact(by: line.browser.mac))
        #expect(!line.ice.isOpen(Self.home))
        // RFC 5245's agents know no roles in a check to a lite one.
        #expect(line.receive(line.browser.check(nominating: true, role: nil)).last == .selected(Self.home))
        #expect(
            line.ice.figures
                == Self.figures {
                    $0.conflicts = 1; $0.checks = 1
                })
    }

    @Test func `an attribute that must be known and is not is named`() throws {
        var line = Line()
        let check = line.browser.check(nominating: true) { $0.add(STUN.AttributeType(rawValue: 0x0777), [1]) }
        let directives = line.receive(check)
        #expect(try Self.error(directives) == 420)
        guard case .send(let bytes, _) = directives[0] else { return }
        #expect(try STUN.Message(parsing: bytes[...]).unknownAttributes.map(\.rawValue) == [0x0777])
        #expect(line.ice.state == .waiting)
        // Chromium's own attributes need not be known.
        let chromium = line.browser.check(nominating: true) { $0.add(STUN.AttributeType(rawValue: 0xC057), [0, 1, 0, 10]) }
        #expect(line.receive(chromium).last == .selected(Self.home))
    }

    @Test func `a check without a priority, or with both roles, is a bad request`() throws {
        var line = Line()
        #expect(try Self.error(line.receive(line.browser.check(priority: nil))) == 400)
        let both = line.browser.check { $0.add(.iceControlled, Array(repeating: 0, count: 8)) }
        #expect(try Self.error(line.receive(both)) == 400)
        #expect(line.ice.figures == Self.figures { $0.incomplete = 2 })
    }

    // MARK: Limits

    @Test func `strangers who flood do not keep the browser from its checks`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        var stranger = Browser(credentials: ICECredentials(user: Self.first.user, password: "guessedguessedguessed000"))
        var answers = 0
        for number in 0..<10_000 {
            let source = ICELite.Pair(local: Self.ours, remote: NetworkAddress(.v4(UInt32(number)), port: 1))
            answers += line.receive(stranger.check(), on: source).count
            if number % 100 == 0 { #expect(try line.check() == []) }
            line.now = line.now + .milliseconds(1)
        }
        // Ten seconds, and what is allowed at once.
        #expect(line.ice.figures.forged <= 550)
        #expect(answers <= 56)
        #expect(line.ice.figures.checks == 101)
        #expect(line.ice.figures.tooMany == 10_000 - line.ice.figures.forged)
    }

    @Test func `a browser that asks too often is not answered each time`() throws {
        var line = Line()
        for _ in 0..<1_000 { _ = line.receive(line.browser.check(nominating: true)) }
        #expect(line.ice.figures.checks <= 150)
        #expect(line.passes(.seconds(1)) == [])
        #expect(try line.check() == [])
    }

    @Test func `pairs are limited, and the one in use stays`() throws {
        var line = Line()
        _ = try line.check(nominating: true)
        for port in 1...UInt16(100) {
            _ = line.passes(.milliseconds(50))
            _ = try line.check(ICELite.Pair(local: Self.ours, remote: NetworkAddress(.v4(9), port: port)))
        }
        #expect(line.ice.isOpen(Self.home))
        let open = (1...UInt16(100)).filter { line.ice.isOpen(.init(local: Self.ours, remote: NetworkAddress(.v4(9), port: $0))) }
        #expect(open == Array(86...100))
    }

    @Test func `credentials have the letters and the chance that RFC 8445 5.3 asks for`() {
        var random = Random(seed: 1)
        var seen: Set<String> = []
        for _ in 0..<200 {
            let made = ICECredentials(using: &random)
            #expect(made.user.count == 8 && made.password.count == 24)
            #expect((made.user + made.password).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "/") })
            seen.insert(made.password)
        }
        #expect(seen.count == 200)
    }

    @Test func `an allowance lets through what it says`() {
        var allowance = Allowance(perSecond: 10, burst: 3)
        #expect((0..<5).map { _ in allowance.take(at: Self.start) } == [true, true, true, false, false])
        #expect(allowance.take(at: Self.start + .milliseconds(99)) == false)
        #expect(allowance.take(at: Self.start + .milliseconds(100)) == true)
        let later = Self.start + .seconds(100)
        #expect((0..<5).map { _ in allowance.take(at: later) } == [true, true, true, false, false])
    }
}
