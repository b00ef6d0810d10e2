/// A table as the database itself describes it.
struct TableShape: Hashable, Sendable {
    struct Column: Hashable, Sendable {
        var name: String
        var type: ColumnType
    }

    enum ColumnType: UInt8, Hashable, Sendable {
        case integer = 1
        case text = 2
        case bytes = 3
    }

    var name: String
    /// In the order in which they were made: the same in both databases, for both are made by one text.
    var columns: [Column]
    /// The columns of the primary key, in its order.
    var key: [String]

    /// Every row in the order of the key.
    var select: Statement {
        let names = columns.map { Self.quoted($0.name) }.joined(separator: ", ")
        let order = key.map(Self.quoted).joined(separator: ", ")
        return Statement(SQL(stringLiteral: "SELECT \(names) FROM \(Self.quoted(name)) ORDER BY \(order)"))
    }

    /// Inserts so many rows at once; the values are named by `Self.names`.
    func insert(rows: Int, _ names: [String]) -> Statement {
        let columns = columns.map { Self.quoted($0.name) }.joined(separator: ", ")
        let count = self.columns.count
        let values = (0..<rows).map { row in "(\(names[row * count..<(row + 1) * count].map { "$\($0)" }.joined(separator: ", ")))" }
        return Statement(SQL(stringLiteral: "INSERT INTO \(Self.quoted(name)) (\(columns)) VALUES \(values.joined(separator: ", "))"))
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

/// All tables of a database, each after those its rows refer to.
struct Catalog {
    let tables: [TableShape]

    /// The table in which `Migrations` keeps the format; it is made, never copied.
    static let unlisted = "schema_version"

    /// - Throws: `BackupError.unreadable` for a table that cannot be copied: without a key, or with a column of another type.
    init(of connection: any Connection) throws {
        var columns: [String: [(TableShape.Column, keyPlace: Int64?)]] = [:]
        try connection.forEachColumn { table, name, type, keyPlace in
            guard table != Self.unlisted else { return }
            guard let type else { throw BackupError.unreadable("column \(name) of table \(table) has a type that is not known") }
            columns[table, default: []].append((TableShape.Column(name: name, type: type), keyPlace))
        }
        let references = try connection.references()
        var open: [TableShape] = try columns.keys.sorted().map { name in
            let all = columns[name] ?? []
            let key = all.compactMap { column, place in place.map { (place: $0, name: column.name) } }.sorted { $0.place < $1.place }
            guard !key.isEmpty else { throw BackupError.unreadable("table \(name) has no primary key") }
            return TableShape(name: name, columns: all.map(\.0), key: key.map(\.name))
        }
        var ordered: [TableShape] = []
        while !open.isEmpty {
            let waiting = Set(open.map(\.name))
            guard let index = open.firstIndex(where: { shape in !references.contains { $0.from == shape.name && waiting.contains($0.to) } })
            else { throw BackupError.unreadable("the tables \(waiting.sorted().joined(separator: ", ")) refer to each other in a circle") }
            ordered.append(open.remove(at: index))
        }
        tables = ordered
    }
}
