import Foundation

/// The words of the screens: Web/texts/AREA.json, where each key holds its six texts side by side with a note.
enum TextRules {
    static let languages = ["en", "ur", "ka", "hi", "tr", "cy"]

    /// A text per language, as one form or by plural category (CLDR's names).
    struct Entry {
        var note: String?
        var forms: [String: [String: String]] = [:]
        var flaws: [String] = []
    }

    /// Which texts may be the same as the English one: `script/texts-same-as-english.txt`, a line each: language, key, why.
    static let allowancePath = "script/texts-same-as-english.txt"

    /// - Parameters:
    ///   - catalogues: The files of Web/texts.
    ///   - sources: Where keys are used.
    ///   - allowance: The text of the allow-list.
    static func findings(in catalogues: [TextFile], usedBy sources: [TextFile], allowance: String = "") -> [Finding] {
        var findings: [Finding] = []
        var keys: [String: (file: TextFile, line: Int)] = [:]
        var allowed = Set(
            allowance.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line -> String? in
                let words = line.split(separator: " ")
                return words.count > 1 ? "\(words[0]) \(words[1])" : nil
            })
        for file in catalogues {
            let area = String(file.name.dropLast(".json".count))
            guard let entries = entries(of: file) else {
                findings.append(.init(path: file.path, line: 1, rule: "texts", words: area, reason: "no JSON object of texts"))
                continue
            }
            for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
                let line = (file.lines.firstIndex { $0.contains("\"\(key)\"") } ?? 0) + 1
                keys["\(area).\(key)"] = (file, line)
                for flaw in flaws(of: entry, key: "\(area).\(key)", allowed: &allowed) {
                    findings.append(.init(path: file.path, line: line, rule: "texts", words: "\(area).\(key)", reason: flaw))
                }
            }
        }
        findings += usage(of: keys, in: sources)
        for entry in allowed.sorted() {
            let line = allowance.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix(entry) } ?? 0
            findings.append(
                .init(path: allowancePath, line: line + 1, rule: "texts", words: entry, reason: "allowed, but there is no such sameness"))
        }
        return findings
    }

    // MARK: One text

    static func flaws(of entry: Entry, key: String, allowed: inout Set<String>) -> [String] {
        var flaws = entry.flaws
        if entry.note?.isEmpty ?? true { flaws.append("has no note for the translator") }
        let english = entry.forms["en"] ?? [:]
        let wanted = english.values.reduce(into: Set<String>()) { $0.formUnion(placeholders(in: $1)) }
        for language in languages {
            guard let forms = entry.forms[language], !forms.isEmpty, forms.values.allSatisfy({ !trimmed($0).isEmpty }) else {
                flaws.append("\(language) is missing or empty")
                continue
            }
            let present = forms.values.reduce(into: Set<String>()) { $0.formUnion(placeholders(in: $1)) }
            if present != wanted { flaws.append("\(language) has placeholders \(present.sorted()), English \(wanted.sorted())") }
            if forms.count > 1 || forms.keys.first != "other" {
                let foreign = forms.keys.filter { !categories(language).contains($0) }.sorted()
                if !foreign.isEmpty { flaws.append("\(language) knows no plural \(foreign.joined(separator: ", "))") }
                if forms["other"] == nil { flaws.append("\(language) lacks the plural form `other`") }
            }
            guard language != "en" else { continue }
            if forms.values.contains(where: { text in english.values.contains { isSame(text, $0) } }) {
                if allowed.remove("\(language) \(key)") == nil {
                    flaws.append("\(language) is left in English (or belongs in \(allowancePath))")
                }
            } else if let share = forms.values.compactMap({ shareOfOwnLetters(in: $0, language: language) }).min(), share <= 0.5 {
                flaws.append("\(language) is not written in its script")
            }
        }
        return flaws
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Equal, and with a word in it that could have been translated.
    private static func isSame(_ text: String, _ english: String) -> Bool {
        trimmed(text).lowercased() == trimmed(english).lowercased() && withoutPlaceholders(english).contains(where: \.isLetter)
    }

    static func placeholders(in text: String) -> Set<String> {
        var found: Set<String> = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            found.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return found
    }

    private static func withoutPlaceholders(_ text: String) -> String {
        var depth = 0
        return text.filter { character in
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            return depth == 0 && character != "}"
        }
    }

    /// CLDR's plural categories for whole numbers.
    private static func categories(_ language: String) -> Set<String> {
        language == "cy" ? ["zero", "one", "two", "few", "many", "other"] : ["one", "other"]
    }

    /// Which part of the letters is of the language's own script; nil for languages written in Latin and texts without letters.
    private static func shareOfOwnLetters(in text: String, language: String) -> Double? {
        let own: [ClosedRange<UInt32>]
        switch language {
        case "ka": own = [0x10A0...0x10FF, 0x1C90...0x1CBF, 0x2D00...0x2D2F]
        case "hi": own = [0x0900...0x097F, 0xA8E0...0xA8FF]
        case "ur": own = [0x0600...0x06FF, 0x0750...0x077F, 0xFB50...0xFDFF, 0xFE70...0xFEFF]
        default: return nil
        }
        let letters = withoutPlaceholders(text).unicodeScalars.filter { $0.properties.isAlphabetic }
        guard !letters.isEmpty else { return nil }
        return Double(letters.count { letter in own.contains { $0.contains(letter.value) } }) / Double(letters.count)
    }

    private static func entries(of file: TextFile) -> [String: Entry]? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(file.text.utf8)) as? [String: Any] else { return nil }
        return object.mapValues { value in
            var entry = Entry()
            guard let fields = value as? [String: Any] else {
                entry.flaws = ["is no object of texts"]
                return entry
            }
            entry.note = (fields["note"] as? String).map(trimmed)
            for (field, text) in fields where field != "note" {
                if !languages.contains(field) {
                    entry.flaws.append("has an unknown field \(field)")
                } else if let text = text as? String {
                    entry.forms[field] = ["other": text]
                } else if let forms = text as? [String: String] {
                    entry.forms[field] = forms
                } else {
                    entry.flaws.append("\(field) is neither a text nor plural forms")
                }
            }
            return entry
        }
    }

    // MARK: Where keys are used

    private static func usage(of keys: [String: (file: TextFile, line: Int)], in sources: [TextFile]) -> [Finding] {
        var findings: [Finding] = []
        var exact: Set<String> = []
        var prefixes: Set<String> = []
        let areas = Set(keys.keys.compactMap { $0.split(separator: ".").first.map(String.init) })
        for file in sources {
            for (index, line) in file.lines.enumerated() {
                for mention in mentions(in: line, of: areas) {
                    if mention.isWhole { exact.insert(mention.key) } else { prefixes.insert(mention.key) }
                    guard mention.isAsked else { continue }
                    let exists = mention.isWhole ? keys[mention.key] != nil : keys.keys.contains { $0.hasPrefix(mention.key) }
                    if !exists {
                        let reason = "no catalogue has a text under this key"
                        findings.append(.init(path: file.path, line: index + 1, rule: "texts", words: mention.key, reason: reason))
                    }
                }
            }
        }
        for (key, place) in keys.sorted(by: { $0.key < $1.key })
        where !exact.contains(key) && !prefixes.contains(where: { key.hasPrefix($0) }) {
            findings.append(.init(path: place.file.path, line: place.line, rule: "texts", words: key, reason: "nobody uses this text"))
        }
        return findings
    }

    struct Mention: Equatable {
        /// The key, or what stands of it before a value is put in: `desk.state.` of `desk.state.${state}`.
        var key: String
        var isWhole: Bool
        /// Whether it is asked for here, as in `t("desk.ready")`, or merely named.
        var isAsked: Bool
    }

    /// The keys named in one line of code. `t(…)` asks for whatever is named inside its parentheses.
    static func mentions(in line: String, of areas: Set<String>) -> [Mention] {
        var reader = MentionReader(areas: areas)
        var rest = line[...]
        while !rest.isEmpty { rest = rest.dropFirst(reader.read(rest)) }
        return reader.found
    }
}

