import Crypto

/// Says what a table holds in a few bytes: how many rows, and the SHA-256 over them in the order of their keys.
struct TableSum: Hashable, Sendable {
    var rows: Int64
    var digest: [UInt8]

    /// Counts and hashes rows as they come.
    struct Running {
        private var rows: Int64 = 0
        private var hash = SHA256()

        mutating func add(_ row: [UInt8]) {
            rows += 1
            hash.update(data: row)
        }

        var sum: TableSum { TableSum(rows: rows, digest: [UInt8](hash.finalize())) }
    }
}

/// Follows the tables while they are written, read or read back; of the log, it checks the chain on the way.
struct TableWatch {
    private(set) var chain = ChainCheck()

    /// The log's columns in the order in which `LogRow` reads them, and behind them the hash.
    private static let log = "log"

    /// Hands over each row of a table as bytes, and sums them up.
    mutating func forEachRow(of shape: TableShape, on connection: any Connection, _ body: ([UInt8]) throws -> Void) throws -> TableSum {
        var running = TableSum.Running()
        var bytes: [UInt8] = []
        let isLog = shape.name == Self.log
        try connection.forEach(shape.select, [:]) { row in
            if isLog {
                var copy = row
                try take(&copy)
            }
            bytes.removeAll(keepingCapacity: true)
            try RowCoding.append(&row, of: shape, to: &bytes)
            running.add(bytes)
            try body(bytes)
        }
        return running.sum
    }

    /// The same of a row that comes from a backup.
    mutating func take(_ values: [Value], of shape: TableShape) throws {
        guard shape.name == Self.log else { return }
        var row = Row(ValueCells(values))
        try take(&row)
    }

    private mutating func take(_ row: inout Row) throws { chain.take(try LogRow(&row), stored: try row.bytes()) }
}
