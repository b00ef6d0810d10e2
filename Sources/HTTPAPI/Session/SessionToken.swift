import Crypto
import Hummingbird
import Primitives

/// The secret in a session's cookie: 32 random bytes. Only its SHA-256 is kept: who reads the tables cannot sign in.
struct SessionToken: Sendable {
    let text: String
    let hash: Hash

    struct Hash: Hashable, Sendable {
        let bytes: [UInt8]
    }

    /// A new one.
    init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<Self.bytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        self.init(bytes)
    }

    /// The one in a cookie; nil if it cannot be one.
    init?(cookie text: String) {
        guard text.utf8.count == Self.bytes * 2 else { return nil }
        var bytes: [UInt8] = []
        var pending: UInt8?
        for digit in text.utf8 {
            guard let value = hexadecimalValue(digit) else { return nil }
            if let high = pending {
                bytes.append(high << 4 | value)
                pending = nil
            } else {
                pending = value
            }
        }
        self.init(bytes)
    }

    private init(_ bytes: [UInt8]) {
        text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        hash = Hash(bytes: Array(SHA256.hash(data: bytes)))
    }

    private static let bytes = 32

    // MARK: The cookie

    /// Over TLS it has another name: `__Host-` is what only a page of this very host can set, and only over TLS (RFC 6265bis section
    /// 4.1.3.2). Two names, because a browser keeps cookies by host and not by port: who uses both ports is signed in at both.
    static func cookie(secure: Bool) -> String { secure ? "__Host-callfloor_session" : "callfloor_session" }

    /// The value of our cookie in a request; a request with two of them has none.
    static func of(_ request: Request, isSecure: Bool) -> SessionToken? {
        let cookie = cookie(secure: isSecure)
        var found: [Substring] = []
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard pair.hasPrefix(cookie + "=") else { continue }
                found.append(pair.dropFirst(cookie.count + 1))
            }
        }
        return found.count == 1 ? SessionToken(cookie: String(found[0])) : nil
    }

    /// `SameSite=Strict`: the pages themselves need no session, and what they load is of the same site, so a link from a
    /// mail still opens what it should.
    func setCookie(secure: Bool) -> String {
        let age = Limits.session.components.seconds
        return "\(Self.cookie(secure: secure))=\(text); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(age)\(secure ? "; Secure" : "")"
    }

    static func clearCookie(secure: Bool) -> String {
        "\(cookie(secure: secure))=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0\(secure ? "; Secure" : "")"
    }
}
