/// An amount of money, or a percentage: never negative, in hundredths.
package struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let hundredths: Int64

    /// Up to twelve digits before the point.
    package static let max = Amount(hundredths: 99_999_999_999_999)
    package static let zero = Amount(hundredths: 0)

    package init(hundredths: Int64) {
        self.hundredths = Swift.max(0, hundredths)
    }

    /// `12`, `12.5`, `12.50`: digits of ASCII, at most two after a point. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...12).contains(whole.utf8.count), parts.count == 1 || (1...2).contains(parts[1].utf8.count) else {
            return nil
        }
        var hundredths: Int64 = 0
        let fraction = parts.count == 2 ? parts[1] : parts[0].suffix(0)
        for byte in Array(whole.utf8) + Array(fraction.utf8) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            hundredths = hundredths * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        for _ in fraction.utf8.count..<2 { hundredths *= 10 }
        self.hundredths = hundredths
    }

    /// What is left of it after a discount of so many percent, rounded to the nearest hundredth, halves up.
    package func less(percent: Amount) -> Amount {
        let rest = 10_000 - Swift.min(percent.hundredths, 10_000)
        let (whole, part) = hundredths.quotientAndRemainder(dividingBy: 10_000)
        return Amount(hundredths: whole * rest + (part * rest + 5_000) / 10_000)
    }

    /// How much less another is; nil where it is not less.
    package func gap(to other: Amount) -> Amount? { other < self ? Amount(hundredths: hundredths - other.hundredths) : nil }

    /// `12.50`
    package var description: String {
        let (whole, part) = hundredths.quotientAndRemainder(dividingBy: 100)
        return "\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    package static func < (left: Self, right: Self) -> Bool { left.hundredths < right.hundredths }
}
