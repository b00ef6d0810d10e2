/// Brings a database to the newest schema, one migration after the other, each whole or not at all.
enum Migrations {
    private static let version = Statement("SELECT max(version) FROM schema_version")
    private static let record = Statement("INSERT INTO schema_version (version) VALUES ($version)")

    /// - Returns: the version that was found; 0 for an empty database.
    /// - Throws: `StorageError.newerSchema`, and then nothing is changed.
    @discardableResult
    static func migrate(_ connection: any Connection, _ migrations: [[SQL]] = Schema.migrations) throws -> Int {
        try makeTable(on: connection)
        let before = try found(on: connection, migrations)
        for number in migrations.indices.dropFirst(before) {
            try connection.transaction(.writing) { try perform(migrations, number, on: connection) }
        }
        return before
    }

    /// The same as part of the caller's transaction, and no further than to `version`.
    static func migrate(_ connection: any Connection, to version: Int, inTransaction migrations: [[SQL]] = Schema.migrations) throws {
        try makeTable(on: connection)
        for number in migrations.indices.prefix(version).dropFirst(try found(on: connection, migrations)) {
            try perform(migrations, number, on: connection)
        }
    }

    /// The version of the tables as they are; 0 before the first migration.
    static func version(on connection: any Connection) throws -> Int {
        Int(clamping: try connection.first(version) { try $0.integerOrNil() }.flatMap { $0 } ?? 0)
    }

    private static func makeTable(on connection: any Connection) throws {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version \(Fragment.integer.text(in: connection.dialect)) NOT NULL PRIMARY KEY)")
    }

    private static func found(on connection: any Connection, _ migrations: [[SQL]]) throws -> Int {
        let found = try version(on: connection)
        guard found <= migrations.count else { throw StorageError.newerSchema(found: found, known: migrations.count) }
        return found
    }

    private static func perform(_ migrations: [[SQL]], _ number: Int, on connection: any Connection) throws {
        for sql in migrations[number] { try connection.execute(sql.text(in: connection.dialect)) }
        try connection.run(record, ["version": .of(number + 1)])
    }
}
