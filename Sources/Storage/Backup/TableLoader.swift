/// Puts the rows of a backup into a table.
struct TableLoader {
    private let shape: TableShape
    private let connection: any Connection
    private let names: [String]
    private let full: Statement
    private let fullRows: Int
    private var waiting: [Value] = []

    /// A server is told of many rows at a time, or most of the time goes into waiting for its answers.
    private static let rowsMax = 64
    /// PostgreSQL takes 65,535 values in one statement.
    private static let valuesMax = 32_000

    init(_ shape: TableShape, on connection: any Connection) {
        self.shape = shape
        self.connection = connection
        switch connection.dialect {
        case .sqlite: fullRows = 1
        case .postgreSQL: fullRows = max(1, min(Self.rowsMax, Self.valuesMax / max(1, shape.columns.count)))
        }
        names = (0..<fullRows * shape.columns.count).map { "v\($0)" }
        full = shape.insert(rows: fullRows, names)
    }

    mutating func add(_ row: [Value]) throws {
        waiting += row
        guard waiting.count >= fullRows * shape.columns.count else { return }
        try insert(full)
    }

    /// Puts in what waits for more.
    mutating func finish() throws {
        guard !waiting.isEmpty else { return }
        try insert(shape.insert(rows: waiting.count / shape.columns.count, names))
    }

    private mutating func insert(_ statement: Statement) throws {
        var values: Bindings = [:]
        values.pairs = zip(names, waiting).map { (name: $0, value: $1) }
        try connection.run(statement, values)
        waiting.removeAll(keepingCapacity: true)
    }
}
