import Calls
import Contacts
import Organization
import Primitives
import Routing

/// The agent's browser as his phone: connected for the whole shift, rung in place of the phone of his set-up, answered at the desk. When
/// it is cut off in a talk the customer hears music, and waits for it before anybody else gets him.
extension CentreEngine {
    /// How long the customer waits for his agent's headset to come back. A change of the network takes a browser a second or two, a page
    /// loaded again three, a restart of ours two.
    package static let interruptionMax = Duration.seconds(20)

    mutating func headsetConnected(_ agent: AgentID, _ isConnected: Bool, at now: Timestamp, using random: inout Random) {
        guard let state = routing.agents[agent]?.state, state.hasHeadset != isConnected else { return }
        emit(.headsetChanged(agent, isConnected: isConnected), at: now)
        serve(agent, at: now, using: &random)
    }

    /// What rings for the agent now: his headset while it is connected, else the phone of his set-up.
    func phone(of agent: AgentID) -> PhoneID? {
        routing.agents[agent]?.state.hasHeadset == true ? agent.headset : organization.agents[agent]?.phone
    }

    // MARK: Cut off

    mutating func legInterrupted(_ leg: LegID, at now: Timestamp, using random: inout Random) {
        guard let id = contactOfLeg[leg], let call = calls[id] else { return }
        guard let agent = talker(on: leg, in: id, call) else {
            guard call.customer != leg || contacts[id]?.colleague != nil else { return }
            // What only rings there rings for nobody, and a colleague who is asked is not waited for.
            direct(.end(leg))
            return legRefused(leg, .unreachable, at: now, using: &random)
        }
        guard !call.apart.contains(agent) else { return }
        hold(id, call, true, by: .connection, of: agent, at: now)
        // One of two agents may hold the other already, and hears music now himself.
        if call.isHeld, contacts[id]?.colleague != nil { arrange(id) }
    }

    /// The agent who talks on the leg, his own or that of the colleague he has called.
    private func talker(on leg: LegID, in id: ContactID, _ call: Call) -> AgentID? {
        guard let contact = contacts[id], case .talking(let agent, _) = contact.state else { return nil }
        return leg == call.agent ? agent : leg == call.customer ? contact.colleague : nil
    }

    mutating func legResumed(_ leg: LegID, at now: Timestamp) {
        guard let id = contactOfLeg[leg], let call = calls[id], let agent = talker(on: leg, in: id, call), call.apart.contains(agent) else {
            return
        }
        hold(id, call, false, by: .connection, of: agent, at: now)
        // It hears what it heard before, also where the customer still waits for something else.
        if calls[id]?.isHeld == true { arrange(id) }
    }

    /// The customer goes to the head of his queue.
    mutating func interruptedTooLong(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        if colleagueTalkCutOff(id, at: now, using: &random) { return }
        guard let leg = calls[id]?.agent else { return }
        direct(.end(leg))
        legLost(leg, .vanished, at: now, using: &random)
    }

    // MARK: Answered at the desk

    /// Whoever submits this has seen that a headset rings, which cannot be answered but here.
    mutating func answerWanted(_ id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        legAnswered(try legRinging(for: id, at: agent), at: now, using: &random)
    }

    mutating func declineWanted(_ id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        let leg = try legRinging(for: id, at: agent)
        direct(.end(leg))
        legRefused(leg, .declined, at: now, using: &random)
    }

    /// Whether a colleague's call rings for the agent.
    package func isRung(_ agent: AgentID, in contact: Contact) -> Bool {
        guard contact.colleague == agent, case .dialling(_, .number, _) = contact.state else { return false }
        return true
    }

    private func legRinging(for id: ContactID, at agent: AgentID) throws(Refusal) -> LegID {
        guard routing.agents[agent] != nil else { throw .agentUnknown(agent) }
        guard let contact = contacts[id], let call = calls[id] else { throw .contactUnknown(id) }
        if case .offered(_, agent) = contact.state, let leg = call.agent { return leg }
        if case .leftBehind(agent, _) = contact.state, let leg = call.agent { return leg }
        if let consult = call.consult, consult.agent == agent, consult.stage == .ringing { return consult.leg }
        if isRung(agent, in: contact) { return call.customer }
        throw .staleState
    }
}

extension AgentID {
    /// An agent's browser is a phone of his own, known by his id.
    package var headset: PhoneID { PhoneID(sameAs: self) }
}
