import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Supervisors beside an agent and his customer: they listen, whisper to the agent, join, and take over. They are there for one agent's
/// part in the contact: whatever ends that lets them go. The customer never waits for any of it.
extension CentreEngine {
    /// More beside one agent would be a gathering.
    package static let supervisionsMax = 3

    mutating func supervisionWanted(
        _ mode: SupervisionMode, of id: ContactID, by supervisor: AgentID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, call, agent) = try talk(toSupervise: id, by: supervisor)
        // A trainee listens.
        guard mode == .monitor || routing.agents[supervisor]?.isTrainee != true else { throw .traineeAlone(supervisor) }
        if let supervision = call.supervision(by: supervisor) { return try change(supervision, to: mode, in: id, at: now) }
        try startSupervision(mode, of: contact, call, agent, by: supervisor, at: now, using: &random)
    }

    /// Nobody is heard by more people than he thinks: another mode closes the microphone.
    private mutating func change(
        _ supervision: Supervision, to mode: SupervisionMode, in id: ContactID, at now: Timestamp
    ) throws(Refusal) {
        guard supervision.mode != mode else { return }
        guard supervision.isAnswered else { throw .staleState }
        emit(.supervisionArranged(id, supervision.supervisor, mode, isMicrophoneOpen: false), at: now)
        arrangeSupervisors(of: id)
    }

    mutating func microphoneWanted(_ isWanted: Bool, in id: ContactID, by supervisor: AgentID, at now: Timestamp) throws(Refusal) {
        let (_, call, _) = try talk(toSupervise: id, by: supervisor)
        // Who only listens has no microphone to open.
        guard let supervision = call.supervision(by: supervisor), supervision.isAnswered, !isWanted || supervision.mode != .monitor else {
            throw .staleState
        }
        guard supervision.isMicrophoneOpen != isWanted else { return }
        emit(.supervisionArranged(id, supervisor, supervision.mode, isMicrophoneOpen: isWanted), at: now)
        arrangeSupervisors(of: id)
    }

    mutating func supervisionEndWanted(of id: ContactID, by supervisor: AgentID, at now: Timestamp, using random: inout Random)
        throws(Refusal)
    {
        let (_, call, _) = try talk(toSupervise: id, by: supervisor)
        guard let supervision = call.supervision(by: supervisor) else { throw .staleState }
        direct(.end(supervision.leg))
        supervisionEnded(on: supervision.leg, at: now, using: &random)
    }

    /// The supervisor goes on with the customer, as if he had been sent the contact and had answered; the agent's part is over.
    mutating func takeOverWanted(_ id: ContactID, by supervisor: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        let (contact, call, agent) = try talk(toSupervise: id, by: supervisor)
        guard routing.agents[supervisor]?.isTrainee != true else { throw .traineeAlone(supervisor) }
        if call.supervision(by: supervisor) == nil {
            // What has to be answered first cannot be taken over with.
            guard routing.agents[supervisor]?.state.hasHeadset == true else { throw .staleState }
            try startSupervision(.monitor, of: contact, call, agent, by: supervisor, at: now, using: &random)
        }
        guard let call = calls[id], let supervision = call.supervision(by: supervisor), supervision.isAnswered else { throw .staleState }
        takeOver(contact, call, supervision, from: agent, at: now, using: &random)
    }

    private mutating func takeOver(
        _ contact: Contact, _ call: Call, _ supervision: Supervision, from agent: AgentID, at now: Timestamp, using random: inout Random
    ) {
        let supervisor = supervision.supervisor
        let freed =
            [endConsult(of: contact.id, at: now)].compactMap(\.self)
            + endSupervisions(of: contact.id, but: supervisor, at: now)
        if let leg = call.agent { direct(.end(leg)) }
        emit(.supervisionEnded(contact.id, supervisor, leg: supervision.leg), at: now)
        emit(.contactTakenOver(contact.id, from: agent, by: supervisor), at: now)
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(contact.id, contact.queue), at: now)
        guard let assignment = routing.assignment(of: contact.id, heldBy: supervisor, by: .takenOver, at: now) else {
            return fault("\(supervisor) took over \(contact.id) and is not there")
        }
        goOn(with: contact.id, assignment, on: supervision.leg, at: now, using: &random)
        serve([agent] + freed, at: now, using: &random)
    }

    private func talk(toSupervise id: ContactID, by supervisor: AgentID) throws(Refusal) -> (Contact, Call, AgentID) {
        guard routing.agents[supervisor] != nil else { throw .agentUnknown(supervisor) }
        guard let contact = contacts[id], let call = calls[id] else { throw .contactUnknown(id) }
        guard contact.direction != .internal else { throw .staleState }
        switch contact.state {
        case .talking(let agent, _), .leftBehind(let agent, _): return (contact, call, agent)
        case .arriving, .toldClosed, .dialling, .queued, .offered, .wrapUp, .writeUp, .outside: throw .staleState
        }
    }

    mutating func startSupervision(
        _ mode: SupervisionMode, of contact: Contact, _ call: Call, _ agent: AgentID, by supervisor: AgentID, at now: Timestamp,
        using random: inout Random
    ) throws(Refusal) {
        guard let state = routing.agents[supervisor]?.state, supervisor != agent else { throw .agentBusy }
        guard state.routing != .off else { throw .notSignedOn }
        guard state.mayDial else { throw .agentBusy }
        guard state.isReachable, let phone = phone(of: supervisor) else { throw .phoneUnreachable }
        guard call.supervisions.count < Self.supervisionsMax else { throw .limit("supervisors") }
        let leg = LegID(at: now, using: &random)
        let span = organization.queues[contact.queue]?.ringTimeout ?? .zero
        emit(.supervisionStarted(contact.id, supervisor, of: agent, leg: leg, mode, until: now + span), at: now)
        direct(.supervise(leg, phone: phone, customer: call.customer))
        // A headset is on his head already: who asks for it has answered.
        if phone == supervisor.headset { _ = supervisionAnswered(on: leg, at: now) }
    }

    // MARK: His line

    /// The supervisor's phone is answered: he hears the talk, and nobody hears him. False if the leg is no supervisor's.
    mutating func supervisionAnswered(on leg: LegID, at now: Timestamp) -> Bool {
        guard let (id, supervision) = supervision(on: leg) else { return false }
        guard !supervision.isAnswered else { return true }
        emit(.supervisionArranged(id, supervision.supervisor, supervision.mode, isMicrophoneOpen: false), at: now)
        arrangeSupervisors(of: id)
        return true
    }

    /// The supervisor is gone, or did not come; the talk goes on as if he had not been there. False if the leg is no supervisor's.
    @discardableResult
    mutating func supervisionEnded(on leg: LegID, at now: Timestamp, using random: inout Random) -> Bool {
        guard let (id, supervision) = supervision(on: leg) else { return false }
        emit(.supervisionEnded(id, supervision.supervisor, leg: leg), at: now)
        if supervision.isAnswered {
            if calls[id]?.supervisions.contains(where: \.isAnswered) == true { arrangeSupervisors(of: id) } else { arrangeUnsupervised(id) }
        }
        applyPlannedPresence(of: supervision.supervisor, at: now)
        serve(supervision.supervisor, at: now, using: &random)
        return true
    }

    mutating func supervisionLapsed(_ leg: LegID, at now: Timestamp, using random: inout Random) {
        guard let (_, supervision) = supervision(on: leg), !supervision.isAnswered else { return }
        direct(.end(leg))
        supervisionEnded(on: leg, at: now, using: &random)
    }

    func supervision(on leg: LegID) -> (ContactID, Supervision)? {
        guard let id = contactOfLeg[leg], let supervision = calls[id]?.supervisions.first(where: { $0.leg == leg }) else { return nil }
        return (id, supervision)
    }

    // MARK: The end of the agent's part

    /// The agent's part is over: whoever was beside him, asked or supervising, has no more to do with it.
    mutating func dropCompany(of id: ContactID, at now: Timestamp, using random: inout Random) {
        let freed = [endConsult(of: id, at: now)].compactMap(\.self) + endSupervisions(of: id, at: now)
        serve(freed, at: now, using: &random)
    }

    /// - Returns: the supervisors, who are free now and have been given nothing yet.
    @discardableResult
    mutating func endSupervisions(of id: ContactID, but staying: AgentID? = nil, at now: Timestamp) -> [AgentID] {
        let ended = (calls[id]?.supervisions ?? []).filter { $0.supervisor != staying }
        for supervision in ended {
            direct(.end(supervision.leg))
            emit(.supervisionEnded(id, supervision.supervisor, leg: supervision.leg), at: now)
            applyPlannedPresence(of: supervision.supervisor, at: now)
        }
        return ended.map(\.supervisor)
    }
}
