import Glibc
import Logging

extension Store {
    /// Makes a SQLite database whole or not at all: it is filled beside its place, and named when everything is on the disk. What a crash
    /// has left of an earlier try is thrown away.
    ///
    /// - Returns: false if there was one already, and nothing has been touched.
    /// - Throws: `StorageError.inUse` while a server works there.
    package static func create(at path: String, logger: Logger, filledBy fill: (Store) async throws -> Void) async throws -> Bool {
        let place = SQLiteDatabase(path: path)
        guard !isThere(path) else { return false }
        try place.lock()
        defer { place.unlock() }
        // Also without its file, a write-ahead log belongs to some database, and would be taken for ours.
        guard !isThere(path), !isThere("\(path)-wal") else { return false }
        let beside = "\(path).partial"
        for name in ["", "-wal", "-shm"].map({ beside + $0 }) where isThere(name) { try PlainFile.remove(name) }
        let store = try await open(.sqlite(path: beside), logger: logger)
        do {
            try await fill(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        // The last connection has put everything into the file itself.
        guard !isThere("\(beside)-wal") else { throw StorageError.notWritten("\(beside)-wal is left") }
        try RestoreStaging.sync(beside)
        guard rename(beside, path) == 0 else { throw PlainFile.failure(path) }
        try PlainFile.syncFolder(of: path)
        try PlainFile.remove("\(beside).lock")
        return true
    }

    private static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
