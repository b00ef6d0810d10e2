import CryptoExtras
import Foundation

/// Passwords as they are kept: scrypt (RFC 7914) in the form `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`, both in base64
/// without padding.
package enum Password {
    /// What one guess costs. `standard` takes 32 MiB and some 60 ms.
    package struct Cost: Hashable, Sendable {
        /// The logarithm of scrypt's N.
        package var logarithm: Int
        package var blockSize: Int
        package var parallelism: Int

        package init(logarithm: Int, blockSize: Int, parallelism: Int) {
            self.logarithm = logarithm
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        package static let standard = Cost(logarithm: 15, blockSize: 8, parallelism: 1)

        /// A hash from elsewhere must not make us compute for minutes or take gigabytes.
        var isBearable: Bool {
            (1...20).contains(logarithm) && (1...32).contains(blockSize) && (1...16).contains(parallelism)
                && (blockSize << logarithm) <= (16 << 18)
        }
    }

    private static let saltBytes = 16
    private static let hashBytes = 32

    /// A new hash of `password` with a salt of its own. Takes tens of milliseconds: never on an event loop.
    package static func hash(_ password: String, cost: Cost = .standard) throws -> String {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let hash = try derive(password, salt: salt, cost: cost, bytes: hashBytes)
        return "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)$\(base64(salt))$\(base64(hash))"
    }

    /// Whether `password` is the one that was hashed; false also for a hash in another form. As slow as `hash`.
    package static func matches(_ password: String, _ stored: String) -> Bool {
        guard let parts = Parts(stored), parts.cost.isBearable, !parts.hash.isEmpty, parts.hash.count <= 64,
            let hash = try? derive(password, salt: parts.salt, cost: parts.cost, bytes: parts.hash.count)
        else { return false }
        return isEqual(hash, parts.hash)
    }

    private static func derive(_ password: String, salt: [UInt8], cost: Cost, bytes: Int) throws -> [UInt8] {
        // The same letters may be typed as one code point or as two; NFC makes them one password (RFC 8265 section 4.2.2).
        let typed = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: typed, salt: salt, outputByteCount: bytes, rounds: 1 << cost.logarithm, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    private struct Parts {
        var cost: Cost
        var salt: [UInt8]
        var hash: [UInt8]

        init?(_ text: String) {
            let parts = text.split(separator: "$", omittingEmptySubsequences: false)
            guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
            var numbers: [Substring: Int] = [:]
            for pair in parts[2].split(separator: ",") {
                let sides = pair.split(separator: "=")
                guard sides.count == 2, let number = Int(sides[1]) else { return nil }
                numbers[sides[0]] = number
            }
            guard let logarithm = numbers["ln"], let blockSize = numbers["r"], let parallelism = numbers["p"],
                let salt = bytes(base64: parts[3]), let hash = bytes(base64: parts[4])
            else { return nil }
            cost = Cost(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
            self.salt = salt
            self.hash = hash
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }

    private static func bytes(base64 text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}

/// Compares without telling by its time where two secrets differ.
package func isEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
}
