import CSQLite

/// One connection to a SQLite file.
final class SQLiteConnection: Connection {
    private let handle: OpaquePointer
    private var prepared: [ObjectIdentifier: Prepared] = [:]
    private(set) var isLost = false

    /// More statements than this are not kept prepared: those put together for searches come in many forms.
    static let preparedMax = 600
    /// How long to wait for another process, such as a backup, that holds the file.
    static let busyTimeout: Int32 = 5000
    /// While a backup reads, the write-ahead log grows by all that is written; afterwards the file goes back to this size.
    static let writeAheadLogKept = 64 << 20

    init(path: String, role: ConnectionRole, pagesMax: Int? = nil) throws {
        var handle: OpaquePointer?
        // Used by one thread only, so SQLite need not guard it.
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let error = Self.error(code, handle, context: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Self.busyTimeout)
        try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000")
        try execute("PRAGMA journal_size_limit = \(Self.writeAheadLogKept)")
        if let pagesMax { try execute("PRAGMA max_page_count = \(pagesMax)") }
        switch role {
        case .reading: try execute("PRAGMA query_only = ON")
        // What is erased is overwritten, not only marked as free.
        case .writing: try execute("PRAGMA secure_delete = ON")
        }
    }

    deinit { close() }

    var dialect: Dialect { .sqlite }

    @discardableResult
    func run(_ statement: Statement, _ values: Bindings) throws -> Int {
        try forEach(statement, values) { _ in }
        return Int(sqlite3_changes(handle))
    }

    func forEach(_ statement: Statement, _ values: Bindings, _ body: (inout Row) throws -> Void) throws {
        let prepared = try prepare(statement)
        defer { sqlite3_reset(prepared.pointer) }
        for (index, value) in zip(prepared.indices, try statement.ordered(values)) { try bind(value, at: index, of: prepared.pointer) }
        while true {
            switch sqlite3_step(prepared.pointer) {
            case SQLITE_ROW:
                var row = Row(prepared)
                try body(&row)
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    func execute(_ text: String) throws {
        guard !isLost else { throw StorageError.closed }
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    func begin(_ role: ConnectionRole) throws {
        try execute(role == .writing ? "BEGIN IMMEDIATE" : "BEGIN")
    }

    func close() {
        guard !isLost else { return }
        isLost = true
        prepared.removeAll()
        sqlite3_close_v2(handle)
    }

    // MARK: Preparing and binding

    private func prepare(_ statement: Statement) throws -> Prepared {
        guard !isLost else { throw StorageError.closed }
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        if prepared.count >= Self.preparedMax { prepared.removeAll() }
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, statement.text(in: .sqlite), -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw failure(code, context: statement.text(in: .sqlite)) }
        let indices = statement.names.map { sqlite3_bind_parameter_index(pointer, "$\($0)") }
        let fresh = Prepared(statement: statement, pointer: pointer, indices: indices)
        prepared[ObjectIdentifier(statement)] = fresh
        return fresh
    }

    private func bind(_ value: Value, at index: Int32, of pointer: OpaquePointer) throws {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(pointer, index)
        case .integer(let number): code = sqlite3_bind_int64(pointer, index, number)
        case .text(let text):
            var text = text.withoutZeros
            code = text.withUTF8 { bytes in
                // An empty text may have no address, and no address would bind NULL.
                guard let start = bytes.baseAddress else { return sqlite3_bind_text(pointer, index, "", 0, sqlite_transient()) }
                return sqlite3_bind_text64(pointer, index, start, UInt64(bytes.count), sqlite_transient(), UInt8(SQLITE_UTF8))
            }
        case .bytes(let bytes):
            code = bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(pointer, index, 0) }
                return sqlite3_bind_blob64(pointer, index, start, UInt64(bytes.count), sqlite_transient())
            }
        case .id(let high, let low):
            code = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
                sqlite3_bind_blob64(pointer, index, bytes.baseAddress, 16, sqlite_transient())
            }
        }
        guard code == SQLITE_OK else { throw failure(code) }
    }

    // MARK: Errors

    private func failure(_ code: Int32, context: String? = nil) -> DatabaseError { Self.error(code, handle, context: context) }

    private static func error(_ code: Int32, _ handle: OpaquePointer?, context: String?) -> DatabaseError {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let kind: DatabaseError.Kind =
            switch code & 0xFF {
            case SQLITE_CONSTRAINT: .constraint(message.firstRange(of: ": ").map { String(message[$0.upperBound...]) })
            case SQLITE_FULL: .full
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB: .lost
            case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_RANGE: .misuse
            default: .other
            }
        return DatabaseError(kind: kind, code: String(extended), message: context.map { "\(message) (\($0))" } ?? message)
    }
}

/// A statement that SQLite has compiled, and the row it stands on.
private final class Prepared: Cells {
    /// Kept, so that no other statement takes its identity.
    private let statement: Statement
    let pointer: OpaquePointer
    /// Where each of the statement's names is bound.
    let indices: [Int32]

    init(statement: Statement, pointer: OpaquePointer, indices: [Int32]) {
        self.statement = statement
        self.pointer = pointer
        self.indices = indices
    }

    deinit { sqlite3_finalize(pointer) }

    func integer(_ column: Int) throws -> Int64? {
        try isNull(column, orHas: SQLITE_INTEGER) ? nil : sqlite3_column_int64(pointer, Int32(column))
    }

    func text(_ column: Int) throws -> String? {
        guard try !isNull(column, orHas: SQLITE_TEXT), let start = sqlite3_column_text(pointer, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        if try isNull(column, orHas: SQLITE_BLOB) { return nil }
        let start = sqlite3_column_blob(pointer, Int32(column))
        return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, Int32(column)))))
    }

    private func isNull(_ column: Int, orHas type: Int32) throws -> Bool {
        let found = sqlite3_column_type(pointer, Int32(column))
        if found == SQLITE_NULL { return true }
        guard found == type else {
            throw DatabaseError(kind: .misuse, code: "row", message: "column \(column) has SQLite's type \(found), not \(type)")
        }
        return false
    }
}
