import Crypto

/// A key of the centre that wraps the keys of recordings, under a name that each recording tells.
package struct RecordingKey: Sendable {
    package let name: String
    let secret: SymmetricKey

    package static let size = 32
    /// In bytes; a header has no more room.
    package static let nameMax = 16

    /// Nil unless the name is 1 to 16 of `a`–`z`, `0`–`9` and `-`, and there are 32 bytes.
    package init?(name: String, bytes: [UInt8]) {
        guard (1...Self.nameMax).contains(name.utf8.count), name.utf8.allSatisfy(Self.isAllowed), bytes.count == Self.size else {
            return nil
        }
        self.name = name
        secret = SymmetricKey(data: bytes)
    }

    /// What tells this key from another of the same name, and nothing of the key itself.
    package var check: String {
        SHA256.hash(data: secret.withUnsafeBytes { Array("callfloor recording key ".utf8) + Array($0) }).prefix(8).map(Self.hexadecimal)
            .joined()
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}

/// The keys that wrap the keys of recordings: the newest wraps, all of them open.
package struct RecordingKeyRing: Sendable {
    package let keys: [RecordingKey]

    /// More are a mistake: whoever rotates each month for eight years has fewer.
    package static let keysMax = 100

    package var newest: RecordingKey { keys[keys.count - 1] }

    package func key(named name: String) -> RecordingKey? { keys.first { $0.name == name } }

    /// A key ring of one.
    package init(_ key: RecordingKey) { keys = [key] }

    /// Reads lines of a name and 64 hexadecimal digits, the newest key last; empty lines and those after `#` say nothing.
    ///
    /// - Throws: where it is wrong.
    package init(parsing text: String) throws(Flaw) {
        var keys: [RecordingKey] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            guard words.count == 2, let bytes = Self.bytes(words[1]), let key = RecordingKey(name: String(name), bytes: bytes) else {
                throw .line(number + 1)
            }
            guard !keys.contains(where: { $0.name == key.name }) else { throw .twice(key.name) }
            guard keys.count < Self.keysMax else { throw .tooMany }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw .empty }
        self.keys = keys
    }

    package enum Flaw: Error, Hashable, CustomStringConvertible {
        case empty
        case line(Int)
        case twice(String)
        case tooMany

        package var description: String {
            switch self {
            case .empty: "no key is in it"
            case .line(let number): "line \(number) is no name with 64 hexadecimal digits"
            case .twice(let name): "two keys are named \(name)"
            case .tooMany: "more than \(RecordingKeyRing.keysMax) keys"
            }
        }
    }

    /// A line for the file.
    package static func line(name: String, bytes: [UInt8]) -> String {
        "\(name) \(bytes.map(RecordingKey.hexadecimal).joined())\n"
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }
}
