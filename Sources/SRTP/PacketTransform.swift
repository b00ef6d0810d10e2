import COpenSSL
import RTP

/// The keys of one direction for RTP, or for RTCP, at work on packets where they lie. What it needs is made with it: nothing is
/// allocated for a packet.
///
/// Both kinds of packet have a clear head, bytes that are encrypted, and a tag; RTCP has four more bytes with its index (RFC 3711
/// section 3.4), which are authenticated before (counter mode) or beside (GCM, RFC 7714 section 9) the rest.
final class PacketTransform {
    private enum Keys {
        case gcm(OpaquePointer)
        case counter(OpaquePointer, code: OpaquePointer)
    }

    private let keys: Keys
    /// The session salt in words, filled up with zeros.
    private let salt: (UInt32, UInt32, UInt32, UInt32)
    /// The counter block, four bytes beside the packet, and a code, one behind the other.
    private let counter = UnsafeMutablePointer<UInt8>.allocate(capacity: 40)

    /// - Parameter seals: whether it protects; else it takes the protection off.
    /// - Returns: nil if memory is short.
    convenience init?(_ derivation: KeyDerivation, of profile: SRTPProfile, isControl: Bool, seals: Bool) {
        guard let key = derivation.derive(isControl ? .controlEncryption : .encryption, count: 16),
            let salt = derivation.derive(isControl ? .controlSalt : .salt, count: profile.saltLength),
            let code = derivation.derive(isControl ? .controlAuthentication : .authentication, count: 20)
        else { return nil }
        self.init(profile, key: key, salt: salt, code: code, seals: seals)
    }

    /// - Parameter code: the key of the authentication, 20 bytes; GCM has none.
    init?(_ profile: SRTPProfile, key: [UInt8], salt: [UInt8], code: [UInt8], seals: Bool) {
        guard key.count == profile.keyLength, salt.count == profile.saltLength else { return nil }
        switch profile {
        case .aeadAES128GCM:
            guard let made = gcm_key_make(key, seals ? 1 : 0) else { return nil }
            keys = .gcm(made)
        case .aes128CounterHMACSHA1:
            guard let made = counter_key_make(key) else { return nil }
            guard let authenticator = hmac_key_make(code, code.count) else {
                counter_key_free(made)
                return nil
            }
            keys = .counter(made, code: authenticator)
        }
        let padded = salt + Array(repeating: 0, count: 16 - salt.count)
        self.salt = padded.withUnsafeBytes {
            ($0.bigEndian32(at: 0), $0.bigEndian32(at: 4), $0.bigEndian32(at: 8), $0.bigEndian32(at: 12))
        }
        counter.initialize(repeating: 0, count: 40)
    }

    deinit {
        switch keys {
        case .gcm(let key): gcm_key_free(key)
        case .counter(let key, let code):
            counter_key_free(key)
            hmac_key_free(code)
        }
        counter.deallocate()
    }

    // MARK: RTP

    /// Encrypts what lies between `head` and `length` and writes the tag behind it; there must be room for it.
    ///
    /// - Returns: the length of the whole; nil if OpenSSL refuses.
    func protect(_ packet: UnsafeMutablePointer<UInt8>, head: Int, length: Int, ssrc: UInt32, index: UInt64) -> Int? {
        switch keys {
        case .gcm(let key):
            setGCMCounter(ssrc: ssrc, index: index)
            guard gcm_key_seal(key, counter, packet, head, nil, 0, packet + head, length - head, packet + length) == 1 else { return nil }
            return length + 16
        case .counter(let key, let code):
            setCounter(ssrc: ssrc, index: index)
            guard counter_key_apply(key, counter, packet + head, length - head) == 1 else { return nil }
            hmac_key_code(code, packet, length, rollOver(index), 4, self.code)
            (packet + length).update(from: self.code, count: 10)
            return length + 10
        }
    }

    /// - Parameter length: of the whole, which must hold `head` and a tag.
    /// - Returns: the length without the tag; nil if it is forged, and then the bytes are of no use.
    func unprotect(_ packet: UnsafeMutablePointer<UInt8>, head: Int, length: Int, ssrc: UInt32, index: UInt64) -> Int? {
        switch keys {
        case .gcm(let key):
            let end = length - 16
            setGCMCounter(ssrc: ssrc, index: index)
            return gcm_key_open(key, counter, packet, head, nil, 0, packet + head, end - head, packet + end) == 1 ? end : nil
        case .counter(let key, let code):
            let end = length - 10
            hmac_key_code(code, packet, end, rollOver(index), 4, self.code)
            guard bytes_are_equal(self.code, packet + end, 10) == 1 else { return nil }
            setCounter(ssrc: ssrc, index: index)
            return counter_key_apply(key, counter, packet + head, end - head) == 1 ? end : nil
        }
    }

