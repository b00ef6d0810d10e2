import Calls
import Contacts
import Organization
import Primitives
import Routing

/// Taking up the calls of before: after a crash, an upgrade, or a disk that would not take what was decided.
extension CentreEngine {
    /// The server has started again. Who waited waits on at his rank; who talked talks on; what rang is offered anew. A customer
    /// whose leg is not among `legs` is lost; one who only lost his agent waits again.
    mutating func restarted(taking legs: [LegID], at now: Timestamp, using random: inout Random) {
        let alive = Set(legs)
        for contact in contacts.values.sorted(by: { $0.id < $1.id }) {
            guard let call = calls[contact.id] else { continue }
            let isAlive = alive.contains(call.customer)
            // A consult is over with a restart, and so is a supervision: the agent and the customer talk on.
            endConsult(of: contact.id, at: now)
            endSupervisions(of: contact.id, at: now)
            if contact.direction == .internal {
                takeUpColleagueCall(contact, call, alive, at: now)
                continue
            }
            switch contact.state {
            case .toldClosed: hangUpWhenTold(contact.id, at: now)
            case .arriving, .queued:
                if isAlive { keepWaiting(call.customer) } else { emit(.contactClosed(contact.id, .lostInRestart), at: now) }
            case .dialling(let agent, let stage, _):
                // Nobody talks yet: the agent dials anew.
                if let leg = call.agent { direct(.end(leg)) }
                if stage == .number { direct(.end(call.customer)) }
                emit(.dialEnded(contact.id, agent, .lostInRestart), at: now)
                emit(.contactClosed(contact.id, .notReached(.lostInRestart)), at: now)
                applyPlannedPresence(of: agent, at: now)
            case .offered(_, _) where isAlive && call.agent.map { alive.contains($0) } ?? false:
                // Nobody was cut off: the phone rings on. Its call may have been offered only now, by a phone that was there at once.
                direct(.recover(call.customer))
                direct(.play(call.customer, .ringBack))
            case .offered(let offer, let agent):
                if let leg = call.agent { direct(.end(leg)) }
                emit(.offerEnded(offer, contact.id, agent, .lostInRestart), at: now)
                if isAlive {
                    emit(.contactQueued(contact.id, contact.queue), at: now)
                    keepWaiting(call.customer)
                } else {
                    emit(.contactClosed(contact.id, .lostInRestart), at: now)
                }
                applyPlannedPresence(of: agent, at: now)
            case .talking(let agent, _):
                takeUp(contact, call, with: agent, isCustomerAlive: isAlive, alive, at: now)
            case .leftBehind(let agent, let until):
                if let leg = call.agent {
                    direct(.end(leg))
                    emit(.agentHungUp(contact.id, agent, until: until), at: now)
                }
                if isAlive { keepWaiting(call.customer) } else { emit(.talkEnded(contact.id, agent, by: .system), at: now) }
            case .wrapUp, .writeUp, .outside:
                takeUpOutside(contact, call, isCustomerAlive: isAlive, alive, at: now)
            }
        }
        // Those who are free already come before those who become it.
        serve(routing.agents.keys.sorted(), at: now, using: &random)
        // Wrap-ups of lost talks only now: an agent who becomes free must not be offered a caller who is no longer there.
        for contact in contacts.values.sorted(by: { $0.id < $1.id }) {
            guard handlings[contact.id]?.endedAt != nil, let agent = contact.state.agent else { continue }
            switch contact.state {
            case .wrapUp, .writeUp: continue
            case .arriving, .toldClosed, .dialling, .queued, .offered, .talking, .leftBehind, .outside: break
            }
            startWrapUp(of: contact, by: agent, at: now, using: &random)
        }
    }

    private mutating func keepWaiting(_ customer: LegID) {
        direct(.recover(customer))
        direct(.play(customer, .music))
    }

    private mutating func takeUp(
        _ contact: Contact, _ call: Call, with agent: AgentID, isCustomerAlive: Bool, _ alive: Set<LegID>, at now: Timestamp
    ) {
        switch (isCustomerAlive, call.agent.flatMap { alive.contains($0) ? $0 : nil }) {
        case (true, let leg?):
            direct(.recover(call.customer))
            direct(.recover(leg))
            arrange(contact.id)
        case (true, nil):
            giveBack(contact, from: agent, by: .system, at: now)
            keepWaiting(call.customer)
        case (false, let leg):
            if let leg { direct(.end(leg)) }
            emit(.talkEnded(contact.id, agent, by: .system), at: now)
        }
    }
}
