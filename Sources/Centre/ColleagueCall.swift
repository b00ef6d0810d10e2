import Calls
import Contacts
import Organization
import Primitives
import Routing

/// One agent calls another. His own phone rings, then his colleague's; whoever hangs up ends it for both, and nothing is to be said of it
/// afterwards. To the engine it is a contact of which the colleague's leg stands where the customer's would: so its legs, its deadlines and
/// a restart are those of any call. But it waits in no queue and is nobody's work.
extension CentreEngine {
    mutating func colleagueDialWanted(
        _ id: ContactID, by agent: AgentID, to colleague: AgentID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        guard let member = routing.agents[agent] else { throw .agentUnknown(agent) }
        guard colleague != agent, let other = routing.agents[colleague],
            let queue = dialQueue(of: agent, for: nil).flatMap({ organization.queues[$0] }),
            let project = organization.projects[queue.project]
        else { throw .targetUnknown }
        guard contacts.count < Self.contactsMax else { throw .limit("contacts") }
        let theirs = LegID(sameAs: id)
        guard contacts[id] == nil, contactOfLeg[theirs] == nil else { throw .staleState }
        guard member.state.mayDial, !member.isBeside else { throw .agentBusy }
        guard member.state.isReachable, let phone = phone(of: agent) else { throw .phoneUnreachable }
        guard other.state.isAtHand, !other.isBeside else { throw .agentNotFree(colleague) }
        let contact = Contact(
            id: id, project: project.id, channel: .phone, direction: .internal, entryPoint: nil, language: project.language,
            queue: queue.id, priority: .normal, openedAt: now)
        let own = LegID(at: now, using: &random)
        endWriteUp(of: agent, at: now)
        emit(.contactOpened(contact, leg: theirs), at: now)
        emit(.colleagueDialled(id, agent, to: colleague, leg: own, until: now + queue.ringTimeout), at: now)
        direct(.ring(own, phone: phone, customer: theirs))
        // A headset is on his head already.
        if phone == agent.headset { _ = dialAnswered(on: own, at: now, using: &random) }
    }

    /// The agent's own phone is answered: his colleague's rings, if he is still free. Until now he could be given somebody else.
    mutating func callColleague(
        _ colleague: AgentID, in id: ContactID, _ call: Call, from own: LegID, at now: Timestamp, using random: inout Random
    ) {
        guard routing.agents[colleague].map({ $0.state.isAtHand && !$0.isBeside }) == true, let rung = phone(of: colleague),
            let queue = (contacts[id]?.queue).flatMap({ organization.queues[$0] })
        else { return endDial(of: id, .busy, at: now, using: &random) }
        emit(.colleagueCalled(id, colleague, until: now + queue.ringTimeout), at: now)
        direct(.consult(call.customer, phone: rung, customer: call.customer, agent: own))
        direct(.play(own, .ringBack))
    }

    /// One of the two hung up, or is lost and gets no more until he says so. False if the leg is of no such talk.
    mutating func colleagueTalkEnded(by leg: LegID, isLost: Bool = false, at now: Timestamp, using random: inout Random) -> Bool {
        guard let id = contactOfLeg[leg], let call = calls[id], let contact = contacts[id], let colleague = contact.colleague,
            case .talking(let agent, _) = contact.state
        else { return false }
        let isColleague = leg == call.customer
        if let other = isColleague ? call.agent : call.customer { direct(.end(other)) }
        let party: Party = isLost ? .system : isColleague ? .colleague : .agent
        endColleagueTalk(id, of: agent, by: party, lost: isLost ? (isColleague ? colleague : agent) : nil, at: now, using: &random)
        return true
    }

    /// One of the two ends it at his desk. False if he has no such talk.
    mutating func colleagueTalkGivenUp(_ id: ContactID, by whom: AgentID, at now: Timestamp, using random: inout Random) -> Bool {
        guard let contact = contacts[id], let call = calls[id], let colleague = contact.colleague,
            case .talking(let agent, _) = contact.state,
            whom == agent || whom == colleague
        else { return false }
        for leg in [call.agent, call.customer].compactMap(\.self) { direct(.end(leg)) }
        endColleagueTalk(id, of: agent, by: whom == agent ? .agent : .colleague, at: now, using: &random)
        return true
    }

    /// A headset of theirs has not come back. False if it is no such talk.
    mutating func colleagueTalkCutOff(_ id: ContactID, at now: Timestamp, using random: inout Random) -> Bool {
        guard let contact = contacts[id], let call = calls[id], contact.colleague != nil, case .talking(let agent, _) = contact.state else {
            return false
        }
        for leg in [call.agent, call.customer].compactMap(\.self) { direct(.end(leg)) }
        endColleagueTalk(id, of: agent, by: .system, at: now, using: &random)
        return true
    }

    /// After a restart: who talks talks on; where one of the two is gone, or nobody talked yet, it is over.
    mutating func takeUpColleagueCall(_ contact: Contact, _ call: Call, _ alive: Set<LegID>, at now: Timestamp) {
        let legs = [call.customer, call.agent].compactMap(\.self)
        guard let agent = contact.state.agent else { return }
        if case .talking = contact.state, legs.count == 2, legs.allSatisfy(alive.contains) {
            for leg in legs { direct(.recover(leg)) }
            return arrange(contact.id)
        }
        for leg in legs { direct(.end(leg)) }
        if case .talking = contact.state {
            emit(.talkEnded(contact.id, agent, by: .system), at: now)
        } else {
            emit(.dialEnded(contact.id, agent, .lostInRestart), at: now)
        }
        leaveColleagueCall(contact.id, by: agent, at: now)
    }

    private mutating func endColleagueTalk(
        _ id: ContactID, of agent: AgentID, by party: Party, lost: AgentID? = nil, at now: Timestamp, using random: inout Random
    ) {
        emit(.talkEnded(id, agent, by: party), at: now)
        closeColleagueCall(id, by: agent, lost: lost, at: now, using: &random)
    }

    /// Both are free again, and are given what waits for them.
    mutating func closeColleagueCall(
        _ id: ContactID, by agent: AgentID, lost: AgentID? = nil, at now: Timestamp, using random: inout Random
    ) {
        let colleague = contacts[id]?.colleague
        leaveColleagueCall(id, by: agent, lost: lost, at: now)
        serve([agent, colleague].compactMap(\.self), at: now, using: &random)
    }

    private mutating func leaveColleagueCall(_ id: ContactID, by agent: AgentID, lost: AgentID? = nil, at now: Timestamp) {
        guard let contact = contacts[id] else { return }
        let called = contact.colleague.flatMap { routing.agents[$0]?.state.routing == .consulted(id) ? $0 : nil }
        if let called { emit(.colleagueLeft(id, called), at: now) }
        emit(.contactClosed(id, .internal(contact.dialResult ?? .cancelled)), at: now)
        if let lost { emit(.agentStoppedResponding(lost, nil), at: now) }
        applyPlannedPresence(of: agent, at: now)
        if let called { applyPlannedPresence(of: called, at: now) }
    }
}
