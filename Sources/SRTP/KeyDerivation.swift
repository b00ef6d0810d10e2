import COpenSSL

/// Makes the keys that packets are protected with out of a master key (RFC 3711 section 4.3). They are derived once: a rate other than
/// zero is not negotiated by DTLS-SRTP (RFC 5764 section 4.1.2).
struct KeyDerivation {
    /// RFC 3711 section 4.3.2.
    enum Label: UInt8, CaseIterable {
        case encryption = 0
        case authentication = 1
        case salt = 2
        case controlEncryption = 3
        case controlAuthentication = 4
        case controlSalt = 5
    }

    private static let blockLength = 16
    /// The label stands where the seventh of the 14 bytes of the salt is.
    private static let labelPlace = 7

    private let key: OpaquePointer
    /// Short salts are filled up with zeros (RFC 7714 section 11).
    private let salt: [UInt8]

    /// - Returns: nil if memory is short.
    static func with<Result>(_ master: SRTPKeyingMaterial.Master, _ body: (KeyDerivation) -> Result?) -> Result? {
        guard master.key.count == 16, master.salt.count <= 14, let key = counter_key_make(master.key) else { return nil }
        defer { counter_key_free(key) }
        let salt = master.salt + Array(repeating: 0, count: blockLength - master.salt.count)
        return body(KeyDerivation(key: key, salt: salt))
    }

    /// The first `count` bytes of the key stream that begins at the label (sections 4.3.1 and 4.3.3).
    func derive(_ label: Label, count: Int) -> [UInt8]? {
        var block = salt
        block[Self.labelPlace] ^= label.rawValue
        var derived = [UInt8](repeating: 0, count: count)
        return counter_key_apply(key, block, &derived, count) == 1 ? derived : nil
    }
}
