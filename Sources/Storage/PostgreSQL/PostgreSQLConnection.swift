import CPostgreSQL

/// One connection to a PostgreSQL server, through libpq; statements are prepared on the server, rows come binary.
final class PostgreSQLConnection: Connection {
    private let handle: OpaquePointer
    private var prepared: [ObjectIdentifier: Prepared] = [:]
    private var preparedCount = 0
    private(set) var isLost = false
    private var isFinished = false
    /// The values of the statement at hand, one after another; kept for its memory.
    private var parameters: [UInt8] = []

    /// More statements than this are not kept prepared: those put together for searches come in many forms.
    static let preparedMax = 600
    static let serverVersionMin: Int32 = 150_000

    private struct Prepared {
        let name: String
        /// Kept, so that no other statement takes its identity.
        let statement: Statement
    }

    init(_ connectionInfo: String, role: ConnectionRole) throws {
        guard let handle = PQconnectdb(connectionInfo) else {
            throw DatabaseError(kind: .lost, code: "connect", message: "out of memory")
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError(kind: .lost, code: "connect", message: String(cString: PQerrorMessage(handle)).trimmed)
        }
        guard PQserverVersion(handle) >= Self.serverVersionMin else {
            throw StorageError.unsuitableServer("PostgreSQL 15 or newer is needed, this server is \(PQserverVersion(handle))")
        }
        guard let encoding = PQparameterStatus(handle, "server_encoding"), String(cString: encoding) == "UTF8" else {
            throw StorageError.unsuitableServer("the database must have the encoding UTF8")
        }
        // Notices are for people at a terminal.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try execute("SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET standard_conforming_strings = on")
        if role == .reading { try execute("SET default_transaction_read_only = on") }
    }

    deinit { close() }

    var dialect: Dialect { .postgreSQL }

    @discardableResult
    func run(_ statement: Statement, _ values: Bindings) throws -> Int {
        try perform(statement, values) { _ in }
    }

    func forEach(_ statement: Statement, _ values: Bindings, _ body: (inout Row) throws -> Void) throws {
        _ = try perform(statement, values, body)
    }

    func execute(_ text: String) throws {
        guard !isLost else { throw StorageError.closed }
        let result = PQexec(handle, text)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure(result) }
        // A COMMIT of a transaction that has failed answers ROLLBACK, and no error.
        if text == "COMMIT", String(cString: PQcmdStatus(result)) != "COMMIT" {
            throw DatabaseError(kind: .other, code: "25P02", message: "the transaction had failed and was rolled back")
        }
    }

    func begin(_ role: ConnectionRole) throws {
        try execute(role == .writing ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    func close() {
        guard !isFinished else { return }
        isFinished = true
        isLost = true
        PQfinish(handle)
    }

    // MARK: Preparing and performing

    private func perform(_ statement: Statement, _ values: Bindings, _ body: (inout Row) throws -> Void) throws -> Int {
        let name = try prepare(statement)
        try send(name, try statement.ordered(values))
        var changed = 0
        var firstError: (any Error)?
        // Every result must be taken, or the next statement finds the line occupied.
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE:
                guard firstError == nil else { continue }
                do {
                    var row = Row(ResultRow(result))
                    try body(&row)
                } catch {
                    firstError = error
                }
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                changed = Int(String(cString: PQcmdTuples(result))) ?? 0
            default:
                if firstError == nil { firstError = failure(result) }
            }
        }
        if let firstError { throw firstError }
        return changed
    }

    private func prepare(_ statement: Statement) throws -> String {
        guard !isLost else { throw StorageError.closed }
        if let known = prepared[ObjectIdentifier(statement)] { return known.name }
        if prepared.count >= Self.preparedMax {
            prepared.removeAll()
            try execute("DEALLOCATE ALL")
        }
        preparedCount += 1
        let name = "s\(preparedCount)"
        let result = PQprepare(handle, name, statement.text(in: .postgreSQL), 0, nil)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure(result, context: statement.text(in: .postgreSQL)) }
        prepared[ObjectIdentifier(statement)] = Prepared(name: name, statement: statement)
        return name
    }

    /// Numbers and texts go as text, so that the server may take them for any type of number; bytes go as they are.
    private func send(_ name: String, _ values: [Value]) throws {
        parameters.removeAll(keepingCapacity: true)
        var places: [(start: Int?, length: Int32, format: Int32)] = []
        places.reserveCapacity(values.count)
        for value in values {
            let start = parameters.count
            var format: Int32 = 0
            switch value {
            case .null:
                places.append((nil, 0, 0))
                continue
            case .integer(let number): parameters += String(number).utf8
            case .text(let text): parameters += text.withoutZeros.utf8
            case .bytes(let bytes):
                parameters += bytes
                format = 1
            case .id(let high, let low):
                withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { parameters += $0 }
                format = 1
            }
            places.append((start, Int32(clamping: parameters.count - start), format))
            parameters.append(0)
        }
        let sent = parameters.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            let pointers = places.map { place in place.start.flatMap { offset in start.map { $0 + offset } } }
            return PQsendQueryPrepared(handle, name, Int32(values.count), pointers, places.map(\.length), places.map(\.format), 1)
        }
        guard sent == 1, PQsetSingleRowMode(handle) == 1 else { throw failure(nil) }
    }

    // MARK: Errors

    private func failure(_ result: OpaquePointer?, context: String? = nil) -> DatabaseError {
        if PQstatus(handle) != CONNECTION_OK { isLost = true }
        guard let result, let code = postgresql_error_code(result).map({ String(cString: $0) }) else {
            return DatabaseError(
                kind: isLost ? .lost : .other, code: "libpq", message: String(cString: PQerrorMessage(handle)).trimmed)
        }
        let message = postgresql_error_message(result).map { String(cString: $0) } ?? ""
        // Classes of SQLSTATE, PostgreSQL's appendix A.
        let kind: DatabaseError.Kind =
            switch code {
            case "53100": .full
            case "55P03", "40001", "40P01": .busy
            case _ where code.hasPrefix("23"): .constraint(postgresql_error_constraint(result).map { String(cString: $0) })
            case _ where code.hasPrefix("08") || code.hasPrefix("57P") || code.hasPrefix("58") || code.hasPrefix("53"): .lost
            case _ where code.hasPrefix("42") || code.hasPrefix("22"): .misuse
            default: .other
            }
        return DatabaseError(kind: kind, code: code, message: context.map { "\(message) (\($0))" } ?? message)
    }
}

