import Centre
import Glibc

/// Why the log is not what was written.
package enum ChainFlaw: Hashable, Sendable {
    /// The entry at this position, or the hash beside it, is not what was written.
    case changed(LogPosition)
    case missing(LogPosition)
    /// What was written at a position stands at another.
    case moved(from: LogPosition, to: LogPosition)
    /// Stands where no entry can.
    case putIn(LogPosition)
    /// The log ends here, before the entry that was noted elsewhere.
    case cutOff(after: LogPosition)
    /// The entry that was noted elsewhere had another hash: it, or something before it, was written anew with all hashes after it.
    case rewritten(LogPosition)

    /// The first position that does not fit.
    package var position: LogPosition {
        switch self {
        case .changed(let position), .missing(let position), .moved(let position, _), .putIn(let position), .rewritten(let position):
            position
        case .cutOff(let last): last.next
        }
    }
}

/// An entry and its hash, noted outside so that nobody who can write the tables can change it: `41870:9f86d0…`.
package struct ChainMark: Hashable, Sendable, LosslessStringConvertible {
    package var position: LogPosition
    package var hash: [UInt8]

    package init(_ position: LogPosition, _ hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number > 0, parts[1].utf8.count == HashChain.start.count * 2 else {
            return nil
        }
        var hash: [UInt8] = []
        var rest = parts[1][...]
        while !rest.isEmpty {
            guard rest.prefix(2).allSatisfy(\.isHexDigit), let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            hash.append(byte)
            rest = rest.dropFirst(2)
        }
        self.init(LogPosition(number), hash)
    }

    package var description: String {
        "\(position):" + hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A check of the log's whole chain, in slices: between two of them everybody else can read.
package struct ChainInspection: Sendable {
    private var check = ChainCheck()
    private let expected: ChainMark?
    /// The position behind which the next slice begins; also rows that stand before the first are seen.
    private var cursor = Int64.min
    private var search: Search?
    package private(set) var isDone = false

    /// What does not fit at a position, while the rows behind are looked through for the one that does.
    private struct Search {
        var flaw: ChainFlaw
        var previous: [UInt8]
        /// The hash that stands at the position; nil where there is no row.
        var stored: [UInt8]?
    }

    /// - Parameter expected: an entry that was noted before.
    package init(expecting expected: ChainMark? = nil) {
        self.expected = expected
    }

    /// What has been found so far.
    package var report: ChainReport { check.report }

    /// Rows of one slice.
    static let slice = 2000

    /// Reads and checks the next slice.
    mutating func proceed(on connection: any Connection) throws {
        let rows = try connection.all(LogStatements.hashedAfter, ["position": .of(cursor), "limit": .of(Self.slice)], { try Found(&$0) })
        for row in rows where !isDone { take(row) }
        guard let last = rows.last else { return finish() }
        cursor = last.position
    }

    private struct Found {
        var position: Int64
        /// Nil for a row that no program of ours can have written.
        var row: LogRow?
        var stored: [UInt8]

        init(_ cells: inout Row) throws {
            var whole = cells
            position = try cells.integer()
            row = try? LogRow(&whole)
            // All but the position, which has been read.
            for _ in 1..<LogStatements.columnCount { cells.skip() }
            stored = try cells.bytes()
        }
    }

    private mutating func take(_ found: Found) {
        if let search {
            guard var row = found.row else { return }
            row.position = search.flaw.position.number
            let hash = HashChain.hash(of: row, after: search.previous)
            if hash == found.stored || hash == search.stored {
                end(.moved(from: search.flaw.position, to: LogPosition(found.position)))
            }
            return
        }
        let next = LogPosition(check.report.entries + 1)
        if found.position < next.number { return end(.putIn(LogPosition(found.position))) }
        let previous = check.report.head
        if found.position > next.number {
            search = Search(flaw: .missing(next), previous: previous, stored: nil)
            return take(found)
        }
        if let row = found.row { check.take(row, stored: found.stored) }
        guard found.row != nil, check.report.isWhole else {
            search = Search(flaw: .changed(next), previous: previous, stored: found.stored)
            return
        }
        if let expected, expected.position == next, expected.hash != check.report.head { end(.rewritten(next)) }
    }

    private mutating func finish() {
        guard !isDone else { return }
        if let search { return end(search.flaw) }
        let last = LogPosition(check.report.entries)
        if let expected, expected.position > last { return end(.cutOff(after: last)) }
        isDone = true
    }

    private mutating func end(_ flaw: ChainFlaw) {
        check.found(flaw)
        search = nil
        isDone = true
    }
}

extension Store {
    /// Checks the next slice of the log.
    package func proceed(with inspection: ChainInspection) async throws -> ChainInspection {
        try await readers.read { connection in
            var inspection = inspection
            try inspection.proceed(on: connection)
            return inspection
        }
    }

    /// Checks the whole log.
    package func verifyChain(expecting expected: ChainMark? = nil) async throws -> ChainReport {
        var inspection = ChainInspection(expecting: expected)
        while !inspection.isDone { inspection = try await proceed(with: inspection) }
        return inspection.report
    }

    /// Checks the log of data that no server need have opened; nothing is written, and nothing is kept from a server that has.
    package static func verifyChain(
        in location: DatabaseLocation, expecting expected: ChainMark? = nil, onProgress: (ChainReport) -> Void = { _ in }
    ) throws -> ChainReport {
        if case .sqlite(let path) = location, access(path, F_OK) != 0 { throw BackupError.nothingToBackUp(path) }
        let connection = try location.database.connect(for: .reading)
        defer { connection.close() }
        var inspection = ChainInspection(expecting: expected)
        while !inspection.isDone {
            try inspection.proceed(on: connection)
            onProgress(inspection.report)
        }
        return inspection.report
    }
}
