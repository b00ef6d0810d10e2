/// An IP address and a port, as a value that protocols can hold without opening a socket.
package struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: IPAddress
    package var port: UInt16

    package init(_ host: IPAddress, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `192.0.2.1:5060` or `[2001:db8::1]:5060`; nil for anything else, also for host names.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let host = IPAddress(text[..<colon]),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        // Without brackets the last group of an IPv6 address would be taken for a port.
        if case .v6 = host, text.first != "[" { return nil }
        self.init(host, port: port)
    }

    /// `192.0.2.1:5060` or `[2001:db8::1]:5060`.
    package var description: String {
        switch host {
        case .v4: "\(host):\(port)"
        case .v6: "[\(host)]:\(port)"
        }
    }
}

/// An IP address in its own bits.
package enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Network order read as a number: 127.0.0.1 is 0x7F000001.
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Reads `192.0.2.1` or `2001:db8::1` (RFC 4291 section 2.2, with or without brackets); nil for anything else,
    /// also for host names.
    package init?(_ text: some StringProtocol) {
        var bytes = Substring(text)
        if bytes.hasPrefix("["), bytes.hasSuffix("]") { bytes = bytes.dropFirst().dropLast() }
        if bytes.utf8.contains(UInt8(ascii: ":")) {
            guard let value = Self.sixteenBytes(bytes) else { return nil }
            self = .v6(high: value.high, low: value.low)
        } else {
            guard let value = Self.fourBytes(bytes) else { return nil }
            self = .v4(value)
        }
    }

    package var description: String {
        switch self {
        case .v4(let word):
            return "\(word >> 24).\(word >> 16 & 255).\(word >> 8 & 255).\(word & 255)"
        case .v6(let high, let low):
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4))) }
            return Self.compressed(groups)
        }
    }

    /// RFC 5952: the longest run of two or more zero groups becomes `::`.
    private static func compressed(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        func joined(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? joined(0..<8) : joined(0..<best.lowerBound) + "::" + joined(best.upperBound..<8)
    }

    private static func fourBytes(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var word: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), let value = UInt8(part), part.first != "+" else { return nil }
            word = word << 8 | UInt32(value)
        }
        return word
    }

    private static func sixteenBytes(_ text: Substring) -> (high: UInt64, low: UInt64)? {
        guard text.utf8.count <= 45 else { return nil }
        let halves: [Substring]
        if let gap = text.firstRange(of: "::") {
            halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
        } else {
            halves = [text]
        }
        var parsed: [[UInt16]] = []
        for half in halves {
            guard let groups = Self.groups(half) else { return nil }
            parsed.append(groups)
        }
        let count = parsed.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? count <= 7 : count == 8 else { return nil }
        let all = parsed[0] + (halves.count == 2 ? Array(repeating: 0, count: 8 - count) + parsed[1] : [])
        func word(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 << 16 | UInt64($1) } }
        return (word(all[0..<4]), word(all[4..<8]))
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let word = fourBytes(part) else { return nil }
                groups += [UInt16(word >> 16), UInt16(truncatingIfNeeded: word)]
            } else {
                guard (1...4).contains(part.utf8.count), let value = UInt16(part, radix: 16), part.first != "+" else { return nil }
                groups.append(value)
            }
        }
        return groups
    }
}
