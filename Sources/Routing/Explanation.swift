import Contacts
import Organization
import Primitives

/// Why this contact went to this agent: kept with each offer, readable for both sides, and the same again on replay.
package struct Explanation: Hashable, Sendable {
    package var rule: Rule
    /// Which version of the rule decided; raised whenever the same state could lead to another choice.
    package var version: Int
    package var queue: QueueID
    /// The queue's priority in the agent's profile.
    package var priority: UInt8
    /// How long the contact had waited.
    package var waited: Duration
    /// Since when the chosen agent had been idle.
    package var idleSince: Timestamp
    /// How many agents of the queue were free for it.
    package var free: Int
    /// Those who were weighed, the chosen one first; at most `consideredMax`.
    package var considered: [Candidate]
    /// The queue's other agents by the reason that kept them out.
    package var excluded: [Excluded]

    package static let consideredMax = 8
    /// Names kept for each reason; `count` counts all.
    package static let namedMax = 8
    /// Members of the queue looked at for `excluded`; a queue of thousands is not walked for every call.
    package static let membersMax = 100

    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// A contact found several free agents (or one): the longest idle of them.
        case longestIdle
        /// An agent became free: of his queues by priority, the contact with the highest priority, then the longest waiting.
        case longestWaiting
        /// A colleague sent the contact to this agent.
        case transferred
        /// The contact needs a senior, and the set-up names this agent for those of its queue.
        case escalated
        /// The agent, a supervisor, went on in place of the one who talked with the customer.
        case takenOver
    }

    package struct Candidate: Hashable, Sendable {
        package var agent: AgentID
        package var idleSince: Timestamp

        package init(agent: AgentID, idleSince: Timestamp) {
            self.agent = agent
            self.idleSince = idleSince
        }
    }

    package struct Excluded: Hashable, Sendable {
        package var reason: Exclusion
        package var count: Int
        package var agents: [AgentID]

        package init(reason: Exclusion, count: Int, agents: [AgentID]) {
            self.reason = reason
            self.count = count
            self.agents = agents
        }
    }

    package init(
        rule: Rule, version: Int, queue: QueueID, priority: UInt8, waited: Duration, idleSince: Timestamp, free: Int,
        considered: [Candidate], excluded: [Excluded]
    ) {
        self.rule = rule
        self.version = version
        self.queue = queue
        self.priority = priority
        self.waited = waited
        self.idleSince = idleSince
        self.free = free
        self.considered = considered
        self.excluded = excluded
    }
}

/// One decision of routing: this contact to this agent.
package struct Assignment: Hashable, Sendable {
    package var contact: ContactID
    package var agent: AgentID
    package var explanation: Explanation
}
