import Centre
import Organization
import Primitives
import Routing

/// What the checker knows of trainees by the events alone: who learns, and who sits beside whom.
struct Learners: Sendable {
    private var trainees: Set<AgentID> = []
    /// Who sits beside an agent, by him who has somebody there.
    private var guests: [AgentID: AgentID] = [:]

    /// Nobody who learns has a customer of his own while no mentor in reach sits beside him, and nobody who sits beside another is given
    /// one.
    mutating func check(_ entry: LogEntry, before: CentreEngine, broken: inout [String]) {
        switch entry.event {
        case .defined(.agent(let agent)): if agent.isTrainee { trainees.insert(agent.id) } else { trainees.remove(agent.id) }
        case .signOffChanged(let agent, let isSignedOff): if isSignedOff { trainees.remove(agent) } else { trainees.insert(agent) }
        case .seatTaken(let guest, let host): guests[host] = guest
        case .seatLeft(_, let host): guests[host] = nil
        case .offerMade(let offering): begin(offering.agent, offering.explanation.rule == .takenOver, before, &broken)
        case .dialStarted(_, let agent, _, _): begin(agent, false, before, &broken)
        case .consultStarted(_, let colleague?, _, _, _, _): begin(colleague, false, before, &broken)
        default: break
        }
    }

    private func begin(_ agent: AgentID, _ hasTakenOver: Bool, _ before: CentreEngine, _ broken: inout [String]) {
        if !hasTakenOver, guests.values.contains(agent) { broken.append("\(agent) sits beside another and is given a customer") }
        guard trainees.contains(agent) else { return }
        guard let mentor = guests[agent], !trainees.contains(mentor), let state = before.routing.agents[mentor]?.state,
            state.presence != .off, state.isReachable
        else { return broken.append("the trainee \(agent) is given a customer, and nobody sits beside him") }
    }
}
