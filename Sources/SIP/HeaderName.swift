/// The header fields that this stack reads, with their compact forms (RFC 3261 section 7.3.3 and 20). All others are
/// `other`: kept in the message, not looked at.
enum HeaderName: UInt8 {
    case other
    case via, from, to, callID, cseq, contact, maxForwards, contentLength, contentType, contentEncoding
    case route, recordRoute, require, proxyRequire, supported, expires, accept, authorization, proxyAuthorization
    case wwwAuthenticate, retryAfter, assertedIdentity, minExpires, unsupported, allow
    case proxyAuthenticate, privacy, remotePartyID
    case sessionExpires, minSE, rseq, rack, infoPackage, referTo, referSub, replaces

    /// The name whose bytes stand in `range`, in any case of letters.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let name = bytes.part(range)
        if name.count == 1 {
            self = Self.compact(name.first ?? 0)
            return
        }
        self = .other
        guard name.count < Self.byLength.count else { return }
        for candidate in Self.byLength[name.count] where name.equalsIgnoringCase(candidate.text) { self = candidate }
    }

    private static func compact(_ letter: UInt8) -> HeaderName {
        switch letter.lowercased {
        case UInt8(ascii: "v"): .via
        case UInt8(ascii: "f"): .from
        case UInt8(ascii: "t"): .to
        case UInt8(ascii: "i"): .callID
        case UInt8(ascii: "m"): .contact
        case UInt8(ascii: "l"): .contentLength
        case UInt8(ascii: "c"): .contentType
        case UInt8(ascii: "e"): .contentEncoding
        case UInt8(ascii: "k"): .supported
        case UInt8(ascii: "x"): .sessionExpires
        case UInt8(ascii: "r"): .referTo
        default: .other
        }
    }

    /// The names in full, by their length: a look-up compares with three or four names at most.
    private static let byLength: [[HeaderName]] = {
        var table: [[HeaderName]] = Array(repeating: [], count: 20)
        for name in all { table[name.text.utf8CodeUnitCount].append(name) }
        return table
    }()

    private static let all: [HeaderName] = [
        .via, .from, .to, .callID, .cseq, .contact, .maxForwards, .contentLength, .contentType, .contentEncoding, .route, .recordRoute,
        .require, .proxyRequire, .supported, .expires, .accept, .authorization, .proxyAuthorization, .wwwAuthenticate, .retryAfter,
        .assertedIdentity, .minExpires, .unsupported, .allow, .proxyAuthenticate, .privacy, .remotePartyID, .sessionExpires, .minSE, .rseq,
        .rack, .infoPackage, .referTo, .referSub, .replaces,
    ]

    var text: StaticString {
        switch self {
        case .other: ""
        case .via: "via"
        case .from: "from"
        case .to: "to"
        case .callID: "call-id"
        case .cseq: "cseq"
        case .contact: "contact"
        case .maxForwards: "max-forwards"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .route: "route"
        case .recordRoute: "record-route"
        case .require: "require"
        case .proxyRequire: "proxy-require"
        case .supported: "supported"
        case .expires: "expires"
        case .accept: "accept"
        case .authorization: "authorization"
        case .proxyAuthorization: "proxy-authorization"
        case .wwwAuthenticate: "www-authenticate"
        case .retryAfter: "retry-after"
        case .assertedIdentity: "p-asserted-identity"
        case .minExpires: "min-expires"
        case .unsupported: "unsupported"
        case .allow: "allow"
        case .proxyAuthenticate: "proxy-authenticate"
        case .privacy: "privacy"
        case .remotePartyID: "remote-party-id"
        case .sessionExpires: "session-expires"
        case .minSE: "min-se"
        case .rseq: "rseq"
        case .rack: "rack"
        case .infoPackage: "info-package"
        case .referTo: "refer-to"
        case .referSub: "refer-sub"
        case .replaces: "replaces"
        }
    }
}
