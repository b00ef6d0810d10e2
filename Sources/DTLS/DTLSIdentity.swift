import COpenSSL
import Primitives

/// The SHA-256 of a certificate: what the descriptions of a call tell of it (RFC 8122 section 5), and all that is trusted.
package struct DTLSFingerprint: Sendable, Hashable, CustomStringConvertible {
    package static let length = 32

    package let bytes: [UInt8]

    /// - Returns: nil if there are not 32 of them.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// `4A:AD:B9:…`
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}

/// Our key (P-256) and a certificate that it signed itself: made at each start, as only its fingerprint is ever known to anybody.
// @unchecked: written once; OpenSSL counts and locks what its sessions share.
package final class DTLSIdentity: @unchecked Sendable {
    package let fingerprint: DTLSFingerprint
    let identity: OpaquePointer

    /// Browsers look at the fingerprint and not at the dates, which must be there all the same.
    ///
    /// - Returns: nil if OpenSSL has no memory or no chance left.
    package init?(validFrom begin: Timestamp, until end: Timestamp) {
        guard let made = dtls_identity_make(begin.microseconds / 1_000_000, end.microseconds / 1_000_000) else { return nil }
        var bytes = [UInt8](repeating: 0, count: DTLSFingerprint.length)
        guard dtls_identity_fingerprint(made, &bytes) == 1, let fingerprint = DTLSFingerprint(bytes) else {
            dtls_identity_free(made)
            return nil
        }
        identity = made
        self.fingerprint = fingerprint
    }

    deinit { dtls_identity_free(identity) }
}
