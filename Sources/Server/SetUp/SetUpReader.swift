import Primitives
import Yams

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

    /// Characters of a key, a login or the like; a name may have `textMax`.
    static let keyMax = 100
    static let textMax = 200

    /// The text as it stands, for messages.
    private var written: String {
        guard let node else { return "nothing" }
        return node.string ?? (node.mapping != nil ? "a mapping" : "a list")
    }

    /// What should be there and is not is `required`, whatever rule it would have to keep.
    func refuse(_ rule: SetUpFlaw.Rule, _ expected: String) {
        refuse(written, isAbsent && rule != .conflict ? .required : rule, expected)
    }

    func refuse(_ written: String, _ rule: SetUpFlaw.Rule, _ expected: String) {
        guard flaws.found.count < Flaws.max else { return }
        flaws.found.append(
            SetUpFlaw(path: path.isEmpty ? "(file)" : path, value: written, rule: rule, expected: expected, line: node?.mark?.line))
    }

    subscript(key: String) -> SetUpReader {
        SetUpReader(path: path.isEmpty ? key : "\(path).\(key)", node: node?.mapping?[Node(key)], flaws: flaws)
    }

    /// Nothing is said of it: it stays as it is.
    var isLeftOut: Bool { node == nil }

    /// Nothing is said of it, or that there is nothing.
    var isAbsent: Bool { node == nil || isNull }

    /// It is said that there is nothing; a text in quotes is a text, also an empty one.
    var isNull: Bool {
        guard let scalar = node?.scalar, scalar.style != .doubleQuoted, scalar.style != .singleQuoted else { return false }
        return node?.null != nil
    }

    /// The entries of a mapping in the order of the file; absent: none.
    func entries() -> [(key: String, value: SetUpReader)] {
        guard !isAbsent else { return [] }
        guard let mapping = node?.mapping else {
            refuse(.mappingNeeded, "a mapping of keys to settings")
            return []
        }
        return mapping.compactMap { key, value in
            guard let text = key.string else { return nil }
            return (text, SetUpReader(path: path.isEmpty ? text : "\(path).\(text)", node: value, flaws: flaws))
        }
    }

    /// The entries of a mapping whose keys name things; keys that are too long, or nothing, are refused.
    func things() -> [(key: String, value: SetUpReader)] {
        entries().filter { key, value in
            guard key.isEmpty || key.utf16.count > Self.keyMax else { return true }
            value.refuse(String(key.prefix(Self.keyMax)), .text(min: 1, max: Self.keyMax), "a key of 1 to \(Self.keyMax) characters")
            return false
        }
    }

    /// The items of a list; absent: none.
    func items() -> [SetUpReader] {
        guard !isAbsent else { return [] }
        guard let sequence = node?.sequence else {
            refuse(.listNeeded, "a list")
            return []
        }
        return sequence.enumerated().map { SetUpReader(path: "\(path)[\($0.offset)]", node: $0.element, flaws: flaws) }
    }

    /// Refuses keys that nobody reads: a misspelt key must not be a setting silently left out. What stands behind it may be a secret.
    func allow(_ keys: String...) { allow(keys) }

    func allow(_ keys: [String]) {
        for (key, value) in entries() where !keys.contains(key) {
            value.refuse(key, .unknownKey, "no such key here; known are \(keys.joined(separator: ", "))")
        }
    }

    func text(max: Int = textMax) -> String {
        guard let text = node?.string, !text.isEmpty, text.utf16.count <= max else {
            refuse(.text(min: 1, max: max), "a text of 1 to \(max) characters")
            return ""
        }
        return text
    }

    /// A password or the like: what is wrong with it is said without showing it, for flaws are printed and sent.
    func secret(min: Int = 1, max: Int = 200) -> String {
        guard let text = node?.string, (min...max).contains(text.utf8.count), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            refuse(
                isAbsent ? "nothing" : "(not shown)", isAbsent ? .required : .secret(min: min, max: max),
                "a secret of \(min) to \(max) bytes, in one line")
            return ""
        }
        return text
    }

    func truth(default fallback: Bool) -> Bool {
        if isAbsent { return fallback }
        guard let value = node?.bool else {
            refuse(.choice(["true", "false"]), "true or false")
            return fallback
        }
        return value
    }

    func whole(_ range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        if isAbsent, let fallback { return fallback }
        guard let value = node?.int, range.contains(value) else {
            refuse(
                .range(min: range.lowerBound, max: range.upperBound), "a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return value
    }

    func seconds(_ range: ClosedRange<Int>, default fallback: Duration) -> Duration {
        isAbsent ? fallback : .seconds(whole(range))
    }

    /// One of a closed set, by its written name.
    func choice<Value>(_ choices: [(String, Value)], default fallback: Value? = nil) -> Value? {
        if isAbsent, let fallback { return fallback }
        if let text = node?.string, let match = choices.first(where: { $0.0 == text }) { return match.1 }
        refuse(.choice(choices.map(\.0)), "one of \(choices.map(\.0).joined(separator: ", "))")
        return nil
    }

    func language(default fallback: Language) -> Language {
        if isAbsent { return fallback }
        if let language = node?.string.flatMap({ Language(rawValue: $0) }) { return language }
        refuseLanguage(written)
        return fallback
    }

    /// - Parameter written: what was to be a language.
    func refuseLanguage(_ written: String) {
        let languages = Language.allCases.map(\.rawValue)
        refuse(written, .language(languages), "a language: one of \(languages.joined(separator: ", "))")
    }

    /// A number in international form; nil if it is refused.
    func phoneNumber() -> PhoneNumber? {
        let written = isAbsent ? "" : text(max: 40)
        guard written.hasPrefix("+"), let number = try? PhoneNumber(parsing: written) else {
            refuse(.number, "a number in international form, such as +442079460100")
            return nil
        }
        return number
    }
}
