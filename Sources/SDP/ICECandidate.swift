import Primitives

/// An address at which one side may be reached (RFC 8839 section 5.1), over UDP and for the one component that RTP and RTCP share.
package struct ICECandidate: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case host
        case serverReflexive = "srflx"
        case peerReflexive = "prflx"
        case relayed = "relay"
    }

    /// Of one description; more are not read.
    package static let countMax = 32

    /// The same for candidates that work or fail together (RFC 8445 section 5.1.1.3).
    package var foundation: String
    package var priority: UInt32
    package var address: NetworkAddress
    package var kind: Kind

    package init(foundation: String, priority: UInt32, address: NetworkAddress, kind: Kind) {
        self.foundation = foundation
        self.priority = priority
        self.address = address
        self.kind = kind
    }

    /// One of our own addresses, or the public one that a NAT before us forwards from.
    ///
    /// - Parameter place: in the order in which we like them, from 0.
    package static func host(at address: NetworkAddress, place: Int) -> ICECandidate {
        let place = min(max(place, 0), 65_535)
        let preference = UInt32(65_535 - place)
        // RFC 8445 section 5.1.2.1: type preference 126, component 1.
        return ICECandidate(foundation: String(place + 1), priority: 126 << 24 | preference << 8 | 255, address: address, kind: .host)
    }

    /// Reads the value of an `a=candidate` line; nil for other transports and components, and for names (browsers hide their addresses
    /// behind `….local` until they may use the microphone).
    package init?(_ value: String) {
        let words = value.split(separator: " ", maxSplits: 63)
        guard words.count >= 8, (1...32).contains(words[0].utf8.count), words[0].utf8.allSatisfy(\.isICECharacter), words[1] == "1",
            words[2].lowercased() == "udp", let priority = UInt32(words[3]), let host = IPAddress(words[4]), let port = UInt16(words[5]),
            port != 0, words[6] == "typ", let kind = Kind(rawValue: String(words[7]))
        else { return nil }
        self.init(foundation: String(words[0]), priority: priority, address: NetworkAddress(host, port: port), kind: kind)
    }

    /// The value of an `a=candidate` line.
    package var value: String { "\(foundation) 1 udp \(priority) \(address.host) \(address.port) typ \(kind.rawValue)" }
}

extension UInt8 {
    /// RFC 8839 section 5.1: letters, digits, plus and slash.
    var isICECharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
