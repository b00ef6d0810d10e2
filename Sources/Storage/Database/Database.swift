/// A database engine that can hold everything: SQLite inside the program, or a PostgreSQL server. Both are given the same
/// SQL text (`Statement`).
protocol Database: Sendable {
    var dialect: Dialect { get }

    /// Keeps a second server from the same data, until `unlock`. Called again it makes sure that this is so.
    /// - Throws: `StorageError.inUse`.
    func lock() throws
    func unlock()

    /// Opens a connection, which from then on belongs to the calling thread.
    func connect(for role: ConnectionRole) throws -> any Connection
}

/// What a connection is for. There is one writer; readers see what was committed before their transaction began.
enum ConnectionRole: Sendable {
    case writing, reading
}

/// One line to a database. Synchronous, and used by one thread only: whoever waits for it waits on that thread, so nothing
/// is ever held across an `await`.
protocol Connection: AnyObject {
    var dialect: Dialect { get }
    /// True once it can do nothing any more; whoever holds it opens another.
    var isLost: Bool { get }

    /// Runs a statement that answers no rows, and says how many rows it changed.
    @discardableResult
    func run(_ statement: Statement, _ values: Bindings) throws -> Int

    /// Runs a statement and hands over its rows as they come. `body` must not use the connection.
    func forEach(_ statement: Statement, _ values: Bindings, _ body: (inout Row) throws -> Void) throws

    /// Runs statements without values, several in one text: migrations and transaction control.
    func execute(_ text: String) throws

    func begin(_ role: ConnectionRole) throws
    func close()

    /// Hands over every column of every table, from the database's own catalogue, in the order of tables and columns: its
    /// table, its name, its type (nil: none that our tables have), and its place in the primary key, if it is in there.
    func forEachColumn(_ body: (String, String, TableShape.ColumnType?, Int64?) throws -> Void) throws
    /// Which tables' rows refer to which tables' rows.
    func references() throws -> [(from: String, to: String)]
}

extension Connection {
    @discardableResult
    func run(_ statement: Statement) throws -> Int { try run(statement, [:]) }

    /// All rows, as values.
    func all<Value>(_ statement: Statement, _ values: Bindings = [:], _ read: (inout Row) throws -> Value) throws -> [Value] {
        var found: [Value] = []
        try forEach(statement, values) { found.append(try read(&$0)) }
        return found
    }

    /// The first row as a value; nil if there is none.
    func first<Value>(_ statement: Statement, _ values: Bindings = [:], _ read: (inout Row) throws -> Value) throws -> Value? {
        var found: Value?
        try forEach(statement, values) { row in
            if found == nil { found = try read(&row) }
        }
        return found
    }

    /// Carries out `body` whole or not at all. A reading transaction sees one state of the data throughout.
    func transaction<Value>(_ role: ConnectionRole, _ body: () throws -> Value) throws -> Value {
        try begin(role)
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // After a failed COMMIT there may be nothing left to roll back; what matters is the first error.
            try? execute("ROLLBACK")
            throw error
        }
    }
}

/// The two SQL dialects, as far as they differ: this list is closed, everything else is one text.
enum Dialect: Sendable, CaseIterable {
    case sqlite, postgreSQL
}

/// The places at which the dialects need different words.
enum Fragment: Sendable, CaseIterable {
    /// A 64-bit number.
    case integer
    /// Text that sorts and compares byte by byte, in any locale of the server.
    case text
    /// Raw bytes: ids (16 of them) and hashes. Half the size of an id's text, in each row and each index, and it sorts
    /// alike everywhere; `hex(id)` and `encode(id, 'hex')` show it.
    case bytes
    /// Closes a table whose key is a number that grows.
    case table
    /// Closes a table that is found by another key.
    case keyedTable

    func text(in dialect: Dialect) -> String {
        switch (self, dialect) {
        case (.integer, .sqlite): "INTEGER"
        case (.integer, .postgreSQL): "BIGINT"
        case (.text, .sqlite): "TEXT"
        case (.text, .postgreSQL): "TEXT COLLATE \"C\""
        case (.bytes, .sqlite): "BLOB"
        case (.bytes, .postgreSQL): "BYTEA"
        case (.table, .sqlite): "STRICT"
        case (.keyedTable, .sqlite): "STRICT, WITHOUT ROWID"
        case (.table, .postgreSQL), (.keyedTable, .postgreSQL): ""
        }
    }
}
