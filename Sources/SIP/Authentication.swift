import Crypto
import Primitives

/// What a phone's digest password is kept as: H(user:realm:password) in lower-case hexadecimal (RFC 7616 section 3.4.2).
/// The password itself is never kept; who has this value can register, nothing else.
package struct HA1: Hashable, Sendable {
    package var md5: String?
    package var sha256: String?

    package init(md5: String?, sha256: String?) {
        self.md5 = md5
        self.sha256 = sha256
    }

    package init(user: String, realm: String, password: String) {
        let secret = Array("\(user):\(realm):\(password)".utf8)
        md5 = DigestAlgorithm.md5.hash(secret).text
        sha256 = DigestAlgorithm.sha256.hash(secret).text
    }
}

/// The hash of a digest (RFC 8760): SHA-256 is offered first, MD5 is what old phones know.
package enum DigestAlgorithm: Sendable, CaseIterable {
    case sha256, md5

    package var name: String {
        switch self {
        case .sha256: "SHA-256"
        case .md5: "MD5"
        }
    }

    /// The hash of `bytes` in lower-case hexadecimal.
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .md5: hexadecimal(Insecure.MD5.hash(data: bytes))
        case .sha256: hexadecimal(SHA256.hash(data: bytes))
        }
    }

    func secret(in ha1: HA1) -> String? {
        switch self {
        case .md5: ha1.md5
        case .sha256: ha1.sha256
        }
    }

    /// The response to a challenge (RFC 7616 section 3.4.1); without `quality` as RFC 2069 had it.
    package func response(
        ha1: String, method: String, uri: String, nonce: String, quality: (count: String, clientNonce: String, name: String)?
    ) -> [UInt8] {
        let request = hash(Array("\(method):\(uri)".utf8)).text
        guard let quality else { return hash(Array("\(ha1):\(nonce):\(request)".utf8)) }
        return hash(Array("\(ha1):\(nonce):\(quality.count):\(quality.clientNonce):\(quality.name):\(request)".utf8))
    }
}

/// Authorization with the scheme Digest, its parameters unquoted (RFC 7616 section 3.4).
struct DigestCredentials: Sendable {
    var user = "", realm = "", nonce = "", uri = "", response = "", clientNonce = "", count = ""
    var quality: String?
    var algorithm: DigestAlgorithm? = .md5

    /// nil for another scheme or for what cannot be read.
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        var cursor = Cursor(bytes, in: range)
        guard let scheme = cursor.token(), bytes.part(scheme).equalsIgnoringCase("digest") else { return nil }
        repeat {
            cursor.skipSpace()
            guard let name = cursor.token() else { return nil }
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: "=")) else { return nil }
            cursor.skipSpace()
            let value: String
            if cursor.peek == UInt8(ascii: "\"") {
                guard let quoted = cursor.quotedString() else { return nil }
                var raw = bytes.part(quoted).dropFirst().dropLast()
                var plain: [UInt8] = []
                while let byte = raw.popFirst() { plain.append(byte == UInt8(ascii: "\\") ? raw.popFirst() ?? byte : byte) }
                value = plain.text
            } else {
                value = bytes.part(cursor.take { $0 != UInt8(ascii: ",") && !$0.isSpace }).text
            }
            set(bytes.part(name).text.lowercased(), to: value)
            cursor.skipSpace()
        } while cursor.skip(UInt8(ascii: ","))
        guard cursor.isAtEnd, !user.isEmpty, !nonce.isEmpty, !response.isEmpty else { return nil }
    }

    private mutating func set(_ name: String, to value: String) {
        switch name {
        case "username": user = value
        case "realm": realm = value
        case "nonce": nonce = value
        case "uri": uri = value
        case "response": response = value
        case "cnonce": clientNonce = value
        case "nc": count = value
        case "qop": quality = value
        case "algorithm": algorithm = DigestAlgorithm.allCases.first { $0.name == value.uppercased() }
        default: break  // opaque and what others add
        }
    }
}

/// Challenges clients and checks their answers (RFC 7616 section 3, RFC 3261 section 22).
///
/// A nonce carries its time under a keyed hash, so handing one out costs no memory; only nonces that were used with success
/// are remembered, for their counts, until they lapse.
struct Authentication: Sendable {
    enum Verdict: Equatable { case accepted, wrong, stale }

    private let key: SymmetricKey
    private let lifetime: Duration
    private let noncesMax: Int
    private var issued: UInt64 = 0
    private var counts: [String: UInt64] = [:]
    /// The keys of `counts` in the order in which they came, from `head` on.
    private var used: [(nonce: String, madeAt: Timestamp)] = []
    private var head = 0
    /// Nonces made until then are not known to be unused any more.
    private var forgottenUntil = Timestamp.distantPast

    init(key: SymmetricKey, limits: Limits) {
        self.key = key
        lifetime = limits.nonceLifetime
        noncesMax = limits.noncesMax
    }

