import Foundation
import Testing

@testable import Storage

/// What a centre keeps is nobody else's business on a machine that others use, too.
struct PrivateFolderTests {
    private func folder(_ scratch: BackupScratch, mode: Int, holding name: String? = nil) throws -> String {
        let path = scratch.path("data")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if let name { try Data([1]).write(to: URL(filePath: "\(path)/\(name)")) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test(arguments: [nil, "centre.sqlite", "lost+found"]) func `an open folder is closed when it is ours`(name: String?) throws {
        let scratch = try BackupScratch()
        let path = try folder(scratch, mode: 0o755, holding: name)
        try PrivateFolder.make(path, marks: ["centre.sqlite"])
        #expect(try FolderFiles.mode(of: path) == 0o700)
    }

    @Test func `an open folder that holds other things is refused and stays as it is`() throws {
        let scratch = try BackupScratch()
        let path = try folder(scratch, mode: 0o775, holding: "letters.txt")
        #expect(throws: BackupError.sharedFolder(path)) { try PrivateFolder.make(path, marks: ["centre.sqlite"]) }
        #expect(try FolderFiles.mode(of: path) == 0o775)
        // Closed by hand it may hold what it likes.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try PrivateFolder.make(path)
    }

    @Test func `a restore closes the open folder that it is given`() async throws {
        let scratch = try BackupScratch()
        _ = try scratch.backUp(try await scratch.centre(.sqlite, steps: 20), to: "one")
        let target = try scratch.target(.sqlite)
        try FileManager.default.createDirectory(atPath: target.folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target.folder)
        _ = try scratch.restore("one", to: target)
        #expect(try FolderFiles.mode(of: target.folder) == 0o700)
    }
}
