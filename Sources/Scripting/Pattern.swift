/// What a whole text must look like: the part of regular expressions that needs no trying back, so that no text can hold up who checks it.
///
/// Code points, `.`, `[a-z]` and `[^a-z]`, `\d \w \s` and `\D \W \S`, signs after `\`, groups, `|`, `* + ?` and `{2} {2,} {2,4}`. Every pattern
/// means what it means to a browser between `^(?:` and `)$` with the flag `u`.
package struct Pattern: Hashable, Sendable {
    private let steps: [Step]

    package static let lengthMax = 400
    /// What a pattern comes to when its counts are written out.
    package static let stepsMax = 2000
    static let countMax = 500
    static let depthMax = 32

    package struct Malformed: Error, Hashable, Sendable {}

    fileprivate enum Step: Hashable, Sendable {
        case one(Characters)
        /// Goes on at both.
        case fork(Int, Int)
        case jump(Int)
        case match
    }

    package init(parsing text: String) throws(Malformed) {
        guard text.unicodeScalars.count <= Self.lengthMax else { throw Malformed() }
        var parser = Parser(scalars: Array(text.unicodeScalars))
        let tree = try parser.choice(depth: 0)
        guard parser.isAtEnd else { throw Malformed() }
        var steps: [Step] = []
        try Self.write(tree, to: &steps)
        steps.append(.match)
        self.steps = steps
    }

    /// Whether the whole of `text` is as the pattern says. Each code point is held against each step once at most.
    package func matches(_ text: String) -> Bool {
        var current: [Int] = []
        var next: [Int] = []
        // In which round a step was reached last.
        var reached = [Int](repeating: 0, count: steps.count)
        var open: [Int] = []
        var round = 1

        /// Everything that is reached from `start` without a code point.
        func add(_ start: Int, to places: inout [Int]) {
            open.append(start)
            while let place = open.popLast() {
                guard reached[place] != round else { continue }
                reached[place] = round
                switch steps[place] {
                case .fork(let one, let other):
                    open.append(one)
                    open.append(other)
                case .jump(let target): open.append(target)
                case .one, .match: places.append(place)
                }
            }
        }

        add(0, to: &current)
        for scalar in text.unicodeScalars {
            round += 1
            next.removeAll(keepingCapacity: true)
            for place in current {
                if case .one(let characters) = steps[place], characters.contain(scalar) { add(place + 1, to: &next) }
            }
            guard !next.isEmpty else { return false }
            swap(&current, &next)
        }
        return current.contains { steps[$0] == .match }
    }

    // MARK: Writing out

    private static func write(_ tree: Tree, to steps: inout [Step]) throws(Malformed) {
        guard steps.count < stepsMax else { throw Malformed() }
        switch tree {
        case .one(let characters): steps.append(.one(characters))
        case .sequence(let parts): for part in parts { try write(part, to: &steps) }
        case .choice(let ways):
            var ends: [Int] = []
            for (index, way) in ways.enumerated() {
                guard index < ways.count - 1 else {
                    try write(way, to: &steps)
                    break
                }
                let fork = steps.count
                steps.append(.fork(fork + 1, 0))
                try write(way, to: &steps)
                ends.append(steps.count)
                steps.append(.jump(0))
                steps[fork] = .fork(fork + 1, steps.count)
            }
            for end in ends { steps[end] = .jump(steps.count) }
        case .repeated(let part, let least, let most):
            for _ in 0..<least {
                let before = steps.count
                try write(part, to: &steps)
                // A part without anything in it, however often: counts within counts of it would never end.
                guard steps.count > before else { return }
            }
            if let most {
                var forks: [Int] = []
                for _ in least..<max(most, least) {
                    forks.append(steps.count)
                    steps.append(.jump(0))
                    try write(part, to: &steps)
                }
                for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
            } else {
                let fork = steps.count
                steps.append(.jump(0))
                try write(part, to: &steps)
                steps.append(.jump(fork))
                steps[fork] = .fork(fork + 1, steps.count)
            }
        }
    }
}

/// Which code points may stand in one place.
private struct Characters: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contain(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isNegated }

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    static let digits = Characters([0x30...0x39])
    static let word = Characters([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = Characters(Whitespace.ranges)
    /// Everything but the ends of lines.
    static let any = Characters([0xA...0xA, 0xD...0xD, 0x2028...0x2029], isNegated: true)
}

/// What counts as white space: what a browser's `\s` and `trim` take for it.
enum Whitespace {
    static let ranges: [ClosedRange<UInt32>] = [
        0x9...0xD, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
        0x3000...0x3000, 0xFEFF...0xFEFF,
    ]

    static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(scalars[first...last])
    }
}

