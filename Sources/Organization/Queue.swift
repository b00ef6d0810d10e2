import Primitives

/// A line in which contacts wait for an agent who serves it.
package struct Queue: Hashable, Sendable {
    package let id: QueueID
    package let project: ProjectID
    /// How long an agent's phone rings before the offer lapses.
    package var ringTimeout: Duration
    package var wrapUp: WrapUpRule
    /// Answered within this span counts for the service level.
    package var serviceLevelTarget: Duration
    /// One who leaves sooner than this has not waited: a short abandon.
    package var shortAbandon: Duration
    /// Beyond this many waiting, a new caller hears busy instead of a line that never moves.
    package var waitingMax: Int
    /// An agent whose phone hangs up first has so long to say why, while the customer hears music; then another gets him.
    package var reasonTimeout: Duration
    /// Where contacts go that need a supervisor; nil: back to the head of this queue.
    package var escalation: QueueID?
    /// Who gets them while he is free; else they go where `escalation` says.
    package var escalationAgent: AgentID?

    package init(
        id: QueueID, project: ProjectID, ringTimeout: Duration = .seconds(20), wrapUp: WrapUpRule = .timed(.seconds(60)),
        serviceLevelTarget: Duration = .seconds(20), shortAbandon: Duration = .seconds(5), waitingMax: Int = 500,
        reasonTimeout: Duration = .seconds(20), escalation: QueueID? = nil, escalationAgent: AgentID? = nil
    ) {
        self.id = id
        self.project = project
        self.ringTimeout = ringTimeout
        self.wrapUp = wrapUp
        self.serviceLevelTarget = serviceLevelTarget
        self.shortAbandon = shortAbandon
        self.waitingMax = waitingMax
        self.reasonTimeout = reasonTimeout
        self.escalation = escalation
        self.escalationAgent = escalationAgent
    }
}

/// What follows a talk: the time in which the agent completes the contact.
package enum WrapUpRule: Hashable, Sendable {
    /// None: the contact closes with the talk.
    case none
    /// At most this long; then the contact closes by itself.
    case timed(Duration)
    /// Until the agent gives a disposition.
    case untilDisposed
    /// The agent is free with the end of the talk; what he still has to say of it he says until his next contact.
    case optional
    /// None, unless he asks for it during the talk; then at most this long.
    case onRequest(Duration)
}
