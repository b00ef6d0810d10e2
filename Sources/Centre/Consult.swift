import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Consults: the agent asks a colleague while his customer hears music, talks with either or both, and hands the customer over or goes on
/// with him. Whenever one of the three is gone, the two others that are left hear each other; the customer is never without one.
extension CentreEngine {
    mutating func consultWanted(
        about id: ContactID, by agent: AgentID, with colleague: AgentID, on line: LegID? = nil, at now: Timestamp,
        using random: inout Random
    ) throws(Refusal) {
        let (contact, call, own) = try contactToAskAbout(id, of: agent)
        let rung = try phone(of: colleague, forContactOf: agent, in: contact.project)
        let leg = LegID(at: now, using: &random)
        let span = organization.queues[contact.queue]?.ringTimeout ?? .zero
        emit(.consultStarted(id, colleague, by: agent, leg: leg, until: now + span, why: nil), at: now)
        if let line { openSecondLine(line, of: agent, in: id, at: now) }
        direct(.consult(leg, phone: rung, customer: call.customer, agent: line ?? own))
        arrange(id)
    }

    /// Whoever would get the contact next in the queue is asked. A consult does not wait: the customer would hear music for nothing.
    mutating func queueConsultWanted(
        about id: ContactID, by agent: AgentID, in queue: QueueID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, call, own) = try contactToAskAbout(id, of: agent)
        guard let asked = organization.queues[queue], asked.project == contact.project else { throw .targetUnknown }
        guard let (colleague, why) = routing.choice(in: queue, after: now - contact.queuedAt), let rung = phone(of: colleague) else {
            throw .nobodyFree(queue)
        }
        let leg = LegID(at: now, using: &random)
        emit(.consultStarted(id, colleague, by: agent, leg: leg, until: now + asked.ringTimeout, why: why), at: now)
        direct(.consult(leg, phone: rung, customer: call.customer, agent: own))
        arrange(id)
    }

    private func contactToAskAbout(_ id: ContactID, of agent: AgentID) throws(Refusal) -> (Contact, Call, own: LegID) {
        let (contact, call) = try contactInHand(id, of: agent)
        guard case .talking = contact.state, call.consult == nil, let own = call.agent else { throw .staleState }
        return (contact, call, own)
    }

    /// The colleague's phone is answered. False if the leg is none of a consult.
    mutating func consultAnswered(on leg: LegID, at now: Timestamp) -> Bool {
        guard let (id, consult) = consult(on: leg), consult.stage == .ringing else { return false }
        emit(.consultArranged(id, consult.agent, stageByLines(in: id, isSecondLineHeld: false) ?? .colleague), at: now)
        arrange(id)
        return true
    }

    mutating func consultChangeWanted(_ stage: ConsultStage, in id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let (_, call) = try contactInHand(id, of: agent)
        guard stage != .ringing, let consult = call.consult, consult.stage != .ringing else { throw .staleState }
        guard consult.stage != stage else { return }
        // Whom the phone holds only the phone can take back.
        guard consult.secondLine == nil else { throw .heldAtPhone }
        emit(.consultArranged(id, consult.agent, stage), at: now)
        arrange(id)
    }

    mutating func consultEndWanted(
        of id: ContactID, by agent: AgentID, isTransfer: Bool, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        guard let consult = call.consult, !isTransfer || consult.stage != .ringing else { throw .staleState }
        if isTransfer {
            if let colleague = consult.agent, isAlone(colleague) { throw .traineeAlone(colleague) }
            completeConsult(contact, call, consult, from: agent, at: now, using: &random)
        } else {
            direct(.end(consult.leg))
            consultEnded(on: consult.leg, for: .cancelled, at: now, using: &random)
        }
    }

    /// The colleague is gone, or did not come: the agent and the customer hear each other. False if the leg is none of a consult.
    ///
    /// - Parameters:
    ///   - result: why a number outside did not come.
    ///   - hungUp: whether the agent has hung up the second line of his phone.
    @discardableResult
    mutating func consultEnded(
        on leg: LegID, for result: DialResult? = nil, hungUp: Bool = false, at now: Timestamp, using random: inout Random
    ) -> Bool {
        guard let (id, consult) = consult(on: leg) else { return false }
        if let line = consult.secondLine, !hungUp { direct(.end(line)) }
        if consult.agent == nil, consult.stage == .ringing { emit(.consultRefused(id, result ?? .unreachable), at: now) }
        emit(.consultEnded(id, consult.agent), at: now)
        arrange(id)
        guard let colleague = consult.agent else { return true }
        applyPlannedPresence(of: colleague, at: now)
        serve(colleague, at: now, using: &random)
        return true
    }

    mutating func consultLapsed(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        guard let consult = calls[id]?.consult, consult.stage == .ringing else { return }
        direct(.end(consult.leg))
        consultEnded(on: consult.leg, for: .noAnswer, at: now, using: &random)
    }

    /// Whatever else is to become of the contact, the consult is over.
    mutating func dropConsult(of id: ContactID, at now: Timestamp, using random: inout Random) {
        guard let colleague = endConsult(of: id, at: now) else { return }
        serve(colleague, at: now, using: &random)
    }

    /// - Returns: the colleague, who is free now and has been given nothing yet.
    @discardableResult
    mutating func endConsult(of id: ContactID, at now: Timestamp) -> AgentID? {
        guard let consult = calls[id]?.consult else { return nil }
        for leg in consult.legs { direct(.end(leg)) }
        emit(.consultEnded(id, consult.agent), at: now)
        if let colleague = consult.agent { applyPlannedPresence(of: colleague, at: now) }
        return consult.agent
    }

    /// The colleague goes on with the customer, as if he had been sent the contact and had answered; the agent's part is over.
    ///
    /// - Parameter isLost: the agent's phone is gone without a word: he gets no more until he says so.
    mutating func completeConsult(
        _ contact: Contact, _ call: Call, _ consult: Consult, from agent: AgentID, hasHungUp: Bool = false, isLost: Bool = false,
        at now: Timestamp, using random: inout Random
    ) {
        let offer = handlings[contact.id]?.offering?.offer
        let freed = endSupervisions(of: contact.id, at: now)
        if let leg = call.agent, !isLost, !hasHungUp { direct(.end(leg)) }
        if let line = consult.secondLine { direct(.end(line)) }
        emit(.consultEnded(contact.id, consult.agent), at: now)
        guard let colleague = consult.agent else {
            serve(freed, at: now, using: &random)
            return goOnOutside(contact, call, with: consult.leg, from: agent, at: now, using: &random)
        }
        emit(.contactTransferred(contact.id, agent, to: .agent(colleague)), at: now)
        if isLost { emit(.agentStoppedResponding(agent, offer), at: now) }
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(contact.id, contact.queue), at: now)
        guard let assignment = routing.assignment(of: contact.id, heldBy: colleague, at: now) else {
            return fault("\(colleague) was asked about \(contact.id) and is not there")
        }
        goOn(with: contact.id, assignment, on: consult.leg, at: now, using: &random)
        serve([agent] + freed, at: now, using: &random)
    }

    /// Whoever has the customer on the line already has the contact now.
    mutating func goOn(with id: ContactID, _ assignment: Assignment, on leg: LegID, at now: Timestamp, using random: inout Random) {
        endWriteUp(of: assignment.agent, at: now)
        let taken = OfferID(at: now, using: &random)
        emit(
            .offerMade(
                .init(
                    offer: taken, contact: id, agent: assignment.agent, leg: leg, deadline: now, explanation: assignment.explanation)),
            at: now)
        emit(.offerEnded(taken, id, assignment.agent, .answered), at: now)
        arrange(id)
    }

    /// Whether the colleague who is asked may have the customer when the agent is gone: not a trainee whose mentor has left.
    func mayGoOn(_ consult: Consult) -> Bool { consult.agent.map { !isAlone($0) } ?? true }

    private func consult(on leg: LegID) -> (ContactID, Consult)? {
        guard let id = contactOfLeg[leg], let consult = calls[id]?.consult, consult.leg == leg else { return nil }
        return (id, consult)
    }
}
