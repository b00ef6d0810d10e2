import Primitives

/// Reads the content of a backup, one frame at a time; what it hands over is as it was written.
final class BackupReader {
    let header: BackupFormat.Header

    private let file: PlainFile
    private var seal: FrameSeal
    private var content: [UInt8] = []
    private var next = 0
    /// What was read of the file beyond the frame at hand: one byte tells whether a frame is the last.
    private var ahead: [UInt8]
    private var isLast = false
    /// Where the frame at hand begins, for whoever looks for the damage.
    private var offset: Int64

    /// Reads the head.
    ///
    /// - Throws: `BackupError.notABackup`, `.newerFormat`, `.keyNeeded`, `.notEncrypted`, `.wrongKey`, `.cutOff`, `.damaged`.
    init(_ path: String, key: BackupKey?) throws {
        file = try PlainFile(reading: path)
        let start = try file.read(upTo: BackupFormat.magic.count + 4)
        guard start.starts(with: BackupFormat.magic) else { throw BackupError.notABackup(path) }
        guard start.count == BackupFormat.magic.count + 4 else { throw BackupError.cutOff }
        let words = start.suffix(4).map { UInt16($0) }
        let format = words[0] << 8 | words[1]
        guard format <= BackupFormat.version else {
            throw BackupError.newerFormat(found: Int(format), known: Int(BackupFormat.version))
        }
        let length = Int(words[2] << 8 | words[3])
        guard format > 0, length <= BackupFormat.headerMax else { throw BackupError.damaged(atByte: 0) }
        let body = try file.read(upTo: length)
        guard body.count == length else { throw BackupError.cutOff }
        header = try Self.header(body)
        switch (key, header.seal.isEncrypted) {
        case (nil, true): throw BackupError.keyNeeded
        case (.some, false): throw BackupError.notEncrypted
        case (.some(let key), true): guard header.seal.fits(key) else { throw BackupError.wrongKey }
        case (nil, false): break
        }
        seal = FrameSeal(header: start + body, header.seal, key: key)
        offset = Int64(start.count + length)
        ahead = try file.read(upTo: 1)
    }

    func close() { file.close() }

    /// Where the next frame begins; at the end, the size of the file.
    var bytesRead: Int64 { offset }

    // MARK: Content

    func byte() throws -> UInt8 {
        if next == content.count { try advance() }
        defer { next += 1 }
        return content[next]
    }

    func number() throws -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        throw BackupError.unreadable("a number of more than 64 bits")
    }

    func signed() throws -> Int64 {
        let folded = try number()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    /// A count, refused above `limit`.
    func count(max limit: Int) throws -> Int {
        guard let count = Int(exactly: try number()), count <= limit else { throw BackupError.unreadable("a count above \(limit)") }
        return count
    }

    /// Takes no more memory than there are bytes in the file, whatever a length says.
    func bytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if next == content.count { try advance() }
            let part = content[next...].prefix(count - bytes.count)
            bytes += part
            next += part.count
        }
        return bytes
    }

    func bytes(upTo limit: Int) throws -> [UInt8] { try bytes(count(max: limit)) }

    func text(max limit: Int) throws -> String {
        let bytes = try bytes(upTo: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw BackupError.unreadable("a text that is not UTF-8") }
        return text
    }

    /// To be called where the content should be over.
    func end() throws {
        guard next == content.count, isLast else { throw BackupError.unreadable("there is something behind its end") }
    }

    // MARK: Frames

    private func advance() throws {
        guard !isLast else { throw BackupError.unreadable("it ends in the middle of a section") }
        guard !ahead.isEmpty else { throw BackupError.cutOff }
        let size = BackupFormat.frameSize + seal.tagSize
        let frame = ahead + (try file.read(upTo: size - ahead.count))
        ahead = frame.count == size ? try file.read(upTo: 1) : []
        let endsHere = ahead.isEmpty
        guard let opened = try seal.open(frame, isLast: endsHere) else {
            // A frame in whole that is not the last, and nothing behind it.
            if endsHere, try seal.open(frame, isLast: false) != nil { throw BackupError.cutOff }
            throw BackupError.damaged(atByte: offset)
        }
        offset += Int64(frame.count)
        (content, next, isLast) = (opened, 0, endsHere)
        // Only an empty last frame holds nothing, and nobody asks for it.
        guard !opened.isEmpty else { throw BackupError.cutOff }
    }

    private static func header(_ body: [UInt8]) throws -> BackupFormat.Header {
        var fields = HeaderFields(body)
        let flag = try fields.take(1)
        guard let isEncrypted = flag.first.flatMap({ $0 == 0 ? false : $0 == 1 ? true : nil }) else {
            throw BackupError.damaged(atByte: 0)
        }
        let salt = try fields.take(BackupFormat.SealParameters.saltSize)
        let check = try fields.take(BackupFormat.SealParameters.checkSize)
        guard let schema = Int(exactly: try fields.number()) else { throw BackupError.damaged(atByte: 0) }
        let at = Timestamp(microseconds: try fields.signed())
        let position = try fields.signed()
        let hash = try fields.take(upTo: BackupFormat.headerMax)
        guard let product = String(validating: try fields.take(upTo: BackupFormat.headerMax), as: UTF8.self) else {
            throw BackupError.damaged(atByte: 0)
        }
        return BackupFormat.Header(
            schema: schema, at: at, position: position, hash: hash, product: product,
            seal: .init(isEncrypted: isEncrypted, salt: salt, keyCheck: check))
    }
}

/// The fields of a head; its tag is checked with the first frame.
private struct HeaderFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= rest.count else { throw BackupError.damaged(atByte: 0) }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// What stands behind its length.
    mutating func take(upTo limit: Int) throws -> [UInt8] {
        guard let count = Int(exactly: try number()), count <= limit else { throw BackupError.damaged(atByte: 0) }
        return try take(count)
    }

    mutating func number() throws -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = rest.popFirst() else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        throw BackupError.damaged(atByte: 0)
    }

    mutating func signed() throws -> Int64 {
        let folded = try number()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }
}
