import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// One agent's desk: his state and the contact in his slot.
package struct Desk: Hashable, Sendable {
    package var agent: Agent
    package var state: AgentState
    package var contact: DeskContact?
    /// What a colleague asks him about.
    package var consulted: DeskConsult?
    /// The queues he serves, in the order of his profile.
    package var queues: [FloorQueue]
}

/// A colleague's contact about which an agent is asked.
package struct DeskConsult: Hashable, Sendable {
    package var contact: Contact
    package var by: AgentID
    package var stage: ConsultStage
}

package struct DeskContact: Hashable, Sendable {
    package var contact: Contact
    package var handling: Handling
    /// Its legs, as the engine knows them.
    package var call: Call
}

extension CentreEngine {
    /// What the desk of `agent` shows; nil if there is no such agent.
    package func desk(of agent: AgentID) -> Desk? {
        guard let settings = organization.agents[agent], let member = routing.agents[agent] else { return nil }
        let contact = member.state.routing.contact.flatMap { id -> DeskContact? in
            guard let contact = contacts[id], contact.state.agent == agent, let handling = handlings[id], let call = calls[id] else {
                return nil
            }
            return DeskContact(contact: contact, handling: handling, call: call)
        }
        let consulted = member.state.routing.contact.flatMap { id -> DeskConsult? in
            guard let contact = contacts[id], let by = contact.state.agent, let consult = calls[id]?.consult, consult.agent == agent else {
                return nil
            }
            return DeskConsult(contact: contact, by: by, stage: consult.stage)
        }
        return Desk(
            agent: settings, state: member.state, contact: contact, consulted: consulted,
            queues: settings.profile.entries.compactMap { floorQueue($0.queue) })
    }
}
