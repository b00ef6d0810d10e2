import Foundation

/// JSON as tests read it: what is missing is `missing`, not an error.
enum JSON: Sendable, Equatable {
    case missing, null
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([JSON])
    case object([String: JSON])

    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    subscript(_ name: String) -> JSON {
        guard case .object(let members) = self else { return .missing }
        return members[name] ?? .missing
    }

    subscript(_ index: Int) -> JSON {
        guard case .list(let elements) = self, elements.indices.contains(index) else { return .missing }
        return elements[index]
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .number(let number) = self { Int(number) } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var list: [JSON] { if case .list(let elements) = self { elements } else { [] } }
    var object: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .number(Double(number)) }
    init(arrayLiteral elements: JSON...) { self = .list(elements) }
    init(dictionaryLiteral members: (String, JSON)...) { self = .object(Dictionary(members) { $1 }) }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}

/// Holds what the server sent against the description it gives of itself.
struct SchemaCheck {
    let document: JSON

    /// What does not fit, each with its path; unknown fields do not fit either.
    func faults(in value: JSON, as name: String) -> [String] { faults(value, document["components"]["schemas"][name], at: name) }

    private func faults(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        if let reference = schema["$ref"].text {
            return faults(value, document["components"]["schemas"][String(reference.split(separator: "/").last ?? "")], at: path)
        }
        if schema == .missing { return ["\(path): nothing describes it"] }
        // Anything at all.
        if schema == .object([:]) { return [] }
        if case .list(let choices) = schema["anyOf"] {
            return choices.contains { faults(value, $0, at: path).isEmpty } ? [] : ["\(path): fits none of its shapes"]
        }
        switch (schema["type"].text, value) {
        case ("null", .null), ("boolean", .flag), ("number", .number): return []
        case ("integer", .number(let number)): return number.rounded() == number ? [] : ["\(path): is no integer"]
        case ("string", .text(let text)):
            let cases = schema["enum"].list
            if !cases.isEmpty, !cases.contains(.text(text)) { return ["\(path): \(text) is none of its cases"] }
            return schema["format"].text == "uuid" && UUID(uuidString: text) == nil ? ["\(path): is no UUID"] : []
        case ("array", .list(let elements)):
            return elements.enumerated().flatMap { faults($1, schema["items"], at: "\(path)[\($0)]") }
        case ("object", .object(let members)):
            if schema["additionalProperties"] != .missing {
                return members.flatMap { faults($1, schema["additionalProperties"], at: "\(path).\($0)") }
            }
            let properties = schema["properties"].object
            let missing = schema["required"].list.compactMap(\.text).filter { members[$0] == nil }.map { "\(path).\($0): is missing" }
            return missing
                + members.flatMap { name, member in
                    properties[name].map { faults(member, $0, at: "\(path).\(name)") } ?? ["\(path).\(name): is not described"]
                }
        default: return ["\(path): is not \(schema["type"].text ?? "what is described")"]
        }
    }
}