/// Tells literals from code, also where a template holds code that holds a template.
private struct MentionReader {
    let areas: Set<String>
    var found: [TextRules.Mention] = []
    /// The quote of the literal we are in; nil in code.
    private var quote: Character?
    /// The literals around the code we are in: their quotes, and the brackets open in the code inside them.
    private var outer: [(quote: Character, brackets: Int)] = []
    private var literal = ""
    /// Whether a value was already put into this literal: then only its beginning is known, and was kept.
    private var isCut = false
    private var brackets = 0
    /// The numbers of brackets open where a `t(` began.
    private var asked: [Int] = []
    private var word = ""

    init(areas: Set<String>) {
        self.areas = areas
    }

    private mutating func keep(isWhole: Bool) {
        guard !isCut, let area = literal.split(separator: ".").first, literal.contains("."), areas.contains(String(area)),
            literal.allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) })
        else { return }
        found.append(TextRules.Mention(key: literal, isWhole: isWhole, isAsked: !asked.isEmpty))
    }

    /// Reads what `rest` begins with and returns how many characters that was.
    mutating func read(_ rest: Substring) -> Int {
        guard let character = rest.first else { return 0 }
        return quote == nil ? readCode(character) : readLiteral(character, rest)
    }

    private mutating func readLiteral(_ character: Character, _ rest: Substring) -> Int {
        if rest.hasPrefix("${") && quote == "`" || rest.hasPrefix("\\(") {
            keep(isWhole: false)
            outer.append((quote ?? character, brackets))
            quote = nil
            word = ""
            return 2
        }
        if character == "\\" {
            literal.append(contentsOf: rest.prefix(2))
            return 2
        }
        if character == quote {
            keep(isWhole: true)
            quote = nil
        } else {
            literal.append(character)
        }
        return 1
    }

    private mutating func readCode(_ character: Character) -> Int {
        switch character {
        case "\"", "'", "`":
            quote = character
            literal = ""
            isCut = false
        case "(", "{", "[":
            if character == "(", word == "t" { asked.append(brackets) }
            brackets += 1
        case ")", "}", "]":
            if let literal = outer.last, literal.brackets == brackets {
                outer.removeLast()
                quote = literal.quote
                isCut = true
            } else {
                brackets -= 1
                if asked.last == brackets { asked.removeLast() }
            }
        default: break
        }
        word = character.isLetter || character.isNumber || "_$.".contains(character) ? word + String(character) : ""
        return 1
    }
}
