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
            if let held = holder {
                // With a server that was started again our lock is gone, too.
                if (try? held.connection.first(Self.isAlive, [:]) { try $0.integer() }) != nil { return }
                held.connection.close()
                holder = nil
            }
            let connection = try PostgreSQLConnection(connectionInfo, role: .reading)
            do {
                try connection.execute("SET lock_timeout = '\(Self.lockPatience)'")
                _ = try connection.first(Self.takeLock, ["key": .of(Self.lockKey)]) { try $0.integer() }
            } catch let error as DatabaseError where error.code == "55P03" {
                connection.close()
                throw StorageError.inUse("the database")
            }
            holder = LockHolder(connection: connection)
        }
    }

    /// A server that was killed is held to be there until PostgreSQL has noticed: its successor waits that long.
    private static let lockPatience = "5s"

    private static let isAlive = Statement("SELECT 1")
    private static let takeLock = Statement("SELECT 1 FROM (SELECT pg_advisory_lock(CAST($key AS BIGINT))) AS taken")
    private static let giveLock = Statement("SELECT CASE WHEN pg_advisory_unlock(CAST($key AS BIGINT)) THEN 1 ELSE 0 END")

    func unlock() {
        lockHolder.withLock { holder in
            // By word, because PostgreSQL takes its time to notice that a connection is gone.
            _ = try? holder?.connection.first(Self.giveLock, ["key": .of(Self.lockKey)]) { try $0.integer() }
            holder?.connection.close()
            holder = nil
        }
    }

    func connect(for role: ConnectionRole) throws -> any Connection {
        try PostgreSQLConnection(connectionInfo, role: role)
    }
}
