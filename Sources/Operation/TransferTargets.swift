import Centre
import Contacts
import Organization
import Primitives
import Routing

/// Where an agent may send the contact in his slot.
package struct TransferTargets: Hashable, Sendable {
    package var project: ProjectID
    package var queues: [FloorQueue]
    /// Colleagues of the project who are signed on.
    package var agents: [FloorAgent]
    /// Whether the contact's queue has supervisors to hand over to.
    package var hasEscalation: Bool
    /// Who is named to get it then, if he is free.
    package var senior: FloorAgent?

    /// Colleagues told at most; whoever has more looks for a queue.
    package static let agentsMax = 500
}

extension CentreEngine {
    /// Nil if `agent` does not have the contact.
    package func transferTargets(of id: ContactID, for agent: AgentID) -> TransferTargets? {
        guard let contact = contacts[id], contact.state.agent == agent else { return nil }
        let queues = organization.queues.values.filter { $0.project == contact.project }.map(\.id).sorted()
        var colleagues = Set(queues.flatMap { routing.members(of: $0) })
        colleagues.remove(agent)
        let agents = colleagues.sorted().filter { routing.agents[$0]?.state.routing != .off }.prefix(TransferTargets.agentsMax)
        let senior = organization.queues[contact.queue]?.escalationAgent.flatMap { $0 == agent ? nil : floorAgent($0) }
        return TransferTargets(
            project: contact.project,
            queues: queues.compactMap { floorQueue($0) }, agents: agents.compactMap { floorAgent($0) },
            hasEscalation: senior != nil || organization.queues[contact.queue]?.escalation != nil, senior: senior)
    }
}
