import Calls
import Centre
import Contacts
import Logging
import Operation
import Organization
import Primitives
import Routing
import SIP

extension Refusal {
    /// What a phone is told.
    var status: Int {
        switch self {
        case .agentNotFree, .nobodyFree, .phoneUnreachable: 480
        case .agentBusy, .staleState: 486
        case .targetUnknown, .contactUnknown: 404
        case .limit: 503
        case .agentUnknown, .notALeaf, .reasonNeeded, .warningNeeded, .heldAtPhone, .noEscalation, .notSignedOn, .traineeAlone,
            .traineeNeeded,
            .seatTaken, .setUp:
            403
        }
    }
}

/// Calls that agents make on their phones instead of at the desk: the same rules, and the same ways through the engine, but that the
/// agent's own leg is there already. A refusal is the answer to the phone's INVITE, and nothing rings then.
extension CallControl {
    /// Somebody calls from a phone of the centre what is no number of ours.
    func dialled(_ leg: ID<SIPLeg>, _ invitation: Invitation, at phone: PhoneID) {
        guard let agent = caller(at: phone), let queue = dialQueue(of: agent) else {
            logger.notice("a phone's call is refused", metadata: ["leg": "\(leg)", "phone": "\(phone)", "reason": "nobody who may"])
            return order(.refuse(leg, status: 403))
        }
        let called = newLeg()
        let contact = ContactID(sameAs: called)
        do {
            let accepted = try accept(invitation.calledUser, for: called, of: queue.project, by: agent)
            defer { settle(called) }
            try take(
                leg, invitation, as: .agent, of: contact, .dialledByPhone(agent, contact, queue.id, LegID(sameAs: leg)),
                filings: [.caller(contact, number: accepted.number.description, dialled: accepted.shown.description)])
        } catch {
            refuse(leg, for: error)
        }
    }

    /// Somebody calls from a phone that holds a customer: a colleague, or a number outside, whom he wants to ask about him. False if it
    /// holds nobody, or if he calls something else.
    func asked(_ leg: ID<SIPLeg>, _ invitation: Invitation, at phone: PhoneID) -> Bool {
        guard let (agent, contact) = held(at: phone) else { return false }
        let written = invitation.calledUser
        let line = LegID(sameAs: leg)
        do {
            if let colleague = people.agent(named: written) {
                try take(
                    leg, invitation, as: .secondLine, of: contact.id,
                    .consultDialledByPhone(agent, contact.id, with: .colleague(colleague), on: line))
            } else if numbers.entryPoint(for: written) == nil {
                let called = newLeg()
                let accepted = try accept(written, for: called, of: contact.project, by: agent)
                defer { settle(called) }
                try take(
                    leg, invitation, as: .secondLine, of: contact.id,
                    .consultDialledByPhone(agent, contact.id, with: .number(called), on: line),
                    filings: [.outside(contact.id, called, number: accepted.number.description)])
            } else {
                return false
            }
        } catch {
            refuse(leg, for: error)
        }
        return true
    }

    /// Opens media for a phone's call and asks the engine for what it is to become.
    private func take(
        _ leg: ID<SIPLeg>, _ invitation: Invitation, as party: Party, of contact: ContactID, _ input: Input, filings: [Filing] = []
    ) throws {
        guard var line = openLine(for: leg, invitation) else { return }
        line.contact = contact
        line.party = party
        lines[leg] = line
        try submitting(input, filings: filings + (record(of: leg).map { [.leg($0)] } ?? []))
    }

    /// Who has a customer on hold at the phone.
    private func held(at phone: PhoneID) -> (AgentID, Contact)? {
        let agents = people.agents(at: phone)
        return centre?.assumeIsolated { actor in
            actor.read { engine in
                for agent in agents {
                    guard let id = engine.routing.agents[agent]?.state.routing.contact, let contact = engine.contacts[id],
                        case .talking(agent, _) = contact.state, engine.calls[id]?.isHeld == true
                    else { continue }
                    return (agent, contact)
                }
                return nil
            }
        }
    }

    /// Answers the INVITE of a phone whose wish cannot be met.
    private func refuse(_ leg: ID<SIPLeg>, for reason: any Error) {
        logger.notice("a phone's call is refused", metadata: ["leg": "\(leg)", "reason": "\(reason)"])
        order(.refuse(leg, status: (reason as? DialRefusal)?.status ?? (reason as? Refusal)?.status ?? 503))
        drop(leg)
    }

    /// Of those who share a phone whoever is signed on; nil if nobody is.
    private func caller(at phone: PhoneID) -> AgentID? {
        let agents = people.agents(at: phone)
        return centre?.assumeIsolated { actor in
            actor.read { engine in
                agents.first { engine.routing.agents[$0].map { $0.state.presence != .off } ?? false }
            }
        }
    }

    /// For which queue he calls: the first in his profile whose project calls numbers outside, or else the first, whose project says why
    /// it does not.
    private func dialQueue(of agent: AgentID) -> Queue? {
        let dialled = dialled
        return centre?.assumeIsolated { actor in
            actor.read { engine in
                let queues = engine.routing.agents[agent]?.profile.entries.compactMap { engine.organization.queues[$0.queue] } ?? []
                return queues.first { dialled.callsOut($0.project) } ?? queues.first
            }
        }
    }
}
