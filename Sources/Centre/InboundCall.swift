import Calls
import Contacts
import Organization
import Primitives
import Routing

/// The way of an inbound call, from its arrival to its close. Read from top to bottom: arrive, wait, be offered, talk,
/// leave.
extension CentreEngine {
    // MARK: Arriving and waiting

    /// A call came in for an entry point: a contact opens, enters its queue, and rings a free agent if there is one.
    mutating func callArrived(_ leg: LegID, at entryPoint: EntryPointID, now: Timestamp, using random: inout Random) {
        guard contactOfLeg[leg] == nil else { return }
        guard let entry = organization.entryPoints[entryPoint], let queue = organization.queues[entry.queue] else {
            return direct(.refuse(leg, .notInService))
        }
        guard contacts.count < Self.contactsMax else { return direct(.refuse(leg, .busy)) }
        // The contact takes the id of its first leg: one id to look for from the signalling to the report.
        let contact = Contact(
            id: ContactID(sameAs: leg), project: entry.project, channel: .phone, entryPoint: entryPoint,
            language: entry.language, queue: entry.queue, priority: entry.priority, openedAt: now)
        emit(.contactOpened(contact, leg: leg), at: now)
        guard organization.isOpen(entry, at: now) else { return tellClosed(contact, on: leg, at: now) }
        guard routing.waiting(in: queue.id).count < queue.waitingMax else {
            emit(.contactClosed(contact.id, .refused(.queueFull)), at: now)
            return direct(.refuse(leg, .busy))
        }
        emit(.contactQueued(contact.id, queue.id), at: now)
        assign(contact.id, at: now, using: &random)
        direct(.answer(leg))
        if contacts[contact.id]?.state == .queued { direct(.play(leg, .greeting(contact.language))) }
    }

    /// Offers a waiting contact to the best free agent, if there is one.
    ///
    /// - Parameter former: the agent who had it until now. He is the last in line, and `serve` says what is next for him.
    mutating func assign(_ contact: ContactID, from former: AgentID? = nil, at now: Timestamp, using random: inout Random) {
        guard contacts[contact]?.state == .queued, let assignment = routing.match(contact, at: now), assignment.agent != former else {
            return
        }
        offer(assignment, at: now, using: &random)
    }

    /// Gives a free agent the contact that is next for him, if one waits.
    mutating func serve(_ agent: AgentID, at now: Timestamp, using random: inout Random) {
        guard let assignment = routing.match(agent, at: now) else { return }
        offer(assignment, at: now, using: &random)
    }

    // MARK: The offer

    mutating func offer(_ assignment: Assignment, at now: Timestamp, using random: inout Random) {
        guard let contact = contacts[assignment.contact], let call = calls[assignment.contact],
            let phone = phone(of: assignment.agent), let queue = organization.queues[contact.queue]
        else { return fault("assignment of \(assignment.contact) to \(assignment.agent) names what is not there") }
        let offering = Event.Offering(
            offer: OfferID(at: now, using: &random), contact: contact.id, agent: assignment.agent, leg: LegID(at: now, using: &random),
            deadline: now + queue.ringTimeout, explanation: assignment.explanation)
        emit(.offerMade(offering), at: now)
        direct(.ring(offering.leg, phone: phone, customer: call.customer))
        direct(.play(call.customer, .ringBack))
    }

    /// A leg of ours was answered: the two parties talk.
    mutating func legAnswered(_ leg: LegID, at now: Timestamp, using random: inout Random) {
        guard let (offering, call) = offering(on: leg) else {
            let isTaken =
                dialAnswered(on: leg, at: now, using: &random) || consultAnswered(on: leg, at: now)
                || supervisionAnswered(on: leg, at: now) || outsideAnswered(on: leg, at: now)
            if !isTaken { agentReturned(on: leg, at: now) }
            return
        }
        endWriteUp(of: offering.agent, at: now)
        emit(.offerEnded(offering.offer, offering.contact, offering.agent, .answered), at: now)
        direct(.bridge(call.customer, leg))
    }

