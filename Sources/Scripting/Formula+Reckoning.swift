import Primitives

extension Formula {
    /// What a formula, or a part of it, comes to.
    package enum Result: Hashable, Sendable {
        case empty
        case number(DecimalNumber)
        /// Never an empty one: that is `empty`.
        case text(String)
        case truth(Bool)

        package init(text: String) {
            self = text.isEmpty ? .empty : .text(text)
        }

        init(_ number: DecimalNumber?) {
            self = number.map { .number($0) } ?? .empty
        }

        /// Whether it counts as yes: a number other than zero, any text.
        package var isTrue: Bool {
            switch self {
            case .empty: false
            case .number(let number): number != .zero
            case .text: true
            case .truth(let truth): truth
            }
        }

        var number: DecimalNumber? {
            if case .number(let number) = self { number } else { nil }
        }

        var date: CivilDate? {
            if case .text(let text) = self { CivilDate(text) } else { nil }
        }
    }

    /// What stands in a field, and whether anything does, which is more where a field's content is no operand (an address).
    package struct Operands: Sendable {
        package var results: [String: Result]
        package var filled: Set<String>

        package init(results: [String: Result] = [:], filled: Set<String> = []) {
            self.results = results
            self.filled = filled
        }
    }

    /// - Returns: `.empty` where an operand of arithmetic is empty or no number, a divisor zero, a result too large. A comparison with an empty
    ///   operand, or of two kinds, is false, `!=`, too. Texts are compared by code points.
    package func result(_ operands: Operands) -> Result { Self.result(of: root, operands) }

    private static func result(of node: Node, _ operands: Operands) -> Result {
        func value(_ node: Node) -> Result { result(of: node, operands) }
        switch node {
        case .number(let number): return .number(number)
        case .text(let text): return Result(text: text)
        case .field(let key): return operands.results[key] ?? .empty
        case .filled(let key): return .truth(operands.filled.contains(key))
        case .minus(let node): return Result(value(node).number?.negated)
        case .not(let node): return .truth(!value(node).isTrue)
        case .both(let left, let right): return .truth(value(left).isTrue && value(right).isTrue)
        case .either(let left, let right): return .truth(value(left).isTrue || value(right).isTrue)
        case .arithmetic(let left, let sign, let right):
            guard let left = value(left).number, let right = value(right).number else { return .empty }
            switch sign {
            case .plus: return Result(left.plus(right))
            case .minus: return Result(left.minus(right))
            case .times: return Result(left.times(right))
            case .divided: return Result(left.divided(by: right))
            }
        case .round(let number, let places):
            guard let number = value(number).number, let places = value(places).number?.whole else { return .empty }
            return Result(number.rounded(to: places))
        case .days(let from, let to):
            guard let from = value(from).date, let to = value(to).date else { return .empty }
            return Result(DecimalNumber(String(to.daysSince1970 - from.daysSince1970)))
        case .comparison(let left, let comparison, let right): return .truth(holds(value(left), comparison, value(right)))
        }
    }

    private static func holds(_ left: Result, _ comparison: Comparison, _ right: Result) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): holds(comparison, left == right, left < right)
        case (.text(let left), .text(let right)):
            // The bytes of UTF-8 sort as the code points do.
            holds(comparison, left.utf8.elementsEqual(right.utf8), left.utf8.lexicographicallyPrecedes(right.utf8))
        default: false
        }
    }

    private static func holds(_ comparison: Comparison, _ isEqual: Bool, _ isLess: Bool) -> Bool {
        switch comparison {
        case .equal: isEqual
        case .unequal: !isEqual
        case .less: isLess
        case .atMost: isLess || isEqual
        case .more: !isLess && !isEqual
        case .atLeast: !isLess
        }
    }
}
