import Primitives

/// A gazetteer as a table in a text: one row for each street, or for each part of it with a postcode of its own, under the names of the columns
/// `street`, `city`, `region`, `postcode`, `country`, `names` (others, between `|`), `houses` (`1-99;2-40`).
package struct GazetteerFile: Sendable {
    private let bytes: [UInt8]
    private let columns: [Column]

    package static let bytesMax = 32 * 1024 * 1024
    package static let rowsMax = 500_000
    /// UTF-16 units of what stands in a column; of `names` and `houses` in each of them.
    package static let textMax = 200
    package static let namesMax = 12
    package static let housesMax = 200

    /// Why none of a file can be read.
    package enum Unreadable: Error, Hashable {
        /// It is not written in UTF-8; in which line that shows.
        case encoding(line: Int)
        /// The first row names a column that there is not, or one twice.
        case column(String)
        /// A column that must be there.
        case missing(String)
        /// It has too many rows.
        case tooMany
    }

    /// Why a row is not taken.
    package struct Refusal: Hashable, Sendable {
        /// Where it begins in the file, 1 first.
        package var line: Int
        /// Empty: the row as a whole.
        package var column: String
        package var rule: Rule
        package var limit: Int?

        package enum Rule: String, CaseIterable, Hashable, Sendable {
            case required, malformed, tooLong, tooMany
        }
    }

    /// A street, or why the row is none.
    package enum Row: Hashable, Sendable {
        case street(Street)
        case refused(Refusal)
    }

    private enum Column: String, CaseIterable {
        case street, city, region, postcode, country, names, houses
    }

    package init(_ bytes: [UInt8]) throws(Unreadable) {
        if let line = CSVReader.badLine(in: bytes) { throw .encoding(line: line) }
        var reader = CSVReader(bytes)
        var columns: [Column] = []
        for cell in reader.next()?.cells ?? [] {
            let name = CSVLine.trimmed(cell)
            guard let column = Column(rawValue: name.lowercased()), !columns.contains(column) else { throw .column(name) }
            columns.append(column)
        }
        for column in [Column.street, .city] where !columns.contains(column) { throw .missing(column.rawValue) }
        self.bytes = bytes
        self.columns = columns
    }

    /// Reads row by row, and no more than so many.
    package func read(atMost limit: Int = rowsMax, _ each: (Row) -> Void) throws(Unreadable) {
        var reader = CSVReader(bytes)
        _ = reader.next()
        var count = 0
        while let row = reader.next() {
            count += 1
            if count > limit { throw .tooMany }
            each(Self.row(row, columns))
        }
    }

    private static func row(_ row: CSVReader.Row, _ columns: [Column]) -> Row {
        func refused(_ column: Column?, _ rule: Refusal.Rule, _ limit: Int? = nil) -> Row {
            .refused(Refusal(line: row.line, column: column?.rawValue ?? "", rule: rule, limit: limit))
        }
        if row.isUnended || row.cells.dropFirst(columns.count).contains(where: { !$0.isEmpty }) { return refused(nil, .malformed) }
        var street = Street(name: "", city: "")
        for (cell, column) in zip(row.cells, columns) {
            let text = CSVLine.unguarded(CSVLine.trimmed(cell))
            if text.isEmpty { continue }
            switch column {
            case .names:
                street.names = text.split(separator: "|").map { CSVLine.trimmed(String($0)) }.filter { !$0.isEmpty }
                if street.names.count > namesMax { return refused(.names, .tooMany, namesMax) }
                if street.names.contains(where: { $0.utf16.count > textMax }) { return refused(.names, .tooLong, textMax) }
            case .houses:
                guard let houses = Self.houses(text) else { return refused(.houses, .malformed) }
                if houses.count > housesMax { return refused(.houses, .tooMany, housesMax) }
                street.houses = houses
            case .street, .city, .region, .postcode, .country:
                if text.utf16.count > textMax { return refused(column, .tooLong, textMax) }
                switch column {
                case .street: street.name = text
                case .city: street.city = text
                case .region: street.region = text
                case .postcode: street.postcode = text
                case .country: street.country = text
                case .names, .houses: break
                }
            }
        }
        if Spelling.words(of: street.name).isEmpty { return refused(.street, .required) }
        if Spelling.words(of: street.city).isEmpty { return refused(.city, .required) }
        return .street(street)
    }

    private static func houses(_ text: String) -> [ClosedRange<UInt32>]? {
        var houses: [ClosedRange<UInt32>] = []
        for piece in text.split(separator: ";") {
            let ends = piece.split(separator: "-", omittingEmptySubsequences: false).map {
                HouseNumber.leading(CSVLine.trimmed(String($0)))
            }
            guard (1...2).contains(ends.count), let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high else { return nil }
            houses.append(low...high)
        }
        return houses
    }

    // MARK: Writing

    package static let header = CSVLine.of(Column.allCases.map(\.rawValue))

    package static func line(of street: Street) -> String {
        CSVLine.of([
            street.name, street.city, street.region, street.postcode, street.country, street.names.joined(separator: "|"),
            street.houses.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ";"),
        ])
    }
}
