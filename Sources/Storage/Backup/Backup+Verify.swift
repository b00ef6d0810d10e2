extension Backup {
    /// Reads a backup to its end and checks everything that can be checked without a database: that every byte is as it was
    /// written, that the tables add up, and the log's hash chain.
    ///
    /// - Throws: `BackupError`.
    package static func verify(_ path: String, key: BackupKey?) throws -> BackupReport {
        let reader = try BackupReader(path, key: key)
        defer { reader.close() }
        let contents = BackupContents(reader: reader)
        var report = BackupReport(reader.header)
        var watch = TableWatch()
        while true {
            switch try contents.next() {
            case .table(let shape):
                let sum = try contents.forEachRow(of: shape) { try watch.take($0, of: shape) }
                report.tables.append(.init(name: shape.name, rows: sum.rows))
            case .file:
                _ = try contents.forEachChunk { _ in }
                report.files += 1
            case .end(let totals):
                report.chain = watch.chain.report
                report.bytes = reader.bytesRead
                guard BackupTotals(report) == totals else { throw BackupError.unreadable("its parts do not add up") }
                try check(report.chain, against: reader.header)
                return report
            }
        }
    }

    /// Whether a whole chain ends where the head says the log ends.
    static func check(_ chain: ChainReport, against header: BackupFormat.Header) throws {
        guard !chain.isWhole || (chain.entries, chain.head) == (header.position, header.hash) else {
            throw BackupError.unreadable("the log does not end where the head says")
        }
    }
}
