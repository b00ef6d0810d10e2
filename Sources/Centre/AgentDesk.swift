import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What agents do at the desk: presence, wrap-up, completion.
extension CentreEngine {
    /// The agent wants to be ready, not ready or off. While he has a contact it is kept as his next state and comes about
    /// when that is done; wanting what he already is takes a plan back.
    mutating func presenceWanted(
        _ presence: Presence, by agent: AgentID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        guard let state = routing.agents[agent]?.state else { throw .agentUnknown(agent) }
        if state.routing.contact != nil {
            let plan = presence == state.presence ? nil : presence
            if plan != state.next { emit(.presencePlanned(agent, plan), at: now) }
        } else if presence != state.presence || state.routing == .notResponding {
            emit(.presenceChanged(agent, presence), at: now)
            if presence == .off { endWriteUp(of: agent, at: now) }
            serve(agent, at: now, using: &random)
        }
    }

    mutating func phoneReachable(_ phone: PhoneID, _ reachable: Bool, at now: Timestamp, using random: inout Random) {
        for agent in agentsOfPhone[phone] ?? SortedRun() where routing.agents[agent]?.state.phoneReachable != reachable {
            emit(.phoneReachabilityChanged(agent, reachable: reachable), at: now)
            serve(agent, at: now, using: &random)
        }
    }

    mutating func startWrapUp(of contact: Contact, by agent: AgentID, at now: Timestamp, using random: inout Random) {
        switch organization.queues[contact.queue]?.wrapUp ?? .none {
        case .none:
            close(contact.id, by: agent, at: now, using: &random)
        case .timed(let limit):
            emit(.wrapUpStarted(contact.id, agent, until: now + limit), at: now)
        case .untilDisposed:
            emit(.wrapUpStarted(contact.id, agent, until: nil), at: now)
        case .optional:
            emit(.writeUpStarted(contact.id, agent), at: now)
            applyPlannedPresence(of: agent, at: now)
            serve(agent, at: now, using: &random)
        case .onRequest(let limit) where handlings[contact.id]?.wantsWrapUp == true:
            emit(.wrapUpStarted(contact.id, agent, until: now + limit), at: now)
        case .onRequest:
            close(contact.id, by: agent, at: now, using: &random)
        }
    }

    /// The agent wants time after the talk, where his queue gives it to those who ask.
    mutating func wrapUpWanted(_ isWanted: Bool, after id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let (contact, _) = try contactInHand(id, of: agent)
        guard case .onRequest = organization.queues[contact.queue]?.wrapUp else { throw .staleState }
        guard handlings[id]?.wantsWrapUp != isWanted else { return }
        emit(.wrapUpRequested(id, agent, isWanted: isWanted), at: now)
    }

    /// The agent has his next contact, or is off: what he has not said of the last one he says no more.
    mutating func endWriteUp(of agent: AgentID, at now: Timestamp) {
        guard let contact = writeUps[agent] else { return }
        finish(contact, by: agent, at: now)
    }

    /// The agent says what came of the contact and is free again.
    mutating func contactCompleted(
        _ id: ContactID, by agent: AgentID, as disposition: DispositionID?, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        guard routing.agents[agent] != nil else { throw .agentUnknown(agent) }
        guard let contact = contacts[id] else { throw .contactUnknown(id) }
        switch contact.state {
        case .wrapUp(agent, _), .writeUp(agent): break
        case .arriving, .toldClosed, .dialling, .queued, .offered, .talking, .leftBehind, .wrapUp, .writeUp, .outside: throw .staleState
        }
        if let disposition {
            guard organization.isLeaf(disposition, of: contact.project) else { throw .notALeaf(disposition) }
            emit(.contactDisposed(id, agent, disposition), at: now)
        }
        if case .writeUp = contact.state { return finish(id, by: agent, at: now) }
        close(id, by: agent, at: now, using: &random)
    }

    mutating func wrapUpLapsed(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        guard case .wrapUp(let agent, _) = contacts[id]?.state else { return }
        close(id, by: agent, at: now, using: &random)
    }

    /// Closes a contact with which its agent is done, or leaves it to a number outside; lets the planned presence come about and gives the agent the next one.
    mutating func close(_ contact: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) {
        finish(contact, by: agent, at: now)
        applyPlannedPresence(of: agent, at: now)
        serve(agent, at: now, using: &random)
    }

    private mutating func finish(_ contact: ContactID, by agent: AgentID, at now: Timestamp) {
        if calls[contact]?.outside != nil {
            emit(.agentReleased(contact, agent), at: now)
        } else {
            emit(.contactClosed(contact, contacts[contact]?.outcomeWhenDone ?? .handled), at: now)
        }
    }

    mutating func applyPlannedPresence(of agent: AgentID, at now: Timestamp) {
        // Of two contacts the agent may have one to write up and another in his slot: his plan is for after that.
        guard let state = routing.agents[agent]?.state, state.routing.contact == nil, let next = state.next else { return }
        emit(.presenceChanged(agent, next), at: now)
        if next == .off { endWriteUp(of: agent, at: now) }
    }
}
