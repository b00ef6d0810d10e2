import Primitives
import Testing

@testable import Scripting

/// What no table can hold: that no text traps, and that numbers reckon as they do on paper.
struct FormulaTests {
    private static let words = [
        "1", "0.5", "'a'", "''", "a", "b_c", "+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "(", ")", ",",
        "round", "filled", "days", " ", "\n", "'", "!", "999999999999999", "0.000000000001", "'2026-11-23'", "é", "\u{0}", "(", ")", "(",
    ]

    @Test(arguments: [1, 2, 3] as [UInt64]) func `no text traps, whatever it is made of`(seed: UInt64) {
        var random = Random(seed: seed)
        let operands = Formula.Operands(
            results: ["a": .number(DecimalNumber(7)), "b-c": .text("2026-12-24")], filled: ["a", "b-c"])
        var read = 0
        for _ in 0..<20_000 {
            let count = Int(random.next() % 14) + 1
            let text = (0..<count).map { _ in Self.words[Int(random.next() % UInt64(Self.words.count))] }.joined(separator: " ")
            if let formula = try? Formula(parsing: text) {
                read += 1
                _ = formula.result(operands)
            }
            _ = (try? Pattern(parsing: text))?.matches("a1 b")
        }
        #expect(read > 200, "seed \(seed)")
    }

    @Test func `the longest formulas and the deepest are read, and longer and deeper ones refused`() throws {
        // 1,000 numbers and 999 signs between them.
        let longest = Array(repeating: "1", count: 1000).joined(separator: "+")
        #expect(try Formula(parsing: longest).result(.init()) == .number(DecimalNumber(1000)))
        #expect(try Formula(parsing: longest + " ").result(.init()) == .number(DecimalNumber(1000)))
        #expect(throws: Formula.Malformed.self) { try Formula(parsing: longest + "  ") }
        let nots = String(repeating: "not ", count: 32) + "1"
        #expect(try Formula(parsing: nots).result(.init()) == .truth(true))
        #expect(throws: Formula.Malformed.self) { try Formula(parsing: "not " + nots) }
    }

    @Test func `a formula says where it cannot be read, and which fields it names`() throws {
        #expect(throws: Formula.Malformed(place: 4)) { try Formula(parsing: "1 + ") }
        #expect(throws: Formula.Malformed(place: 2)) { try Formula(parsing: "é1".dropFirst() + " é") }
        #expect(try Formula(parsing: "b_c + a * b_c").fields == ["b-c", "a"])
    }

    @Test(arguments: [11, 12] as [UInt64]) func `numbers reckon as on paper`(seed: UInt64) throws {
        var random = Random(seed: seed)
        for _ in 0..<5000 {
            let (a, b) = (Int64(random.next() % 2_000_000) - 1_000_000, Int64(random.next() % 2_000_000) - 1_000_000)
            // In thousandths: the product has six digits after the point, and nothing is rounded.
            let left = try #require(DecimalNumber(Self.written(a, places: 3)))
            let right = try #require(DecimalNumber(Self.written(b, places: 3)))
            #expect(left.plus(right)?.text(places: 3) == Self.written(a + b, places: 3), "seed \(seed)")
            #expect(left.minus(right)?.text(places: 3) == Self.written(a - b, places: 3), "seed \(seed)")
            #expect(left.times(right)?.text(places: 6) == Self.written(a * b, places: 6), "seed \(seed)")
            #expect((left < right) == (a < b))
            #expect(DecimalNumber(left.description) == left)
            // A quotient times its divisor is the dividend, but for what was rounded.
            guard b != 0, let back = left.divided(by: right)?.times(right) else { continue }
            #expect(back.rounded(to: 6) == left, "\(left) / \(right), seed \(seed)")
        }
    }

    /// A whole number of the last place, as it is written.
    private static func written(_ number: Int64, places: Int) -> String {
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }

    // MARK: Patterns

    @Test(arguments: [
        "(", ")", "[", "a{", "a{2", "a{2,1}", "a{501}", "*a", "a**", "^a", "a$", "(?=a)", "(?<n>a)", "\\1", "\\b", "\\", "[z-a]", "[\\D]",
        "a]", "a}",
        "\\-", "\\ä", "(a{500}){500}", String(repeating: "(", count: 40), String(repeating: "a", count: 401),
    ])
    func `what needs trying back, or is no pattern, is refused`(pattern: String) {
        #expect(throws: Pattern.Malformed.self) { try Pattern(parsing: pattern) }
    }

    @Test func `a pattern that would go on for ever elsewhere ends at once`() throws {
        let pattern = try Pattern(parsing: "(a*)*(a|aa)+(((a?){5}){5})b")
        #expect(!pattern.matches(String(repeating: "a", count: 4000)))
        #expect(pattern.matches(String(repeating: "a", count: 3999) + "b"))
        // Counts of nothing are counted once.
        #expect(try Pattern(parsing: "(((((){500}){500}){500}){500}){500}").matches(""))
    }
}
