import Primitives
import Testing

@testable import Storage

/// What both drivers must do alike.
struct DatabaseTests {
    private static let make: SQL =
        "CREATE TABLE thing (id \(.bytes) NOT NULL PRIMARY KEY, n \(.integer), t \(.text), b \(.bytes)) \(.keyedTable)"
    private static let insert = Statement("INSERT INTO thing (id, n, t, b) VALUES ($id, $n, $t, $b)")
    private static let select = Statement("SELECT id, n, t, b FROM thing ORDER BY id")

    private enum Thing {}

    private func thing(_ connection: any Connection, _ number: UInt64, n: Value = .null, t: Value = .null, b: Value = .null) throws {
        try connection.run(Self.insert, ["id": .of(Samples.id(number) as ID<Thing>), "n": n, "t": t, "b": b])
    }

    @Test(arguments: Engine.all) func `values come back as they went`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            let numbers: [Int64] = [0, 1, -1, .min, .max, 255, -256, 1 << 40]
            let texts = ["", "a'b\"c", "$t", "შესვენება", "منصوبہ", "क़तार", "\u{1F4DE}", "line\nbreak\\"]
            for (index, number) in numbers.enumerated() {
                try thing(connection, UInt64(index), n: .of(number), t: .of(texts[index]), b: .of([0, 255, UInt8(index)]))
            }
            try thing(connection, 100)
            try thing(connection, 101, b: .of([]))
            let rows = try connection.all(Self.select) { row in
                (try row.id() as ID<Thing>, try row.integerOrNil(), try row.textOrNil(), try row.bytesOrNil())
            }
            #expect(rows.map(\.1) == numbers + [nil, nil])
            #expect(rows.map(\.2) == texts + [nil, nil])
            #expect(rows.map(\.3) == numbers.indices.map { [0, 255, UInt8($0)] } + [nil, []])
            #expect(rows.first?.0 == Samples.id(0))
        }
    }

    @Test(arguments: Engine.all) func `a zero character in a text stops nothing`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            try thing(connection, 1, t: .of("a\0b"))
            #expect(
                try connection.all(Self.select) { row in
                    _ = try row.bytes()
                    _ = try row.integerOrNil()
                    return try row.text()
                } == ["a\u{FFFD}b"])
        }
    }

    @Test(arguments: Engine.all) func `a value is found by its name, wherever and however often it stands`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            for number in 1...3 { try thing(connection, UInt64(number), n: .of(number), t: .of("t\(number)")) }
            let statement = Statement(
                "SELECT n FROM thing WHERE (n = $low OR n = $high OR n = $low) AND t <> '$high' -- $nothing\n ORDER BY n")
            #expect(statement.names == ["low", "high"])
            #expect(try connection.all(statement, ["high": .of(3), "low": .of(1)]) { try $0.integer() } == [1, 3])
            #expect(throws: DatabaseError.self) { try connection.all(statement, ["low": .of(1)]) { try $0.integer() } }
            #expect(throws: DatabaseError.self) { try connection.all(statement, ["low": .of(1), "other": .of(1)]) { try $0.integer() } }
        }
    }

    @Test(arguments: Engine.all) func `texts sort byte by byte`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            for (index, text) in ["b", "a", "B", "é", "ა", "_"].enumerated() { try thing(connection, UInt64(index), t: .of(text)) }
            #expect(try connection.all(Statement("SELECT t FROM thing ORDER BY t")) { try $0.text() } == ["B", "_", "a", "b", "é", "ა"])
        }
    }

    @Test(arguments: Engine.all) func `a broken rule is an error with its name, and the connection goes on`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            try thing(connection, 1)
            let error = #expect(throws: DatabaseError.self) { try thing(connection, 1) }
            guard case .constraint(let name) = error?.kind else { throw error ?? DatabaseError(kind: .other, code: "", message: "") }
            #expect(name == (engine == .sqlite ? "thing.id" : "thing_pkey"))
            #expect(error?.code == (engine == .sqlite ? "1555" : "23505"))
            try thing(connection, 2)
            #expect(throws: DatabaseError.self) { try connection.execute("SELECT nothing FROM nowhere") }
            #expect(throws: DatabaseError.self) { try connection.run(Statement("INSERT INTO nowhere (a) VALUES ($a)"), ["a": .of(1)]) }
            #expect(!connection.isLost)
            #expect(try connection.all(Self.select) { try $0.bytes() }.count == 2)
        }
    }

    @Test(arguments: Engine.all) func `a transaction happens whole or not at all`(engine: Engine) throws {
        struct Stopped: Error {}
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            #expect(throws: Stopped.self) {
                try connection.transaction(.writing) {
                    try thing(connection, 1)
                    throw Stopped()
                }
            }
            #expect(throws: DatabaseError.self) {
                try connection.transaction(.writing) {
                    try thing(connection, 2)
                    try? thing(connection, 2)
                    try thing(connection, 2)
                }
            }
            try connection.transaction(.writing) { try thing(connection, 3) }
            #expect(try connection.all(Self.select) { try $0.id() as ID<Thing> } == [Samples.id(3)])
        }
    }

    @Test(arguments: Engine.all) func `a column of another type is refused`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            try connection.execute(Self.make.text(in: connection.dialect))
            try thing(connection, 1, n: .of(5))
            #expect(throws: DatabaseError.self) { try connection.all(Self.select) { try $0.integer() } }
            #expect(throws: DatabaseError.self) { try connection.all(Self.select) { try $0.text() } }
            #expect(throws: DatabaseError.self) {
                try connection.all(Self.select) { row in
                    _ = try row.bytes()
                    return try row.bytes()
                }
            }
            // A reading that failed leaves nothing behind.
            #expect(try connection.all(Self.select) { try $0.bytes() }.count == 1)
        }
    }

    @Test(arguments: Engine.all) func `readers cannot write`(engine: Engine) throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let writer = try scratch.database.connect(for: .writing)
        defer { writer.close() }
        try writer.execute(Self.make.text(in: writer.dialect))
        let reader = try scratch.database.connect(for: .reading)
        defer { reader.close() }
        #expect(throws: DatabaseError.self) { try thing(reader, 1) }
    }

    @Test(arguments: Engine.all) func `data of a newer program are refused and left alone`(engine: Engine) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        await (try scratch.open()).close()
        await (try scratch.open()).close()
        let connection = try scratch.database.connect(for: .writing)
        #expect(try connection.first(Statement("SELECT max(version) FROM schema_version")) { try $0.integer() } == Int64(Schema.newest))
        try connection.execute("INSERT INTO schema_version (version) VALUES (\(Schema.newest + 1))")
        connection.close()
        let error = await #expect(throws: StorageError.self) { try await scratch.open() }
        guard case .newerSchema(let found, let known) = error else { throw error ?? .closed }
        #expect((found, known) == (Schema.newest + 1, Schema.newest))
    }

    @Test(arguments: Engine.all) func `a migration that fails leaves the version before it`(engine: Engine) throws {
        try Scratch.connection(on: engine) { connection in
            let broken: [[SQL]] = [
                ["CREATE TABLE a (n \(.integer)) \(.table)"], ["CREATE TABLE b (n \(.integer)) \(.table)", "CREATE TABEL c (n)"],
            ]
            #expect(throws: DatabaseError.self) { try Migrations.migrate(connection, broken) }
            try Migrations.migrate(connection, [broken[0], ["CREATE TABLE b (n \(.integer)) \(.table)"]])
            #expect(try connection.first(Statement("SELECT max(version) FROM schema_version")) { try $0.integer() } == 2)
        }
    }

    @Test(arguments: Engine.all) func `a second server is kept out until the first has closed`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            let error = await #expect(throws: StorageError.self) { try await scratch.open() }
            guard case .inUse = error else { throw error ?? .closed }
        }
    }

    /// PostgreSQL forgets who holds what when it is started again.
    @Test(arguments: Engine.all) func `whoever still works on the data can make sure of it, unless another came between`(engine: Engine)
        throws
    {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let (ours, other) = (scratch.database, scratch.database)
        try ours.lock()
        try ours.lock()
        defer { ours.unlock() }
        guard case .postgreSQL = engine else { return }
        let connection = try other.connect(for: .writing)
        defer { connection.close() }
        // As a restart of the server does.
        _ = try connection.first(Self.endLockHolders) { try $0.integer() }
        try ours.lock()
        _ = try connection.first(Self.endLockHolders) { try $0.integer() }
        try other.lock()
        defer { other.unlock() }
        let error = #expect(throws: StorageError.self) { try ours.lock() }
        guard case .inUse = error else { throw error ?? .closed }
    }

    private static let endLockHolders = Statement(
        """
        SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
}
