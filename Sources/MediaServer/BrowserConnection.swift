import CNetwork
import DTLS
import Primitives
import RTP
import SRTP

/// What the descriptions of a browser's call agreed on. Of its ICE credentials a lite agent needs nothing: only the browser asks.
package struct BrowserRemote: Sendable, Equatable {
    package struct Format: Sendable, Hashable {
        package var payloadType: UInt8
        package var coding: Coding

        package init(payloadType: UInt8, coding: Coding) {
            self.payloadType = payloadType
            self.coding = coding
        }
    }

    /// SHA-256 of the certificates it may have, 32 bytes each; others are not looked at.
    package var fingerprints: [[UInt8]]
    /// The first is what we send; the browser may send in any of them. At least one.
    package var formats: [Format]
    /// The payload types of keys pressed, by the clock rate of the sound beside them (8,000 and 48,000).
    package var telephoneEvents: [Int: UInt8]

    package init(fingerprints: [[UInt8]], formats: [Format], telephoneEvents: [Int: UInt8] = [:]) {
        self.fingerprints = fingerprints
        self.formats = formats
        self.telephoneEvents = telephoneEvents
    }
}

/// A browser's remote end made ready for its media thread, which makes nothing itself.
struct BrowserAgreed: Sendable {
    var remote: Remote
    var expected: [DTLSFingerprint]
    /// Used if the one there is cannot go on.
    var handshake: DTLSConnection
    /// If Opus was agreed on.
    var opus: OpusVoice?
}

/// The connection behind a browser's port: where it is (ICE), that it is the one whose certificate was announced (DTLS), and the keys of
/// its packets (SRTP), all on one socket. Touched by the session's media thread only.
final class BrowserConnection {
    /// How long a browser that sends no sound (held, muted) may say nothing: its checks come every 2.5 to 6 s, and one may be lost.
    static let lostAfterChecks = ICELite.silentAfter
    /// Without sound for so long a browser is one that sends none.
    static let soundPause: UInt64 = 1_000_000_000
    /// DTLS datagrams a second, of each session; a handshake has some ten.
    static let handshakesPerSecond = 50

    enum Phase {
        /// Not found yet, or not proved.
        case connecting
        case connected, lost
        /// It took its leave, or its handshake failed.
        case ended
    }

    /// Ours.
    let local: NetworkAddress
    var ice: ICELite
    var dtls: DTLSConnection?
    var expected: [DTLSFingerprint] = []
    var keys: SRTPSession?
    var handshakes = Allowance(perSecond: handshakesPerSecond, burst: handshakesPerSecond)
    var phase = Phase.connecting
    /// Whether `browserConnected` was told of the keys there are.
    var hasTold = false
    /// Sound for it waits until somebody is there to hear its beginning.
    var hasConnected = false
    /// When something authentic last came, and when sound did.
    var aliveAt: UInt64 = 0
    var soundAt: UInt64 = 0

    init(_ credentials: ICECredentials, local: NetworkAddress) {
        self.local = local
        ice = ICELite(credentials, hash: { MessageCode.sha1(of: $0, key: $1) }, at: Clock.monotonic().timestamp)
    }

    /// Whether what comes from there is read at all.
    func isOpen(_ source: network_address, target: network_address) -> Bool {
        // Nearly always the place that was nominated.
        if source.isSame(as: target), ice.state != .lost, ice.outgoing != nil { return true }
        return ice.isOpen(ICELite.Pair(local: local, remote: NetworkAddress(source)))
    }

    /// Whether anything may be sent (RFC 7675 section 5.1) and can be.
    var isReached: Bool { keys != nil && ice.state != .lost }

    /// After so long without anything authentic it is lost.
    func patience(_ usual: Duration) -> Duration {
        aliveAt &- min(aliveAt, soundAt) < Self.soundPause ? usual : max(usual, Self.lostAfterChecks)
    }
}
