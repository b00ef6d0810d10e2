import Organization
import Primitives

package typealias MessageID = ID<Message>

/// A few words of a supervisor to agents, shown at their desks until they are read.
package struct Message: Hashable, Sendable {
    package let id: MessageID
    package let sender: UserID
    package let text: String
    package let at: Timestamp
    /// Whoever has not read it.
    package var agents: [AgentID]

    /// Read or not, it is kept no longer.
    package static let age = Duration.seconds(86_400)
    /// More at once are refused.
    package static let agentsMax = 2000

    package init(id: MessageID, sender: UserID, text: String, at: Timestamp, agents: [AgentID]) {
        self.id = id
        self.sender = sender
        self.text = text
        self.at = at
        self.agents = agents
    }
}
