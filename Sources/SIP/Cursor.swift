/// Reads bytes of a message in place. Every step is checked: at the end it says nil, it never traps.
struct Cursor {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        end = min(max(range.upperBound, 0), bytes.count)
        position = min(max(range.lowerBound, 0), end)
    }

    init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    var isAtEnd: Bool { position >= end }
    var peek: UInt8? { position < end ? bytes[position] : nil }
    var rest: Range<Int> { position..<end }

    mutating func next() -> UInt8? {
        guard position < end else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// Steps over `byte` if it is next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < end, bytes[position].isSpace { position += 1 }
    }

    /// The bytes up to the first that `condition` does not hold for; maybe none.
    mutating func take(while condition: (UInt8) -> Bool) -> Range<Int> {
        let start = position
        while position < end, condition(bytes[position]) { position += 1 }
        return start..<position
    }

    /// A token (RFC 3261 section 25.1), nil if there is none.
    mutating func token() -> Range<Int>? {
        let range = take(while: \.isTokenByte)
        return range.isEmpty ? nil : range
    }

    /// A quoted string with its quotes, the cursor being on the first; nil without a closing quote.
    mutating func quotedString() -> Range<Int>? {
        let start = position
        guard skip(UInt8(ascii: "\"")) else { return nil }
        while let byte = next() {
            if byte == UInt8(ascii: "\"") { return start..<position }
            if byte == UInt8(ascii: "\\"), next() == nil { return nil }
        }
        return nil
    }

    /// A decimal number of at most ten digits; nil if there is none or more.
    mutating func number() -> UInt64? {
        let digits = take(while: \.isDigit)
        return decimal(bytes, digits)
    }
}

/// The decimal number in `range`; nil if a byte is no digit, if there is none, or if the value is above 10^18.
func decimal(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
    var value: UInt64 = 0
    for byte in bytes[range] {
        guard byte.isDigit, value < 100_000_000_000_000_000 else { return nil }
        value = value &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
    }
    return value
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool {
        let folded = self | 0x20
        return folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z")
    }

    var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~"
    var isTokenByte: Bool {
        if isLetter || isDigit { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "%"), UInt8(ascii: "*"), UInt8(ascii: "_"),
            UInt8(ascii: "+"), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// A letter of ASCII in lower case, any other byte as it is.
    var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether these bytes are `text` but for the case of ASCII letters; `text` is in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            var index = 0
            for byte in self {
                guard byte.lowercased == buffer[index] else { return false }
                index += 1
            }
            return true
        }
    }

    /// These bytes as text, for what people or the domain read; wrong UTF-8 becomes replacement characters.
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    mutating func append(number: some BinaryInteger) {
        var digits: (UInt64, [UInt8]) = (UInt64(clamping: number), [])
        if digits.0 < 10 { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digits.0)) }
        digits.1.reserveCapacity(20)
        while digits.0 > 0 {
            digits.1.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digits.0 % 10))
            digits.0 /= 10
        }
        append(contentsOf: digits.1.reversed())
    }

    /// The bytes in `range` as far as they exist.
    func part(_ range: Range<Int>) -> ArraySlice<UInt8> { self[range.clamped(to: 0..<count)] }
}
