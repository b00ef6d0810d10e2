import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What an agent does in a talk: hold, mute, keys; by his phone or at the desk. Who hears whom then, in `Hearing.swift`.
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
        stageFollowsHold(in: id, at: now)
        // While the other side holds, too, nothing changes for the customer.
        if calls[id]?.isHeld != call.isHeld { arrange(id) } else { arrangeSupervisors(of: id) }
    }

    mutating func muteWanted(_ isWanted: Bool, in id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let call = try callInTalk(id, of: agent)
        guard call.isMuted != isWanted else { return }
        emit(.muteChanged(id, agent, isMuted: isWanted), at: now)
        guard call.isHeld else { return arrange(id) }
        // The customer's music plays on; a colleague with whom the agent talks meanwhile hears him, or not.
        let isSupervised = !call.isPrivate && call.supervisions.contains(where: \.isAnswered)
        if isSupervised { arrangeSupervisors(of: id) } else { arrangeUnsupervised(id) }
    }

    mutating func keysWanted(_ keys: ID<Keys>, in id: ContactID, by agent: AgentID) throws(Refusal) {
        direct(.press(try callInTalk(id, of: agent).customer, keys))
    }

    func callInTalk(_ id: ContactID, of agent: AgentID) throws(Refusal) -> Call {
        let (contact, call) = try contactInHand(id, of: agent)
        guard case .talking = contact.state else { throw .staleState }
        return call
    }
}
