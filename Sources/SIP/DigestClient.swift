import Primitives

/// What a server asks before it serves us (RFC 7616 section 3.3, RFC 8760), and our answer to it.
struct DigestChallenge: Sendable, Equatable {
    /// Which header asked decides which header answers (RFC 3261 section 22.3).
    var isProxy = false
    var realm = ""
    var nonce = ""
    var opaque: String?
    var algorithm: DigestAlgorithm? = .md5
    /// It knows quality of protection "auth"; without any it is as old as RFC 2069.
    var hasQuality = false
    /// It wants a quality that we do not know (auth-int alone).
    var isUnknown = false
    var isStale = false

    /// The strongest challenge of a 401 or 407 that we can answer.
    static func best(in message: Message) -> DigestChallenge? {
        var best: DigestChallenge?
        for field in message.fields where field.name == .wwwAuthenticate || field.name == .proxyAuthenticate {
            for var challenge in list(message.bytes, field.value) {
                challenge.isProxy = field.name == .proxyAuthenticate
                guard challenge.algorithm != nil, !challenge.isUnknown, !challenge.nonce.isEmpty else { continue }
                if best == nil || (best?.algorithm == .md5 && challenge.algorithm == .sha256) { best = challenge }
            }
        }
        return best
    }

    /// The Digest challenges of one field. Several may stand in it, each begun by its scheme; what cannot be read ends it.
    static func list(_ bytes: [UInt8], _ range: Range<Int>) -> [DigestChallenge] {
        var cursor = Cursor(bytes, in: range)
        var all: [DigestChallenge] = []
        var current: DigestChallenge?
        var isDigest = false
        while true {
            cursor.skipSpace()
            guard let name = cursor.token() else { break }
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: "=")) else {
                // A word without a value is the scheme of the next challenge.
                if let current, isDigest { all.append(current) }
                isDigest = bytes.part(name).equalsIgnoringCase("digest")
                current = DigestChallenge()
                continue
            }
            cursor.skipSpace()
            let value: String
            if cursor.peek == UInt8(ascii: "\"") {
                guard let quoted = cursor.quotedString() else { return all }
                value = unquoted(bytes.part(quoted))
            } else {
                value = bytes.part(cursor.take { $0 != UInt8(ascii: ",") && !$0.isSpace }).text
            }
            current?.set(bytes.part(name).text.lowercased(), to: value)
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: ",")) else { break }
        }
        if let current, isDigest { all.append(current) }
        return all
    }

    private mutating func set(_ name: String, to value: String) {
        switch name {
        case "realm": realm = value
        case "nonce": nonce = value
        case "opaque": opaque = value
        case "algorithm": algorithm = DigestAlgorithm.allCases.first { $0.name == value.uppercased() }
        case "stale": isStale = value.lowercased() == "true"
        case "qop":
            hasQuality = value.split(separator: ",").contains { $0.filter { $0 != " " }.lowercased() == "auth" }
            isUnknown = !hasQuality
        default: break  // domain, charset, userhash: nothing changes by them
        }
    }

    /// The header line that answers, for the `count`-th request by this nonce.
    func answer(_ login: Login, method: String, uri: String, count: UInt32, clientNonce: String) -> [UInt8] {
        guard let algorithm else { return [] }
        let secret = algorithm.hash(Array("\(login.user):\(realm):\(login.password)".utf8)).text
        let digits = String(count, radix: 16)
        let counted = String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
        let response = algorithm.response(
            ha1: secret, method: method, uri: uri, nonce: nonce, quality: hasQuality ? (counted, clientNonce, "auth") : nil)
        var line: [UInt8] = []
        line.append(isProxy ? "Proxy-Authorization: " as StaticString : "Authorization: ")
        line.append("Digest username=\(Self.quoted(login.user)), realm=\(Self.quoted(realm)), nonce=\(Self.quoted(nonce))")
        line.append(", uri=\"\(uri)\", response=\"\(response.text)\", algorithm=\(algorithm.name)")
        if hasQuality { line.append(", cnonce=\"\(clientNonce)\", qop=auth, nc=\(counted)") }
        if let opaque { line.append(", opaque=\(Self.quoted(opaque))") }
        line.append("\r\n")
        return line
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
        var raw = bytes.dropFirst().dropLast()
        var plain: [UInt8] = []
        while let byte = raw.popFirst() { plain.append(byte == UInt8(ascii: "\\") ? raw.popFirst() ?? byte : byte) }
        return plain.text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
            if scalar == "\"" || scalar == "\\" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}

/// A nonce of a provider, and how often we used it (RFC 7616 section 3.4: each request counts it up).
struct DigestSession: Sendable {
    private(set) var challenge: DigestChallenge
    private var count: UInt32 = 0

    init(_ challenge: DigestChallenge) { self.challenge = challenge }

    /// Goes on with the count if `challenge` brings the same nonce again.
    mutating func meet(_ challenge: DigestChallenge) {
        if challenge.nonce != self.challenge.nonce { count = 0 }
        self.challenge = challenge
    }

    mutating func answer(_ login: Login, method: String, uri: String, clientNonce: String) -> [UInt8] {
        count &+= 1
        return challenge.answer(login, method: method, uri: uri, count: count, clientNonce: clientNonce)
    }
}
