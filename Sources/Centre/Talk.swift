import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What an agent does in a talk: hold, mute, keys; by his phone or at the desk.
extension CentreEngine {
    /// The agent's phone holds the customer, who hears music meanwhile, or takes him back. A customer's phone that holds is its own
    /// affair: it plays to our agent what it likes.
    mutating func legHeld(_ leg: LegID, _ isHeld: Bool, at now: Timestamp) {
        if secondLineHeld(leg, isHeld, at: now) { return }
        guard let id = contactOfLeg[leg], let call = calls[id], call.agent == leg, call.heldBy.contains(.phone) != isHeld,
            case .talking(let agent, _) = contacts[id]?.state
        else { return }
        hold(id, call, isHeld, by: .phone, of: agent, at: now)
    }

    mutating func holdWanted(_ isWanted: Bool, of id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let call = try callInTalk(id, of: agent)
        guard call.heldBy.contains(.desk) != isWanted else {
            if !isWanted, call.heldBy.contains(.phone) { throw .heldAtPhone }
            return
        }
        hold(id, call, isWanted, by: .desk, of: agent, at: now)
    }

    mutating func hold(_ id: ContactID, _ call: Call, _ isHeld: Bool, by side: HoldSide, of agent: AgentID, at now: Timestamp) {
        emit(isHeld ? .holdStarted(id, agent, by: side) : .holdEnded(id, agent, by: side), at: now)
        // While the other side holds, too, nothing changes for the customer.
        if calls[id]?.isHeld != call.isHeld { arrange(id) }
        stageFollowsHold(in: id, at: now)
    }

    mutating func muteWanted(_ isWanted: Bool, in id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let call = try callInTalk(id, of: agent)
        guard call.isMuted != isWanted else { return }
        emit(.muteChanged(id, agent, isMuted: isWanted), at: now)
        if !call.isHeld { arrange(id) }
    }

    mutating func keysWanted(_ keys: ID<Keys>, in id: ContactID, by agent: AgentID) throws(Refusal) {
        direct(.press(try callInTalk(id, of: agent).customer, keys))
    }

    /// Who hears whom in a talk, as the state of its call says.
    mutating func arrange(_ id: ContactID) {
        // Whom the announcement keeps apart are put through when it is over.
        guard let call = calls[id], let agent = call.agent, call.announcedUntil == nil else { return }
        if arrangeSecondLine(of: call) { return arrangeTalk(id, call, agent) }
        switch (call.consult?.stage, call.consult?.leg) {
        case (.ringing?, _):
            direct(.play(call.customer, .music))
            return direct(.play(agent, .ringBack))
        case (.conference?, let leg?) where call.heldBy.contains(.connection): return direct(.bridge(call.customer, leg))
        case (.colleague?, let leg?),
            (.conference?, let leg?) where call.isHeld:
            direct(.play(call.customer, .music))
            return direct(.bridge(agent, leg))
        case (.conference?, let leg?): return direct(.confer([call.customer, agent, leg], muted: call.isMuted ? agent : nil))
        case (.customer?, let leg?): direct(.play(leg, .music))
        case (_, nil), (nil, _): break
        }
        arrangeTalk(id, call, agent)
    }

    private mutating func arrangeTalk(_ id: ContactID, _ call: Call, _ agent: LegID) {
        if call.isHeld {
            direct(.play(call.customer, .music))
            // Of two agents either may be the one who is cut off.
            if contacts[ContactID(sameAs: call.customer)]?.colleague != nil, call.heldBy.contains(.connection) {
                direct(.play(agent, .music))
            }
        } else if call.isMuted {
            direct(.confer([call.customer, agent], muted: agent))
        } else {
            direct(.bridge(call.customer, agent))
        }
    }

    func callInTalk(_ id: ContactID, of agent: AgentID) throws(Refusal) -> Call {
        let (contact, call) = try contactInHand(id, of: agent)
        guard case .talking = contact.state else { throw .staleState }
        return call
    }
}
