import Primitives
import Yams

/// One thing wrong with a set-up file: where, what stands there, and what was expected.
package struct SetUpFlaw: Hashable, Sendable, CustomStringConvertible {
    /// The keys from the top, joined by dots: `users.ana.role`.
    package var path: String
    package var value: String
    package var expected: String

    package var description: String { "\(path): '\(value)' – expected \(expected)" }
}

/// Everything wrong with a set-up file, at once. Nothing has been changed.
package struct SetUpRefused: Error, Hashable, Sendable, CustomStringConvertible {
    package var flaws: [SetUpFlaw]

    package var description: String { flaws.map(\.description).joined(separator: "\n") }
}

/// A place in the YAML tree: reads what should be there and keeps what is wrong, so that one run shows every mistake.
struct SetUpReader {
    let path: String
    let node: Node?
    let flaws: Flaws

    /// What has been found wrong so far, shared by all readers of one file.
    final class Flaws {
        var found: [SetUpFlaw] = []
        /// A file of nonsense must not fill the screen.
        static let max = 50
    }

    /// The text as it stands, for messages.
    private var written: String {
        guard let node else { return "nothing" }
        return node.string ?? (node.mapping != nil ? "a mapping" : "a list")
    }

    func refuse(_ expected: String) { refuse(written, expected) }

    private func refuse(_ written: String, _ expected: String) {
        guard flaws.found.count < Flaws.max else { return }
        flaws.found.append(SetUpFlaw(path: path.isEmpty ? "(file)" : path, value: written, expected: expected))
    }

    subscript(key: String) -> SetUpReader {
        SetUpReader(path: path.isEmpty ? key : "\(path).\(key)", node: node?.mapping?[Node(key)], flaws: flaws)
    }

    var isAbsent: Bool { node == nil || node?.null != nil }

    /// The entries of a mapping in the order of the file; absent: none.
    func entries() -> [(key: String, value: SetUpReader)] {
        guard !isAbsent else { return [] }
        guard let mapping = node?.mapping else {
            refuse("a mapping of keys to settings")
            return []
        }
        return mapping.compactMap { key, value in
            guard let text = key.string else { return nil }
            return (text, SetUpReader(path: path.isEmpty ? text : "\(path).\(text)", node: value, flaws: flaws))
        }
    }

    /// The items of a list; absent: none.
    func items() -> [SetUpReader] {
        guard !isAbsent else { return [] }
        guard let sequence = node?.sequence else {
            refuse("a list")
            return []
        }
        return sequence.enumerated().map { SetUpReader(path: "\(path)[\($0.offset)]", node: $0.element, flaws: flaws) }
    }

    /// Refuses keys that nobody reads: a misspelt key must not be a setting silently left out.
    func allow(_ keys: String...) { allow(keys) }

    func allow(_ keys: [String]) {
        for (key, value) in entries() where !keys.contains(key) {
            value.refuse("no such key here; known are \(keys.joined(separator: ", "))")
        }
    }

    func text(max: Int = 200) -> String {
        guard let text = node?.string, !text.isEmpty, text.utf8.count <= max else {
            refuse("a text of 1 to \(max) bytes")
            return ""
        }
        return text
    }

    /// A password or the like: what is wrong with it is said without showing it, for flaws are printed and sent.
    func secret(min: Int = 1, max: Int = 200) -> String {
        guard let text = node?.string, (min...max).contains(text.utf8.count), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            refuse(isAbsent ? "nothing" : "(not shown)", "a secret of \(min) to \(max) bytes, in one line")
            return ""
        }
        return text
    }

    func truth(default fallback: Bool) -> Bool {
        if isAbsent { return fallback }
        guard let value = node?.bool else {
            refuse("true or false")
            return fallback
        }
        return value
    }

    func whole(_ range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        if isAbsent, let fallback { return fallback }
        guard let value = node?.int, range.contains(value) else {
            refuse("a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return value
    }

    func seconds(_ range: ClosedRange<Int>, default fallback: Int) -> Duration {
        .seconds(whole(range, default: fallback))
    }

    /// One of a closed set, by its written name.
    func choice<Value>(_ choices: [(String, Value)], default fallback: Value? = nil) -> Value? {
        if isAbsent, let fallback { return fallback }
        if let text = node?.string, let match = choices.first(where: { $0.0 == text }) { return match.1 }
        refuse("one of \(choices.map(\.0).joined(separator: ", "))")
        return nil
    }

    func language(default fallback: Language) -> Language {
        choice(Language.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? fallback
    }
}
