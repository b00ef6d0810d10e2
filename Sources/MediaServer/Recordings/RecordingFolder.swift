import Crypto
import Glibc
import Primitives
import Recording

/// Where recordings lie: a file each, in a folder for each day.
package struct RecordingFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package func make() throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw MediaServerError.unreadable(path, errno: errno) }
    }

    /// By the day on which the id was made, in UTC.
    package func path(of id: ID<SealedRecording>) -> String { "\(path)/\(CivilTime.utc.wall(at: id.madeAt).day)/\(id).recording" }

    /// Opens a recording to read it.
    ///
    /// - Throws: `RecordingHeader.Unreadable`, or `MediaServerError.unreadable` if there is no such file.
    package func open(_ id: ID<SealedRecording>) throws -> RecordingReader { try RecordingReader(path(of: id)) }

    /// Overwrites the key of a recording where it lies, and then takes away the file. What is not there is erased already.
    ///
    /// - Throws: `MediaServerError.unreadable` if the disk does not do it.
    package func erase(_ id: ID<SealedRecording>) throws {
        let path = path(of: id)
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw MediaServerError.unreadable(path, errno: errno)
        }
        defer { Glibc.close(descriptor) }
        for slot in RecordingHeader.slots { try put(Array(repeating: 0, count: slot.count), at: slot.lowerBound, descriptor, path) }
        guard fdatasync(descriptor) == 0, ftruncate(descriptor, off_t(RecordingHeader.length)) == 0, unlink(path) == 0 else {
            throw MediaServerError.unreadable(path, errno: errno)
        }
    }

    /// Wraps a recording's key by the newest of the ring, one slot after the other.
    ///
    /// - Returns: false if it was already.
    /// - Throws: `RecordingHeader.Unreadable` if none of the ring's keys opens it.
    package func rewrap(_ id: ID<SealedRecording>, by keys: RecordingKeyRing) throws -> Bool {
        let path = path(of: id)
        let header = try RecordingReader(path).header
        guard header.keyNames.contains(where: { $0 != keys.newest.name }) else { return false }
        let secret = try header.secret(by: keys)
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MediaServerError.unreadable(path, errno: errno) }
        defer { Glibc.close(descriptor) }
        // Into the slot that is wrapped by the newest already, if one is: a crash may have come between the two.
        for slot in RecordingHeader.slots {
            try put(header.wrapped(secret, by: keys.newest, nonce: Array(AES.GCM.Nonce())), at: slot.lowerBound, descriptor, path)
            guard fdatasync(descriptor) == 0 else { throw MediaServerError.unreadable(path, errno: errno) }
        }
        return true
    }

    private func put(_ bytes: [UInt8], at offset: Int, _ descriptor: Int32, _ path: String) throws {
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard count == bytes.count else { throw MediaServerError.unreadable(path, errno: count < 0 ? errno : ENOSPC) }
    }
}

/// A recording's file, open to be read.
package final class RecordingReader: Sendable {
    package let header: RecordingHeader
    private let descriptor: Int32
    private let path: String

    fileprivate init(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MediaServerError.unreadable(path, errno: errno) }
        do {
            header = try RecordingHeader(parsing: try Self.read(descriptor, 0, RecordingHeader.length, path))
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { Glibc.close(descriptor) }

    package func size() throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MediaServerError.unreadable(path, errno: errno) }
        return Int(status.st_size)
    }

    /// So many bytes from an offset on; fewer where the file ends.
    package func read(_ offset: Int, _ count: Int) throws -> [UInt8] { try Self.read(descriptor, offset, count, path) }

    private static func read(_ descriptor: Int32, _ offset: Int, _ count: Int, _ path: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { room in
                room.baseAddress.map { pread(descriptor, $0 + done, count - done, off_t(offset + done)) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw MediaServerError.unreadable(path, errno: errno) }
            if got == 0 { break }
            done += got
        }
        return Array(bytes.prefix(done))
    }
}