    /// The agent's phone did not take the call.
    mutating func legRefused(_ leg: LegID, _ cause: LegRefusal, at now: Timestamp, using random: inout Random) {
        guard let (offering, _) = offering(on: leg) else {
            let isTaken =
                dialRefused(on: leg, cause, at: now, using: &random)
                || consultEnded(on: leg, for: DialResult(cause), at: now, using: &random)
                || outsideRefused(on: leg, DialResult(cause), at: now, using: &random)
                || secondLineEnded(leg, at: now, using: &random) || supervisionEnded(on: leg, at: now, using: &random)
            if !isTaken { phoneStaysDown(leg, at: now) }
            return
        }
        let result: OfferResult =
            switch cause {
            case .declined: .declined
            case .busy, .noAnswer, .noSuchNumber, .unreachable: .unreachable
            }
        offerFailed(offering, result, at: now, using: &random)
    }

    mutating func offerLapsed(_ offer: OfferID, at now: Timestamp, using random: inout Random) {
        guard let offering = offering(offer) else { return }
        direct(.end(offering.leg))
        offerFailed(offering, .lapsed, at: now, using: &random)
    }

    mutating func offerDeclined(_ offer: OfferID, by agent: AgentID, at now: Timestamp, using random: inout Random) throws(Refusal) {
        guard routing.agents[agent] != nil else { throw .agentUnknown(agent) }
        guard let offering = offering(offer), offering.agent == agent else { throw .staleState }
        direct(.end(offering.leg))
        offerFailed(offering, .declined, at: now, using: &random)
    }

    /// The contact goes back to its rank, which is before all who came later; the agent gets no more until he says so.
    private mutating func offerFailed(_ offering: Event.Offering, _ result: OfferResult, at now: Timestamp, using random: inout Random) {
        emit(.offerEnded(offering.offer, offering.contact, offering.agent, result), at: now)
        emit(.agentStoppedResponding(offering.agent, offering.offer), at: now)
        applyPlannedPresence(of: offering.agent, at: now)
        guard let contact = contacts[offering.contact], let call = calls[offering.contact] else {
            return fault("offer \(offering.offer) without its contact")
        }
        emit(.contactQueued(contact.id, contact.queue), at: now)
        assign(contact.id, at: now, using: &random)
        if contacts[contact.id]?.state == .queued { direct(.play(call.customer, .music)) }
    }

    private func offering(on leg: LegID) -> (Event.Offering, Call)? {
        guard let id = contactOfLeg[leg], case .offered(let offer, _) = contacts[id]?.state, let offering = offering(offer),
            offering.leg == leg, let call = calls[id]
        else { return nil }
        return (offering, call)
    }

    /// The offer while it rings.
    private func offering(_ offer: OfferID) -> Event.Offering? {
        contactOfOffer[offer].flatMap { handlings[$0]?.offering }
    }

    // MARK: Leaving

    /// A far end hung up: the customer in the queue, while it rings or in the talk; or the agent.
    mutating func legEnded(_ leg: LegID, at now: Timestamp, using random: inout Random) {
        guard let id = contactOfLeg[leg], let contact = contacts[id], let call = calls[id] else { return }
        let byCustomer = leg == call.customer
        if outsideEnded(by: leg, at: now, using: &random) || consultEnded(on: leg, at: now, using: &random)
            || secondLineEnded(leg, at: now, using: &random) || supervisionEnded(on: leg, at: now, using: &random)
        {
            return
        }
        if colleagueTalkEnded(by: leg, at: now, using: &random) { return }
        switch contact.state {
        case .toldClosed: emit(.contactClosed(id, .closed), at: now)
        case .arriving, .queued:
            emit(.contactClosed(id, outcome(of: contact, leftDuring: .queue)), at: now)
        case .offered(let offer, let agent) where byCustomer:
            if let agentLeg = call.agent { direct(.end(agentLeg)) }
            emit(.offerEnded(offer, id, agent, .callerLeft), at: now)
            emit(.contactClosed(id, outcome(of: contact, leftDuring: .ringing)), at: now)
            applyPlannedPresence(of: agent, at: now)
            serve(agent, at: now, using: &random)
        case .offered:
            legRefused(leg, .unreachable, at: now, using: &random)
        case .talking(let agent, _) where byCustomer, .leftBehind(let agent, _) where byCustomer:
            dropCompany(of: id, at: now, using: &random)
            if let other = call.agent { direct(.end(other)) }
            emit(.talkEnded(id, agent, by: .customer), at: now)
            startWrapUp(of: contact, by: agent, at: now, using: &random)
        case .talking(let agent, _):
            // With the colleague on the line he hands the customer over by hanging up.
            if let consult = call.consult, consult.stage != .ringing, mayGoOn(consult) {
                completeConsult(contact, call, consult, from: agent, hasHungUp: true, at: now, using: &random)
            } else {
                dropConsult(of: id, at: now, using: &random)
                agentHungUp(on: contact, call, agent, at: now)
            }
        case .leftBehind: phoneStaysDown(leg, at: now)
        case .dialling: dialLeft(by: leg, at: now, using: &random)
        case .wrapUp, .writeUp, .outside:
            break  // Both legs ended with the talk.
        }
    }

