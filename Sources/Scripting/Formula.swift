/// A small language in which a form says when a field is shown, and what stands in one that nobody fills in: numbers, `'texts'`, fields,
/// `+ - * /`, `= != < <= > >=`, `and or not`, `( )`, `round(x, digits)`, `filled(field)`, `days(from, to)`.
///
/// It is written twice, here and in the browser (`Web/features/scripting/formula.js`); both read `Tests/ScriptingTests/Vectors/formulas.json`.
package struct Formula: Hashable, Sendable {
    let root: Node
    /// The fields it names, in the order of their first mention.
    package let fields: [String]

    package static let lengthMax = 2000
    /// Brackets, signs and `not` within each other.
    package static let depthMax = 32

    /// Why a text is no formula; the place counts code points from 0.
    package struct Malformed: Error, Hashable, Sendable {
        package var place: Int
    }

    indirect enum Node: Hashable, Sendable {
        case number(DecimalNumber)
        case text(String)
        /// As the form spells it, with `-` in place of `_`.
        case field(String)
        case minus(Node)
        case not(Node)
        case arithmetic(Node, Arithmetic, Node)
        case comparison(Node, Comparison, Node)
        case both(Node, Node)
        case either(Node, Node)
        case round(Node, Node)
        case filled(String)
        case days(Node, Node)
    }

    enum Arithmetic: String, Hashable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divided = "/"
    }

    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
    }

    package init(parsing text: String) throws(Malformed) {
        guard text.unicodeScalars.count <= Self.lengthMax else { throw Malformed(place: Self.lengthMax) }
        var parser = Parser(tokens: try Self.tokens(of: text))
        root = try parser.disjunction(depth: 0)
        guard parser.next.kind == .end else { throw Malformed(place: parser.next.place) }
        fields = parser.fields
    }

    // MARK: Words

    fileprivate struct Token {
        enum Kind: Hashable {
            case number(DecimalNumber)
            case text(String)
            case word(String)
            case sign(String)
            case end
        }

        var kind: Kind
        var place: Int
    }

    private static func tokens(of text: String) throws(Malformed) -> [Token] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [Token] = []
        var place = 0
        func run(while fits: (Unicode.Scalar) -> Bool) -> String {
            let end = scalars[place...].firstIndex { !fits($0) } ?? scalars.count
            return String(String.UnicodeScalarView(scalars[place..<end]))
        }
        while place < scalars.count {
            let begin = place
            switch scalars[place] {
            case " ", "\t", "\n", "\r": place += 1
            case "0"..."9":
                let digits = run { ("0"..."9").contains($0) || $0 == "." }
                guard let number = DecimalNumber(digits) else { throw Malformed(place: begin) }
                place += digits.utf8.count
                tokens.append(Token(kind: .number(number), place: begin))
            case "a"..."z":
                let word = run { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
                place += word.utf8.count
                tokens.append(Token(kind: .word(word), place: begin))
            case "'":
                var content = String.UnicodeScalarView()
                place += 1
                while true {
                    guard place < scalars.count else { throw Malformed(place: begin) }
                    // Two of them are one within the text.
                    let isDoubled = scalars[place] == "'" && place + 1 < scalars.count && scalars[place + 1] == "'"
                    if scalars[place] == "'", !isDoubled { break }
                    content.append(scalars[place])
                    place += isDoubled ? 2 : 1
                }
                place += 1
                tokens.append(Token(kind: .text(String(content)), place: begin))
            case "!", "<", ">":
                let isLonger = place + 1 < scalars.count && scalars[place + 1] == "="
                guard isLonger || scalars[place] != "!" else { throw Malformed(place: begin) }
                tokens.append(Token(kind: .sign(String(scalars[place]) + (isLonger ? "=" : "")), place: begin))
                place += isLonger ? 2 : 1
            case "+", "-", "*", "/", "=", "(", ")", ",":
                tokens.append(Token(kind: .sign(String(scalars[place])), place: begin))
                place += 1
            default: throw Malformed(place: begin)
            }
        }
        tokens.append(Token(kind: .end, place: scalars.count))
        return tokens
    }

    // MARK: Sentences

    private struct Parser {
        let tokens: [Token]
        var index = 0
        var fields: [String] = []

        private static let reserved: Set = ["and", "or", "not", "round", "filled", "days"]

        init(tokens: [Token]) {
            self.tokens = tokens
        }

        /// The last one is the end, and is never taken.
        var next: Token { tokens[index] }

        private mutating func take(_ kind: Token.Kind) -> Bool {
            guard next.kind == kind else { return false }
            index += 1
            return true
        }

        private mutating func expect(_ sign: String) throws(Malformed) {
            guard take(.sign(sign)) else { throw Malformed(place: next.place) }
        }

        private func deeper(_ depth: Int) throws(Malformed) -> Int {
            guard depth < Formula.depthMax else { throw Malformed(place: next.place) }
            return depth + 1
        }

        mutating func disjunction(depth: Int) throws(Malformed) -> Node {
            var node = try conjunction(depth: depth)
            while take(.word("or")) { node = .either(node, try conjunction(depth: depth)) }
            return node
        }

        private mutating func conjunction(depth: Int) throws(Malformed) -> Node {
            var node = try negation(depth: depth)
            while take(.word("and")) { node = .both(node, try negation(depth: depth)) }
            return node
        }

        private mutating func negation(depth: Int) throws(Malformed) -> Node {
            guard take(.word("not")) else { return try comparison(depth: depth) }
            return .not(try negation(depth: try deeper(depth)))
        }

        /// `a < b < c` says nothing.
        private mutating func comparison(depth: Int) throws(Malformed) -> Node {
            let left = try sum(depth: depth)
            guard case .sign(let sign) = next.kind, let comparison = Comparison(rawValue: sign) else { return left }
            index += 1
            return .comparison(left, comparison, try sum(depth: depth))
        }

        private mutating func sum(depth: Int) throws(Malformed) -> Node {
            var node = try product(depth: depth)
            while let sign = sign(of: [.plus, .minus]) { node = .arithmetic(node, sign, try product(depth: depth)) }
            return node
        }

        private mutating func product(depth: Int) throws(Malformed) -> Node {
            var node = try signed(depth: depth)
            while let sign = sign(of: [.times, .divided]) { node = .arithmetic(node, sign, try signed(depth: depth)) }
            return node
        }

        private mutating func sign(of wanted: [Arithmetic]) -> Arithmetic? {
            guard case .sign(let text) = next.kind, let sign = Arithmetic(rawValue: text), wanted.contains(sign) else { return nil }
            index += 1
            return sign
        }

        private mutating func signed(depth: Int) throws(Malformed) -> Node {
            guard take(.sign("-")) else { return try operand(depth: depth) }
            return .minus(try signed(depth: try deeper(depth)))
        }

        private mutating func operand(depth: Int) throws(Malformed) -> Node {
            let token = next
            switch token.kind {
            case .number(let number):
                index += 1
                return .number(number)
            case .text(let text):
                index += 1
                return .text(text)
            case .sign("("):
                index += 1
                let node = try disjunction(depth: try deeper(depth))
                try expect(")")
                return node
            case .word("filled"):
                index += 1
                try expect("(")
                let field = try field()
                try expect(")")
                return .filled(field)
            case .word(let function) where function == "round" || function == "days":
                index += 1
                try expect("(")
                let depth = try deeper(depth)
                let first = try disjunction(depth: depth)
                try expect(",")
                let second = try disjunction(depth: depth)
                try expect(")")
                return function == "round" ? .round(first, second) : .days(first, second)
            case .word: return .field(try field())
            case .sign, .end: throw Malformed(place: token.place)
            }
        }

        private mutating func field() throws(Malformed) -> String {
            guard case .word(let word) = next.kind, !Self.reserved.contains(word) else { throw Malformed(place: next.place) }
            index += 1
            // Keys hold no `_`, and a `-` would be a minus.
            let key = String(word.map { $0 == "_" ? "-" : $0 })
            if !fields.contains(key) { fields.append(key) }
            return key
        }
    }
}
