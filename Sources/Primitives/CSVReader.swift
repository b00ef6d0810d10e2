/// Reads a table as programs write it into a text (RFC 4180): cells between commas, semicolons or tabs, in quotes where they hold such a
/// character themselves.
package struct CSVReader: Sendable {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var at: Int
    /// The number of the line that comes next, 1 first.
    package private(set) var line = 1

    package struct Row: Sendable {
        /// Where it begins.
        package var line: Int
        package var cells: [String]
        /// It ends within quotes: the text was cut off, or a quote too much is in it.
        package var isUnended = false
    }

    /// - Parameter bytes: UTF-8, with or without a mark at its beginning.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        // Which of them it is, the first line says.
        let head = bytes[at...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { byte in (byte, head.count { $0 == byte }) }
        separator = counts.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil } ?? UInt8(ascii: ",")
    }

    /// The next row with something in it; nil at the end.
    package mutating func next() -> Row? {
        while at < bytes.count {
            let row = read()
            if row.isUnended || row.cells.contains(where: { !$0.isEmpty }) { return row }
        }
        return nil
    }

    private mutating func read() -> Row {
        var row = Row(line: line, cells: [])
        var cell: [UInt8] = []
        var isQuoted = false
        func end() { row.cells.append(String(decoding: cell, as: UTF8.self)) }
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && at < bytes.count && bytes[at] == UInt8(ascii: "\""):
                cell.append(byte)
                at += 1
            case UInt8(ascii: "\"") where isQuoted: isQuoted = false
            case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
            case separator where !isQuoted:
                end()
                cell = []
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                if byte == UInt8(ascii: "\r"), at < bytes.count, bytes[at] == UInt8(ascii: "\n") { at += 1 }
                line += 1
                guard isQuoted else {
                    end()
                    return row
                }
                cell.append(UInt8(ascii: "\n"))
            default: cell.append(byte)
            }
        }
        end()
        row.isUnended = isQuoted
        return row
    }

    /// In which line bytes stand that are no UTF-8; nil if all are.
    package static func badLine(in bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var line = 1
        for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: piece, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}

/// Writes such a table.
package enum CSVLine {
    /// One row with its end, its cells in quotes where they need them.
    package static func of(_ cells: [String]) -> String {
        cells.map { cell in
            guard cell.utf8.contains(where: { Array(",;\t\"\r\n".utf8).contains($0) }) else { return cell }
            // By scalars: a quote with a mark above it is a quote for whoever reads the file.
            let quoted = cell.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] as [Unicode.Scalar] }
            return "\"\(String(String.UnicodeScalarView(quoted)))\""
        }.joined(separator: ",") + "\r\n"
    }

    /// A cell without the white space around it.
    package static func trimmed(_ cell: String) -> String {
        guard let first = cell.firstIndex(where: { !$0.isWhitespace }), let last = cell.lastIndex(where: { !$0.isWhitespace }) else {
            return ""
        }
        return String(cell[first...last])
    }

    /// Spreadsheets take a cell that begins so for a formula, which whoever wrote it would have them reckon: an apostrophe keeps them from it.
    private static let formulas: Set<Unicode.Scalar> = ["=", "+", "-", "@"]

    package static func guarded(_ text: String) -> String { text.unicodeScalars.first.map(formulas.contains) == true ? "'\(text)" : text }

    package static func unguarded(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.first == "'", scalars.dropFirst().first.map(formulas.contains) == true else { return text }
        return String(scalars.dropFirst())
    }
}