    private func outcome(of contact: Contact, leftDuring phase: ContactOutcome.WaitingPhase) -> ContactOutcome {
        contact.wasAnswered ? .failed : .abandoned(during: phase)
    }

    /// A far end is gone without a word. A customer who is lost has left; an agent who is lost gives the customer back.
    mutating func legLost(_ leg: LegID, _ loss: LegLoss, at now: Timestamp, using random: inout Random) {
        guard let id = contactOfLeg[leg], let contact = contacts[id], let call = calls[id] else { return }
        if outsideEnded(by: leg, isLost: true, at: now, using: &random) || consultEnded(on: leg, at: now, using: &random)
            || secondLineEnded(leg, at: now, using: &random) || supervisionEnded(on: leg, at: now, using: &random)
        {
            return
        }
        if colleagueTalkEnded(by: leg, isLost: true, at: now, using: &random) { return }
        switch contact.state {
        case .toldClosed: emit(.contactClosed(id, .closed), at: now)
        case .arriving, .queued:
            emit(.contactClosed(id, loss == .restart ? .lostInRestart : outcome(of: contact, leftDuring: .queue)), at: now)
        case .offered, .dialling:
            legEnded(leg, at: now, using: &random)
        case .talking(let agent, _) where leg == call.customer, .leftBehind(let agent, _) where leg == call.customer:
            dropCompany(of: id, at: now, using: &random)
            if let other = call.agent { direct(.end(other)) }
            emit(.talkEnded(id, agent, by: .system), at: now)
            startWrapUp(of: contact, by: agent, at: now, using: &random)
        case .talking(let agent, _):
            // A stranger outside is not left alone with the customer by chance.
            if let consult = call.consult, consult.stage != .ringing, consult.agent != nil, mayGoOn(consult) {
                return completeConsult(contact, call, consult, from: agent, isLost: true, at: now, using: &random)
            }
            dropCompany(of: id, at: now, using: &random)
            giveBack(contact, from: agent, by: .system, at: now)
            assign(id, from: agent, at: now, using: &random)
            // Who dialled while he was not ready may have wanted to be ready after it.
            serve(agent, at: now, using: &random)
            if contacts[id]?.state == .queued { direct(.play(call.customer, .music)) }
        case .leftBehind: phoneStaysDown(leg, at: now)
        case .wrapUp, .writeUp, .outside:
            break
        }
    }

    /// The customer of an agent who was lost in the talk, or left it, waits again, at the rank of his first waiting; the agent gets no
    /// more until he says so.
    mutating func giveBack(_ contact: Contact, from agent: AgentID, by party: Party, to queue: QueueID? = nil, at now: Timestamp) {
        emit(.talkEnded(contact.id, agent, by: party), at: now)
        if let handling = handlings[contact.id] { emit(.agentStoppedResponding(agent, handling.offering?.offer), at: now) }
        applyPlannedPresence(of: agent, at: now)
        emit(.contactQueued(contact.id, queue ?? contact.queue), at: now)
    }
}
