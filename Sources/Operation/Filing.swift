import Centre
import Contacts
import Organization
import Primitives

/// A personal or merely descriptive value that belongs to events but not into the log: it is written into a table of its
/// own in the transaction of those events, keyed by an id, and can be erased.
package enum Filing: Hashable, Sendable {
    /// Who called (nil: withheld) and the number dialled.
    case caller(ContactID, number: String?, dialled: String)
    case note(ContactID, String)
    /// The names, logins, phones and trunks of a set-up.
    case setUp(SetUp)
    /// That a command has been carried out, so that its repetition acts once.
    case performed(CommandKey, LogPosition)
}

/// What makes a command the same command: who sends it, and the key the sender gave it.
package struct CommandKey: Hashable, Sendable {
    package let user: UserID
    package let key: String

    /// Longer keys are refused.
    package static let keyMax = 64

    /// Nil if the key is empty or longer than `keyMax` bytes.
    package init?(user: UserID, key: String) {
        guard !key.isEmpty, key.utf8.count <= Self.keyMax else { return nil }
        self.user = user
        self.key = key
    }
}

/// What one step hands to the log.
package struct LogBatch: Sendable {
    package var entries: [LogEntry]
    package var filings: [Filing]
    /// The position of the last entry, or of the last before it if there is none.
    package var through: LogPosition
}
