import Crypto
import Primitives

/// The tag of a recording's id, as its file knows it.
package enum SealedRecording {}

/// The first 256 bytes of a recording: whose it is, and its own key, wrapped by a key of the centre.
///
/// ```
///   0   8  "CFRECORD"
///   8   1  version, 1; then 7 zeros
///  16  16  id
///  32   8  when it began, microseconds since 1970
///  40   8  zeros
///  48 104  slot: name of the wrapping key (16), nonce (12), wrapped key (32), tag (16), zeros (28)
/// 152 104  a second slot
/// ```
/// Numbers are big-endian. There are two slots so that a key is wrapped anew without a moment in which none is whole: first the one, then
/// the other. What comes before them never changes, and is authenticated by every frame.
package struct RecordingHeader: Sendable {
    package static let length = 256
    package static let slots = [48..<152, 152..<256]

    static let fixedLength = 48
    private static let magic = Array("CFRECORD".utf8)
    private static let version: UInt8 = 1
    private static let nonceLength = 12
    static let tagLength = 16

    package let id: ID<SealedRecording>
    package let startedAt: Timestamp
    /// The whole of it.
    package private(set) var bytes: [UInt8]

    /// For a new recording.
    ///
    /// - Parameter secret: the recording's own key, 32 bytes by chance that no other has.
    /// - Parameter nonces: 12 bytes by chance for each slot.
    package init(
        id: ID<SealedRecording>, startedAt: Timestamp, secret: SymmetricKey, wrappedBy key: RecordingKey, nonces: [[UInt8]]
    ) throws {
        self.id = id
        self.startedAt = startedAt
        bytes = Self.magic + [Self.version] + Array(repeating: 0, count: 7)
        bytes += Self.big(id.high) + Self.big(id.low) + Self.big(UInt64(bitPattern: startedAt.microseconds))
        bytes += Array(repeating: 0, count: Self.length - bytes.count)
        for (slot, nonce) in zip(Self.slots, nonces) {
            let content = try wrapped(secret, by: key, nonce: nonce)
            bytes.replaceSubrange(slot, with: content)
        }
    }

    /// - Throws: `notARecording`, `unknownVersion`.
    package init(parsing bytes: [UInt8]) throws(Unreadable) {
        guard bytes.count >= Self.length, bytes.starts(with: Self.magic) else { throw .notARecording }
        guard bytes[8] == Self.version else { throw .unknownVersion(bytes[8]) }
        id = ID(high: Self.number(bytes[16..<24]), low: Self.number(bytes[24..<32]))
        startedAt = Timestamp(microseconds: Int64(bitPattern: Self.number(bytes[32..<40])))
        self.bytes = Array(bytes[..<Self.length])
    }

    /// Why a recording cannot be played.
    package enum Unreadable: Error, Hashable {
        case notARecording
        case unknownVersion(UInt8)
        /// It was wrapped by a key that is not in the ring.
        case keyMissing(String)
        /// The ring's key of that name is another one, or the header was altered.
        case keyWrong(String)
        /// Its key was overwritten.
        case erased
    }

    /// The name of the wrapping key in each slot; nil where there is none.
    package var keyNames: [String?] { Self.slots.map { name(in: bytes[$0]) } }

    /// The recording's own key.
    package func secret(by ring: RecordingKeyRing) throws(Unreadable) -> SymmetricKey {
        var reason = Unreadable.erased
        for slot in Self.slots {
            let content = Array(bytes[slot])
            guard let name = name(in: content[...]) else { continue }
            guard let key = ring.key(named: name) else {
                reason = .keyMissing(name)
                continue
            }
            if let secret = unwrapped(content, by: key) { return secret }
            reason = .keyWrong(name)
        }
        throw reason
    }

    /// What goes into a slot: the recording's key under another key of the centre.
    package func wrapped(_ secret: SymmetricKey, by key: RecordingKey, nonce: [UInt8]) throws -> [UInt8] {
        let name = Array(key.name.utf8) + Array(repeating: 0, count: RecordingKey.nameMax - key.name.utf8.count)
        let content = secret.withUnsafeBytes { Array($0) }
        let box = try AES.GCM.seal(content, using: key.secret, nonce: AES.GCM.Nonce(data: nonce), authenticating: associated(with: name))
        let slot = name + nonce + Array(box.ciphertext) + Array(box.tag)
        return slot + Array(repeating: 0, count: Self.slots[0].count - slot.count)
    }

    /// Over what every frame is authenticated.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(bytes[..<Self.fixedLength]))) }

    private func unwrapped(_ slot: [UInt8], by key: RecordingKey) -> SymmetricKey? {
        let sealed = RecordingKey.nameMax + Self.nonceLength
        let tag = sealed + RecordingKey.size
        guard let nonce = try? AES.GCM.Nonce(data: Array(slot[RecordingKey.nameMax..<sealed])),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: Array(slot[sealed..<tag]), tag: Array(slot[tag..<tag + Self.tagLength])),
            let opened = try? AES.GCM.open(box, using: key.secret, authenticating: associated(with: Array(slot[..<RecordingKey.nameMax])))
        else { return nil }
        return SymmetricKey(data: Array(opened))
    }

    private func associated(with name: [UInt8]) -> [UInt8] { bytes[..<Self.fixedLength] + name }

    private func name(in slot: ArraySlice<UInt8>) -> String? {
        let name = slot.prefix(RecordingKey.nameMax).prefix { $0 != 0 }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    static func big(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
