import Operation
import Organization
import Primitives
import Scripting

/// A form as it is written down: a draft may lack anything but the kinds of its fields.
struct FormWire: Codable, Sendable, Hashable {
    var form: Form

    init(_ form: Form) {
        self.form = form
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        form = Form(
            name: try fields.field("name", else: TextsWire(Texts([:]))).texts,
            fields: try fields.field("fields", else: [FieldWire]()).map(\.field))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(TextsWire(form.name), forKey: BodyKey("name"))
        try container.encode(form.fields.map { FieldWire($0) }, forKey: BodyKey("fields"))
    }

    static let schema = Schema.object([
        .required("name", TextsWire.schema), .required("fields", .array(FieldWire.schema)),
    ])
}

private struct FieldWire: Codable {
    var field: Field

    init(_ field: Field) {
        self.field = field
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        let (help, patternSays): (TextsWire?, TextsWire?) = (try fields.field("help"), try fields.field("patternSays"))
        field = Field(
            key: try fields.field("key", else: ""), kind: try fields.choice("kind", else: .text),
            label: try fields.field("label", else: TextsWire(Texts([:]))).texts)
        field.help = help?.texts
        field.isRequired = try fields.field("required", else: false)
        field.lines = try fields.field("lines", else: 1)
        field.lengthMax = try fields.field("lengthMax")
        field.pattern = try fields.field("pattern")
        field.patternSays = patternSays?.texts
        field.least = try fields.field("min")
        field.most = try fields.field("max")
        field.decimals = try fields.field("decimals")
        field.currency = try fields.field("currency")
        field.options = try fields.field("options", else: [OptionWire]()).map(\.option)
        field.visibleIf = try fields.field("visibleIf")
        field.computed = try fields.field("computed")
        field.isInGazetteer = try fields.field("gazetteer", else: "") == Self.inGazetteer
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        func write(_ name: String, _ value: (some Encodable)?) throws {
            if let value { try container.encode(value, forKey: BodyKey(name)) }
        }
        try write("key", field.key)
        try write("kind", field.kind.rawValue)
        try write("label", TextsWire(field.label))
        try write("help", field.help.map { TextsWire($0) })
        try write("required", field.isRequired)
        try write("lines", field.lines)
        try write("lengthMax", field.lengthMax)
        try write("pattern", field.pattern)
        try write("patternSays", field.patternSays.map { TextsWire($0) })
        try write("min", field.least)
        try write("max", field.most)
        try write("decimals", field.decimals)
        try write("currency", field.currency)
        try write("options", field.options.map { OptionWire($0) })
        try write("visibleIf", field.visibleIf)
        try write("computed", field.computed)
        try write("gazetteer", field.isInGazetteer ? Self.inGazetteer : nil)
    }

    private static let inGazetteer = "require"

    static let schema = Schema.object([
        .required("key", .string), .required("kind", .enumeration(Field.Kind.allCases.map(\.rawValue))),
        .required("label", TextsWire.schema), .optional("help", .nullable(TextsWire.schema)), .required("required", .boolean),
        .required("lines", .integer), .optional("lengthMax", .nullable(.integer)), .optional("pattern", .nullable(.string)),
        .optional("patternSays", .nullable(TextsWire.schema)), .optional("min", .nullable(.string)), .optional("max", .nullable(.string)),
        .optional("decimals", .nullable(.integer)), .optional("currency", .nullable(.string)),
        .required("options", .array(.object([.required("key", .string), .required("label", TextsWire.schema)]))),
        .optional("visibleIf", .nullable(.string)), .optional("computed", .nullable(.string)),
        .optional("gazetteer", .enumeration([inGazetteer])),
    ])
}

private struct OptionWire: Codable {
    var option: Field.Option

    init(_ option: Field.Option) {
        self.option = option
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        option = Field.Option(
            key: try fields.field("key", else: ""), label: try fields.field("label", else: TextsWire(Texts([:]))).texts)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(option.key, forKey: BodyKey("key"))
        try container.encode(TextsWire(option.label), forKey: BodyKey("label"))
    }
}

/// What stands in a field: a text, or an address by its parts.
struct ValueWire: Codable, Sendable, Hashable {
    var value: FieldValue

    init(_ value: FieldValue) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = .text(text)
        } else {
            var parts: [PostalAddress.Part: String] = [:]
            for (name, text) in try container.decode([String: String].self) {
                guard let part = PostalAddress.Part(rawValue: name) else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "no part of an address")
                }
                parts[part] = text
            }
            value = .address(PostalAddress(parts))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch value {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .address(let address):
            var container = encoder.container(keyedBy: BodyKey.self)
            for part in PostalAddress.Part.allCases { try container.encode(address.parts[part] ?? "", forKey: BodyKey(part.rawValue)) }
        }
    }

    /// A text or an object.
    static let schema = Schema.any
}

extension FieldValue {
    /// As it is filed.
    func texts(of field: String) -> [FieldText] {
        switch self {
        case .text(let text): [FieldText(field: field, text: text)]
        // An empty one stands as one empty text, which says that somebody emptied it.
        case .address(let address):
            address.isEmpty
                ? [FieldText(field: field, text: "")]
                : PostalAddress.Part.allCases.compactMap { part in
                    address.parts[part].map { FieldText(field: field, part: part.rawValue, text: $0) }
                }
        }
    }

    /// The values that were filed, by field.
    static func values(_ texts: [FieldText]) -> [String: FieldValue] {
        Dictionary(grouping: texts, by: \.field).mapValues { texts in
            if let whole = texts.first(where: { $0.part.isEmpty }) { return .text(whole.text) }
            let parts = texts.compactMap { text in PostalAddress.Part(rawValue: text.part).map { ($0, text.text) } }
            return .address(PostalAddress(Dictionary(parts, uniquingKeysWith: { first, _ in first })))
        }
    }
}
