import Centre
import Contacts
import Primitives

/// What a check of the log's hash chain found.
package struct ChainReport: Sendable, Hashable {
    /// How many entries were checked.
    package var entries: Int64 = 0
    /// The hash of the last entry; whoever has noted it elsewhere can later prove that nothing before it was changed.
    package var head: [UInt8] = HashChain.start
    /// What is wrong with the first entry that is; nothing behind it has been checked.
    package var flaw: ChainFlaw?

    /// The first entry that is missing or does not fit its hash.
    package var brokenAt: LogPosition? { flaw?.position }
    package var isWhole: Bool { flaw == nil }
    /// The last entry that fits, to be noted outside; nil for an empty log.
    package var mark: ChainMark? { entries > 0 ? ChainMark(LogPosition(entries), head) : nil }
}

extension Store {
    /// Entries read at a time.
    package static let entriesMax = 10_000

    /// Entries in order, from behind a position on; at most `limit` and `entriesMax`.
    package func entries(after position: LogPosition, limit: Int) async throws -> [LogEntry] {
        let limit = min(max(limit, 0), Self.entriesMax)
        return try await readers.read { connection in
            let codec = EventCodec()
            return try connection.all(LogStatements.after, ["position": .of(position.number), "limit": .of(limit)]) {
                try LogRow(&$0).entry(codec)
            }
        }
    }

    /// Everything about one contact, in order.
    package func entries(of contact: ContactID) async throws -> [LogEntry] {
        try await readers.read { connection in
            let codec = EventCodec()
            return try connection.all(LogStatements.ofContact, ["contact": .of(contact)]) { try LogRow(&$0).entry(codec) }
        }
    }

    /// Hands over all definitions from before `since`, then every entry from then on, in order: what counts a day needs.
    package func forEachEntry(since: Timestamp, _ body: (LogEntry) throws -> Void) async throws {
        let (definitions, first) = try await readers.read { connection in
            try connection.transaction(.reading) {
                let head = try connection.first(LogStatements.head) { try $0.integer() } ?? 0
                let first = try connection.first(LogStatements.firstSince, ["since": .of(since)]) { try $0.integer() } ?? head + 1
                let codec = EventCodec()
                let definitions = try connection.all(LogStatements.definitionsBefore, ["position": .of(first)]) {
                    try LogRow(&$0).entry(codec)
                }
                return (definitions, first)
            }
        }
        for entry in definitions { try body(entry) }
        var position = LogPosition(first - 1)
        while true {
            let page = try await entries(after: position, limit: Projection.pageSize)
            for entry in page { try body(entry) }
            guard let last = page.last else { return }
            position = last.position
        }
    }
}
