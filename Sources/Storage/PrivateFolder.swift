import Foundation

/// A folder into which nobody looks but its owner: what a centre keeps are its customers' words and its providers' passwords.
package enum PrivateFolder {
    /// What the access rights of a file may allow to whom it does not belong.
    private static let others: mode_t = 0o077

    /// What lies in every file system, also in one that was made for the centre alone.
    private static let ofFileSystem = "lost+found"

    /// From here on whatever this process makes is for its user alone; SQLite would let everybody read.
    package static func begin() { umask(others) }

    /// Makes the folder, or closes one that is there to everybody else.
    ///
    /// - Parameter marks: names of files that tell that a folder is ours already. One that is open to others and holds only
    ///   other things (`/tmp`, `/var/lib`) is somebody else's: closing it would do harm.
    /// - Throws: `BackupError.sharedFolder` for such a one, `BackupError.file` if the folder cannot be made or closed.
    package static func make(_ path: String, marks: [String] = []) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let mode = try FolderFiles.mode(of: path)
        guard mode & others != 0 else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let isOurs = names.allSatisfy { $0 == ofFileSystem } || names.contains(where: marks.contains)
        guard isOurs else { throw BackupError.sharedFolder(path) }
        guard chmod(path, mode & ~others) == 0 else { throw PlainFile.failure(path) }
    }
}
