/// Rows as bytes: the same for the same values, whatever database they come from.
enum RowCoding {
    /// Appends the columns of the row at hand.
    static func append(_ row: inout Row, of shape: TableShape, to bytes: inout [UInt8]) throws {
        for column in shape.columns {
            switch column.type {
            case .integer: append(try row.integerOrNil().map { .integer($0) } ?? .null, to: &bytes)
            case .text: append(try row.textOrNil().map { .text($0) } ?? .null, to: &bytes)
            case .bytes: append(try row.bytesOrNil().map { .bytes($0) } ?? .null, to: &bytes)
            }
        }
    }

    static func append(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(BackupFormat.ValueMark.null.rawValue)
        case .integer(let number):
            bytes.append(BackupFormat.ValueMark.integer.rawValue)
            bytes.appendSigned(number)
        case .text(let text):
            bytes.append(BackupFormat.ValueMark.text.rawValue)
            bytes.appendText(text)
        case .bytes(let raw):
            bytes.append(BackupFormat.ValueMark.bytes.rawValue)
            bytes.appendBytes(raw)
        case .id(let high, let low):
            bytes.append(BackupFormat.ValueMark.bytes.rawValue)
            bytes.appendNumber(16)
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes += $0 }
        }
    }

    /// Reads one row of `shape`; what is of another type than its column is refused.
    static func row(of shape: TableShape, from reader: BackupReader) throws -> [Value] {
        try shape.columns.map { column in
            switch (BackupFormat.ValueMark(rawValue: try reader.byte()), column.type) {
            case (.null, _): return .null
            case (.integer, .integer): return .integer(try reader.signed())
            case (.text, .text): return .text(try reader.text(max: BackupFormat.valueMax))
            case (.bytes, .bytes): return .bytes(try reader.bytes(upTo: BackupFormat.valueMax))
            default: throw BackupError.unreadable("a value of column \(column.name) of table \(shape.name)")
            }
        }
    }
}

/// A row that comes from no database.
final class ValueCells: Cells {
    private let values: [Value]

    init(_ values: [Value]) {
        self.values = values
    }

    func integer(_ column: Int) throws -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let number): number
        case .text, .bytes, .id: throw unexpected(column)
        }
    }

    func text(_ column: Int) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        case .integer, .bytes, .id: throw unexpected(column)
        }
    }

    func bytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        switch try value(column) {
        case .null: nil
        case .bytes(let bytes): try bytes.withUnsafeBytes(body)
        case .integer, .text, .id: throw unexpected(column)
        }
    }

    private func value(_ column: Int) throws -> Value {
        guard values.indices.contains(column) else { throw unexpected(column) }
        return values[column]
    }

    private func unexpected(_ column: Int) -> DatabaseError {
        DatabaseError(kind: .misuse, code: "row", message: "column \(column) of a row in a backup")
    }
}
