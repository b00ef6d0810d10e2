import Contacts
import Organization
import Primitives
import Routing

/// An agent who wants a supervisor to come, and what a supervisor does for agents who are stuck.
extension CentreEngine {
    /// Raised while an agent has a contact, and down again as soon as a supervisor is beside him or the contact is not his any more.
    package struct HelpFlag: Hashable, Sendable {
        package let contact: ContactID
        package let since: Timestamp
    }

    mutating func helpWanted(_ isWanted: Bool, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        guard let state = routing.agents[agent]?.state else { throw .agentUnknown(agent) }
        if let flag = helpFlags[agent] {
            if !isWanted { emit(.helpWithdrawn(flag.contact, agent), at: now) }
        } else if isWanted {
            switch state.routing {
            case .handling(let contact), .wrapUp(let contact): emit(.helpRequested(contact, agent), at: now)
            case .off, .notReady, .idle, .offered, .consulted, .notResponding: throw .staleState
            }
        }
    }

    /// Somebody sets an agent free who is stuck: his wrap-up ends as one whose time is over, and who does not respond is not ready.
    mutating func agentFreed(_ agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        guard let state = routing.agents[agent]?.state else { throw .agentUnknown(agent) }
        switch state.routing {
        case .wrapUp(let contact): close(contact, by: agent, at: now, using: &random)
        case .notResponding: emit(.presenceChanged(agent, .notReady(nil)), at: now)
        case .off, .notReady, .idle, .offered, .handling, .consulted: throw .staleState
        }
    }
}
