/// How packets are protected: one of the profiles that DTLS-SRTP agrees on (RFC 5764 section 4.1.2).
package enum SRTPProfile: UInt16, Sendable, Hashable, CaseIterable {
    /// AES in Galois/counter mode (RFC 7714 section 14.2): what browsers like best, and what costs least.
    case aeadAES128GCM = 0x0007
    /// AES in counter mode with 80 bits of HMAC-SHA1 (RFC 3711): what every endpoint must have (RFC 8827 section 6.5).
    case aes128CounterHMACSHA1 = 0x0001

    /// Of the master keys, in bytes.
    package var keyLength: Int { 16 }

    /// Of the master salts, in bytes.
    package var saltLength: Int {
        switch self {
        case .aeadAES128GCM: 12
        case .aes128CounterHMACSHA1: 14
        }
    }

    /// What the handshake must export: two keys and two salts (RFC 5764 section 4.2).
    package var keyingLength: Int { 2 * (keyLength + saltLength) }

    /// What authenticates a packet, in bytes.
    package var tagLength: Int {
        switch self {
        case .aeadAES128GCM: 16
        case .aes128CounterHMACSHA1: 10
        }
    }

    /// As OpenSSL and SDES call it (RFC 4568, RFC 7714 section 14.1).
    package var name: String {
        switch self {
        case .aeadAES128GCM: "SRTP_AEAD_AES_128_GCM"
        case .aes128CounterHMACSHA1: "SRTP_AES128_CM_SHA1_80"
        }
    }
}

/// The master keys of both directions, as the handshake exports them. A secret: never logged, never kept longer than needed.
package struct SRTPKeyingMaterial: Sendable {
    /// The label of the exporter (RFC 5764 section 4.2).
    package static let label = "EXTRACTOR-dtls_srtp"

    package struct Master: Sendable {
        var key: [UInt8]
        var salt: [UInt8]
    }

    package let profile: SRTPProfile
    /// Of what the DTLS client sends.
    package let client: Master
    package let server: Master

    /// Cuts up what was exported: client's key, server's key, client's salt, server's salt.
    ///
    /// - Returns: nil if `exported` has not exactly the profile's `keyingLength`.
    package init?(exported: [UInt8], profile: SRTPProfile) {
        guard exported.count == profile.keyingLength else { return nil }
        let (key, salt) = (profile.keyLength, profile.saltLength)
        self.profile = profile
        client = Master(key: Array(exported[..<key]), salt: Array(exported[2 * key..<2 * key + salt]))
        server = Master(key: Array(exported[key..<2 * key]), salt: Array(exported[(2 * key + salt)...]))
    }
}

/// Which end of the handshake a session belongs to: it sends under its own keys and receives under the other's.
package enum SRTPRole: Sendable {
    case client, server
}