/// The one row of a result in single-row mode, in PostgreSQL's binary format.
private final class ResultRow: Cells {
    private let result: OpaquePointer

    /// The types that our statements answer with (PostgreSQL's pg_type.dat).
    private enum TypeID {
        static let bool: Oid = 16
        static let bytea: Oid = 17
        static let int8: Oid = 20
        static let int2: Oid = 21
        static let int4: Oid = 23
        static let text: Oid = 25
        static let varchar: Oid = 1043
    }

    init(_ result: OpaquePointer) {
        self.result = result
    }

    func integer(_ column: Int) throws -> Int64? {
        guard let bytes = bytes(of: column) else { return nil }
        guard [TypeID.int8, TypeID.int4, TypeID.int2, TypeID.bool].contains(PQftype(result, Int32(column))), bytes.count <= 8,
            let first = bytes.first
        else { throw unexpected(column, "a number") }
        // Two's complement, most significant byte first; only a signed type's first byte carries the sign.
        let seed: Int64 = bytes.count > 1 && first & 0x80 != 0 ? -1 : 0
        return bytes.reduce(seed) { $0 << 8 | Int64($1) }
    }

    func text(_ column: Int) throws -> String? {
        guard let bytes = bytes(of: column) else { return nil }
        guard [TypeID.text, TypeID.varchar].contains(PQftype(result, Int32(column))) else { throw unexpected(column, "a text") }
        return String(decoding: bytes, as: UTF8.self)
    }

    func bytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        guard let bytes = bytes(of: column) else { return nil }
        guard PQftype(result, Int32(column)) == TypeID.bytea else { throw unexpected(column, "bytes") }
        return try body(bytes)
    }

    private func bytes(of column: Int) -> UnsafeRawBufferPointer? {
        let column = Int32(column)
        guard column < PQnfields(result), PQgetisnull(result, 0, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(result, 0, column), count: Int(PQgetlength(result, 0, column)))
    }

    private func unexpected(_ column: Int, _ wanted: String) -> DatabaseError {
        DatabaseError(kind: .misuse, code: "row", message: "column \(column) has the type \(PQftype(result, Int32(column))), not \(wanted)")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
