import Glibc
import Synchronization

/// A database in a file, inside this program: WAL, one writer, several readers, each commit on the disk before it counts.
final class SQLiteDatabase: Database {
    let path: String
    /// For tests of a disk that fills up; nil: as large as the disk allows.
    private let pagesMax: Int?
    private let lockDescriptor = Mutex<Int32?>(nil)

    init(path: String, pagesMax: Int? = nil) {
        self.path = path
        self.pagesMax = pagesMax
    }

    var dialect: Dialect { .sqlite }

    /// SQLite itself would let a second server write between two transactions of the first.
    func lock() throws {
        try lockDescriptor.withLock { held in
            guard held == nil else { return }
            let descriptor = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw DatabaseError(kind: .lost, code: "open", message: "\(path).lock: \(String(cString: strerror(errno)))")
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                Glibc.close(descriptor)
                throw StorageError.inUse(path)
            }
            held = descriptor
        }
    }

    func unlock() {
        lockDescriptor.withLock { held in
            if let descriptor = held { Glibc.close(descriptor) }
            held = nil
        }
    }

    func connect(for role: ConnectionRole) throws -> any Connection {
        try SQLiteConnection(path: path, role: role, pagesMax: pagesMax)
    }
}
