import Centre
import Foundation
import Logging
import Primitives
import Synchronization
import Testing

@testable import Operation
@testable import Storage

struct BackupTests {
    @Test(arguments: Engine.all, Engine.all)
    func `a centre comes back the same, in either database`(from: Engine, to: Engine) async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(from)
        let written = try scratch.backUp(source, to: "one", key: BackupScratch.key)
        let target = try scratch.target(to)
        let restored = try scratch.restore("one", to: target, key: BackupScratch.key)
        #expect(restored == written)
        #expect(written.chain.isWhole && written.chain.entries > 100 && written.isEncrypted && written.files == 0)
        #expect(try scratch.dump(target.location) == scratch.dump(source.location))
        // And back again.
        let again = try scratch.target(from)
        _ = try scratch.backUp(target, to: "two")
        _ = try scratch.restore("two", to: again)
        #expect(try scratch.dump(again.location) == scratch.dump(source.location))
    }

    @Test(arguments: Engine.all) func `a restored centre goes on where it was`(engine: Engine) async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite)
        _ = try scratch.backUp(source, to: "one")
        let target = try scratch.target(engine)
        let report = try scratch.restore("one", to: target)
        let store = try await Store.open(target.location, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var engine = try await store.restore().engine
        let recorder = Recorder()
        recorder.start(store)
        var random = Random(seed: 1)
        let result = try engine.step(.restarted([]), at: Samples.moment + .seconds(1_000_000), using: &random)
        let more = LogBatch(entries: result.entries, filings: [], through: engine.position)
        store.append(more)
        await recorder.wait(for: engine.position)
        let chain = try await store.verifyChain()
        #expect(recorder.failures.isEmpty && chain.isWhole && chain.entries == report.chain.entries + Int64(result.entries.count))
        await store.close()
    }

    /// Fails for a table that a backup forgets, also for one that is made tomorrow: it asks the database by other means
    /// which tables there are, and puts a row into each.
    @Test(arguments: Engine.all, Engine.all) func `no table and no column is forgotten`(from: Engine, to: Engine) throws {
        let scratch = try BackupScratch()
        let source = try scratch.target(from)
        try FileManager.default.createDirectory(atPath: source.folder, withIntermediateDirectories: true)
        let connection = try source.location.database.connect(for: .writing)
        defer { connection.close() }
        try Migrations.migrate(connection)
        let list: SQL =
            switch from {
            case .sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            case .postgreSQL: "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            }
        let tables = try connection.all(Statement(list)) { try $0.text() }
        #expect(tables.count > 20)
        try fill(connection, rows: 3)
        let report = try scratch.backUp(source, to: "one")
        #expect(report.tables.map(\.name).sorted() == tables.filter { $0 != "schema_version" })
        #expect(report.tables.allSatisfy { $0.rows == 3 })
        // These entries belong to no chain, which is said and kept.
        #expect(report.chain.brokenAt == LogPosition(1))
        let target = try scratch.target(to)
        #expect(try scratch.restore("one", to: target) == report)
        let copy = try scratch.dump(target.location)
        #expect(try copy == scratch.dump(source.location))
        #expect(copy.filter { $0.key != "schema_version" }.values.allSatisfy { $0.count == 3 })
    }

    @Test(arguments: Engine.all) func `tables of an older program are brought forward`(engine: Engine) throws {
        for version in 1..<Schema.newest {
            let scratch = try BackupScratch()
            let source = try scratch.target(.sqlite)
            try FileManager.default.createDirectory(atPath: source.folder, withIntermediateDirectories: true)
            let connection = try source.location.database.connect(for: .writing)
            defer { connection.close() }
            try Migrations.migrate(connection, Array(Schema.migrations.prefix(version)))
            try fill(connection, rows: 2)
            let report = try scratch.backUp(source, to: "one")
            #expect(report.schema == version)
            let target = try scratch.target(engine)
            _ = try scratch.restore("one", to: target)
            let restored = try target.location.database.connect(for: .reading)
            defer { restored.close() }
            #expect(try Migrations.version(on: restored) == Schema.newest)
            #expect(Dump.rows(of: "trunk_address", on: restored).count == 2)
        }
    }

    @Test(arguments: Engine.all) func `the server goes on writing, and the backup is one moment of it`(engine: Engine) async throws {
        let scratch = try BackupScratch()
        let source = try scratch.target(engine)
        try FileManager.default.createDirectory(atPath: source.folder, withIntermediateDirectories: true)
        let store = try await Store.open(source.location, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let recorder = Recorder()
        recorder.start(store)
        var history = History(seed: 77)
        history.live(steps: 300)
        await recorder.store(history, in: store)
        let before = history.engine.position
        history.live(steps: 2000)
        // With each table that the backup reads, a part of what happened meanwhile is stored and waited for: a writer that
        // had to wait for the backup would never be done.
        let rest = Mutex(history.batches.filter { $0.through > before }[...])
        let report = try await onItsOwnThread {
            try scratch.backUp(source, to: "one") { _ in
                let part = rest.withLock { rest in
                    defer { rest = rest.dropFirst(40) }
                    return Array(rest.prefix(40))
                }
                guard let last = part.last else { return }
                for batch in part { store.append(batch) }
                let stored = DispatchSemaphore(value: 0)
                Task {
                    await recorder.wait(for: last.through)
                    stored.signal()
                }
                stored.wait()
            }
        }
        let committed = try #require(recorder.committed.last)
        #expect(recorder.failures.isEmpty && committed > before)
        #expect(report.chain.isWhole && report.chain.entries == before.number)
        let target = try scratch.target(.sqlite)
        _ = try scratch.restore("one", to: target)
        let copy = try await Store.open(target.location, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await copy.entries(after: .start, limit: Store.entriesMax) == history.entries.filter { $0.position <= before })
        await copy.close()
        await store.close()
    }

    @Test func `a chain that was broken before is kept and told of`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 60)
        let connection = try source.location.database.connect(for: .writing)
        try connection.execute("UPDATE log SET payload = '{}' WHERE position = 7")
        connection.close()
        #expect(try scratch.backUp(source, to: "one").chain.brokenAt == LogPosition(7))
        #expect(try Backup.verify(scratch.path("one"), key: nil).chain.brokenAt == LogPosition(7))
        #expect(try scratch.restore("one", to: scratch.target(.sqlite)).chain.brokenAt == LogPosition(7))
    }

    // MARK: What lies beside the database

    @Test func `the files of the data folder go along, and nothing that only a running server needs`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        let long = String(repeating: "sound ", count: 100_000)
        for folder in ["prompts/own", "recordings/2026-11-22"] {
            try FileManager.default.createDirectory(atPath: "\(source.folder)/\(folder)", withIntermediateDirectories: true)
        }
        for (name, text) in [
            ("administrator-token", "secret"), ("prompts/own/one", long), ("prompts/empty", ""), ("address", "x"),
            ("recordings/2026-11-22/one", long),
        ] {
            try text.write(toFile: "\(source.folder)/\(name)", atomically: false, encoding: .utf8)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(source.folder)/administrator-token")
        symlink("/etc/passwd", "\(source.folder)/elsewhere")
        // Also when the backup itself is written there.
        let inside = "\(source.folder)/own.backup"
        let report = try Backup.write(source.location, folder: source.folder, to: inside, key: nil, product: "test", at: Samples.moment)
        #expect(report.files == 3)
        let target = try scratch.target(.sqlite)
        #expect(try Restore.restore(inside, to: target.location, folder: target.folder, key: nil) == report)
        let found = try FileManager.default.subpathsOfDirectory(atPath: target.folder).sorted()
        #expect(
            found == [
                "administrator-token", "callfloor.sqlite", "prompts", "prompts/empty", "prompts/own", "prompts/own/one",
            ])
        #expect(try String(contentsOfFile: "\(target.folder)/prompts/own/one", encoding: .utf8) == long)
        #expect(try FolderFiles.mode(of: "\(target.folder)/administrator-token") == 0o600)
        #expect(try FolderFiles.mode(of: target.folder) == 0o700 && FolderFiles.mode(of: inside) == 0o600)
    }

    @Test(arguments: ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a/.", ".restoring/a", ".restoring", "a\0b"])
    func `a file is never put outside of the data folder`(path: String) {
        #expect(!FolderFiles.isSafe(path))
        #expect(FolderFiles.isSafe("a/b..c/.d"))
    }

    // MARK: Helpers

    /// Puts made-up rows into every table: what refers to another row refers to one that is there.
    private func fill(_ connection: any Connection, rows: Int) throws {
        for shape in try Catalog(of: connection).tables {
            var loader = TableLoader(shape, on: connection)
            for row in 1...rows {
                try loader.add(
                    shape.columns.map { column in
                        switch column.type {
                        case .integer: .integer(Int64(row))
                        case .text: .text("\(row) \(column.name)")
                        case .bytes: .bytes(Array(repeating: UInt8(row), count: 16))
                        }
                    })
            }
            try loader.finish()
        }
    }
}
