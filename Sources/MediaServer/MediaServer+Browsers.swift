import Audio
import CNetwork
import DTLS
import Glibc
import Primitives
import RTP
import Synchronization

/// Browsers: parties like all others, but that one port carries everything and each packet proves whose it is.
extension MediaServer {
    /// Where a browser is to connect to, and what its checks must know.
    package struct BrowserPort: Sendable, Equatable {
        /// Where the socket is bound: what descriptions tell may be another address (one that a NAT maps to it).
        package var address: NetworkAddress
        /// Ours, until a restart.
        package var credentials: ICECredentials
    }

    /// SHA-256 of our certificate, 32 bytes: for the descriptions.
    package var fingerprint: [UInt8] { identity.fingerprint.bytes }

    /// Opens a port for a browser: STUN, DTLS, SRTP and SRTCP come and go there (RFC 7983, RFC 5761). Checks are answered from now on,
    /// everything else waits for `connectBrowser`.
    ///
    /// From there on all that parties can do it can do, too. Its stream towards the browser is one for the whole session.
    ///
    /// - Throws: `portsExhausted`, `alreadyOpen`, `isShutDown`, `cannotBind`.
    package func openBrowser(_ session: ID<MediaSession>) throws -> BrowserPort {
        let credentials = Self.makeCredentials()
        let address = try open(session) { BrowserConnection(credentials, local: $0) }
        return BrowserPort(address: address, credentials: credentials)
    }

    /// The browser's description is known: the handshake is awaited, told by `MediaEvent.browserConnected` or `browserRefused`. Again after
    /// each negotiation: keys and handshake stay (RFC 8842 section 5.5) unless the fingerprints have changed or the connection has ended.
    ///
    /// - Throws: `noBrowser`; `configuration` if no format or fingerprint is of use; `cannotStart` if memory is short.
    package func connectBrowser(_ session: ID<MediaSession>, to remote: BrowserRemote) throws {
        let expected = remote.fingerprints.compactMap { DTLSFingerprint($0) }
        guard !expected.isEmpty else { throw MediaServerError.configuration(key: "fingerprints", expected: "SHA-256, 32 bytes") }
        guard let first = remote.formats.first else { throw MediaServerError.configuration(key: "formats", expected: "one at least") }
        let hasOpus = remote.formats.contains { $0.coding == .opus }
        // Made here: the media threads allocate nothing for it.
        let opus = hasOpus ? OpusVoice() : nil
        guard let handshake = DTLSConnection(identity, expecting: expected), opus != nil || !hasOpus else {
            throw MediaServerError.cannotStart(errno: ENOMEM)
        }
        let far = Remote(negotiated: .init(), sending: first.coding, types: PayloadTypes(remote), keyEar: nil)
        try post(
            .connectBrowser(session, BrowserAgreed(remote: far, expected: expected, handshake: handshake, opus: opus)), toBrowser: session)
    }

    /// The browser begins its ICE anew, as its network has changed (RFC 8839 section 4.4.1.1.1): what the answer must tell. The connection
    /// goes on as it is until the browser is found under the new credentials; handshake and keys stay.
    ///
    /// - Throws: `noBrowser`.
    package func restartBrowser(_ session: ID<MediaSession>) throws -> ICECredentials {
        let credentials = Self.makeCredentials()
        try post(.restartBrowser(session, credentials), toBrowser: session)
        return credentials
    }

    /// A test call: the party hears its own voice, a second late so that it is discernible. It leaves its bridge or its room for it; whatever
    /// it is given to hear next ends it, and so does `false`, after which it hears silence.
    package func echo(_ session: ID<MediaSession>, _ isOn: Bool) {
        let echo = isOn ? Echo() : nil
        directory.withLock { directory in
            guard let thread = directory.threads[session] else { return }
            if isOn { directory.leaveRoom(session) }
            threads[thread].mailbox.post(.echo(session, echo))
        }
    }

    private func post(_ command: Command, toBrowser session: ID<MediaSession>) throws {
        try directory.withLock { directory in
            guard let thread = directory.threads[session], directory.browsers.contains(session) else { throw MediaServerError.noBrowser }
            threads[thread].mailbox.post(command)
        }
    }

    /// Who can foresee them can be anybody's browser: the system's chance.
    private static func makeCredentials() -> ICECredentials {
        var chance = SystemRandomNumberGenerator()
        return ICECredentials(using: &chance)
    }
}
