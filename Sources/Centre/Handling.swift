import Contacts
import Primitives

/// One agent's part in one contact.
package struct Handling: Hashable, Sendable {
    /// Nil for a contact that he began himself.
    package let offering: Event.Offering?
    /// When it was offered, or he dialled.
    package let startedAt: Timestamp
    package var answeredAt: Timestamp?
    package var endedAt: Timestamp?
    package var endedBy: Party?
    /// He has asked for time after the talk.
    package var wantsWrapUp = false

    init(offering: Event.Offering? = nil, startedAt: Timestamp) {
        self.offering = offering
        self.startedAt = startedAt
    }
}
