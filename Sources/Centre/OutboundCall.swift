import Calls
import Contacts
import Organization
import Primitives
import Routing

/// The way of an outbound call until somebody talks: an agent dials, his own phone rings, then the number is called. From the answer on it
/// is a talk like any other. The number is not known here: the shell has held it against the project's rules.
extension CentreEngine {
    /// A number rings so long before it counts as not answered.
    package static let dialRingMax = Duration.seconds(45)

    mutating func dialWanted(
        _ id: ContactID, in queue: QueueID, by agent: AgentID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, ringTimeout) = try outboundContact(id, in: queue, by: agent, at: now)
        guard routing.agents[agent]?.state.isReachable == true, let phone = phone(of: agent) else { throw .phoneUnreachable }
        let customer = LegID(sameAs: id)
        let leg = LegID(at: now, using: &random)
        endWriteUp(of: agent, at: now)
        emit(.contactOpened(contact, leg: customer), at: now)
        emit(.dialStarted(id, agent, leg: leg, until: now + ringTimeout), at: now)
        direct(.ring(leg, phone: phone, customer: customer))
        // A headset is on his head already.
        if phone == agent.headset { _ = dialAnswered(on: leg, at: now, using: &random) }
    }

    /// He has dialled on his phone, which is on the line already: the number is called at once.
    mutating func dialledByPhone(
        _ id: ContactID, in queue: QueueID, by agent: AgentID, on leg: LegID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, _) = try outboundContact(id, in: queue, by: agent, at: now)
        guard leg != LegID(sameAs: id), contactOfLeg[leg] == nil else { throw .staleState }
        endWriteUp(of: agent, at: now)
        emit(.contactOpened(contact, leg: LegID(sameAs: id)), at: now)
        emit(.dialStarted(id, agent, leg: leg, until: now), at: now)
        direct(.answer(leg))
        _ = dialAnswered(on: leg, at: now, using: &random)
    }

    /// A contact that the agent may begin now, and how long his own phone may ring for it.
    private func outboundContact(
        _ id: ContactID, in queue: QueueID, by agent: AgentID, at now: Timestamp
    ) throws(Refusal) -> (Contact, ringTimeout: Duration) {
        guard let member = routing.agents[agent] else { throw .agentUnknown(agent) }
        guard let queue = organization.queues[queue], let project = organization.projects[queue.project],
            serves(member.profile, project.id)
        else { throw .targetUnknown }
        guard contacts.count < Self.contactsMax else { throw .limit("contacts") }
        guard contacts[id] == nil, contactOfLeg[LegID(sameAs: id)] == nil else { throw .staleState }
        guard !member.isAlone else { throw .traineeAlone(agent) }
        guard member.state.mayDial, !member.isBeside else { throw .agentBusy }
        let contact = Contact(
            id: id, project: project.id, channel: .phone, direction: .outbound, entryPoint: nil, language: project.language,
            queue: queue.id, priority: .normal, openedAt: now)
        return (contact, queue.ringTimeout)
    }

    /// The agent's phone is answered, or the number is. False if nobody dials on this leg.
    mutating func dialAnswered(on leg: LegID, at now: Timestamp, using random: inout Random) -> Bool {
        guard let (id, call, agent, stage) = dialling(on: leg), let own = call.agent else { return false }
        if stage == .phone, leg == own, let colleague = contacts[id]?.colleague {
            callColleague(colleague, in: id, call, from: own, at: now, using: &random)
        } else if stage == .phone, leg == own {
            emit(.numberCalled(id, agent, until: now + Self.dialRingMax), at: now)
            direct(.call(call.customer, for: own))
            direct(.play(own, .ringBack))
        } else if stage == .number, leg == call.customer {
            emit(.dialEnded(id, agent, .answered), at: now)
            arrange(id)
        }
        return true
    }

    /// The agent's phone, or the number's side, did not take the call. False if nobody dials on this leg.
    mutating func dialRefused(on leg: LegID, _ cause: LegRefusal, at now: Timestamp, using random: inout Random) -> Bool {
        guard let (id, call, _, _) = dialling(on: leg) else { return false }
        endDial(of: id, leg == call.agent ? .phoneUnanswered : DialResult(cause), gone: leg, at: now, using: &random)
        return true
    }

    /// The agent's phone hung up before an answer, or the number's side is gone.
    mutating func dialLeft(by leg: LegID, at now: Timestamp, using random: inout Random) {
        guard let (id, call, _, stage) = dialling(on: leg) else { return }
        let result: DialResult = leg == call.customer ? .unreachable : stage == .phone ? .phoneUnanswered : .cancelled
        endDial(of: id, result, gone: leg, at: now, using: &random)
    }

    /// The agent ends the dialling at his desk, of a number or a colleague. False if he does not dial.
    mutating func giveUp(_ id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random) -> Bool {
        guard case .dialling(agent, _, _) = contacts[id]?.state else { return false }
        endDial(of: id, .cancelled, at: now, using: &random)
        return true
    }

    mutating func dialLapsed(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        guard case .dialling(_, let stage, _) = contacts[id]?.state else { return }
        endDial(of: id, stage == .phone ? .phoneUnanswered : .noAnswer, at: now, using: &random)
    }

    /// Nobody will talk. The agent says what came of it, unless the number was never called.
    ///
    /// - Parameter gone: the leg whose end it was.
    mutating func endDial(
        of id: ContactID, _ result: DialResult, gone: LegID? = nil, at now: Timestamp, using random: inout Random
    ) {
        guard let contact = contacts[id], let call = calls[id], case .dialling(let agent, let stage, _) = contact.state else { return }
        if let leg = call.agent, leg != gone { direct(.end(leg)) }
        // Also if it was not called: the number is kept no longer.
        if call.customer != gone { direct(.end(call.customer)) }
        emit(.dialEnded(id, agent, result), at: now)
        if contact.direction == .internal {
            closeColleagueCall(id, by: agent, at: now, using: &random)
        } else if stage == .number, result.concernsNumber {
            startWrapUp(of: contact, by: agent, at: now, using: &random)
        } else {
            close(id, by: agent, at: now, using: &random)
        }
    }

    /// Keeps that the rules have forbidden a number: who wanted it called, for what, and which rule it was.
    mutating func numberRefused(_ reason: DialRefusal, by rule: String?, to agent: AgentID, of project: ProjectID, at now: Timestamp) {
        guard let state = routing.agents[agent]?.state else { return }
        let contact = state.routing.contact.flatMap { contacts[$0] }
        let isAbout = contact.map { $0.project == project && $0.direction != .internal && $0.state.agent == agent } ?? false
        emit(.numberRefused(isAbout ? contact?.id : nil, agent, project, reason, rule: rule), at: now)
    }

    /// Calls of the project to numbers outside that go on, or are about to begin.
    package func callsOutside(of project: ProjectID) -> Int {
        contacts.values.count { contact in
            guard contact.project == project, let call = calls[contact.id] else { return false }
            if call.outside != nil || call.consult.map({ $0.agent == nil }) ?? false { return true }
            guard contact.direction == .outbound else { return false }
            if case .wrapUp = contact.state { return false }
            return true
        }
    }

    /// Whether the leg belongs to a contact.
    package func knows(_ leg: LegID) -> Bool { contactOfLeg[leg] != nil }

    /// The queue that is first in the agent's profile, of a project or of any: for whom he dials where he does not say.
    package func dialQueue(of agent: AgentID, for project: ProjectID?) -> QueueID? {
        routing.agents[agent]?.profile.entries.first { entry in
            guard let queue = organization.queues[entry.queue] else { return false }
            return project.map { $0 == queue.project } ?? true
        }?.queue
    }

    private func dialling(on leg: LegID) -> (ContactID, Call, AgentID, DialStage)? {
        guard let id = contactOfLeg[leg], let call = calls[id], case .dialling(let agent, let stage, _) = contacts[id]?.state else {
            return nil
        }
        return (id, call, agent, stage)
    }
}
