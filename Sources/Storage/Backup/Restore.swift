import Centre
import Glibc

/// Makes a centre from a backup, on this machine or another, in either database.
package enum Restore {
    /// Restores everything, reads it back and compares it with the backup, checks the log's hash chain, and then brings the
    /// tables to this program's format. Whoever reads the target meanwhile finds nothing there, and if anything is not as it
    /// should be, nothing is there afterwards either.
    ///
    /// - Parameters:
    ///   - location: a file in `folder`, or a database without tables.
    ///   - folder: the server's data folder; it must be empty, or not there.
    ///   - onTable: called before each table is put in.
    /// - Throws: `BackupError`, `StorageError.inUse`, or what the database says.
    package static func restore(
        _ path: String, to location: DatabaseLocation, folder: String, key: BackupKey?, onTable: (String) throws -> Void = { _ in }
    ) throws -> BackupReport {
        let reader = try BackupReader(path, key: key)
        defer { reader.close() }
        guard reader.header.schema <= Schema.newest else {
            throw BackupError.newerSchema(found: reader.header.schema, known: Schema.newest)
        }
        let staging = try RestoreStaging(below: folder)
        defer { staging.remove() }
        let report: BackupReport
        switch location {
        case .sqlite(let file):
            report = try intoSQLite(staging.database, from: reader, staging, onTable)
            try staging.placeFiles()
            // The last: a server that finds its database finds everything.
            try PlainFile.rename(staging.database, to: file)
        case .postgreSQL:
            report = try intoPostgreSQL(location, from: reader, staging, onTable)
        }
        staging.keep()
        return report
    }

    /// Whether a restore into this folder is on its way, or was cut off: what lies there is not whole.
    package static func isUnfinished(in folder: String) -> Bool { access("\(folder)/\(FolderFiles.staging)", F_OK) == 0 }

    private static func intoSQLite(
        _ path: String, from reader: BackupReader, _ staging: RestoreStaging, _ onTable: (String) throws -> Void
    ) throws -> BackupReport {
        let database = SQLiteDatabase(path: path)
        let loading = try database.connect(for: .writing)
        defer { loading.close() }
        // The file is thrown away if anything goes wrong, and flushed as a whole when nothing did.
        try loading.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        var restoring = Restoring(reader, staging)
        try loading.transaction(.writing) { try restoring.load(into: loading, onTable) }
        loading.close()
        // Another connection: it sees what is in the file.
        let checking = try database.connect(for: .writing)
        defer { checking.close() }
        let report = try checking.transaction(.reading) { try restoring.check(on: checking) }
        try Migrations.migrate(checking)
        try checking.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        checking.close()
        try RestoreStaging.sync(path)
        return report
    }

    private static func intoPostgreSQL(
        _ location: DatabaseLocation, from reader: BackupReader, _ staging: RestoreStaging, _ onTable: (String) throws -> Void
    ) throws -> BackupReport {
        let database = location.database
        try database.lock()
        defer { database.unlock() }
        let connection = try database.connect(for: .writing)
        defer { connection.close() }
        return try connection.transaction(.writing) {
            var isEmpty = true
            try connection.forEachColumn { _, _, _, _ in isEmpty = false }
            guard isEmpty else { throw BackupError.notEmpty(location.name) }
            var restoring = Restoring(reader, staging)
            try restoring.load(into: connection, onTable)
            let report = try restoring.check(on: connection)
            try Migrations.migrate(connection, to: Schema.newest, inTransaction: Schema.migrations)
            // Before the commit: without it they are taken away again.
            try staging.placeFiles()
            return report
        }
    }
}

/// One restore on its way.
private struct Restoring {
    private let reader: BackupReader
    private let staging: RestoreStaging
    private var sums: [String: TableSum] = [:]
    private var fileSums: [(path: String, digest: [UInt8])] = []
    private var report: BackupReport
    private var totals: BackupTotals?

    init(_ reader: BackupReader, _ staging: RestoreStaging) {
        self.reader = reader
        self.staging = staging
        report = BackupReport(reader.header)
    }

    /// Makes the tables as they were when the backup was made, and puts in what it holds.
    mutating func load(into connection: any Connection, _ onTable: (String) throws -> Void) throws {
        try Migrations.migrate(connection, to: reader.header.schema, inTransaction: Schema.migrations)
        let known = Dictionary(uniqueKeysWithValues: try Catalog(of: connection).tables.map { ($0.name, $0) })
        let contents = BackupContents(reader: reader)
        while totals == nil {
            switch try contents.next() {
            case .table(let shape):
                guard let made = known[shape.name], made.columns == shape.columns, sums[shape.name] == nil else {
                    throw BackupError.unreadable("table \(shape.name) is not one of format \(reader.header.schema)")
                }
                try onTable(shape.name)
                var loader = TableLoader(made, on: connection)
                let sum = try contents.forEachRow(of: made) { try loader.add($0) }
                try loader.finish()
                sums[shape.name] = sum
                report.tables.append(.init(name: shape.name, rows: sum.rows))
            case .file(let path, let mode):
                let digest = try staging.addFile(path, mode: mode) { write in try contents.forEachChunk(write) }
                fileSums.append((path, digest))
                report.files += 1
            case .end(let end): totals = end
            }
        }
        report.bytes = reader.bytesRead
        guard sums.count == known.count else {
            let missing = known.keys.filter { sums[$0] == nil }.sorted()
            throw BackupError.unreadable("it lacks the tables \(missing.joined(separator: ", "))")
        }
    }

    /// Reads everything back and compares it with what the backup says.
    mutating func check(on connection: any Connection) throws -> BackupReport {
        var watch = TableWatch()
        for shape in try Catalog(of: connection).tables {
            let found = try watch.forEachRow(of: shape, on: connection) { _ in }
            guard found == sums[shape.name] else { throw BackupError.differs("table \(shape.name)") }
        }
        for (path, digest) in fileSums where try staging.digest(of: path) != digest { throw BackupError.differs("file \(path)") }
        report.chain = watch.chain.report
        guard BackupTotals(report) == totals else { throw BackupError.differs("the log's hash chain") }
        try Backup.check(report.chain, against: reader.header)
        return report
    }
}
