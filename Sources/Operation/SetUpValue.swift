/// A part of a set-up as its file writes it, whatever the form: YAML, or JSON, which is YAML.
package indirect enum SetUpValue: Hashable, Sendable {
    case null
    case truth(Bool)
    case whole(Int)
    case text(String)
    case list([SetUpValue])
    /// In the order in which it is written.
    case mapping([Entry])

    package struct Entry: Hashable, Sendable {
        package var key: String
        package var value: SetUpValue

        package init(_ key: String, _ value: SetUpValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a key of a mapping; nil: there is none.
    package subscript(key: String) -> SetUpValue? {
        guard case .mapping(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// In one line, as JSON and YAML both read it.
    package var line: String {
        switch self {
        case .null: "null"
        case .truth(let truth): truth ? "true" : "false"
        case .whole(let number): String(number)
        case .text(let text): Self.quoted(text)
        case .list(let items): "[\(items.map(\.line).joined(separator: ","))]"
        case .mapping(let entries): "{\(entries.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ","))}"
        }
    }

    /// A text in double quotes, as RFC 8259 section 7 and YAML 1.2 section 5.7 both read it.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            // YAML 1.2 section 5.1: these may not stand as they are, or end a line.
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
