import Operation
import Organization
import Primitives

/// One change of the set-up as people read it.
package struct FiledSetUpChange: Hashable, Sendable {
    package var record: SetUpChangeRecord
    /// The author's login and name as they are now; nil: the command line.
    package var author: (login: String, name: String)? { login.map { ($0, name ?? $0) } }
    /// The change that took it back.
    package var undoneBy: Int64?
    fileprivate var login: String?
    fileprivate var name: String?
}

extension Store {
    /// The changes of the set-up from the newest down.
    ///
    /// - Parameter number: only those before this one.
    package func setUpChanges(before number: Int64 = .max, limit: Int) async throws -> [FiledSetUpChange] {
        try await readers.read { connection in
            try connection.all(SetUpChangeTable.page, ["before": .of(number), "limit": .of(limit)], SetUpChangeTable.read)
        }
    }

    package func setUpChange(_ number: Int64) async throws -> FiledSetUpChange? {
        try await readers.read { connection in
            try connection.first(SetUpChangeTable.one, ["number": .of(number)], SetUpChangeTable.read)
        }
    }
}

enum SetUpChangeTable {
    static func write(_ record: SetUpChangeRecord, to connection: any Connection) throws {
        try connection.run(
            insert,
            [
                "number": .of(record.number), "at": .of(record.at), "author": .of(record.author), "undoes": .of(record.undoes),
                "parts": .of(record.parts),
            ])
    }

    /// The number of the newest change; 0: there is none yet.
    static func newest(on connection: any Connection) throws -> Int64 {
        try connection.first(newest, [:]) { try $0.integer() } ?? 0
    }

    fileprivate static func read(_ row: inout Row) throws -> FiledSetUpChange {
        let record = SetUpChangeRecord(
            number: try row.integer(), at: try row.time(), author: try row.idOrNil(), undoes: try row.integerOrNil(),
            parts: try row.text())
        return FiledSetUpChange(
            record: record, undoneBy: try row.integerOrNil(), login: try row.textOrNil(), name: try row.textOrNil())
    }

    private static let columns: SQL =
        """
        set_up_change.number, set_up_change.at, set_up_change.author, set_up_change.undoes, set_up_change.parts,
            (SELECT MIN(later.number) FROM set_up_change AS later WHERE later.undoes = set_up_change.number),
            user_account.login, user_account.name
        FROM set_up_change LEFT JOIN user_account ON user_account.id = set_up_change.author
        """
    fileprivate static let page = Statement(
        "SELECT \(columns) WHERE set_up_change.number < $before ORDER BY set_up_change.number DESC LIMIT $limit")
    fileprivate static let one = Statement("SELECT \(columns) WHERE set_up_change.number = $number")
    private static let newest = Statement("SELECT COALESCE(MAX(number), 0) FROM set_up_change")
    private static let insert = Statement(
        "INSERT INTO set_up_change (number, at, author, undoes, parts) VALUES ($number, $at, $author, $undoes, $parts)")
}
