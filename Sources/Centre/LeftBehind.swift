import Calls
import Contacts
import Organization
import Primitives
import Routing

/// An agent never hangs up first. If his phone does, the customer stays and hears music; whoever wants to end a call whose customer is
/// still there says why.
extension CentreEngine {
    /// The agent's phone hung up in the talk.
    mutating func agentHungUp(on contact: Contact, _ call: Call, _ agent: AgentID, at now: Timestamp) {
        let span = organization.queues[contact.queue]?.reasonTimeout ?? .zero
        emit(.agentHungUp(contact.id, agent, until: now + span), at: now)
        direct(.play(call.customer, .music))
        arrangeSupervisors(of: contact.id)
    }

    /// His phone, rung again, does not take the call: the time goes on.
    mutating func phoneStaysDown(_ leg: LegID, at now: Timestamp) {
        guard let id = contactOfLeg[leg], calls[id]?.agent == leg, case .leftBehind(let agent, let until) = contacts[id]?.state else {
            return
        }
        emit(.agentHungUp(id, agent, until: until), at: now)
    }

    /// A phone that was rung again is answered; any other that answers now comes too late.
    mutating func agentReturned(on leg: LegID, at now: Timestamp) {
        guard let id = contactOfLeg[leg], calls[id]?.agent == leg, case .leftBehind(let agent, _) = contacts[id]?.state else {
            return direct(.end(leg))
        }
        emit(.agentReturned(id, agent), at: now)
        arrange(id)
    }

    /// The agent has said nothing: whoever is named for that gets the customer if he is free, else those who help, else whoever serves the
    /// queue; at his old rank.
    mutating func leftBehindTooLong(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        guard let contact = contacts[id], case .leftBehind(let agent, _) = contact.state else { return }
        if let leg = calls[id]?.agent { direct(.end(leg)) }
        dropCompany(of: id, at: now, using: &random)
        let senior = freeSenior(of: contact.queue, from: agent)
        giveBack(contact, from: agent, by: .agent, to: escalation(of: contact), at: now)
        if let assignment = senior.flatMap({ routing.assignment(of: id, sentTo: $0, by: .escalated, at: now) }) {
            offer(assignment, at: now, using: &random)
        } else {
            assign(id, from: agent, at: now, using: &random)
        }
        serve(agent, at: now, using: &random)
    }

    // MARK: What the agent says

    /// Ends a call whose customer is still there, for a reason.
    mutating func dismissalWanted(
        _ id: ContactID, by agent: AgentID, for reason: DismissalReason?, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        // Whom nobody has reached cannot be left.
        if giveUp(id, by: agent, at: now, using: &random) || colleagueTalkGivenUp(id, by: agent, at: now, using: &random) { return }
        let (contact, call) = try contactInHand(id, of: agent)
        guard let reason else { throw .reasonNeeded }
        guard reason != .abuse || contact.wasWarned else { throw .warningNeeded }
        dropCompany(of: id, at: now, using: &random)
        direct(.end(call.customer))
        if let leg = call.agent { direct(.end(leg)) }
        emit(.customerDismissed(id, agent, reason), at: now)
        emit(.talkEnded(id, agent, by: .agent), at: now)
        startWrapUp(of: contact, by: agent, at: now, using: &random)
    }

    mutating func warningGiven(_ id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let (contact, _) = try contactInHand(id, of: agent)
        guard case .talking = contact.state else { throw .staleState }
        emit(.customerWarned(id, agent), at: now)
    }

    /// Rings the phone of the agent who hung up; the customer hears music until he answers.
    mutating func phoneWanted(for id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        guard case .leftBehind(_, let until) = contact.state, call.agent == nil, let phone = phone(of: agent),
            let queue = organization.queues[contact.queue]
        else { throw .staleState }
        let leg = LegID(at: now, using: &random)
        emit(.phoneRungAgain(id, agent, leg: leg, until: max(until, now + queue.ringTimeout)), at: now)
        direct(.ring(leg, phone: phone, customer: call.customer))
        // A headset is on his head already: who asks for it has answered.
        if phone == agent.headset { agentReturned(on: leg, at: now) }
    }

    func escalation(of contact: Contact) -> QueueID? {
        organization.queues[contact.queue]?.escalation.flatMap { organization.queues[$0]?.id }
    }

    /// Who is named to get those contacts of a queue that need a senior.
    func senior(of queue: QueueID) -> AgentID? {
        organization.queues[queue]?.escalationAgent.flatMap { routing.agents[$0] == nil ? nil : $0 }
    }

    /// The same, if he is free and not the one who has the contact.
    func freeSenior(of queue: QueueID, from agent: AgentID) -> AgentID? {
        senior(of: queue).flatMap { $0 != agent && routing.agents[$0]?.isFree == true ? $0 : nil }
    }

    /// A contact whose customer the agent talks with, or left behind.
    func contactInHand(_ id: ContactID, of agent: AgentID) throws(Refusal) -> (Contact, Call) {
        guard routing.agents[agent] != nil else { throw .agentUnknown(agent) }
        guard let contact = contacts[id], let call = calls[id] else { throw .contactUnknown(id) }
        guard contact.direction != .internal else { throw .staleState }
        switch contact.state {
        case .talking(agent, _), .leftBehind(agent, _): return (contact, call)
        case .arriving, .toldClosed, .dialling, .queued, .offered, .talking, .leftBehind, .wrapUp, .writeUp, .outside: throw .staleState
        }
    }
}
