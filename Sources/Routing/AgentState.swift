import Contacts
import Organization
import Primitives

/// What an agent set himself: the first layer of his state.
package enum Presence: Hashable, Sendable {
    /// Not signed on: no phone rings, no clock runs.
    case off
    case ready
    case notReady(PresenceReasonID?)
}

/// What the system knows of an agent: the second layer. (The third is the state of the contact in his slot.)
package enum RoutingState: Hashable, Sendable {
    case off
    case notReady
    /// Free, and has been for longest since `AgentState.idleSince`.
    case idle
    case offered(OfferID, ContactID)
    case handling(ContactID)
    case wrapUp(ContactID)
    /// Rung, asked or called by a colleague; about his contact, or in a talk of their own.
    case consulted(ContactID)
    /// An offer failed at his phone; he sets himself ready again.
    case notResponding

    package var contact: ContactID? {
        switch self {
        case .off, .notReady, .idle, .notResponding: nil
        case .offered(_, let contact), .handling(let contact), .wrapUp(let contact), .consulted(let contact): contact
        }
    }
}

/// One agent's state, all layers.
package struct AgentState: Hashable, Sendable {
    package var presence: Presence = .off
    package var presenceSince: Timestamp
    /// What he asked for while busy; it comes about when the contact is done.
    package var next: Presence?
    package var routing: RoutingState = .off
    package var routingSince: Timestamp
    /// Since when he has handled nothing: his place among the idle. Going off and on does not change it; only a contact
    /// handled (or the first readiness) does.
    package var idleSince: Timestamp?
    /// False while the phone of his set-up is known to be unreachable (registered phones only), and while he has none.
    package var phoneReachable = false

    /// His browser is his phone: its audio is connected, and it rings in place of the phone of his set-up.
    package var hasHeadset = false

    package init(at now: Timestamp) {
        presenceSince = now
        routingSince = now
    }

    /// Gives him the phone of his set-up. Another one than before is believed to be there until it is known not to be.
    package mutating func take(_ phone: PhoneID?, insteadOf old: PhoneID?) {
        if phone != old { phoneReachable = phone != nil }
    }

    /// Whether he has nothing to do and can be reached.
    package var isAtHand: Bool { routing == .idle && isReachable }

    /// Whether he is there for the trainee beside whom he sits: with nothing in his slot but that one's contact.
    package func mayBeMentor(of trainee: AgentState?) -> Bool {
        switch routing {
        case .idle, .notReady, .notResponding: isReachable
        case .consulted(let contact): isReachable && trainee?.routing.contact == contact
        case .off, .offered, .handling, .wrapUp: false
        }
    }

    package var isReachable: Bool { hasHeadset || phoneReachable }

    /// Whether he may dial: signed on, ready or not, and nothing in his slot.
    package var mayDial: Bool {
        switch routing {
        case .idle, .notReady, .notResponding: true
        case .off, .offered, .handling, .wrapUp, .consulted: false
        }
    }
}

/// Why an agent was not among those who could take a contact.
package enum Exclusion: String, Sendable, Hashable, CaseIterable, Comparable {
    case off, notReady, offered, handling, wrapUp, notResponding
    /// His phone is not registered, or he has none.
    case unreachable
    /// His profile lets him help only after a longer wait.
    case delay
    /// He sits beside a colleague.
    case beside
    /// He is a trainee, and no mentor sits beside him.
    case trainee

    /// The place among the cases: in this order reasons are told.
    private var order: Int {
        switch self {
        case .off: 0
        case .notReady: 1
        case .offered: 2
        case .handling: 3
        case .wrapUp: 4
        case .notResponding: 5
        case .unreachable: 6
        case .delay: 7
        case .beside: 8
        case .trainee: 9
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.order < right.order }
}
