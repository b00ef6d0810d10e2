import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Customers sent to a number outside: blindly, or after a word. The agent says what came of the contact while the two talk; if the number
/// does not take the customer, he waits again in the queue he came from, at the rank of his first waiting, and the agent is free.
extension CentreEngine {
    mutating func outsideTransferWanted(
        _ id: ContactID, by agent: AgentID, on leg: LegID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        guard contactOfLeg[leg] == nil else { throw .staleState }
        dropCompany(of: id, at: now, using: &random)
        if let own = call.agent { direct(.end(own)) }
        emit(.sentOutside(id, agent, leg: leg, until: now + Self.dialRingMax), at: now)
        direct(.call(leg, for: call.customer))
        direct(.play(call.customer, .ringBack))
        startWrapUp(of: contact, by: agent, at: now, using: &random)
    }

    mutating func outsideConsultWanted(
        on leg: LegID, about id: ContactID, by agent: AgentID, on line: LegID? = nil, at now: Timestamp
    ) throws(Refusal) {
        let (contact, call) = try contactInHand(id, of: agent)
        guard case .talking = contact.state, call.consult == nil, let own = call.agent, contactOfLeg[leg] == nil else { throw .staleState }
        emit(.consultStarted(id, nil, by: agent, leg: leg, until: now + Self.dialRingMax, why: nil), at: now)
        if let line { openSecondLine(line, of: agent, in: id, at: now) }
        direct(.call(leg, for: line ?? own))
        arrange(id)
    }

    /// The number that the agent has talked with goes on with the customer.
    mutating func goOnOutside(
        _ contact: Contact, _ call: Call, with leg: LegID, from agent: AgentID, at now: Timestamp, using random: inout Random
    ) {
        emit(.sentOutside(contact.id, agent, leg: leg, until: now), at: now)
        emit(.outsideAnswered(contact.id), at: now)
        direct(.bridge(call.customer, leg))
        startWrapUp(of: contact, by: agent, at: now, using: &random)
    }

    /// False if the leg is not that of a number to which a customer was sent.
    mutating func outsideAnswered(on leg: LegID, at now: Timestamp) -> Bool {
        guard let (id, call, outside) = outside(on: leg) else { return false }
        if !outside.isAnswered {
            emit(.outsideAnswered(id), at: now)
            direct(.bridge(call.customer, leg))
        }
        return true
    }

    /// False if the leg is not that of a number to which a customer was sent.
    mutating func outsideRefused(on leg: LegID, _ result: DialResult, at now: Timestamp, using random: inout Random) -> Bool {
        guard let (id, _, outside) = outside(on: leg), !outside.isAnswered else { return false }
        comeBack(id, result, at: now, using: &random)
        return true
    }

    mutating func outsideLapsed(_ id: ContactID, at now: Timestamp, using random: inout Random) {
        guard let outside = calls[id]?.outside, !outside.isAnswered else { return }
        direct(.end(outside.leg))
        comeBack(id, .noAnswer, at: now, using: &random)
    }

    /// One of the two hung up or is lost: the other is hung up on. False if the leg is of no such call.
    mutating func outsideEnded(by leg: LegID, isLost: Bool = false, at now: Timestamp, using random: inout Random) -> Bool {
        guard let id = contactOfLeg[leg], let call = calls[id], let outside = call.outside else { return false }
        if leg == outside.leg, !outside.isAnswered {
            comeBack(id, .unreachable, at: now, using: &random)
        } else {
            let isCustomer = leg == call.customer
            direct(.end(isCustomer ? outside.leg : call.customer))
            emit(.outsideEnded(id, by: isLost ? .system : isCustomer ? .customer : .outside), at: now)
            closeOutside(id, at: now)
        }
        return true
    }

    /// After a restart: who talks outside talks on; whoever lost the number, or was still being brought there, waits again.
    mutating func takeUpOutside(_ contact: Contact, _ call: Call, isCustomerAlive: Bool, _ alive: Set<LegID>, at now: Timestamp) {
        guard let outside = call.outside else { return }
        switch (isCustomerAlive, outside.isAnswered && alive.contains(outside.leg)) {
        case (true, true):
            direct(.recover(call.customer))
            direct(.recover(outside.leg))
            direct(.bridge(call.customer, outside.leg))
        case (true, false):
            direct(.end(outside.leg))
            emit(.outsideRefused(contact.id, .lostInRestart), at: now)
            if let agent = contact.state.agent { applyPlannedPresence(of: agent, at: now) }
            emit(.contactQueued(contact.id, contact.queue), at: now)
            direct(.recover(call.customer))
            direct(.play(call.customer, .music))
        case (false, _):
            direct(.end(outside.leg))
            emit(.outsideEnded(contact.id, by: .system), at: now)
            closeOutside(contact.id, at: now)
        }
    }

    private mutating func comeBack(_ id: ContactID, _ result: DialResult, at now: Timestamp, using random: inout Random) {
        guard let contact = contacts[id], let call = calls[id] else { return }
        let agent = contact.state.agent
        emit(.outsideRefused(id, result), at: now)
        if let agent { applyPlannedPresence(of: agent, at: now) }
        emit(.contactQueued(id, contact.queue), at: now)
        assign(id, from: agent, at: now, using: &random)
        if let agent { serve(agent, at: now, using: &random) }
        if contacts[id]?.state == .queued { direct(.play(call.customer, .music)) }
    }

    /// Its agent may have said what came of it already; else he closes it when he has.
    private mutating func closeOutside(_ id: ContactID, at now: Timestamp) {
        if contacts[id]?.state == .outside { emit(.contactClosed(id, .handled), at: now) }
    }

    private func outside(on leg: LegID) -> (ContactID, Call, OutsideParty)? {
        guard let id = contactOfLeg[leg], let call = calls[id], let outside = call.outside, outside.leg == leg else { return nil }
        return (id, call, outside)
    }
}

extension DialResult {
    /// What it means that a number's side did not take the call.
    init(_ cause: LegRefusal) {
        self =
            switch cause {
            case .busy: .busy
            case .declined: .declined
            case .noAnswer: .noAnswer
            case .noSuchNumber: .noSuchNumber
            case .unreachable: .unreachable
            }
    }
}
