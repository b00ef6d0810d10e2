import Audio
import DTLS
import Glibc
import Primitives
import RTP
import SRTP
import Synchronization
import Testing

@testable import MediaServer

/// A browser as the media server meets it: it checks, shakes hands as the DTLS client and protects what it says, on a real socket.
/// Whatever it waits for has a deadline.
final class Browser {
    static let identity = makeIdentity()
    static let telephoneEvents: [Int: UInt8] = [8_000: 126, 48_000: 110]
    static let opus: UInt8 = 111

    static func makeIdentity() -> DTLSIdentity? {
        let now = Timestamp(microseconds: 1_790_000_000_000_000)
        return DTLSIdentity(validFrom: now, until: now + .seconds(86_400 * 365))
    }

    enum Way { case there, back }

    /// What came from the server, opened.
    enum Heard {
        case sound(Phone.Heard)
        case report([UInt8])
    }

    let id: ID<MediaSession>
    let opened: NetworkAddress
    /// Where it says it, if that is another browser's port.
    var portOverride: NetworkAddress?
    var port: NetworkAddress { portOverride ?? opened }
    /// Another one after the network has changed.
    var phone: Phone
    var credentials: ICECredentials
    let dtls: DTLSConnection
    var keys: SRTPSession?
    var failure: DTLSConnection.Failure?
    var isClosed = false
    /// Answers to checks: success or not, and where the server sees us.
    var answers: [(kind: STUN.Class, mapped: NetworkAddress?)] = []
    /// What becomes of each datagram on its way, there and back; usually it arrives as it is.
    var network: (_ datagram: [UInt8], _ way: Way) -> [[UInt8]] = { datagram, _ in [datagram] }
    private var transaction: UInt64 = 0

    init(_ floor: Floor, host: String = "127.0.0.3", identity: DTLSIdentity? = identity, codec: Codec = .pcmu) throws {
        id = floor.id()
        phone = try Phone(codec, host: host)
        let opened = try floor.server.openBrowser(id)
        self.opened = NetworkAddress(.v4(0x7F00_0001), port: opened.address.port)
        credentials = opened.credentials
        let server = try #require(DTLSFingerprint(floor.server.fingerprint))
        let made = try #require(identity)
        dtls = try #require(DTLSConnection(made, as: .client, expecting: [server]))
    }

    /// What the server is told of it.
    static func remote(_ first: Coding = .pcmu, fingerprint: DTLSFingerprint? = identity?.fingerprint) -> BrowserRemote {
        let formats = [
            BrowserRemote.Format(payloadType: 0, coding: .pcmu), .init(payloadType: 8, coding: .pcma),
            .init(payloadType: opus, coding: .opus),
        ]
        return BrowserRemote(
            fingerprints: [fingerprint?.bytes ?? []],
            formats: formats.filter { $0.coding == first } + formats.filter { $0.coding != first },
            telephoneEvents: telephoneEvents)
    }

    var now: Timestamp { Clock.monotonic().timestamp }

    // MARK: To connect

    /// Asks whether it is heard.
    func check(nominating: Bool = true, with change: (inout STUN.Writer) -> Void = { _ in }) {
        for bytes in network(makeCheck(nominating: nominating, with: change), .there) { phone.send(bytes, to: port) }
    }

