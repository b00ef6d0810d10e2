/// Writes the frames of one backup, to a file beside its final name until it is whole.
final class BackupWriter {
    private let path: String
    private let file: PlainFile
    private var seal: FrameSeal
    private var content: [UInt8] = []
    private(set) var bytesWritten: Int64 = 0

    /// - Throws: `BackupError.exists` if there is something at `path`.
    init(to path: String, _ header: BackupFormat.Header, key: BackupKey?) throws {
        self.path = path
        file = try PlainFile(writing: Self.partialPath(path))
        let encoded = header.encoded()
        seal = FrameSeal(header: encoded, header.seal, key: key)
        content.reserveCapacity(BackupFormat.frameSize)
        do {
            try put(encoded)
        } catch {
            abandon()
            throw error
        }
    }

    static func partialPath(_ path: String) -> String { "\(path).partial" }

    /// A full frame is kept until more comes: only then is it known not to be the last.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if content.count == BackupFormat.frameSize { try flush(isLast: false) }
            let part = rest.prefix(BackupFormat.frameSize - content.count)
            content += part
            rest = rest.dropFirst(part.count)
        }
    }

    /// Writes the last frame, and returns when the disk has all of it.
    /// - Returns: where it can be read back before it has its name.
    func close() throws -> String {
        try flush(isLast: true)
        try file.sync()
        return file.path
    }

    /// Gives the file its name.
    func finish() throws {
        try PlainFile.rename(file.path, to: path)
        file.close()
    }

    /// Leaves nothing behind.
    func abandon() {
        try? PlainFile.remove(file.path)
        file.close()
    }

    private func flush(isLast: Bool) throws {
        try put(seal.seal(content, isLast: isLast))
        content.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: [UInt8]) throws {
        try file.write(bytes)
        bytesWritten += Int64(bytes.count)
    }
}
