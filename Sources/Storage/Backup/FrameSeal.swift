import Crypto
import Foundation

/// The secret a backup is encrypted with: 32 bytes that are kept apart from it.
package struct BackupKey: Sendable {
    let secret: SymmetricKey

    package static let size = 32

    /// Nil unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        secret = SymmetricKey(data: bytes)
    }

    /// Reads a key file: 32 bytes as they are, or their base64 in one line.
    package init(contentsOf path: String) throws {
        let file = try PlainFile(reading: path)
        defer { file.close() }
        // Longer than either form: what follows is not looked at.
        let bytes = try file.read(upTo: 4 * Self.size)
        if let key = BackupKey(bytes) {
            self = key
            return
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let decoded = Data(base64Encoded: text), let key = BackupKey([UInt8](decoded)) else { throw BackupError.badKeyFile(path) }
        self = key
    }

    fileprivate func derived(_ purpose: String, salt: [UInt8], size: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, salt: salt, info: Data(purpose.utf8), outputByteCount: size)
    }
}

extension BackupFormat.SealParameters {
    /// For a new backup.
    init(key: BackupKey?) {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltSize).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.init(isEncrypted: key != nil, salt: salt, keyCheck: Self.check(key, salt))
    }

    /// Whether `key` is the one of these parameters.
    func fits(_ key: BackupKey) -> Bool { Self.check(key, salt) == keyCheck }

    private static func check(_ key: BackupKey?, _ salt: [UInt8]) -> [UInt8] {
        guard let key else { return Array(repeating: 0, count: checkSize) }
        return key.derived("callfloor backup: check", salt: salt, size: checkSize).withUnsafeBytes { [UInt8]($0) }
    }
}

/// Puts a tag on each frame, one after the other, and tells whether it fits.
///
/// With a key: AES-256-GCM, the file's own key by HKDF from the secret and the salt, the frame's number and whether it is the
/// last in the nonce, the head as associated data. Without: the tag is the SHA-256 of the tag before it (the first: of the
/// head), of whether it is the last, and of the content.
struct FrameSeal {
    private enum Way {
        case encrypted(SymmetricKey)
        case chained(tag: [UInt8])
    }

    private var way: Way
    private let header: [UInt8]
    private var number: UInt64 = 0

    init(header: [UInt8], _ parameters: BackupFormat.SealParameters, key: BackupKey?) {
        self.header = header
        if let key {
            way = .encrypted(key.derived("callfloor backup: frames", salt: parameters.salt, size: 32))
        } else {
            way = .chained(tag: [UInt8](SHA256.hash(data: header)))
        }
    }

    var tagSize: Int {
        switch way {
        case .encrypted: 16
        case .chained: 32
        }
    }

    mutating func seal(_ content: [UInt8], isLast: Bool) throws -> [UInt8] {
        defer { number += 1 }
        switch way {
        case .encrypted(let key):
            let box = try AES.GCM.seal(content, using: key, nonce: nonce(isLast), authenticating: header)
            return [UInt8](box.ciphertext) + box.tag
        case .chained(let previous):
            let tag = Self.chain(previous, isLast, content)
            way = .chained(tag: tag)
            return content + tag
        }
    }

    /// The content of a frame; nil if its tag does not fit. A frame that did not fit may be tried again.
    mutating func open(_ frame: [UInt8], isLast: Bool) throws -> [UInt8]? {
        guard frame.count >= tagSize else { return nil }
        let content = frame.dropLast(tagSize)
        let tag = frame.suffix(tagSize)
        switch way {
        case .encrypted(let key):
            let box = try AES.GCM.SealedBox(nonce: nonce(isLast), ciphertext: content, tag: tag)
            guard let opened = try? AES.GCM.open(box, using: key, authenticating: header) else { return nil }
            number += 1
            return [UInt8](opened)
        case .chained(let previous):
            let expected = Self.chain(previous, isLast, content)
            guard expected == Array(tag) else { return nil }
            way = .chained(tag: expected)
            number += 1
            return Array(content)
        }
    }

    /// Never twice the same with one key: the key belongs to this file alone.
    private func nonce(_ isLast: Bool) throws -> AES.GCM.Nonce {
        let bytes: [UInt8] = [0, 0, 0] + withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } + [isLast ? 1 : 0]
        return try AES.GCM.Nonce(data: bytes)
    }

    private static func chain(_ previous: [UInt8], _ isLast: Bool, _ content: some Collection<UInt8> & DataProtocol) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: [isLast ? 1 : 0] as [UInt8])
        hash.update(data: content)
        return [UInt8](hash.finalize())
    }
}
