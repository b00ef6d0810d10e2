import Foundation

/// What lies beside the database in the folder of a server and belongs to a backup: all plain files, but not the database,
/// not what a running server leaves for others, not the backup itself.
struct FolderFiles {
    private let folder: String

    /// In this folder, below the target, a restore is built; while it is there, the target is not whole.
    static let staging = ".restoring"
    /// Where a running server says how it is reached.
    static let address = "address"
    /// What was recorded: far more than all the rest, never changed once it is whole, and copied by itself.
    static let recordings = "recordings"

    init(_ folder: String) {
        self.folder = folder
    }

    /// The paths below the folder, in the order of their names; none if there is no folder.
    ///
    /// - Parameter excluded: paths of the database and of the backup, whose files beside them are left out, too.
    func paths(excluding excluded: [String]) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let excluded = Set(
            excluded.flatMap { path in ["", "-wal", "-shm", "-journal", ".lock", ".partial"].map { Self.absolute(path + $0) } })
        guard let all = FileManager.default.enumerator(atPath: folder) else {
            throw BackupError.file(folder, reason: "cannot be read")
        }
        var found: [String] = []
        while let path = all.nextObject() as? String {
            guard path != Self.staging, path != Self.address, path != Self.recordings else {
                all.skipDescendants()
                continue
            }
            guard all.fileAttributes?[.type] as? FileAttributeType == .typeRegular, !excluded.contains(Self.absolute("\(folder)/\(path)"))
            else { continue }
            guard path.utf8.count <= BackupFormat.pathMax else { throw BackupError.tooLarge(path) }
            found.append(path)
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func mode(of path: String) throws -> UInt32 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw PlainFile.failure(path) }
        return status.st_mode & 0o777
    }

    /// A path from a backup, which may have been made by anybody: it stays below the folder it is put into.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return !path.utf8.contains(0)
            && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
            && !(parts.first?.elementsEqual(staging.utf8) ?? true)
    }

    private static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path }
}
