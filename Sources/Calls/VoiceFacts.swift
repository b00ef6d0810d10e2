import Contacts
import Organization
import Primitives

/// What was measured of the voices while a customer and an agent talked with each other: hold, music, announcements and pauses of the
/// recording are not in it. Where more than two talk, everybody but the customer is on the agent's side.
///
/// Each talk has its own: one of an agent with a contact, until somebody else has it. Told again of the same talk it says all of it anew.
package struct VoiceFacts: Hashable, Sendable {
    package var contact: ContactID
    package var agent: AgentID
    package var project: ProjectID
    package var queue: QueueID
    /// When the two were put through.
    package var since: Timestamp
    /// How long it was measured.
    package var measured: Duration
    package var customer: Side
    package var agentSide: Side
    /// Both spoke at the same time, how long and how often.
    package var talkOver: Duration
    package var talkOvers: Int
    /// Neither spoke, all in all and at a time.
    package var deadAir: Duration
    package var deadAirLongest: Duration

    package struct Side: Hashable, Sendable {
        package var spoken: Duration = .zero
        /// In dBov, whole; nil: nobody spoke, or there was no pause to hear the noise in.
        package var level: Int?
        package var noise: Int?
        /// How long, and by how many decibels at most, the voice was raised over the talk's beginning.
        package var raised: Duration = .zero
        package var rise = 0
        /// How many decibels weaker what this side was sent came back from it, and after how long; nil: it did not.
        package var echo: Int?
        package var echoDelay: Duration?

        package init() {}

        /// A second of it may be a laugh.
        package var isRaised: Bool { raised >= VoiceFacts.raisedMin }
    }

    /// So long a voice must be raised in all for the talk to count as one with a raised voice.
    package static let raisedMin = Duration.seconds(2)

    package init(
        contact: ContactID, agent: AgentID, project: ProjectID, queue: QueueID, since: Timestamp, measured: Duration,
        customer: Side = Side(),
        agentSide: Side = Side(), talkOver: Duration = .zero, talkOvers: Int = 0, deadAir: Duration = .zero,
        deadAirLongest: Duration = .zero
    ) {
        self.contact = contact
        self.agent = agent
        self.project = project
        self.queue = queue
        self.since = since
        self.measured = measured
        self.customer = customer
        self.agentSide = agentSide
        self.talkOver = talkOver
        self.talkOvers = talkOvers
        self.deadAir = deadAir
        self.deadAirLongest = deadAirLongest
    }

    /// Somebody raised his voice in it.
    package var isRaised: Bool { customer.isRaised || agentSide.isRaised }
}
