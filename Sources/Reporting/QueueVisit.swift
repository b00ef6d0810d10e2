import Contacts
import Organization
import Primitives

/// One contact in one queue, from entering it to whatever ends the wait: what a queue's figures count.
///
/// Whoever comes back into the line because a phone was not answered, or because his agent was lost, is still on the same visit; whoever is
/// sent to another queue, or to the same one again, begins the next.
package struct QueueVisit: Hashable, Sendable {
    package let contact: ContactID
    /// Counts the visits of the contact, from 1.
    package let number: Int
    package let project: ProjectID
    package let queue: QueueID
    package let enteredAt: Timestamp
    /// The queue's settings when the contact entered it: changing them later changes no past figure.
    package let target: Duration
    package let shortAbandon: Duration
    /// Nil while the contact waits.
    package var end: End?

    package struct End: Hashable, Sendable {
        package let kind: EndKind
        package let at: Timestamp

        package init(_ kind: EndKind, at: Timestamp) {
            self.kind = kind
            self.at = at
        }
    }

    package enum EndKind: String, Sendable, Hashable, CaseIterable {
        case answered
        /// The customer left.
        case abandoned
        /// Neither of the two: our fault, or a restart's.
        case otherwise
    }

    package init(contact: ContactID, number: Int, project: ProjectID, queue: Queue, enteredAt: Timestamp) {
        self.contact = contact
        self.number = number
        self.project = project
        self.queue = queue.id
        self.enteredAt = enteredAt
        target = queue.serviceLevelTarget
        shortAbandon = queue.shortAbandon
    }

    /// Nil while it goes on.
    package var wait: Duration? { end.map { $0.at - enteredAt } }
    /// The wait ended within the queue's target.
    package var isInTime: Bool { wait.map { $0 <= target } ?? false }
    /// The customer left before he had really waited.
    package var isShortAbandon: Bool { end?.kind == .abandoned && wait.map { $0 < shortAbandon } ?? false }
}

/// What one agent did about one contact, once he is done with it.
package struct HandlingFacts: Hashable, Sendable {
    package let contact: ContactID
    /// Counts the agents' parts in the contact, from 1.
    package let number: Int
    package let project: ProjectID
    package let queue: QueueID
    package let agent: AgentID
    package let answeredAt: Timestamp
    /// With the customer, hold not included.
    package var talk: Duration = .zero
    /// The customer heard music: on hold, left behind, or cut off from the agent.
    package var hold: Duration = .zero
    package var wrapUp: Duration = .zero
    /// The agent's phone hung up first, or he ended the call of a customer who was still there.
    package var agentReleasedFirst = false
    package var disposition: DispositionID?

    package init(
        contact: ContactID, number: Int, project: ProjectID, queue: QueueID, agent: AgentID, answeredAt: Timestamp
    ) {
        self.contact = contact
        self.number = number
        self.project = project
        self.queue = queue
        self.agent = agent
        self.answeredAt = answeredAt
    }
}
