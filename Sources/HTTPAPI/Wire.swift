import FoundationEssentials
import Hummingbird
import NIOCore
import Primitives

/// A struct of the wire with its description for the API's own documentation. A test holds what the server sends against
/// these descriptions.
protocol WireType: Encodable, Sendable {
    static var schemaName: String { get }
    static var schema: Schema { get }
}

/// A body that a client sends.
protocol WireInput: Decodable, Sendable {
    static var schemaName: String { get }
    static var schema: Schema { get }
}

/// An optional that is written as `null` instead of being left out, so that a field's absence is never news.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable & Hashable>: Encodable, Sendable, Hashable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

/// Something with an id and a name in the reader's language.
struct NamedWire: WireType, Hashable {
    var id: String
    var name: String

    static let schemaName = "Named"
    static let schema = Schema.object([.required("id", .id), .required("name", .string)])
}

/// How far the log had come when a command was carried out.
struct PositionWire: WireType {
    var position: Int64

    static let schemaName = "Position"
    static let schema = Schema.object([.required("position", .integer)])
}

extension Timestamp {
    /// The wire's time: milliseconds since 1970 UTC.
    var milliseconds: Int64 { microseconds / 1000 }
}

/// Writes a value as JSON. Our own wire structs always can be written.
func json(_ value: some Encodable) -> ByteBuffer {
    guard let bytes = try? JSONEncoding.bytes(of: value) else { return ByteBuffer(string: "{}") }
    return ByteBuffer(bytes: bytes)
}

extension Response {
    init(json value: some Encodable, status: HTTPResponse.Status = .ok) {
        self.init(json: HTTPAPI.json(value), status: status)
    }

    init(json body: ByteBuffer, status: HTTPResponse.Status = .ok) {
        self.init(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
}

extension WireInput {
    /// Reads a body.
    ///
    /// - Throws: a `Problem` that names the field: `required` if it is missing, `malformed` if it is of another type.
    static func read(_ body: ByteBuffer) throws -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            switch error {
            case .keyNotFound(let key, let context): throw Problem.invalid(name(context.codingPath + [key]), .required)
            case .valueNotFound(_, let context): throw Problem.invalid(name(context.codingPath), .required)
            case .typeMismatch(_, let context), .dataCorrupted(let context):
                throw Problem.invalid(name(context.codingPath), .malformed)
            @unknown default: throw Problem.invalid("body", .malformed)
            }
        }
    }

    /// `body` for what is wrong as a whole.
    private static func name(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "body" : path.map { $0.intValue.map { String($0) } ?? $0.stringValue }.joined(separator: ".")
    }
}

/// Collects what is wrong with the fields of one request, so that the answer names all of it.
struct FieldCheck {
    private var errors: [FieldError] = []

    mutating func refuse(_ field: String, _ rule: FieldError.Rule, limit: Int? = nil) {
        errors.append(FieldError(field: field, rule: rule, limit: limit))
    }

    /// Refuses an empty text and one of more than `limit` UTF-16 units, which is how browsers count.
    mutating func text(_ text: String, _ field: String, limit: Int, required: Bool = true) {
        if required, text.isEmpty { refuse(field, .required) }
        if text.utf16.count > limit { refuse(field, .tooLong, limit: limit) }
    }

    /// The id that `text` is; nil, and refused, if it is none.
    mutating func id<Tag>(_ text: String?, _ field: String) -> ID<Tag>? {
        guard let text else { return nil }
        guard let id = ID<Tag>(text) else {
            refuse(field, .malformed)
            return nil
        }
        return id
    }

    /// The day that `text` is; nil, and refused, if it is none.
    mutating func day(_ text: String?, _ field: String, isRequired: Bool = false) -> CivilDate? {
        guard let text else {
            if isRequired { refuse(field, .required) }
            return nil
        }
        let date = CivilDate(text)
        if date == nil { refuse(field, .malformed) }
        return date
    }

    /// The case that `text` names; nil, and refused, if it is none.
    mutating func choice<Choice: RawRepresentable<String>>(_ text: String?, _ field: String) -> Choice? {
        guard let text else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil { refuse(field, .unknown) }
        return choice
    }

    func pass() throws {
        if !errors.isEmpty { throw Problem(.invalid, errors: errors) }
    }
}
