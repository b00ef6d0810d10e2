/// The tokens of a file without comments: what rules about calls read.
struct Code {
    private let tokens: [SwiftToken]

    init(_ file: TextFile) {
        tokens = file.tokens.filter { $0.kind != .comment }
    }

    var indices: Range<Int> { tokens.indices }

    /// Empty beyond both ends, and for literals, whose words are no code.
    func text(_ index: Int) -> String {
        guard tokens.indices.contains(index), tokens[index].kind != .literal, tokens[index].kind != .quotedName else { return "" }
        return tokens[index].text
    }

    func kind(_ index: Int) -> SwiftToken.Kind { tokens.indices.contains(index) ? tokens[index].kind : .sign }
    func line(_ index: Int) -> Int { tokens[index].line }
    func isJoined(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].joined }
    func match(_ index: Int) -> Rule.Match { Rule.Match(line: tokens[index].line, words: tokens[index].text) }

    /// Whether the call whose opening parenthesis is at `open` has an argument with this label.
    func call(at open: Int, has label: String) -> Bool {
        var depth = 0
        for index in open..<tokens.count {
            switch text(index) {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth == 0 { return false }
            case label where depth == 1 && text(index + 1) == ":": return true
            default: break
            }
        }
        return false
    }

    /// Whether behind the angle brackets at `open` a task's body or arguments follow.
    func startsGenericTask(at open: Int) -> Bool {
        var depth = 0
        for index in open..<tokens.count {
            switch text(index) {
            case "<": depth += 1
            case ">":
                depth -= 1
                if depth == 0 { return text(index + 1) == "{" || text(index + 1) == "(" || text(index + 1) == "." }
            default: break
            }
        }
        return false
    }
}
