/// One word or sign of a Swift file. Words inside comments and literals are no words of the program: a rule that looks for
/// `print(` must not trip over a sentence about it.
struct SwiftToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        /// A name in backticks: a test's sentence.
        case quotedName
        case sign
        case number
        /// The text between the quotes; what is interpolated follows as tokens of its own.
        case literal
        case comment
    }

    var kind: Kind
    var text: String
    var line: Int
    /// Whether it stands right behind the one before it, without a space.
    var joined: Bool

    static func tokens(of text: String) -> [SwiftToken] {
        var reader = SwiftReader(bytes: Array(text.utf8))
        reader.readCode(untilParenthesis: false)
        return reader.tokens
    }
}

/// Reads a Swift file just well enough to tell code, comments and literals apart.
private struct SwiftReader {
    let bytes: [UInt8]
    var index = 0
    var line = 1
    var tokens: [SwiftToken] = []
    private var endOfLast = -1

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func byte(_ offset: Int = 0) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }

    private func starts(_ sign: StaticString, at offset: Int = 0) -> Bool {
        sign.withUTF8Buffer { sign in
            sign.indices.allSatisfy { byte(offset + $0) == sign[$0] }
        }
    }

    private mutating func add(_ kind: SwiftToken.Kind, from start: Int, to end: Int, line: Int) {
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        tokens.append(SwiftToken(kind: kind, text: text, line: line, joined: start == endOfLast))
        endOfLast = index
    }

    private mutating func step() {
        if byte() == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// Until the end, or behind the parenthesis that closes an interpolation.
    mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while index < bytes.count {
            switch byte() {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): step()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): readLineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
            case UInt8(ascii: "`"): readQuotedName()
            case UInt8(ascii: "\""): readLiteral(hashes: 0)
            case UInt8(ascii: "#"):
                var hashes = 0
                while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
                if byte(hashes) == UInt8(ascii: "\"") { readLiteral(hashes: hashes) } else { readSign() }
            case UInt8(ascii: "0")...UInt8(ascii: "9"): readWord(.number)
            case let other where Self.isWordByte(other): readWord(.word)
            case UInt8(ascii: "("):
                depth += 1
                readSign()
            case UInt8(ascii: ")"):
                if untilParenthesis, depth == 0 {
                    index += 1
                    return
                }
                depth -= 1
                readSign()
            default: readSign()
            }
        }
    }

    private mutating func readSign() {
        index += 1
        add(.sign, from: index - 1, to: index, line: line)
    }

    private mutating func readWord(_ kind: SwiftToken.Kind) {
        let start = index
        while Self.isWordByte(byte()) { index += 1 }
        add(kind, from: start, to: index, line: line)
    }

    private mutating func readQuotedName() {
        let start = index + 1
        index += 1
        while index < bytes.count, byte() != UInt8(ascii: "`"), byte() != UInt8(ascii: "\n") { index += 1 }
        let end = min(index, bytes.count)
        index += 1
        add(.quotedName, from: start, to: end, line: line)
    }

    private mutating func readLineComment() {
        let start = index
        while index < bytes.count, byte() != UInt8(ascii: "\n") { index += 1 }
        add(.comment, from: start, to: index, line: line)
    }

    private mutating func readBlockComment() {
        let (start, first) = (index, line)
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                index += 2
            } else if starts("*/") {
                depth -= 1
                index += 2
            } else {
                step()
            }
        } while depth > 0 && index < bytes.count
        index = min(index, bytes.count)
        add(.comment, from: start, to: index, line: first)
    }

    private mutating func readLiteral(hashes: Int) {
        let first = line
        index += hashes
        let isBlock = starts("\"\"\"")
        index += isBlock ? 3 : 1
        var text: [UInt8] = []
        // The literal's own token comes before those of what is interpolated in it.
        let place = tokens.count
        tokens.append(SwiftToken(kind: .literal, text: "", line: first, joined: false))
        while index < bytes.count {
            if byte() == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ byte(1 + $0) == UInt8(ascii: "#") }) {
                index += 1 + hashes
                if byte() == UInt8(ascii: "(") {
                    index += 1
                    readCode(untilParenthesis: true)
                    text += Array("\\()".utf8)
                } else if index < bytes.count {
                    step()
                }
            } else if isBlock ? starts("\"\"\"") : byte() == UInt8(ascii: "\""),
                (0..<hashes).allSatisfy({ byte((isBlock ? 3 : 1) + $0) == UInt8(ascii: "#") })
            {
                index += (isBlock ? 3 : 1) + hashes
                break
            } else if !isBlock, byte() == UInt8(ascii: "\n") {
                break  // No literal after all; the next line starts afresh.
            } else {
                text.append(byte())
                step()
            }
        }
        tokens[place].text = String(decoding: text, as: UTF8.self)
        endOfLast = index
    }
}
