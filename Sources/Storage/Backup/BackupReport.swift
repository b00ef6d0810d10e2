import Centre
import Primitives

/// What a backup holds, as it was written, read or restored: every number in it has been checked.
package struct BackupReport: Sendable, Hashable {
    package struct Table: Sendable, Hashable {
        package var name: String
        package var rows: Int64
    }

    package var at: Timestamp
    /// The program that made it.
    package var product: String
    /// The format of its tables; a restore brings them to this program's afterwards.
    package var schema: Int
    package var isEncrypted: Bool
    package var tables: [Table] = []
    package var files = 0
    /// The size of the file.
    package var bytes: Int64 = 0
    /// What the log's hash chain was like when the backup was made. A broken one is kept as it is: the history it tells of
    /// is all there is.
    package var chain = ChainReport()

    init(_ header: BackupFormat.Header) {
        at = header.at
        product = header.product
        schema = header.schema
        isEncrypted = header.seal.isEncrypted
    }
}

extension DatabaseLocation {
    var database: any Database {
        switch self {
        case .sqlite(let path): SQLiteDatabase(path: path)
        case .postgreSQL(let info): PostgreSQLDatabase(info)
        }
    }

    /// For people; a connection string may hold a password.
    var name: String {
        switch self {
        case .sqlite(let path): path
        case .postgreSQL: "the PostgreSQL database"
        }
    }
}
