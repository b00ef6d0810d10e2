import COpenSSL

/// The keyed hash that a connection's STUN messages are signed with (RFC 8489 section 14.5): the RTP target, which reads and writes
/// them, has no hash of its own.
package enum MessageCode {
    package static let length = 20

    /// HMAC-SHA1, 20 bytes.
    package static func sha1(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: length)
        guard let made = hmac_key_make(key, key.count) else { return [] }
        defer { hmac_key_free(made) }
        hmac_key_code(made, message, message.count, nil, 0, &code)
        return code
    }
}