    func makeCheck(nominating: Bool = true, password: String? = nil, with change: (inout STUN.Writer) -> Void = { _ in }) -> [UInt8] {
        transaction += 1
        var writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 7, low: transaction))
        writer.add(.username, Array("\(credentials.user):theirs".utf8))
        writer.add(.iceControlling, Array(repeating: 1, count: 8))
        writer.add(.priority, [0x6E, 0x7F, 0, 0xFF])
        if nominating { writer.add(.useCandidate, []) }
        change(&writer)
        let key = Array((password ?? credentials.password).utf8)
        return writer.finished(mac: { MessageCode.sha1(of: $0, key: key) }, fingerprint: true)
    }

    /// Checks and shakes hands until the keys are there.
    ///
    /// - Returns: false if it takes too long or is refused.
    @discardableResult
    func connect(within span: Duration = .milliseconds(Int64(Phone.patience))) -> Bool {
        check()
        let deadline = now + span
        var nextCheck = now + .milliseconds(50)
        while answers.last?.kind != .success, now < deadline {
            _ = next(within: 10)
            if now > nextCheck {
                check()
                nextCheck = now + .milliseconds(50)
            }
        }
        carryOut(dtls.begin(at: now))
        while keys == nil, failure == nil, now < deadline {
            _ = next(within: 10)
            carryOut(dtls.pass(at: now))
        }
        return keys != nil
    }

    func carryOut(_ directives: [DTLSConnection.Directive]) {
        for directive in directives {
            switch directive {
            case .send(let datagram): for bytes in network(datagram, .there) { phone.send(bytes, to: port) }
            case .connected(let material): keys = SRTPSession(material, as: .client)
            case .closed: isClosed = true
            case .failed(let why): failure = why
            }
        }
    }

    // MARK: To say

    /// Protects a packet.
    func protected(_ packet: [UInt8], isControl: Bool = false) -> [UInt8] {
        var buffer = packet + [UInt8](repeating: 0, count: SRTPSession.overheadMax)
        let outcome = buffer.withUnsafeMutableBytes {
            isControl ? keys?.protectControl($0, length: packet.count) : keys?.protect($0, length: packet.count)
        }
        guard case .protected(let length) = outcome else { return [] }
        return Array(buffer.prefix(length))
    }

    /// The next 20 ms of `tone`.
    func speak(_ tone: Tone) { send(phone.spoken(tone)) }

    func send(_ packet: [UInt8], isControl: Bool = false) { phone.send(protected(packet, isControl: isControl), to: port) }

    // MARK: To hear

    /// The next thing that is heard; nil if nothing comes in time. Answers to checks, and the handshake, are dealt with on the way.
    func next(within milliseconds: Int32 = Phone.patience) -> Heard? {
        let deadline = now + .milliseconds(Int64(milliseconds))
        repeat {
            guard let datagram = phone.datagram(within: Int32(max(0, (deadline - now).milliseconds))) else { continue }
            for bytes in network(datagram, .back) {
                if let heard = take(bytes) { return heard }
            }
        } while now < deadline
        return nil
    }

    private func take(_ datagram: [UInt8]) -> Heard? {
        var bytes = datagram
        switch bytes.withUnsafeBytes({ Datagram($0) }) {
        case .stun:
            if let message = try? STUN.Message(parsing: bytes[...]) { answers.append((message.kind, message.mappedAddress)) }
        case .dtls:
            carryOut(bytes.withUnsafeBytes { dtls.receive($0, at: now) })
        case .rtp:
            guard case .authentic(let length) = bytes.withUnsafeMutableBytes({ keys?.unprotect($0) }) else { return nil }
            return bytes.prefix(length).withUnsafeBytes { raw in
                (try? Packet(parsing: raw)).map { .sound(Phone.Heard(packet: $0, payload: Array(raw[$0.payload]))) }
            }
        case .rtcp:
            guard case .authentic(let length) = bytes.withUnsafeMutableBytes({ keys?.unprotectControl($0) }) else { return nil }
            return .report(Array(bytes.prefix(length)))
        case .other:
            break
        }
        return nil
    }

    /// The next packet of sound.
    func nextSound(within milliseconds: Int32 = Phone.patience) -> Phone.Heard? {
        let deadline = now + .milliseconds(Int64(milliseconds))
        repeat {
            if case .sound(let heard) = next(within: Int32(max(0, (deadline - now).milliseconds))) { return heard }
        } while now < deadline
        return nil
    }

    func hear(_ count: Int) -> [Phone.Heard] {
        var heard: [Phone.Heard] = []
        while heard.count < count, let packet = nextSound() { heard.append(packet) }
        return heard
    }

    /// Hears what waits at the socket, and forgets it.
    func forget() { while next(within: 0) != nil {} }
}

extension Floor {
    /// A browser that is connected.
    func browser(_ first: Coding = .pcmu, host: String = "127.0.0.3", codec: Codec = .pcmu) throws -> Browser {
        let browser = try Browser(self, host: host, codec: codec)
        try server.connectBrowser(browser.id, to: Browser.remote(first))
        #expect(browser.connect())
        #expect(ear.hears { $0 == .browserConnected(browser.id) })
        return browser
    }

    /// Asks for a party's figures until they are as they should be.
    func figures(of session: ID<MediaSession>, until condition: @escaping @Sendable (SessionStatistics) -> Bool) -> SessionStatistics? {
        let deadline = Clock.monotonic() + UInt64(Phone.patience) * 1_000_000
        while Clock.monotonic() < deadline {
            let told = Told()
            server.statistics(of: session) { told.tell($0) }
            if let statistics = told.wait(), condition(statistics) { return statistics }
        }
        return nil
    }
}

/// One answer, waited for.
final class Told: Sendable {
    private let answer = Mutex<SessionStatistics??>(nil)

    func tell(_ statistics: SessionStatistics?) { answer.withLock { $0 = .some(statistics) } }

    func wait() -> SessionStatistics? {
        let deadline = Clock.monotonic() + UInt64(Phone.patience) * 1_000_000
        while Clock.monotonic() < deadline {
            if let told = answer.withLock({ $0 }) { return told }
            sched_yield()
        }
        return nil
    }
}
