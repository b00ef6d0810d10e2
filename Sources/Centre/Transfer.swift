import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Blind transfers: a contact goes on without its agent, and nobody is stranded on the way. The customer waits with music or hears ringing,
/// at the rank of his first waiting; whoever sends him is free and has no wrap-up.
extension CentreEngine {
    mutating func transferWanted(
        _ id: ContactID, by agent: AgentID, to target: TransferTarget, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        switch target {
        case .queue(let queue):
            guard organization.queues[queue]?.project == contact.project else { throw .targetUnknown }
            transfer(contact, call, from: agent, to: queue, at: now, using: &random)
        case .agent(let colleague):
            _ = try phone(of: colleague, forContactOf: agent, in: contact.project)
            transfer(contact, call, from: agent, to: colleague, else: contact.queue, by: .transferred, at: now, using: &random)
        }
    }

    /// The contact goes to the one who is named for it if he is free, else to those who help, before all who came later; whoever hands it
    /// over is free. Where nobody else is named and he is not, the customer stays.
    mutating func handOverWanted(_ id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        let queue = escalation(of: contact)
        if let senior = freeSenior(of: contact.queue, from: agent) {
            transfer(contact, call, from: agent, to: senior, else: queue ?? contact.queue, by: .escalated, at: now, using: &random)
        } else if let queue {
            transfer(contact, call, from: agent, to: queue, at: now, using: &random)
        } else if let senior = senior(of: contact.queue), senior != agent {
            throw .agentNotFree(senior)
        } else {
            throw .noEscalation
        }
    }

    /// The customer hears music or, if somebody is free, ringing; the agent's part is over.
    private mutating func transfer(
        _ contact: Contact, _ call: Call, from agent: AgentID, to queue: QueueID, at now: Timestamp, using random: inout Random
    ) {
        dropCompany(of: contact.id, at: now, using: &random)
        if let leg = call.agent { direct(.end(leg)) }
        emit(.contactTransferred(contact.id, agent, to: .queue(queue)), at: now)
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(contact.id, queue), at: now)
        assign(contact.id, from: agent, at: now, using: &random)
        serve(agent, at: now, using: &random)
        if contacts[contact.id]?.state == .queued { direct(.play(call.customer, .music)) }
    }

    /// His phone rings. If he does not take it, the customer is in the line of the queue, before all who came later.
    private mutating func transfer(
        _ contact: Contact, _ call: Call, from agent: AgentID, to colleague: AgentID, else queue: QueueID, by rule: Explanation.Rule,
        at now: Timestamp, using random: inout Random
    ) {
        dropCompany(of: contact.id, at: now, using: &random)
        if let leg = call.agent { direct(.end(leg)) }
        emit(.contactTransferred(contact.id, agent, to: .agent(colleague)), at: now)
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(contact.id, queue), at: now)
        if let assignment = routing.assignment(of: contact.id, sentTo: colleague, by: rule, at: now) {
            offer(assignment, at: now, using: &random)
        } else {
            fault("\(colleague) was free for \(contact.id) and is not")
        }
        serve(agent, at: now, using: &random)
    }

    /// The phone of a colleague who can take, or be asked about, a contact of the project.
    func phone(of colleague: AgentID, forContactOf agent: AgentID, in project: ProjectID) throws(Refusal) -> PhoneID {
        guard colleague != agent, let member = routing.agents[colleague], serves(member.profile, project) else { throw .targetUnknown }
        guard !member.isAlone else { throw .traineeAlone(colleague) }
        guard member.isFree, let phone = phone(of: colleague) else { throw .agentNotFree(colleague) }
        return phone
    }

    /// Whether an agent works for the project: he serves a queue of it.
    package func serves(_ profile: RoutingProfile, _ project: ProjectID) -> Bool {
        profile.entries.contains { organization.queues[$0.queue]?.project == project }
    }
}