    /// The WWW-Authenticate lines for an account, one for each hash it has.
    mutating func challenge(_ account: HA1, realm: String, stale: Bool, at now: Timestamp) -> [UInt8] {
        issued &+= 1
        let nonce = Self.nonce(madeAt: now, number: issued, key: key)
        var lines: [UInt8] = []
        for algorithm in DigestAlgorithm.allCases where algorithm.secret(in: account) != nil {
            lines.append("WWW-Authenticate: Digest realm=\"\(realm)\", nonce=\"\(nonce)\", algorithm=\(algorithm.name), qop=\"auth\"")
            lines.append(stale ? ", stale=true\r\n" : "\r\n")
        }
        return lines
    }

    /// Whether `credentials` were made by somebody who knows the account's password, for this request, now.
    mutating func check(
        _ credentials: DigestCredentials, of account: HA1, user: String, realm: String, method: String, at now: Timestamp
    ) -> Verdict {
        guard credentials.user == user, credentials.realm == realm, let algorithm = credentials.algorithm,
            let secret = algorithm.secret(in: account)
        else { return .wrong }
        var quality: (count: String, clientNonce: String, name: String)?
        var count: UInt64 = 1
        if let name = credentials.quality {
            guard name == "auth", credentials.count.utf8.count == 8, let number = UInt64(credentials.count, radix: 16) else {
                return .wrong
            }
            count = number
            quality = (credentials.count, credentials.clientNonce, name)
        }
        let expected = algorithm.response(
            ha1: secret, method: method, uri: credentials.uri, nonce: credentials.nonce, quality: quality)
        guard Self.same(expected, Array(credentials.response.lowercased().utf8)) else { return .wrong }
        // The password is right: from here on only the nonce may be old, and then its user need not be asked.
        guard let madeAt = Self.time(of: credentials.nonce, key: key), madeAt <= now, now - madeAt <= lifetime else { return .stale }
        forget(at: now)
        if let last = counts[credentials.nonce] {
            guard count > last else { return .stale }
        } else {
            guard madeAt > forgottenUntil, count > 0 else { return .stale }
            used.append((credentials.nonce, madeAt))
        }
        counts[credentials.nonce] = count
        return .accepted
    }

    private mutating func forget(at now: Timestamp) {
        while head < used.count {
            let (nonce, madeAt) = used[head]
            let isCrowded = used.count - head >= noncesMax
            guard isCrowded || now - madeAt > lifetime else { break }
            counts[nonce] = nil
            forgottenUntil = max(forgottenUntil, madeAt)
            head += 1
        }
        if head > 64, head * 2 > used.count {
            used.removeFirst(head)
            head = 0
        }
    }

    private static func nonce(madeAt: Timestamp, number: UInt64, key: SymmetricKey) -> String {
        let stamp = fixedHexadecimal(UInt64(bitPattern: madeAt.microseconds)) + fixedHexadecimal(number)
        let seal = HMAC<SHA256>.authenticationCode(for: stamp, using: key)
        return (stamp + hexadecimal(seal).prefix(32)).text
    }

    private static func time(of nonce: String, key: SymmetricKey) -> Timestamp? {
        let bytes = Array(nonce.utf8)
        guard bytes.count == 64, let stamp = UInt64(bytes.prefix(16).text, radix: 16) else { return nil }
        let seal = HMAC<SHA256>.authenticationCode(for: Array(bytes.prefix(32)), using: key)
        guard same(Array(hexadecimal(seal).prefix(32)), Array(bytes.suffix(32))) else { return nil }
        return Timestamp(microseconds: Int64(bitPattern: stamp))
    }

    /// Compares without telling by its time how much was right.
    private static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Tags, branches and Call-IDs: 64 bits each that nobody can guess who has seen others (RFC 3261 section 19.3), because they
/// are a keyed hash of a counter and not the numbers of `Random` themselves.
struct Tokens: Sendable {
    private let key: [UInt8]
    private var counter: UInt64 = 0
    private var block: [UInt8] = []

    init(key: [UInt8]) { self.key = key }

    static let length = 16

    /// 16 hexadecimal digits.
    mutating func next() -> ArraySlice<UInt8> {
        if block.isEmpty {
            counter &+= 1
            block = hexadecimal(SHA256.hash(data: key + fixedHexadecimal(counter)))
        }
        let token = block.suffix(16)
        block.removeLast(16)
        return token
    }

    /// The same token for the same `bytes`: what a stateless answer needs as its tag (RFC 3261 section 8.2.7).
    func token(for bytes: [UInt8]) -> ArraySlice<UInt8> { hexadecimal(SHA256.hash(data: key + bytes)).prefix(16) }
}

private let digits = Array("0123456789abcdef".utf8)

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return text
}

private func fixedHexadecimal(_ word: UInt64) -> [UInt8] {
    (0..<16).map { digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * $0)) & 15] }
}
