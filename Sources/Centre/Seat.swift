import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Learning on the job: one agent sits beside another, of whom one is a trainee. A trainee hears the talks of the agent beside whom he sits;
/// a mentor hears those of his trainee, whispers, joins and takes over with the means of every supervisor. Without a mentor in reach a
/// trainee gets no customer, by no way.
extension CentreEngine {
    /// The place beside an agent, kept by who sits there.
    package struct Seat: Hashable, Sendable {
        package let host: AgentID
        package let since: Timestamp
    }

    mutating func seatWanted(by guest: AgentID, beside host: AgentID, at now: Timestamp) throws(Refusal) {
        guard let member = routing.agents[guest] else { throw .agentUnknown(guest) }
        guard let other = routing.agents[host] else { throw .agentUnknown(host) }
        if seats[guest]?.host == host { return }
        guard guest != host, member.isTrainee != other.isTrainee else { throw .traineeNeeded }
        guard seat(of: guest) == nil, seat(of: host) == nil else { throw .seatTaken }
        guard member.state.routing != .off, other.state.routing != .off else { throw .notSignedOn }
        guard member.state.mayDial else { throw .agentBusy }
        emit(.seatTaken(guest, beside: host), at: now)
    }

    /// Either of the two may end it.
    mutating func seatEndWanted(of agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        guard routing.agents[agent] != nil else { throw .agentUnknown(agent) }
        guard let guest = seat(of: agent)?.guest else { throw .staleState }
        leaveSeat(guest, at: now, using: &random)
    }

    /// The agent may work alone from now on, or has to learn again.
    mutating func signOffWanted(_ isSignedOff: Bool, for agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        guard let member = routing.agents[agent] else { throw .agentUnknown(agent) }
        guard member.isTrainee == isSignedOff else { return }
        // Whoever sat beside him as long as he learned has no more to do there.
        if let guest = seat(of: agent)?.guest { leaveSeat(guest, at: now, using: &random) }
        emit(.signOffChanged(agent, isSignedOff: isSignedOff), at: now)
    }

    private mutating func leaveSeat(_ guest: AgentID, at now: Timestamp, using random: inout Random) {
        guard let host = seats[guest]?.host else { return }
        if let id = contactInTalk(of: host), let supervision = calls[id]?.supervision(by: guest) {
            direct(.end(supervision.leg))
            supervisionEnded(on: supervision.leg, at: now, using: &random)
        }
        // His planned log-out may have ended it already.
        if seats[guest] != nil { emit(.seatLeft(guest, beside: host), at: now) }
    }

    /// The seat that an agent has a part in.
    package func seat(of agent: AgentID) -> (guest: AgentID, host: AgentID, since: Timestamp)? {
        if let seat = seats[agent] { return (agent, seat.host, seat.since) }
        return seats.first { $0.value.host == agent }.map { ($0.key, agent, $0.value.since) }
    }

    /// Whoever goes home, or is a trainee no more, or is one again, leaves first.
    mutating func endSeats(before event: Event, at now: Timestamp) {
        let agent: AgentID? =
            switch event {
            case .presenceChanged(let agent, .off): agent
            case .defined(.agent(let agent)) where routing.agents[agent.id].map { $0.isTrainee != agent.isTrainee } ?? false: agent.id
            default: nil
            }
        guard let agent, let (guest, host, _) = seat(of: agent) else { return }
        emit(.seatLeft(guest, beside: host), at: now)
    }

    /// At the end of a step: whoever sits beside an agent is put beside each of his talks, an offer that rings for a trainee whose mentor is
    /// gone is taken back, and whom this step has made free is given what waits.
    mutating func settleSeats(at now: Timestamp, using random: inout Random) {
        var hosts = Set(seats.values.map(\.host))
        var begun: Set<AgentID> = []
        for entry in step.entries {
            switch entry.event {
            case .offerEnded(_, _, let agent, .answered), .dialEnded(_, let agent, .answered): begun.insert(agent)
            case .seatTaken(_, let host): begun.insert(host)
            // Who is back in reach hears on.
            case .headsetChanged(let guest, true), .phoneReachabilityChanged(let guest, true):
                if let host = seats[guest]?.host { begun.insert(host) }
            case .seatLeft(let guest, let host): hosts.formUnion([guest, host])
            case .defined(.agent(let agent)): hosts.insert(agent.id)
            case .signOffChanged(let agent, _): hosts.insert(agent)
            default: break
            }
        }
        guard !hosts.isEmpty else { return }
        for (guest, seat) in seats.sorted(by: { $0.key < $1.key }) where begun.contains(seat.host) {
            listen(guest, to: seat.host, at: now, using: &random)
        }
        for host in hosts.sorted() { withdrawOffer(to: host, at: now, using: &random) }
        serve(hosts.sorted(), at: now, using: &random)
    }

    /// After a restart, which ends every supervision.
    mutating func listenAgain(at now: Timestamp, using random: inout Random) {
        for (guest, seat) in seats.sorted(by: { $0.key < $1.key }) { listen(guest, to: seat.host, at: now, using: &random) }
    }

    private mutating func listen(_ guest: AgentID, to host: AgentID, at now: Timestamp, using random: inout Random) {
        guard let id = contactInTalk(of: host), let contact = contacts[id], let call = calls[id], call.supervision(by: guest) == nil else {
            return
        }
        do throws(Refusal) {
            try startSupervision(.monitor, of: contact, call, host, by: guest, at: now, using: &random)
        } catch {
            // Who cannot come now misses this talk; a mentor may come later by himself.
        }
    }

    /// The contact whose customer the agent talks with.
    private func contactInTalk(of agent: AgentID) -> ContactID? {
        guard case .handling(let id) = routing.agents[agent]?.state.routing, let contact = contacts[id], contact.direction != .internal,
            case .talking(agent, _) = contact.state
        else { return nil }
        return id
    }

    private mutating func withdrawOffer(to agent: AgentID, at now: Timestamp, using random: inout Random) {
        guard isAlone(agent), case .offered(let offer, let id) = routing.agents[agent]?.state.routing, let contact = contacts[id],
            let call = calls[id]
        else { return }
        if let leg = call.agent { direct(.end(leg)) }
        emit(.offerEnded(offer, id, agent, .withdrawn), at: now)
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(id, contact.queue), at: now)
        assign(id, at: now, using: &random)
        if contacts[id]?.state == .queued { direct(.play(call.customer, .music)) }
    }

    /// Whether he is a trainee who has nobody beside him: no customer comes to him.
    func isAlone(_ agent: AgentID) -> Bool { routing.agents[agent]?.isAlone == true }
}
