import Audio
import DTLS
import Glibc
import Primitives
import RTP
import SRTP

/// Who all browsers of a benchmark are, and whom they expect.
struct BrowserIdentity {
    let identity: DTLSIdentity
    let server: DTLSFingerprint

    init(expecting server: [UInt8]) throws {
        let now = Clock.wall()
        let made = DTLSIdentity(validFrom: now - .seconds(86_400), until: now + .seconds(86_400))
        guard let identity = made, let server = DTLSFingerprint(server) else { throw MediaServerError.cannotStart(errno: ENOMEM) }
        self.identity = identity
        self.server = server
    }

    func remote(_ coding: Coding) -> BrowserRemote {
        let type: UInt8 =
            switch coding {
            case .law(let codec): codec.payloadType
            case .opus: BrowserHandshake.opus
            }
        return BrowserRemote(fingerprints: [identity.fingerprint.bytes], formats: [.init(payloadType: type, coding: coding)])
    }
}

/// A browser of a benchmark on its way to its keys: one check, then the handshake.
struct BrowserHandshake {
    /// Chromium's payload type of Opus.
    static let opus: UInt8 = 111

    private let dtls: DTLSConnection
    private let credentials: ICECredentials
    private(set) var keys: SRTPSession?

    init(_ identity: BrowserIdentity, port: MediaServer.BrowserPort) throws {
        guard let dtls = DTLSConnection(identity.identity, as: .client, expecting: [identity.server]) else {
            throw MediaServerError.cannotStart(errno: ENOMEM)
        }
        self.dtls = dtls
        credentials = port.credentials
    }

    /// What is sent first.
    func begin(at now: Timestamp) -> [[UInt8]] {
        var writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: UInt64(credentials.user.utf8.count)))
        writer.add(.username, Array("\(credentials.user):bench".utf8))
        writer.add(.iceControlling, Array(repeating: 1, count: 8))
        writer.add(.priority, [0x6E, 0x7F, 0, 0xFF])
        writer.add(.useCandidate, [])
        let key = Array(credentials.password.utf8)
        return [writer.finished(mac: { MessageCode.sha1(of: $0, key: key) }, fingerprint: true)]
    }

    /// What follows a datagram.
    mutating func take(_ datagram: UnsafeRawBufferPointer, at now: Timestamp) -> [[UInt8]] {
        switch Datagram(datagram) {
        case .stun: carryOut(dtls.begin(at: now))
        case .dtls: carryOut(dtls.receive(datagram, at: now))
        case .rtp, .rtcp, .other: []
        }
    }

    private mutating func carryOut(_ directives: [DTLSConnection.Directive]) -> [[UInt8]] {
        var datagrams: [[UInt8]] = []
        for directive in directives {
            switch directive {
            case .send(let datagram): datagrams.append(datagram)
            case .connected(let material): keys = SRTPSession(material, as: .client)
            case .closed, .failed: break
            }
        }
        return datagrams
    }
}

/// A browser's leg that is connected. One thread speaks, another one listens: its keys have a state for each direction.
struct BrowserLeg {
    let keys: SRTPSession
    let coding: Coding

    /// - Returns: the length of the whole; nil if it cannot be.
    func protect(_ bytes: UnsafeMutableRawBufferPointer, length: Int) -> Int? {
        guard case .protected(let whole) = keys.protect(bytes, length: length) else { return nil }
        return whole
    }

    func unprotect(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        if case .authentic = keys.unprotect(bytes) { true } else { false }
    }
}
