import Organization

package struct NamedWallboard: Hashable, Sendable {
    package var wallboard: Wallboard
    package var key: String
    package var name: Localised

    package init(wallboard: Wallboard, key: String, name: Localised) {
        self.wallboard = wallboard
        self.key = key
        self.name = name
    }
}

package struct NamedAlert: Hashable, Sendable {
    package var alert: Alert
    package var key: String
    /// Without texts it is called by what it watches.
    package var name: Localised
    /// Who else is told; nil: only screens show it.
    package var webhook: Webhook?

    package init(alert: Alert, key: String, name: Localised, webhook: Webhook?) {
        self.alert = alert
        self.key = key
        self.name = name
        self.webhook = webhook
    }
}

/// Where another program wants to be told of something.
package struct Webhook: Hashable, Sendable {
    package var address: WebhookAddress
    /// What each message is signed with.
    package var secret: Secret

    package init(address: WebhookAddress, secret: Secret) {
        self.address = address
        self.secret = secret
    }

    /// Bytes of a secret: a shorter one could be found from one message by trying all.
    package static let secretMin = 16
    package static let secretMax = 200
}

/// An address that begins with `http://` or `https://`, split into what a client needs of it.
package struct WebhookAddress: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let isSecure: Bool
    /// A name, or an IP address without brackets.
    package let host: String
    package let port: Int
    /// From the first slash on, with the query.
    package let target: String

    package static let textMax = 1000

    /// Nil for what is no such address, or names a user: secrets do not belong there.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.textMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: text.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var host = String(rest[..<end])
        isSecure = scheme == schemes[0]
        var port = isSecure ? 443 : 80
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = String(host[..<colon])
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        let isName = host.utf8.allSatisfy { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard !host.isEmpty, isName else { return nil }
        // What comes after # is for browsers.
        let path = rest[end...].prefix { $0 != "#" }
        self.host = host
        self.port = port
        target = path.hasPrefix("/") ? String(path) : "/" + path
        description = text
    }
}
