import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Consults that an agent makes at his phone: one of its lines holds the customer, by another he calls whom he wants to ask. Each line
/// has its own two ends, and what the phone holds or takes back on it says with whom he talks; both at once, and the phone lets all three
/// talk together.
extension CentreEngine {
    mutating func consultDialledByPhone(
        about id: ContactID, by agent: AgentID, with party: DialledParty, on line: LegID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (_, call) = try contactInHand(id, of: agent)
        guard call.isHeld, contactOfLeg[line] == nil else { throw .staleState }
        switch party {
        case .colleague(let colleague):
            try consultWanted(about: id, by: agent, with: colleague, on: line, at: now, using: &random)
        case .number(let leg):
            guard leg != line else { throw .staleState }
            try outsideConsultWanted(on: leg, about: id, by: agent, on: line, at: now)
        }
    }

    mutating func openSecondLine(_ line: LegID, of agent: AgentID, in id: ContactID, at now: Timestamp) {
        emit(.secondLineOpened(id, agent, leg: line), at: now)
        direct(.answer(line))
    }

    /// The agent hangs up on whom he asked, or his phone is gone: the consult is over. False if the leg is no second line.
    mutating func secondLineEnded(_ leg: LegID, at now: Timestamp, using random: inout Random) -> Bool {
        guard let id = contactOfLeg[leg], let consult = calls[id]?.consult, consult.secondLine == leg else { return false }
        direct(.end(consult.leg))
        return consultEnded(on: consult.leg, for: .cancelled, hungUp: true, at: now, using: &random)
    }

    /// The phone holds whom the agent asks, or takes him back. False if the leg is no second line.
    mutating func secondLineHeld(_ leg: LegID, _ isHeld: Bool, at now: Timestamp) -> Bool {
        guard let id = contactOfLeg[leg], let consult = calls[id]?.consult, consult.secondLine == leg else { return false }
        guard consult.stage != .ringing, let stage = stageByLines(in: id, isSecondLineHeld: isHeld), stage != consult.stage else {
            return true
        }
        emit(.consultArranged(id, consult.agent, stage), at: now)
        arrange(id)
        return true
    }

    /// The customer has been held or taken back while his agent has a second line: nobody on that hears anything else by it.
    mutating func stageFollowsHold(in id: ContactID, at now: Timestamp) {
        guard let consult = calls[id]?.consult, consult.stage != .ringing,
            let stage = stageByLines(in: id, isSecondLineHeld: consult.stage == .customer), stage != consult.stage
        else { return }
        emit(.consultArranged(id, consult.agent, stage), at: now)
    }

    /// With whom the agent talks, by what his phone holds; nil where he has one line.
    func stageByLines(in id: ContactID, isSecondLineHeld: Bool) -> ConsultStage? {
        guard let call = calls[id], call.consult?.secondLine != nil else { return nil }
        return isSecondLineHeld ? .customer : call.isHeld ? .colleague : .conference
    }
}
