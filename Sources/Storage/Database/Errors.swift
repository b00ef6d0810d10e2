import Centre
import Contacts

/// What a database said when it could not do something.
package struct DatabaseError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// A rule of the tables was broken; with the constraint's name (PostgreSQL) or its columns (SQLite).
        case constraint(String?)
        /// No room on the disk.
        case full
        /// Somebody else holds it.
        case busy
        /// The disk or the line to the server failed.
        case lost
        /// The statement, its values or its reading do not fit: our own mistake.
        case misuse
        case other
    }

    package let kind: Kind
    /// SQLite's extended result code, or PostgreSQL's SQLSTATE.
    package let code: String
    package let message: String

    package var description: String { "database error \(code): \(message)" }
}

/// Why stored data cannot be used, or a wish about them not be met.
package enum StorageError: Error, Sendable, CustomStringConvertible {
    /// Another server works on the same data.
    case inUse(String)
    /// The data were written by a newer program.
    case newerSchema(found: Int, known: Int)
    /// The server is too old, or does not store UTF-8.
    case unsuitableServer(String)
    /// A row that this program cannot have written.
    case unreadable(String)
    /// Drafts belong to contacts that are not closed.
    case contactNotOpen(ContactID)
    /// Who is spoken with is not erased.
    case contactOpen(ContactID)
    /// A file of customers is being brought in.
    case importing
    /// More requests wait for the database than it can serve in time.
    case overloaded
    case closed
    /// What was in the same transaction could not be written.
    case notWritten(String)

    package var description: String {
        switch self {
        case .inUse(let what): "another server is using \(what)"
        case .newerSchema(let found, let known): "the data have the format \(found); this program knows formats up to \(known)"
        case .unsuitableServer(let why): why
        case .unreadable(let what): "cannot read \(what)"
        case .contactNotOpen(let contact): "contact \(contact) is not open"
        case .contactOpen(let contact): "contact \(contact) is open"
        case .importing: "a file of customers is being brought in"
        case .overloaded: "too many requests wait for the database"
        case .closed: "the store is closed"
        case .notWritten(let why): "not written: \(why)"
        }
    }
}
