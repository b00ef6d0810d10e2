/// Brings a database to the newest schema, one migration after the other, each whole or not at all.
enum Migrations {
    private static let version = Statement("SELECT max(version) FROM schema_version")
    private static let record = Statement("INSERT INTO schema_version (version) VALUES ($version)")

    /// - Throws: `StorageError.newerSchema`, and then nothing is changed.
    static func migrate(_ connection: any Connection, _ migrations: [[SQL]] = Schema.migrations) throws {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version \(Fragment.integer.text(in: connection.dialect)) NOT NULL PRIMARY KEY)")
        let found = Int(try connection.first(version) { try $0.integerOrNil() }.flatMap { $0 } ?? 0)
        guard found <= migrations.count else { throw StorageError.newerSchema(found: found, known: migrations.count) }
        for number in migrations.indices.dropFirst(found) {
            try connection.transaction(.writing) {
                for sql in migrations[number] { try connection.execute(sql.text(in: connection.dialect)) }
                try connection.run(record, ["version": .of(number + 1)])
            }
        }
    }
}
