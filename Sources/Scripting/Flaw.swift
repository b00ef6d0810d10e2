import Primitives

/// What keeps a draft from being published.
package struct Flaw: Hashable, Sendable {
    /// Where it is: `steps/2/answers/0/next`, counted from 0.
    package var path: String
    package var rule: Rule

    package enum Rule: String, CaseIterable, Sendable {
        /// Not given, or not in the project's language.
        case required
        /// A key or a value that is not written as it must be.
        case malformed
        case duplicate
        /// Names something that is not there.
        case unknown
        case tooLong
        case tooMany
        /// No way leads there.
        case unreachable
        /// A brace that belongs to no known placeholder.
        case placeholder
        case pattern
        case formula
        /// A formula reads a field that stands further down, or itself.
        case order
        /// Something that fields of this kind do not have, or a least value above the most.
        case notAllowed
    }

    package init(_ path: String, _ rule: Rule) {
        self.path = path
        self.rule = rule
    }

    /// A document with more is told of these.
    package static let max = 200
}

/// Collects flaws on the way through a document.
struct FlawList {
    private(set) var flaws: [Flaw] = []
    let language: Language

    init(language: Language) {
        self.language = language
    }

    mutating func add(_ path: String, _ rule: Flaw.Rule) {
        if flaws.count < Flaw.max { flaws.append(Flaw(path, rule)) }
    }

    mutating func check(_ texts: Texts?, _ path: String, isRequired: Bool = true, hasPlaceholders: Bool = false) {
        guard let texts else { return }
        if isRequired, Whitespace.trimmed(texts.texts[language] ?? "").isEmpty { add(path, .required) }
        for language in Language.allCases {
            guard let text = texts.texts[language] else { continue }
            if text.unicodeScalars.count > Texts.lengthMax { add("\(path)/\(language.rawValue)", .tooLong) }
            if hasPlaceholders, !Placeholder.areKnown(in: text) { add("\(path)/\(language.rawValue)", .placeholder) }
        }
    }

    /// Each key well written, and none twice.
    mutating func check(keys: [String], _ path: (Int) -> String) {
        var seen: Set<String> = []
        for (index, key) in keys.enumerated() {
            if !Key.isKey(key) {
                add(path(index), .malformed)
            } else if !seen.insert(key).inserted {
                add(path(index), .duplicate)
            }
        }
    }
}