private indirect enum Tree {
    case one(Characters)
    case sequence([Tree])
    case choice([Tree])
    /// Without an end if there is no most.
    case repeated(Tree, least: Int, most: Int?)
}

private struct Parser {
    let scalars: [Unicode.Scalar]
    var place = 0

    init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    var isAtEnd: Bool { place == scalars.count }
    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func taken() throws(Pattern.Malformed) -> Unicode.Scalar {
        guard let next else { throw Pattern.Malformed() }
        place += 1
        return next
    }

    mutating func choice(depth: Int) throws(Pattern.Malformed) -> Tree {
        guard depth <= Pattern.depthMax else { throw Pattern.Malformed() }
        var ways = [try sequence(depth: depth)]
        while take("|") { ways.append(try sequence(depth: depth)) }
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence(depth: Int) throws(Pattern.Malformed) -> Tree {
        var parts: [Tree] = []
        while let next, next != "|", next != ")" { parts.append(try repeated(depth: depth)) }
        return .sequence(parts)
    }

    private mutating func repeated(depth: Int) throws(Pattern.Malformed) -> Tree {
        let part = try part(depth: depth)
        var tree = part
        if take("*") {
            tree = .repeated(part, least: 0, most: nil)
        } else if take("+") {
            tree = .repeated(part, least: 1, most: nil)
        } else if take("?") {
            tree = .repeated(part, least: 0, most: 1)
        } else if take("{") {
            let least = try count()
            var most: Int? = least
            if take(",") { most = next == "}" ? nil : try count() }
            guard take("}"), most.map({ $0 >= least }) ?? true else { throw Pattern.Malformed() }
            tree = .repeated(part, least: least, most: most)
        } else {
            return tree
        }
        // The unwilling forms match the same whole texts.
        _ = take("?")
        return tree
    }

    private mutating func count() throws(Pattern.Malformed) -> Int {
        let begin = place
        while let next, ("0"..."9").contains(next) { place += 1 }
        let digits = String(String.UnicodeScalarView(scalars[begin..<place]))
        guard let count = Int(digits), count <= Pattern.countMax else { throw Pattern.Malformed() }
        return count
    }

    private mutating func part(depth: Int) throws(Pattern.Malformed) -> Tree {
        let scalar = try taken()
        switch scalar {
        case "(":
            if take("?") { guard take(":") else { throw Pattern.Malformed() } }
            let tree = try choice(depth: depth + 1)
            guard take(")") else { throw Pattern.Malformed() }
            return tree
        case "[": return .one(try range())
        case ".": return .one(.any)
        case "\\": return .one(try escaped(inRange: false))
        case "^", "$", "*", "+", "?", "{", "}", "]", ")", "|": throw Pattern.Malformed()
        default: return .one(Characters([scalar.value...scalar.value]))
        }
    }

    private mutating func escaped(inRange: Bool) throws(Pattern.Malformed) -> Characters {
        let scalar = try taken()
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .space
        case "D": return Characters(Characters.digits.ranges, isNegated: true)
        case "W": return Characters(Characters.word.ranges, isNegated: true)
        case "S": return Characters(Characters.space.ranges, isNegated: true)
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/":
            return Characters([scalar.value...scalar.value])
        case "-" where inRange: return Characters([scalar.value...scalar.value])
        default: throw Pattern.Malformed()
        }
    }

    /// After its `[`.
    private mutating func range() throws(Pattern.Malformed) -> Characters {
        var characters = Characters([], isNegated: take("^"))
        while !take("]") {
            let first = try member()
            guard next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
                characters.ranges += first.ranges
                continue
            }
            place += 1
            let last = try member()
            guard let from = first.single, let to = last.single, from <= to else { throw Pattern.Malformed() }
            characters.ranges.append(from...to)
        }
        return characters
    }

    private mutating func member() throws(Pattern.Malformed) -> Characters {
        let scalar = try taken()
        guard scalar == "\\" else { return Characters([scalar.value...scalar.value]) }
        let characters = try escaped(inRange: true)
        // `[^\D]` would be two negations in one.
        guard !characters.isNegated else { throw Pattern.Malformed() }
        return characters
    }
}

extension Characters {
    fileprivate var single: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.lowerBound == range.upperBound, !isNegated else { return nil }
        return range.lowerBound
    }
}
