import Crypto
import Foundation

/// The folder in which a restore is built, below the one it is for. While it is there no server starts on that folder.
final class RestoreStaging {
    private let folder: String
    private let path: String
    private let wasThere: Bool
    /// What has been moved to where it belongs.
    private var placed: [String] = []
    private var isKept = false

    /// - Throws: `BackupError.notEmpty` if there is anything in `folder`.
    init(below folder: String) throws {
        self.folder = folder
        path = "\(folder)/\(FolderFiles.staging)"
        wasThere = FileManager.default.fileExists(atPath: folder)
        guard !Restore.isUnfinished(in: folder) else { throw BackupError.unfinished(path) }
        if wasThere, try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty { throw BackupError.notEmpty(folder) }
        try PrivateFolder.make(folder)
        // Two at once: one of them makes it.
        guard mkdir(path, 0o700) == 0 else { throw errno == EEXIST ? BackupError.unfinished(path) : PlainFile.failure(path) }
        try FileManager.default.createDirectory(atPath: "\(path)/files", withIntermediateDirectories: false)
    }

    var database: String { "\(path)/database" }

    /// Writes a file that will lie at `name` below the folder; `fill` is given what writes to it.
    func addFile<Value>(_ name: String, mode: UInt32, _ fill: (([UInt8]) throws -> Void) throws -> Value) throws -> Value {
        let target = staged(name)
        guard access(target, F_OK) != 0 else { throw BackupError.unreadable("the file \(name) is there twice") }
        try FileManager.default.createDirectory(
            at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let file = try PlainFile(writing: target, mode: mode | 0o600)
        defer { file.close() }
        let value = try fill(file.write)
        try file.sync()
        return value
    }

    func digest(of name: String) throws -> [UInt8] {
        let file = try PlainFile(reading: staged(name))
        defer { file.close() }
        var hash = SHA256()
        while true {
            let chunk = try file.read(upTo: BackupFormat.chunkSize)
            if chunk.isEmpty { return [UInt8](hash.finalize()) }
            hash.update(data: chunk)
        }
    }

    /// Moves the files to where they belong.
    func placeFiles() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/files").sorted() {
            try PlainFile.rename(staged(name), to: "\(folder)/\(name)")
            placed.append("\(folder)/\(name)")
        }
    }

    /// The restore is whole: what has been placed stays.
    func keep() { isKept = true }

    /// Takes away what was built, and, unless it is to be kept, what was placed.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        if isKept { return }
        for path in placed { try? FileManager.default.removeItem(atPath: path) }
        if !wasThere { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Returns when the file is on the disk.
    static func sync(_ path: String) throws {
        let file = try PlainFile(reading: path)
        defer { file.close() }
        try file.sync()
    }

    private func staged(_ name: String) -> String { "\(path)/files/\(name)" }
}
