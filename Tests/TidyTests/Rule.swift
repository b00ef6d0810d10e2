import Testing

/// One thing the compiler does not check, with the proof that it is checked here: what it must flag and what it must not.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// Why it is a rule, and what to do instead.
    let reason: String
    let applies: @Sendable (TextFile) -> Bool
    /// The lines (from 1) that break it, each with the words at fault.
    let find: @Sendable (TextFile) -> [Match]
    let flagged: [Sample]
    let allowed: [Sample]

    struct Match: Sendable, Hashable {
        var line: Int
        var words: String
    }

    /// A file that might be: where it would lie and what would be in it.
    struct Sample: Sendable {
        var path: String
        var text: String

        init(_ path: String, _ text: String) {
            self.path = path
            self.text = text
        }
    }

    var testDescription: String { name }

    func findings(in file: TextFile) -> [Finding] {
        guard applies(file) else { return [] }
        return find(file).map { Finding(path: file.path, line: $0.line, rule: name, words: $0.words, reason: reason) }
    }
}

/// A line that breaks a rule.
struct Finding: Sendable, Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    var rule: String
    var words: String
    var reason: String

    var description: String { "\(path):\(line): \(words): \(reason)" }
}

extension Array<Finding> {
    /// As many as one can act on at a time; the rest are counted.
    var report: String {
        let shown = prefix(60).map(\.description).joined(separator: "\n")
        return "\n" + shown + (count > 60 ? "\n… and \(count - 60) more" : "")
    }
}
