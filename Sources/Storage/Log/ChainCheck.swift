import Centre

/// Computes the hashes of the log again, row after row, and keeps the first that differs or is missing.
struct ChainCheck {
    private(set) var report = ChainReport()
    private var position: Int64 = 0

    /// Takes the next row and the hash that stands beside it; after a broken one, rows are not looked at.
    mutating func take(_ row: LogRow, stored: [UInt8]) {
        guard report.isWhole else { return }
        let hash = HashChain.hash(of: row, after: report.head)
        guard row.position == position + 1, hash == stored else { return found(.changed(LogPosition(position + 1))) }
        position = row.position
        report.entries += 1
        report.head = hash
    }

    mutating func found(_ flaw: ChainFlaw) { report.flaw = flaw }
}
