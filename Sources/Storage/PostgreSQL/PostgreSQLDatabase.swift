import CPostgreSQL
import Synchronization

/// A PostgreSQL server, version 15 or newer.
final class PostgreSQLDatabase: Database {
    /// libpq's `key=value …` or `postgresql://…`; it may hold a password and is never logged.
    private let connectionInfo: String
    /// Holds the advisory lock as long as it lives.
    private let lockHolder = Mutex<LockHolder?>(nil)

    /// "callfloor" in ASCII, first eight letters: the key of the advisory lock.
    private static let lockKey: Int64 = 0x6361_6C6C_666C_6F6F

    private struct LockHolder: @unchecked Sendable {
        // Reached only under the mutex.
        let connection: PostgreSQLConnection
    }

    init(_ connectionInfo: String) {
        self.connectionInfo = connectionInfo
    }

    var dialect: Dialect { .postgreSQL }

    func lock() throws {
        try lockHolder.withLock { holder in
            guard holder == nil else { return }
            let connection = try PostgreSQLConnection(connectionInfo, role: .reading)
            let taken = try connection.first(Self.takeLock, ["key": .of(Self.lockKey)]) { try $0.truth() }
            guard taken == true else {
                connection.close()
                throw StorageError.inUse("the database")
            }
            holder = LockHolder(connection: connection)
        }
    }

    private static let takeLock = Statement("SELECT CASE WHEN pg_try_advisory_lock(CAST($key AS BIGINT)) THEN 1 ELSE 0 END")

    func unlock() {
        lockHolder.withLock { holder in
            holder?.connection.close()
            holder = nil
        }
    }

    func connect(for role: ConnectionRole) throws -> any Connection {
        try PostgreSQLConnection(connectionInfo, role: role)
    }
}
