import Crypto
import Primitives

/// The form of a backup: one file that either database can be restored from.
///
/// A readable head (`Header`), then frames: `frameSize` bytes of content and a tag each, the last one shorter. The tag covers
/// the head, the frame's number, and whether it is the last (`FrameSeal`), so nothing can be changed, moved, or cut off
/// without being told. With a key the content is encrypted; without one the tags tell of accidents, not of forgers.
///
/// The content is one run of sections, each begun by a `Section` byte. Numbers are varints of seven bits, least significant
/// first, signed ones folded (0, -1, 1, -2 …); texts and bytes stand behind their length:
///
///     table:  name, number of columns, (name, type)…, rows (1, values …)…, 0, number of rows, SHA-256 of the rows
///     file:   path below the data folder, mode, (length, bytes)…, 0, SHA-256 of the bytes
///     end:    number of tables, number of files, what the check of the log's chain found
///
/// A value is a byte for its type (`ValueMark`) and what belongs to it. Rows come in the order of their keys, tables after
/// those they refer to, so two backups of the same data hold the same bytes in either database.
enum BackupFormat {
    /// "callfloor backup" in ASCII.
    static let magic = [UInt8]("callfloor backup".utf8)
    /// What this program writes; it reads all up to this one.
    static let version: UInt16 = 1

    static let frameSize = 256 << 10
    /// A longer head was not written by us.
    static let headerMax = 4096
    static let nameMax = 128
    static let pathMax = 1024
    static let columnsMax = 256
    static let tablesMax = 1000
    /// One text or one run of bytes in a row.
    static let valueMax = 64 << 20
    /// Bytes of a file that are read and written at a time.
    static let chunkSize = 64 << 10

    enum Section: UInt8 {
        case end = 0
        case table = 1
        case file = 2
    }

    enum ValueMark: UInt8 {
        case null = 0
        case integer = 1
        case text = 2
        case bytes = 3
    }

    /// What anybody may read of a backup: what it needs to be read at all, and how to tell one from another.
    struct Header: Hashable, Sendable {
        /// The format of the tables (`Schema.newest` of the program that wrote them last).
        var schema: Int
        var at: Timestamp
        /// Where the log ends, and the hash of its last entry.
        var position: Int64
        var hash: [UInt8]
        /// The program that made the backup.
        var product: String
        var seal: SealParameters

        /// The bytes that stand at the beginning of the file.
        func encoded() -> [UInt8] {
            var body: [UInt8] = []
            body.append(seal.isEncrypted ? 1 : 0)
            body += seal.salt
            body += seal.keyCheck
            body.appendNumber(UInt64(max(0, schema)))
            body.appendSigned(at.microseconds)
            body.appendSigned(position)
            body.appendBytes(hash)
            body.appendText(product)
            return magic + [UInt8(version >> 8), UInt8(version & 255), UInt8(body.count >> 8 & 255), UInt8(body.count & 255)] + body
        }
    }

    /// What is needed to seal and open the frames, beside the key.
    struct SealParameters: Hashable, Sendable {
        static let saltSize = 32
        static let checkSize = 16

        var isEncrypted: Bool
        /// New for each backup: with it every backup has a key of its own.
        var salt: [UInt8]
        /// Tells a wrong key from damage; zeros without a key.
        var keyCheck: [UInt8]
    }
}

extension [UInt8] {
    mutating func appendNumber(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func appendSigned(_ number: Int64) { appendNumber(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

    mutating func appendText(_ text: String) {
        appendNumber(UInt64(text.utf8.count))
        self += text.utf8
    }

    mutating func appendBytes(_ bytes: some Collection<UInt8>) {
        appendNumber(UInt64(bytes.count))
        self += bytes
    }
}
