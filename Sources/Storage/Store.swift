import Centre
import Logging
import Operation
import Primitives
import Synchronization

/// Where the data live.
package enum DatabaseLocation: Sendable {
    /// A file of this machine; it is made if it is not there.
    case sqlite(path: String)
    /// A PostgreSQL server, by libpq's connection string.
    case postgreSQL(String)
}

/// Everything that outlives the program: the log, the tables made from it, and what is filed beside it.
///
/// There is one writer, on its own thread (`LogWriter`), and several readers, each on its own (`Readers`). What a reader sees
/// was committed before it began to read.
package final class Store: Sendable {
    let database: any Database
    let readers: Readers
    let writer: LogWriter
    let logger: Logger
    /// Something may have been erased that can still be read where it was written before.
    let mustOverwrite = Mutex(true)

    /// Opens the data, and brings them to this program's format if they are older.
    ///
    /// - Throws: `StorageError.newerSchema` if they are newer, and `.inUse` if another server works on them.
    package static func open(_ location: DatabaseLocation, logger: Logger) async throws -> Store {
        switch location {
        case .sqlite(let path): try await open(SQLiteDatabase(path: path), logger: logger)
        case .postgreSQL(let info): try await open(PostgreSQLDatabase(info), logger: logger)
        }
    }

    static func open(_ database: any Database, logger: Logger) async throws -> Store {
        try database.lock()
        do {
            let connection = try database.connect(for: .writing)
            defer { connection.close() }
            let before = try Migrations.migrate(connection)
            if (1..<Schema.derivedSince).contains(before) {
                logger.notice("the tables from the log are made anew", metadata: ["format": "\(before)"])
                _ = try connection.transaction(.writing) { try Projection.rebuilt(on: connection) }
            }
        } catch {
            database.unlock()
            throw error
        }
        return Store(database, logger: logger)
    }

    private init(_ database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
        readers = Readers(database)
        writer = LogWriter(database, logger: logger)
    }

    /// Begins to store what is appended. After a failure, calling it again begins anew where the stored log ends.
    ///
    /// - Parameters:
    ///   - onCommitted: called on the writer's thread, in order, with the position through which everything is on the disk.
    ///   - onFailure: called once, on the writer's thread: nothing appended since the last commit is stored, nor will be.
    package func startWriting(
        onCommitted: @escaping @Sendable (LogPosition) -> Void, onFailure: @escaping @Sendable (String) -> Void
    ) {
        writer.start(LogWriter.Listener(onCommitted: onCommitted, onFailure: onFailure))
    }

    /// Writes something that means nothing, to find out whether anything can be written: as much as a busy moment needs, because one
    /// page more fits on many a full disk.
    package func beat() async throws {
        for size in [Self.beatBytes, 0] {
            try await writer.write { try $0.run(Self.heartbeat, ["filling": .of([UInt8](repeating: 0, count: size))]) }
        }
    }

    private static let beatBytes = 256 * 1024

    /// Makes sure that no other server works on the data: PostgreSQL forgets ours when it is started again.
    ///
    /// - Throws: `StorageError.inUse` if another has them now.
    package func lock() async throws { try await writer.write { [database] _ in try database.lock() } }

    /// Returns when what was appended before is stored, or lost.
    package func settle() async throws { try await writer.write { _ in } }

    private static let heartbeat = Statement(
        "INSERT INTO heartbeat (id, filling) VALUES (1, $filling) ON CONFLICT (id) DO UPDATE SET filling = excluded.filling")

    /// Takes a batch for the log and returns at once; from any thread, but in the order of positions.
    package func append(_ batch: LogBatch) { writer.append(batch) }

    /// Stores what has been appended and serves what has been asked, then closes.
    package func close() async {
        await writer.close()
        await readers.close()
        database.unlock()
    }

    /// Empties the tables that come from the log and fills them from it.
    package func rebuildTables() async throws { try await writer.rebuild() }
}
