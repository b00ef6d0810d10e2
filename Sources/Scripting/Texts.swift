import Primitives

/// The same said in several languages.
package struct Texts: Hashable, Sendable {
    package var texts: [Language: String]

    /// Code points of one language's text.
    package static let lengthMax = 2000

    package init(_ texts: [Language: String]) {
        self.texts = texts
    }

    /// In the reader's language, else in the project's, else in any.
    package func text(in language: Language, else fallback: Language) -> String {
        texts[language] ?? texts[fallback] ?? Language.allCases.lazy.compactMap { texts[$0] }.first ?? ""
    }
}

/// What stands in a script's texts for what only the call knows: `{customer.name}`.
package enum Placeholder: String, CaseIterable, Sendable {
    case customerName = "customer.name"
    case customerNumber = "customer.number"
    case agentName = "agent.name"
    case projectName = "project.name"

    /// Whether every brace of the text belongs to one of them.
    static func areKnown(in text: String) -> Bool {
        var rest = text.unicodeScalars[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}"),
                Placeholder(rawValue: String(rest[rest.index(after: brace)..<end])) != nil
            else { return false }
            rest = rest[rest.index(after: end)...]
        }
        return true
    }
}

/// The name by which parts of a document refer to each other.
enum Key {
    static let lengthMax = 40

    /// `[a-z][a-z0-9-]{0,39}`
    static func isKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first), text.utf8.count <= lengthMax else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }
}
