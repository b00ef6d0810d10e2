import Organization
import Primitives

package typealias ContactID = ID<Contact>
package typealias OfferID = ID<Offer>

/// The tag of an offer: one attempt to give one contact to one agent.
package enum Offer {}

/// One customer's contact on one channel, from its opening to its close.
package struct Contact: Hashable, Sendable {
    package let id: ContactID
    package let project: ProjectID
    package let channel: Channel
    package let direction: ContactDirection
    /// Where an inbound one came in.
    package let entryPoint: EntryPointID?
    package let language: Language
    package var queue: QueueID
    package var priority: ContactPriority
    package let openedAt: Timestamp
    /// When it first entered a queue: its rank there, kept over every offer that fails and every transfer.
    package var queuedAt: Timestamp
    package var hasQueued = false
    package var state: ContactState
    /// An agent has had it: whoever waits again after that and leaves was not abandoned but let down.
    package var wasAnswered = false
    /// An agent has told him that the call will end if he goes on like this.
    package var wasWarned = false
    /// The last agent who transferred it.
    package var sender: Sender?
    /// What came of dialling its number, or the colleague; nil before, and where nobody dialled.
    package var dialResult: DialResult?
    /// Whom the agent calls, or talks with, where no customer is.
    package var colleague: AgentID?

    package init(
        id: ContactID, project: ProjectID, channel: Channel, direction: ContactDirection = .inbound, entryPoint: EntryPointID?,
        language: Language, queue: QueueID, priority: ContactPriority, openedAt: Timestamp
    ) {
        self.id = id
        self.project = project
        self.channel = channel
        self.direction = direction
        self.entryPoint = entryPoint
        self.language = language
        self.queue = queue
        self.priority = priority
        self.openedAt = openedAt
        queuedAt = openedAt
        state = .arriving
    }

    /// How it ends when whoever had it last is done with it.
    package var outcomeWhenDone: ContactOutcome {
        if let dialResult, !wasAnswered { .notReached(dialResult) } else { .handled }
    }
}

package enum Channel: String, Sendable, Hashable, CaseIterable {
    case phone
}

/// Who began a contact.
package enum ContactDirection: String, Sendable, Hashable, CaseIterable {
    /// The customer called.
    case inbound
    /// An agent called the customer.
    case outbound
    /// An agent called a colleague: there is no customer, and it counts among nobody's contacts.
    case `internal`

    /// Those of contacts with a customer.
    package static let ofCustomers: [Self] = [.inbound, .outbound]
}

/// Where a contact is: one of these at any time; closed contacts leave the engine.
package enum ContactState: Hashable, Sendable {
    /// Opened, not yet in a queue.
    case arriving
    /// Hears that we are closed, and is hung up on after that.
    case toldClosed(until: Timestamp)
    /// The agent has a number called: first his own phone rings, then the number.
    case dialling(AgentID, DialStage, until: Timestamp)
    case queued
    case offered(OfferID, AgentID)
    case talking(AgentID, since: Timestamp)
    /// The agent's phone hung up first: the customer hears music until the agent says why, has his phone rung again, or the time is over.
    case leftBehind(AgentID, until: Timestamp)
    case wrapUp(AgentID, until: Timestamp?)
    /// The talk is over and the agent free; he may still say what came of it.
    case writeUp(AgentID)
    /// With a number outside to which its agent has sent it, and nobody here has anything more to do with it.
    case outside

    /// The agent who holds it, if any.
    package var agent: AgentID? {
        switch self {
        case .arriving, .toldClosed, .queued, .outside: nil
        case .dialling(let agent, _, _), .offered(_, let agent), .talking(let agent, _), .leftBehind(let agent, _),
            .wrapUp(let agent, _), .writeUp(let agent):
            agent
        }
    }
}

/// How a contact ended: exactly one for each.
package enum ContactOutcome: Hashable, Sendable {
    case handled
    /// The customer left before an agent answered.
    case abandoned(during: WaitingPhase)
    case refused(RefusalReason)
    /// The customer came when we were closed, and was told so.
    case closed
    /// Our fault; the log tells which: its agent was lost in the talk, and the customer left while waiting for the next.
    case failed
    /// Its legs did not survive a restart of the server.
    case lostInRestart
    /// An agent dialled, and nobody talked.
    case notReached(DialResult)
    /// Of a call between two agents: what came of it.
    case `internal`(DialResult)

    /// Whether an agent has had work with its customer: whoever has is the last in line for the next.
    package var wasWork: Bool {
        switch self {
        case .handled, .lostInRestart, .notReached: true
        case .abandoned, .refused, .closed, .failed, .internal: false
        }
    }

    package enum WaitingPhase: String, Sendable, Hashable, CaseIterable { case queue, ringing }
    package enum RefusalReason: String, Sendable, Hashable, CaseIterable { case queueFull }
}

/// Who ended a talk.
package enum Party: String, Sendable, Hashable, CaseIterable {
    case customer, agent, system
    /// Whom the agent consults, or has called.
    case colleague
    /// The agent once more, on the second line of his phone, by which he talks with the colleague.
    case secondLine
    /// The number outside to which the customer was sent.
    case outside
    /// Who is beside the agent.
    case supervisor
}

/// Why an agent ends a call whose customer is still there. There is no other way: an agent never hangs up first.
package enum DismissalReason: String, Sendable, Hashable, CaseIterable {
    /// He insults or threatens, and has been warned.
    case abuse
    /// Nobody speaks.
    case silence
    case wrongNumber
    /// A call made to try the line.
    case test
}

/// Where an agent sends a contact.
package enum TransferTarget: Hashable, Sendable {
    case queue(QueueID)
    /// To one agent; if he does not take it, it waits in the queue it came from, at its rank.
    case agent(AgentID)
}

/// Who sent a contact on, and from where.
package struct Sender: Hashable, Sendable {
    package let agent: AgentID
    package let queue: QueueID

    package init(agent: AgentID, queue: QueueID) {
        self.agent = agent
        self.queue = queue
    }
}

/// How an offer ended.
package enum OfferResult: String, Sendable, Hashable, CaseIterable {
    case answered
    /// The phone rang and nobody answered within the queue's ring time-out.
    case lapsed
    case declined
    /// The customer hung up while the phone rang.
    case callerLeft
    /// The phone could not be reached, or was busy.
    case unreachable
    /// A restart of the server ended it.
    case lostInRestart
    /// It rang for a trainee whose mentor left.
    case withdrawn
}
