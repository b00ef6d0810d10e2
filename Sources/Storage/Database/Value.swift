import Primitives

/// A value on its way into a statement.
enum Value: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    /// Sixteen bytes, most significant first.
    case id(UInt64, UInt64)

    static func of<Tag>(_ id: ID<Tag>?) -> Value { id.map { .id($0.high, $0.low) } ?? .null }
    /// Microseconds since 1970.
    static func of(_ moment: Timestamp?) -> Value { moment.map { .integer($0.microseconds) } ?? .null }
    /// Microseconds.
    static func of(_ span: Duration?) -> Value { span.map { .integer($0.microseconds) } ?? .null }
    static func of(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
    static func of(_ number: Int) -> Value { .integer(Int64(number)) }
    static func of(_ truth: Bool) -> Value { .integer(truth ? 1 : 0) }
    static func of(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    static func of(_ bytes: [UInt8]) -> Value { .bytes(bytes) }
}

/// Values for a statement, by name.
struct Bindings: ExpressibleByDictionaryLiteral, Sendable {
    var pairs: [(name: String, value: Value)]

    init(dictionaryLiteral elements: (String, Value)...) { pairs = elements.map { (name: $0, value: $1) } }

    static func += (left: inout Bindings, right: Bindings) { left.pairs += right.pairs }
}

extension String {
    /// PostgreSQL's text holds no zero character, and a text that stops the log would stop the centre: in both databases
    /// U+FFFD stands for it.
    var withoutZeros: String {
        guard utf8.contains(0) else { return self }
        return String(unicodeScalars.map { $0 == "\0" ? Character("\u{FFFD}") : Character($0) })
    }
}

/// The cells of the row that a connection stands on.
protocol Cells: AnyObject {
    func integer(_ column: Int) throws -> Int64?
    func text(_ column: Int) throws -> String?
    func bytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result?
}

/// One row, read from left to right: each call takes the next column, and refuses what is not of its type.
struct Row {
    private let cells: any Cells
    private var column = 0

    init(_ cells: any Cells) {
        self.cells = cells
    }

    /// Passes a column by, whatever is in it.
    mutating func skip() { column += 1 }

    mutating func integerOrNil() throws -> Int64? {
        defer { column += 1 }
        return try cells.integer(column)
    }

    mutating func textOrNil() throws -> String? {
        defer { column += 1 }
        return try cells.text(column)
    }

    mutating func bytesOrNil() throws -> [UInt8]? {
        defer { column += 1 }
        return try cells.bytes(column) { [UInt8]($0) }
    }

    mutating func idOrNil<Tag>() throws -> ID<Tag>? {
        defer { column += 1 }
        return try cells.bytes(column) { [column] bytes in
            guard bytes.count == 16 else { throw Self.unexpected(column, "an id of 16 bytes") }
            return ID(high: Self.word(bytes[0..<8]), low: Self.word(bytes[8..<16]))
        }
    }

    private static func word(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    mutating func timeOrNil() throws -> Timestamp? { try integerOrNil().map { Timestamp(microseconds: $0) } }
    mutating func spanOrNil() throws -> Duration? { try integerOrNil().map { .microseconds($0) } }

    mutating func integer() throws -> Int64 { try known(try integerOrNil(), "a number") }
    mutating func text() throws -> String { try known(try textOrNil(), "a text") }
    mutating func bytes() throws -> [UInt8] { try known(try bytesOrNil(), "bytes") }
    mutating func id<Tag>() throws -> ID<Tag> { try known(try idOrNil(), "an id") }
    mutating func time() throws -> Timestamp { try known(try timeOrNil(), "a time") }
    mutating func span() throws -> Duration { try known(try spanOrNil(), "a span") }
    mutating func truth() throws -> Bool { try integer() != 0 }

    /// A number within the bounds of a smaller type.
    mutating func number<Number: FixedWidthInteger>() throws -> Number {
        let wide = try integer()
        return try known(Number(exactly: wide), "a number within \(Number.min)…\(Number.max)")
    }

    /// A text that stands for a case of `Choice`.
    mutating func choice<Choice: RawRepresentable<String>>() throws -> Choice {
        try known(try choiceOrNil(), "a \(Choice.self)")
    }

    mutating func choiceOrNil<Choice: RawRepresentable<String>>() throws -> Choice? {
        guard let text = try textOrNil() else { return nil }
        guard let choice = Choice(rawValue: text) else { throw Self.unexpected(column - 1, "a \(Choice.self), not “\(text)”") }
        return choice
    }

    private func known<Value>(_ value: Value?, _ wanted: String) throws -> Value {
        guard let value else { throw Self.unexpected(column - 1, wanted) }
        return value
    }

    private static func unexpected(_ column: Int, _ wanted: String) -> DatabaseError {
        DatabaseError(kind: .misuse, code: "row", message: "column \(column): expected \(wanted)")
    }
}
