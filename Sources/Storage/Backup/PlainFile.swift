import Glibc

/// A file by its descriptor: written and read in whole, flushed when asked.
final class PlainFile {
    let path: String
    private var descriptor: Int32

    init(reading path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    /// A new file, or one that somebody has left behind; nobody else may read it.
    /// - Throws: `BackupError.inUse` while somebody else writes to it.
    init(writing path: String, mode: mode_t = 0o600) throws {
        self.path = path
        descriptor = try Self.opened(path, mode)
        guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, mode) == 0 else {
            let failure = Self.failure(path)
            Glibc.close(descriptor)
            throw failure
        }
    }

    /// Opens and locks the file that has this name, and no other.
    private static func opened(_ path: String, _ mode: mode_t) throws -> Int32 {
        while true {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode)
            guard descriptor >= 0 else { throw failure(path) }
            var found = stat()
            var named = stat()
            // Between the two calls another may have finished this very file and given it its final name: then it is not
            // ours to empty.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &found) == 0, stat(path, &named) == 0,
                (found.st_dev, found.st_ino) == (named.st_dev, named.st_ino)
            else {
                Glibc.close(descriptor)
                throw BackupError.inUse(path)
            }
            guard found.st_nlink > 1 else { return descriptor }
            // A crash in the middle of `rename` has left the first name of a file that is finished.
            Glibc.close(descriptor)
            try remove(path)
        }
    }

    deinit { close() }

    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            done += count
        }
    }

    /// The next bytes; fewer than `limit` only where the file ends.
    func read(upTo limit: Int) throws -> [UInt8] {
        let path = path
        let descriptor = descriptor
        return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit {
                let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, limit - filled)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw Self.failure(path) }
                if count == 0 { return }
                filled += count
            }
        }
    }

    /// Returns when everything written is on the disk. Whoever reads it after that reads from there.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        // A hint: where the system does not take it, a reader sees what memory still holds.
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Renames, unless something is there already, and makes the new name last.
    static func rename(_ path: String, to target: String) throws {
        // A second name is never given over an existing one; a rename would overwrite it.
        if link(path, target) == 0 {
            try remove(path)
        } else {
            guard errno != EEXIST else { throw BackupError.exists(target) }
            // A folder, or a file system without second names.
            guard access(target, F_OK) != 0 else { throw BackupError.exists(target) }
            guard Glibc.rename(path, target) == 0 else { throw failure(target) }
        }
        try syncFolder(of: target)
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 else { throw failure(path) }
    }

    /// Makes the names in the folder that holds `path` last.
    static func syncFolder(of path: String) throws {
        let end = path.lastIndex(of: "/")
        let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { Glibc.close(descriptor) }
        // Some network file systems cannot flush a folder, and say so.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(folder) }
    }

    static func failure(_ path: String) -> BackupError { .file(path, reason: String(cString: strerror(errno))) }
}
