/// The identity of one thing of the kind `Tag`: a UUID whose first 48 bits are the time of its making in milliseconds
/// (version 7, RFC 9562 section 5.7), so that ids sort as they were made and databases append instead of scatter.
///
/// The tag exists only for the compiler: an `ID<Agent>` is no `ID<Contact>`.
@frozen @usableFromInline
package struct ID<Tag>: Hashable, Comparable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// The first eight bytes: time, version, and 12 bits of chance.
    @usableFromInline package let high: UInt64
    /// The last eight bytes: variant and 62 bits of chance.
    @usableFromInline package let low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id, made at `now` with chance from `random`.
    package init(at now: Timestamp, using random: inout Random) {
        let milliseconds = UInt64(max(0, now.microseconds / 1000))
        high = milliseconds << 16 | 0x7000 | random.next() >> 52
        low = 0x8000_0000_0000_0000 | random.next() >> 2
    }

    /// When it was made, to the millisecond.
    package var madeAt: Timestamp { Timestamp(microseconds: Int64(high >> 16) * 1000) }

    /// The id whose canonical text (36 characters, hexadecimal with hyphens) is `text`; nil if it is no such text.
    @usableFromInline
    package init?(_ text: String) {
        var digits = (high: UInt64(0), low: UInt64(0))
        var count = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalValue(byte), count < 32 else { return nil }
            if count < 16 { digits.high = digits.high << 4 | UInt64(digit) } else { digits.low = digits.low << 4 | UInt64(digit) }
            count += 1
        }
        guard count == 32, text.utf8.count == 36 else { return nil }
        (high, low) = digits
    }

    /// The same number as the id of another kind: where one thing is known by two trades (a leg and its media session).
    @inlinable
    package init<Other>(sameAs other: ID<Other>) {
        self.init(high: other.high, low: other.low)
    }

    @usableFromInline
    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 0xF
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    @inlinable
    package static func == (left: Self, right: Self) -> Bool { left.high == right.high && left.low == right.low }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
    }
}

/// The value of a hexadecimal digit in ASCII, or nil.
package func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
