/// The shape of a JSON value, in the part of JSON Schema 2020-12 that the wire needs.
indirect enum Schema: Sendable {
    case string
    /// A UUID.
    case id
    /// Milliseconds since 1970 UTC.
    case time
    /// A day of a calendar: 2026-11-16.
    case day
    case integer
    case number
    case boolean
    case constant(String)
    case enumeration([String])
    case nullable(Schema)
    case array(Schema)
    /// Any names, values of one shape.
    case map(Schema)
    case object([Field])
    /// Anything at all.
    case any
    /// Another type of the wire, described once; by name, because a type may contain itself.
    case named(String)

    struct Field: Sendable {
        var name: String
        var schema: Schema
        var isRequired: Bool

        static func required(_ name: String, _ schema: Schema) -> Field { Field(name: name, schema: schema, isRequired: true) }
        static func optional(_ name: String, _ schema: Schema) -> Field { Field(name: name, schema: schema, isRequired: false) }
    }

    static func reference(_ type: any WireType.Type) -> Schema { .named(type.schemaName) }
    static func reference(_ type: any WireInput.Type) -> Schema { .named(type.schemaName) }

    var json: JSONValue {
        switch self {
        case .string: ["type": "string"]
        case .id: ["type": "string", "format": "uuid"]
        case .time: ["type": "integer", "description": "Milliseconds since 1970-01-01 UTC"]
        case .day: ["type": "string", "format": "date"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .constant(let text): ["const": .string(text)]
        case .enumeration(let cases): ["type": "string", "enum": .array(cases.map { .string($0) })]
        case .nullable(let schema): ["anyOf": [schema.json, ["type": "null"]]]
        case .array(let element): ["type": "array", "items": element.json]
        case .map(let element): ["type": "object", "additionalProperties": element.json]
        case .object(let fields):
            [
                "type": "object",
                "properties": .object(fields.map { ($0.name, $0.schema.json) }),
                "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
            ]
        case .any: .object([])
        case .named(let name): ["$ref": .string("#/components/schemas/\(name)")]
        }
    }
}

/// JSON as a value, for what has no struct of its own.
enum JSONValue: Encodable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])

    init(stringLiteral text: String) { self = .string(text) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { ($0.0, $0.1) }) }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .string(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .integer(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .boolean(let flag):
            var container = encoder.singleValueContainer()
            try container.encode(flag)
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for member in members { try container.encode(member.value, forKey: Name(stringValue: member.name)) }
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
