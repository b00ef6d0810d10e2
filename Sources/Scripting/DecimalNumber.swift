/// A number as people write it: 15 digits before the point and 12 after, without the errors of binary fractions. What would need more
/// before the point is none; what would need more after it is rounded, halves away from zero.
package struct DecimalNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In units of 10⁻¹².
    private let units: Int128

    package static let digitsMax = 15
    package static let fractionMax = 12
    private static let one: UInt128 = 1_000_000_000_000
    /// 10¹⁵ wholes.
    private static let end: UInt128 = one * 1_000_000_000_000_000

    package static let zero = DecimalNumber(units: 0)

    private init(units: Int128) {
        self.units = units
    }

    private init?(isNegative: Bool, magnitude: UInt128?) {
        guard let magnitude, magnitude < Self.end else { return nil }
        units = isNegative ? -Int128(magnitude) : Int128(magnitude)
    }

    package init(_ whole: Int32) {
        units = Int128(whole) * Int128(Self.one)
    }

    /// `12`, `-0.50`; digits of ASCII, the point only between two of them. Nil for anything else, and for more digits than it keeps.
    package init?(_ text: some StringProtocol) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : whole[whole.endIndex...]
        guard whole.count <= Self.digitsMax, fraction.count <= Self.fractionMax else { return nil }
        var magnitude: UInt128 = 0
        for byte in Array(whole) + Array(fraction) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            magnitude = magnitude * 10 + UInt128(byte - UInt8(ascii: "0"))
        }
        for _ in fraction.count..<Self.fractionMax { magnitude *= 10 }
        self.init(isNegative: isNegative, magnitude: magnitude)
    }

    // MARK: Reckoning; nil where the result has more digits before the point than it keeps

    package func plus(_ other: Self) -> Self? { Self(checked: units + other.units) }
    package func minus(_ other: Self) -> Self? { Self(checked: units - other.units) }
    package var negated: Self { Self(units: -units) }

    package func times(_ other: Self) -> Self? {
        let product = units.magnitude.multipliedFullWidth(by: other.units.magnitude)
        return Self(isNegative: (units < 0) != (other.units < 0), magnitude: Self.quotient(product, by: Self.one))
    }

    /// Nil for a divisor of zero, too.
    package func divided(by other: Self) -> Self? {
        guard other.units != 0 else { return nil }
        let scaled = units.magnitude.multipliedFullWidth(by: Self.one)
        return Self(isNegative: (units < 0) != (other.units < 0), magnitude: Self.quotient(scaled, by: other.units.magnitude))
    }

    /// - Parameter places: after the point, 0 to 12.
    package func rounded(to places: Int) -> Self? {
        guard (0...Self.fractionMax).contains(places) else { return nil }
        var step: UInt128 = 1
        for _ in places..<Self.fractionMax { step *= 10 }
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: step)
        return Self(isNegative: units < 0, magnitude: (whole + (rest * 2 >= step ? 1 : 0)) * step)
    }

    private init?(checked units: Int128) {
        self.init(isNegative: units < 0, magnitude: units.magnitude)
    }

    /// Rounded, halves up; nil if it is far beyond what a number keeps.
    private static func quotient(_ dividend: (high: UInt128, low: UInt128), by divisor: UInt128) -> UInt128? {
        guard dividend.high < divisor else { return nil }
        let (quotient, rest) = divisor.dividingFullWidth((dividend.high, dividend.low))
        guard quotient < end else { return nil }
        return quotient + (rest >= divisor - rest ? 1 : 0)
    }

    package static func < (left: Self, right: Self) -> Bool { left.units < right.units }

    // MARK: Text

    /// Nil unless it is a whole number that fits.
    package var whole: Int? {
        let (whole, rest) = units.quotientAndRemainder(dividingBy: Int128(Self.one))
        return rest == 0 ? Int(exactly: whole) : nil
    }

    /// Digits after the point without the zeros at the end.
    package var places: Int {
        var (rest, count) = (units.magnitude % Self.one, Self.fractionMax)
        while count > 0, rest % 10 == 0 { (rest, count) = (rest / 10, count - 1) }
        return count
    }

    /// As short as it can be: `12.5`, `-3`, `0`.
    package var description: String { text(places: places) }

    /// With so many digits after the point, rounded.
    package func text(places: Int) -> String {
        let places = min(max(places, 0), Self.fractionMax)
        let shown = rounded(to: places) ?? self
        let (whole, rest) = shown.units.magnitude.quotientAndRemainder(dividingBy: Self.one)
        let fraction = String(rest)
        let padded = String(repeating: "0", count: Self.fractionMax - fraction.count) + fraction
        return (shown.units < 0 ? "-" : "") + String(whole) + (places == 0 ? "" : "." + padded.prefix(places))
    }
}
