import Primitives

/// What carries SIP messages (RFC 3261 section 18, RFC 3263).
package enum Transport: String, Hashable, Sendable, CaseIterable {
    case udp, tcp, tls

    /// As it stands in a Via.
    var viaName: StaticString {
        switch self {
        case .udp: "UDP"
        case .tcp: "TCP"
        case .tls: "TLS"
        }
    }

    /// Where it listens if nothing else is said (RFC 3261 section 19.1.2).
    package var port: UInt16 { self == .tls ? 5061 : 5060 }

    /// Whether a message arrives or the connection breaks, so that nothing is sent again (RFC 3261 section 17.1.1.2).
    var isReliable: Bool { self != .udp }
}

/// Where a message goes next, or came from. With TCP and TLS it names a connection by its far end.
package struct Hop: Hashable, Sendable, CustomStringConvertible {
    package var transport: Transport
    package var address: NetworkAddress

    package init(_ transport: Transport, _ address: NetworkAddress) {
        self.transport = transport
        self.address = address
    }

    /// `udp:192.0.2.1:5060`, as `description` writes it.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":"), let transport = Transport(rawValue: String(text[..<colon])),
            let address = NetworkAddress(String(text[text.index(after: colon)...]))
        else { return nil }
        self.init(transport, address)
    }

    package static func udp(_ address: NetworkAddress) -> Hop { Hop(.udp, address) }

    package var host: IPAddress { address.host }
    package var description: String { "\(transport.rawValue):\(address)" }
}
