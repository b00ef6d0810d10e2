import Centre
import Crypto
import Glibc
import Primitives

/// Makes backups while the server runs.
package enum Backup {
    /// Writes one moment of a centre into one file: all tables of its database, then the files beside it.
    ///
    /// It reads in one transaction and takes no lock, so the server goes on writing. What it writes meanwhile stays in
    /// SQLite's write-ahead log until the backup is done.
    ///
    /// - Parameters:
    ///   - folder: the server's data folder; what needs to last there goes along.
    ///   - path: nothing may be there yet. Until the backup has been read back from the disk it is called `path.partial`.
    ///   - onTable: called before each table is read.
    /// - Throws: `BackupError`, or what the database says; then nothing is left at `path`.
    package static func write(
        _ location: DatabaseLocation, folder: String, to path: String, key: BackupKey?, product: String, at moment: Timestamp,
        onTable: (String) throws -> Void = { _ in }
    ) throws -> BackupReport {
        guard access(path, F_OK) != 0 else { throw BackupError.exists(path) }
        // Opening a file that is not there would make one.
        if case .sqlite(let file) = location, access(file, F_OK) != 0 { throw BackupError.nothingToBackUp(file) }
        let connection = try location.database.connect(for: .reading)
        defer { connection.close() }
        var unfinished: BackupWriter?
        do {
            let (writer, read) = try connection.transaction(.reading) {
                let header = try header(of: connection, location, key: key, product: product, at: moment)
                let writer = try BackupWriter(to: path, header, key: key)
                unfinished = writer
                var report = BackupReport(header)
                try writeTables(of: connection, to: writer, &report, onTable)
                return (writer, report)
            }
            var report = read
            // The files come behind the tables, outside of their transaction: what a row names is there before the row is.
            var excluded = [path]
            if case .sqlite(let file) = location { excluded.append(file) }
            report.files = try writeFiles(of: folder, excluding: excluded, to: writer)
            try writer.write(BackupTotals(report).encoded())
            let written = try writer.close()
            report.bytes = writer.bytesWritten
            guard try verify(written, key: key) == report else { throw BackupError.notKept(path) }
            try writer.finish()
            return report
        } catch {
            unfinished?.abandon()
            throw error
        }
    }

    private static func header(
        of connection: any Connection, _ location: DatabaseLocation, key: BackupKey?, product: String, at moment: Timestamp
    ) throws -> BackupFormat.Header {
        guard try Catalog(of: connection).tables.contains(where: { $0.name == "log" }) else {
            throw BackupError.nothingToBackUp(location.name)
        }
        let schema = try Migrations.version(on: connection)
        guard schema <= Schema.newest else { throw BackupError.newerSchema(found: schema, known: Schema.newest) }
        let head = try connection.first(LogStatements.head) { (try $0.integer(), try $0.bytes()) }
        return BackupFormat.Header(
            schema: schema, at: moment, position: head?.0 ?? 0, hash: head?.1 ?? HashChain.start, product: product,
            seal: .init(key: key))
    }

    private static func writeTables(
        of connection: any Connection, to writer: BackupWriter, _ report: inout BackupReport, _ onTable: (String) throws -> Void
    ) throws {
        var watch = TableWatch()
        for shape in try Catalog(of: connection).tables {
            try onTable(shape.name)
            try writer.write(shape.encoded())
            let sum = try watch.forEachRow(of: shape, on: connection) { row in
                guard row.count <= BackupFormat.valueMax else { throw BackupError.tooLarge("a row of table \(shape.name)") }
                try writer.write([1])
                try writer.write(row)
            }
            var end: [UInt8] = [0]
            end.appendNumber(UInt64(sum.rows))
            try writer.write(end + sum.digest)
            report.tables.append(.init(name: shape.name, rows: sum.rows))
        }
        report.chain = watch.chain.report
    }

    private static func writeFiles(of folder: String, excluding excluded: [String], to writer: BackupWriter) throws -> Int {
        var count = 0
        for path in try FolderFiles(folder).paths(excluding: excluded) {
            // One that has gone since the folder was listed is not there at this moment either.
            guard let file = try? PlainFile(reading: "\(folder)/\(path)") else { continue }
            defer { file.close() }
            var start = [BackupFormat.Section.file.rawValue]
            start.appendText(path)
            start.appendNumber(UInt64(try FolderFiles.mode(of: "\(folder)/\(path)")))
            try writer.write(start)
            var hash = SHA256()
            while true {
                let chunk = try file.read(upTo: BackupFormat.chunkSize)
                var part: [UInt8] = []
                part.appendBytes(chunk)
                try writer.write(part)
                if chunk.isEmpty { break }
                hash.update(data: chunk)
            }
            try writer.write([UInt8](hash.finalize()))
            count += 1
        }
        return count
    }
}
