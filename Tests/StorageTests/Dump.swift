import Testing

@testable import Storage

/// Whole tables as text.
enum Dump {
    private static let columnsMax = 16

    /// The rows of a table in the order of their texts.
    static func rows(of table: String, on connection: any Connection) -> [String] {
        let statement = Statement(SQL(stringLiteral: "SELECT * FROM \(table)"))
        let rows = try? connection.all(statement) { row in (0..<columnsMax).map { _ in cell(&row) }.joined(separator: "|") }
        return rows?.sorted() ?? ["unreadable"]
    }

    private static func cell(_ row: inout Row) -> String {
        var asText = row
        var asNumber = row
        defer { _ = try? row.bytesOrNil() }
        if let text = try? asText.textOrNil() { return text }
        if let number = try? asNumber.integerOrNil() { return String(number) }
        var asBytes = row
        if let bytes = try? asBytes.bytesOrNil() { return String(decoding: bytes, as: UTF8.self) + " \(bytes)" }
        return "-"
    }
}
