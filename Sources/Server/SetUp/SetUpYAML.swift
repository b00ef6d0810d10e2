import Operation

/// A set-up document as a YAML file that people read: mappings in lines of their own, names and short things in one line.
struct SetUpYAML {
    /// A mapping or list that takes no more characters than this stands in one line.
    private static let lineMax = 100
    private static let head = """
        # The set-up of a Callfloor centre, as `callfloor admin apply` and the settings read it.
        # Passwords of people, phones and trunks are not in it: they stay as they are when this is applied to the centre it came from.
        # Applied elsewhere, phones that register want a "secret", trunks with a login a "password" there, and people a "password" each.

        """

    private var text = head

    static func text(of document: SetUpValue) -> String {
        var yaml = SetUpYAML()
        yaml.write(document, indent: 0)
        return yaml.text
    }

    private mutating func write(_ value: SetUpValue, indent: Int) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .mapping(let entries):
            for entry in entries {
                text += margin + Self.scalar(entry.key) + ":"
                follow(entry.value, indent: indent + 2)
            }
        case .list(let items):
            for item in items {
                text += margin + "-"
                follow(item, indent: indent + 2)
            }
        case .null, .truth, .whole, .text: text += margin + Self.line(value) + "\n"
        }
    }

    /// What stands behind a key or a hyphen: in the same line if it is short.
    private mutating func follow(_ value: SetUpValue, indent: Int) {
        let line = Self.line(value)
        if line.count <= Self.lineMax || !Self.isDeep(value) {
            text += " \(line)\n"
        } else {
            text += "\n"
            write(value, indent: indent)
        }
    }

    /// Names are long and yet one thing.
    private static func isDeep(_ value: SetUpValue) -> Bool {
        guard case .mapping(let entries) = value else { return if case .list = value { true } else { false } }
        return !entries.allSatisfy { if case .text = $0.value { $0.key.utf8.count == 2 } else { false } }
    }

    private static func line(_ value: SetUpValue) -> String {
        switch value {
        case .list(let items): "[\(items.map(line).joined(separator: ", "))]"
        case .mapping(let entries): "{\(entries.map { "\(scalar($0.key)): \(line($0.value))" }.joined(separator: ", "))}"
        case .text(let text): scalar(text)
        case .null, .truth, .whole: value.line
        }
    }

    /// Without quotes where it cannot be taken for anything else.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.unicodeScalars.first?.properties.isAlphabetic ?? false && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
                    .decimalNumber:
                    true
                default: " -_'/".unicodeScalars.contains(scalar)
                }
            }
        return isPlain && !words.contains(text.lowercased()) ? text : SetUpValue.quoted(text)
    }

    /// What YAML 1.1 takes for something else than a text.
    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}
