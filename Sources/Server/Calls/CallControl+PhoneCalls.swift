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
        case .agentNotFree, .phoneUnreachable: 480
        case .agentBusy: 486
        case .targetUnknown, .contactUnknown: 404
        case .limit: 503
        case .agentUnknown, .staleState, .notALeaf, .reasonNeeded, .warningNeeded, .heldAtPhone, .noEscalation, .setUp: 403
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
            guard var line = openLine(for: leg, invitation) else { return }
            line.contact = contact
            line.party = .agent
            lines[leg] = line
            let filings: [Filing] = [
                .caller(contact, number: accepted.number.description, dialled: accepted.shown.description),
                record(of: leg).map { .leg($0) },
            ].compactMap(\.self)
            try submitting(.dialledByPhone(agent, contact, queue.id, LegID(sameAs: leg)), filings: filings)
        } catch {
            refuse(leg, for: error)
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