    // MARK: RTCP

    /// The first eight bytes stay readable (RFC 3711 section 3.4).
    static let controlHead = 8
    /// The flag that says that the packet is encrypted, before the 31 bits of its index.
    static let encryptedFlag: UInt32 = 0x8000_0000

    func protectControl(_ packet: UnsafeMutablePointer<UInt8>, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        let head = Self.controlHead
        let word = index | Self.encryptedFlag
        switch keys {
        case .gcm(let key):
            setGCMCounter(ssrc: ssrc, index: UInt64(index))
            scratch.store(bigEndian: word, at: 16)
            guard gcm_key_seal(key, counter, packet, head, beside, 4, packet + head, length - head, packet + length) == 1 else {
                return nil
            }
            (packet + length + 16).update(from: beside, count: 4)
            return length + 20
        case .counter(let key, let code):
            setCounter(ssrc: ssrc, index: UInt64(index))
            guard counter_key_apply(key, counter, packet + head, length - head) == 1 else { return nil }
            scratch.store(bigEndian: word, at: 16)
            (packet + length).update(from: beside, count: 4)
            hmac_key_code(code, packet, length + 4, nil, 0, self.code)
            (packet + length + 4).update(from: self.code, count: 10)
            return length + 14
        }
    }

    /// - Parameter length: of the whole, which must hold the head, the word with the index and a tag.
    func unprotectControl(_ packet: UnsafeMutablePointer<UInt8>, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        let head = Self.controlHead
        switch keys {
        case .gcm(let key):
            let end = length - 20
            setGCMCounter(ssrc: ssrc, index: UInt64(index))
            return gcm_key_open(key, counter, packet, head, packet + end + 16, 4, packet + head, end - head, packet + end) == 1 ? end : nil
        case .counter(let key, let code):
            let end = length - 14
            hmac_key_code(code, packet, end + 4, nil, 0, self.code)
            guard bytes_are_equal(self.code, packet + end + 4, 10) == 1 else { return nil }
            setCounter(ssrc: ssrc, index: UInt64(index))
            return counter_key_apply(key, counter, packet + head, end - head) == 1 ? end : nil
        }
    }

    /// Where the word with the index of RTCP lies, behind which `length` ends.
    static func controlWord(in length: Int, of profile: SRTPProfile) -> Int {
        switch profile {
        case .aeadAES128GCM: length - 4
        case .aes128CounterHMACSHA1: length - 14
        }
    }

    // MARK: Counter blocks

    private var beside: UnsafeMutablePointer<UInt8> { counter + 16 }
    private var code: UnsafeMutablePointer<UInt8> { counter + 20 }
    private var scratch: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: counter, count: 40) }

    /// RFC 7714 sections 8.1 and 9.1: two zeros, the source, the index in 48 bits.
    private func setGCMCounter(ssrc: UInt32, index: UInt64) {
        scratch.store(bigEndian: salt.0 ^ ssrc >> 16, at: 0)
        scratch.store(bigEndian: salt.1 ^ (ssrc << 16 | UInt32(truncatingIfNeeded: index >> 32)), at: 4)
        scratch.store(bigEndian: salt.2 ^ UInt32(truncatingIfNeeded: index), at: 8)
    }

    /// RFC 3711 section 4.1.1: the source over the second word, the index over the next six bytes, and two that count blocks.
    private func setCounter(ssrc: UInt32, index: UInt64) {
        scratch.store(bigEndian: salt.0, at: 0)
        scratch.store(bigEndian: salt.1 ^ ssrc, at: 4)
        scratch.store(bigEndian: salt.2 ^ UInt32(truncatingIfNeeded: index >> 16), at: 8)
        scratch.store(bigEndian: salt.3 ^ UInt32(truncatingIfNeeded: index) << 16, at: 12)
    }

    /// What is authenticated behind an RTP packet without being sent (RFC 3711 section 4.2).
    private func rollOver(_ index: UInt64) -> UnsafeMutablePointer<UInt8> {
        scratch.store(bigEndian: UInt32(truncatingIfNeeded: index >> 16), at: 16)
        return beside
    }
}
