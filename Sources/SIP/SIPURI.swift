import Primitives

/// An address of SIP (RFC 3261 section 19.1) or a telephone number as `tel:` (RFC 3966), parsed once at the border.
package struct SIPURI: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: Hashable, Sendable { case sip, sips, tel }

    package var scheme: Scheme
    /// Without escapes, password dropped. The number itself for `tel:`.
    package var user: String?
    /// A host name or an address; brackets around IPv6 are dropped. Empty for `tel:`.
    package var host: String
    package var port: UInt16?
    /// What stands after the first `;`, as it came, headers dropped.
    package var parameters: String
    /// It had `?headers`, which are dropped; a Request-URI must not have any (section 19.1.1).
    package var hasHeaders = false

    package enum ParsingError: Error, Equatable {
        /// Neither sip, sips nor tel: 416 (RFC 3261 section 8.2.2.1).
        case unknownScheme
        case malformed
    }

    package init(user: String?, host: String, port: UInt16? = nil, scheme: Scheme = .sip, parameters: String = "") {
        self.user = user
        self.host = host
        self.port = port
        self.scheme = scheme
        self.parameters = parameters
    }

    /// `sip:user@192.0.2.1:5060`.
    package init(user: String?, at address: NetworkAddress) {
        self.init(user: user, host: address.host.description, port: address.port)
    }

    package init(parsing text: String) throws(ParsingError) {
        try self.init(parsing: Array(text.utf8)[...])
    }

    package init(parsing bytes: ArraySlice<UInt8>) throws(ParsingError) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.allSatisfy(Self.isAllowed) else { throw .malformed }
        let name = bytes[..<colon]
        guard let first = name.first, first.isLetter,
            name.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { throw .malformed }
        if name.equalsIgnoringCase("sip") {
            scheme = .sip
        } else if name.equalsIgnoringCase("sips") {
            scheme = .sips
        } else if name.equalsIgnoringCase("tel") {
            scheme = .tel
        } else {
            throw .unknownScheme
        }
        var rest = bytes[(colon + 1)...]
        if scheme == .tel {
            let number = rest.prefix { $0 != UInt8(ascii: ";") }
            guard !number.isEmpty else { throw .malformed }
            user = Self.unescaped(number)
            host = ""
            parameters = rest[number.endIndex...].dropFirst().text
            return
        }
        // A user may hold `;`, `?` and `/`; an `@` of its own is escaped. So the first one ends it.
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            let userinfo = rest[..<at]
            let user = userinfo.prefix { $0 != UInt8(ascii: ":") }
            guard !user.isEmpty else { throw .malformed }
            self.user = Self.unescaped(user)
            rest = rest[(at + 1)...]
        }
        let host: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "[") {
            guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { throw .malformed }
            host = rest[rest.startIndex + 1..<close]
            guard IPAddress(host.text) != nil else { throw .malformed }
            rest = rest[(close + 1)...]
        } else {
            host = rest.prefix {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
            }
            rest = rest[host.endIndex...]
        }
        guard !host.isEmpty else { throw .malformed }
        self.host = host.text
        if rest.first == UInt8(ascii: ":") {
            let digits = rest.dropFirst().prefix(while: \.isDigit)
            guard digits.count <= 5, let number = UInt16(digits.text) else { throw .malformed }
            port = number
            rest = rest[digits.endIndex...]
        }
        hasHeaders = rest.contains(UInt8(ascii: "?"))
        switch rest.first {
        case nil, UInt8(ascii: "?"): parameters = ""
        case UInt8(ascii: ";"): parameters = rest.dropFirst().prefix { $0 != UInt8(ascii: "?") }.text
        default: throw .malformed
        }
    }

    /// Where to send: the address, if the host is one and no name. Names are not looked up here.
    package var address: NetworkAddress? {
        guard scheme != .tel, let address = IPAddress(host) else { return nil }
        return NetworkAddress(address, port: port ?? 5060)
    }

    /// The same with what carries messages there: as `transport` says, else UDP, and TLS for `sips:`.
    package var hop: Hop? {
        guard scheme != .tel, let address = IPAddress(host) else { return nil }
        return Hop(transport, NetworkAddress(address, port: port ?? transport.port))
    }

    /// What `;transport=` asks for (RFC 3261 section 19.1.1); UDP where nothing is said or nothing we know, TLS for `sips:`.
    package var transport: Transport {
        if scheme == .sips { return .tls }
        let named = parameters.split(separator: ";").first { $0.lowercased().hasPrefix("transport=") }
        return named.flatMap { Transport(rawValue: $0.dropFirst("transport=".count).lowercased()) } ?? .udp
    }

    package var description: String {
        var text = scheme == .tel ? "tel:" : scheme == .sips ? "sips:" : "sip:"
        if let user { text += Self.escaped(user) }
        if scheme != .tel {
            if user != nil { text += "@" }
            text += host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            if let port { text += ":\(port)" }
        }
        if !parameters.isEmpty { text += ";\(parameters)" }
        return text
    }

    /// Whether a parameter of this name is there, in any case of letters: `lr`, `transport`.
    package func hasParameter(_ name: String) -> Bool {
        parameters.split(separator: ";").contains { $0.prefix { $0 != "=" }.lowercased() == name }
    }

    /// Two addresses that mean the same (RFC 3261 section 19.1.4): hosts compare without case, users with it.
    package func means(_ other: SIPURI) -> Bool {
        scheme == other.scheme && user == other.user && host.lowercased() == other.host.lowercased() && port == other.port
    }

    /// What may stand in an address at all: visible ASCII without the delimiters of the headers around it.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\"")
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes.text }
        var result: [UInt8] = []
        var cursor = bytes
        while let byte = cursor.popFirst() {
            if byte == UInt8(ascii: "%"), let high = cursor.first.flatMap(hexadecimalValue),
                let low = cursor.dropFirst().first.flatMap(hexadecimalValue)
            {
                result.append(high << 4 | low)
                cursor = cursor.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result.text
    }

    /// Everything but unreserved characters, `+` and the visual separators of numbers is written as `%hh`.
    private static func escaped(_ user: String) -> String {
        if user.utf8.allSatisfy(isPlain) { return user }
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in user.utf8 {
            if isPlain(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result.text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "-_.!~*'()&=+$,;?/".utf8.contains(byte)
    }
}
