import Calls
import Contacts
import Organization
import Primitives

/// Calls that come while their entry point is closed: the caller is told so in its language, and hung up on after that. They wait in no
/// queue, and who hears that we are closed has not been abandoned. Whoever waits already when we close is served.
extension CentreEngine {
    /// A prompt whose end nobody tells of is over after so long.
    package static let promptMax = Duration.seconds(30)

    mutating func tellClosed(_ contact: Contact, on leg: LegID, at now: Timestamp) {
        emit(.toldClosed(contact.id, until: now + Self.promptMax), at: now)
        direct(.answer(leg))
        direct(.play(leg, .closed(contact.language)))
    }

    /// What was played to the leg has come to its end.
    mutating func soundEnded(_ leg: LegID, at now: Timestamp) {
        guard let id = contactOfLeg[leg] else { return }
        if leg == calls[id]?.customer { announcementEnded(in: id, isWhole: true, at: now) }
        hangUpWhenTold(id, at: now)
    }

    mutating func hangUpWhenTold(_ id: ContactID, at now: Timestamp) {
        guard case .toldClosed = contacts[id]?.state, let call = calls[id] else { return }
        direct(.end(call.customer))
        emit(.contactClosed(id, .closed), at: now)
    }
}
