import Centre
import Crypto

/// The sections of a backup, one after the other.
struct BackupContents {
    enum Part {
        /// Its rows are next: `forEachRow`.
        case table(TableShape)
        /// Its bytes are next: `forEachChunk`.
        case file(path: String, mode: UInt32)
        case end(BackupTotals)
    }

    let reader: BackupReader

    func next() throws -> Part {
        switch BackupFormat.Section(rawValue: try reader.byte()) {
        case .table: return .table(try TableShape(from: reader))
        case .file:
            let path = try reader.text(max: BackupFormat.pathMax)
            guard FolderFiles.isSafe(path) else { throw BackupError.unreadable("a file would be put outside of the data folder") }
            return .file(path: path, mode: UInt32(try reader.count(max: 0o777)))
        case .end:
            let totals = try BackupTotals(from: reader)
            try reader.end()
            return .end(totals)
        case nil: throw BackupError.unreadable("a section of an unknown sort")
        }
    }

    /// Hands over the rows of the table whose shape has just been read.
    ///
    /// - Returns: what they add up to, which is what the backup says they do.
    func forEachRow(of shape: TableShape, _ body: ([Value]) throws -> Void) throws -> TableSum {
        var running = TableSum.Running()
        var bytes: [UInt8] = []
        while try reader.byte() == 1 {
            let values = try RowCoding.row(of: shape, from: reader)
            bytes.removeAll(keepingCapacity: true)
            for value in values { RowCoding.append(value, to: &bytes) }
            running.add(bytes)
            try body(values)
        }
        let rows = Int64(clamping: try reader.number())
        let written = TableSum(rows: rows, digest: try reader.bytes(SHA256.byteCount))
        guard running.sum == written else { throw BackupError.unreadable("the rows of table \(shape.name) do not add up") }
        return written
    }

    /// Hands over the bytes of the file whose path has just been read, and returns their hash.
    func forEachChunk(_ body: ([UInt8]) throws -> Void) throws -> [UInt8] {
        var hash = SHA256()
        while true {
            let chunk = try reader.bytes(upTo: BackupFormat.chunkSize)
            if chunk.isEmpty { break }
            hash.update(data: chunk)
            try body(chunk)
        }
        let digest = [UInt8](hash.finalize())
        guard try reader.bytes(SHA256.byteCount) == digest else { throw BackupError.unreadable("the bytes of a file do not add up") }
        return digest
    }
}

/// How a backup ends: what there should have been.
struct BackupTotals: Hashable {
    var tables: Int
    var files: Int
    var chain: ChainReport

    init(_ report: BackupReport) {
        tables = report.tables.count
        files = report.files
        chain = report.chain
    }

    init(from reader: BackupReader) throws {
        tables = try reader.count(max: BackupFormat.tablesMax)
        files = try reader.count(max: .max)
        chain = ChainReport(
            entries: try reader.signed(), head: try reader.bytes(HashChain.start.count),
            flaw: try reader.byte() == 1 ? .changed(LogPosition(try reader.signed())) : nil)
    }

    func encoded() -> [UInt8] {
        var bytes = [BackupFormat.Section.end.rawValue]
        bytes.appendNumber(UInt64(tables))
        bytes.appendNumber(UInt64(files))
        bytes.appendSigned(chain.entries)
        bytes += chain.head
        bytes.append(chain.brokenAt == nil ? 0 : 1)
        if let broken = chain.brokenAt { bytes.appendSigned(broken.number) }
        return bytes
    }
}

extension TableShape {
    /// The key is not written: the program that made the schema knows it.
    init(from reader: BackupReader) throws {
        name = try reader.text(max: BackupFormat.nameMax)
        columns = try (0..<reader.count(max: BackupFormat.columnsMax)).map { _ in
            let name = try reader.text(max: BackupFormat.nameMax)
            guard let type = ColumnType(rawValue: try reader.byte()) else { throw BackupError.unreadable("the type of column \(name)") }
            return Column(name: name, type: type)
        }
        key = []
    }

    func encoded() -> [UInt8] {
        var bytes = [BackupFormat.Section.table.rawValue]
        bytes.appendText(name)
        bytes.appendNumber(UInt64(columns.count))
        for column in columns {
            bytes.appendText(column.name)
            bytes.append(column.type.rawValue)
        }
        return bytes
    }
}
