import Calls
import Centre
import Contacts
import Logging
import Operation
import Organization
import Primitives
import SIP
import SIPTransport

/// Transfers that agents ask for by their phones (REFER, RFC 3515): the same as from the desk.
extension CallControl {
    func transferWanted(_ leg: ID<SIPLeg>, to uri: SIPURI, replacing replaced: ID<SIPLeg>?) {
        guard let line = lines[leg], line.party == .agent, replaced == nil, let user = uri.user,
            let agent = agent(on: leg, of: line.contact)
        else { return order(.refuseTransfer(leg, status: 603)) }
        guard let target = target(named: user) else { return outsideTransferWanted(leg, to: user, by: agent, of: line.contact) }
        order(.acceptTransfer(leg))
        lines[leg]?.isTransferring = true
        do {
            try submitting(.transferWanted(agent, line.contact, to: target), filings: [])
        } catch {
            logger.info("a transfer was refused", metadata: ["leg": "\(leg)", "reason": "\(error)"])
            lines[leg]?.isTransferring = false
            order(.transferProgress(leg, status: 603))
        }
    }

    /// To a number outside: the phone is told why, if that cannot be.
    private func outsideTransferWanted(_ leg: ID<SIPLeg>, to written: String, by agent: AgentID, of contact: ContactID) {
        let called = newLeg()
        do throws(DialRefusal) {
            guard let project = centre?.assumeIsolated({ actor in actor.read { $0.contacts[contact]?.project } }) else { throw .noTrunk }
            let accepted = try accept(written, for: called, of: project, by: agent)
            order(.acceptTransfer(leg))
            lines[leg]?.isTransferring = true
            submit(
                .outsideTransferWanted(agent, contact, called),
                filings: [.outside(contact, called, number: accepted.number.description)])
            // Refused, its phone is still there and waits for an answer.
            if lines[leg]?.isTransferring == true {
                lines[leg]?.isTransferring = false
                order(.transferProgress(leg, status: 603))
            }
            settle(called)
        } catch {
            order(.refuseTransfer(leg, status: error.status))
        }
    }

    /// A colleague by the user name of his phone, or a queue by a number that leads to it.
    private func target(named user: String) -> TransferTarget? {
        if let colleague = people.agent(named: user) { return .agent(colleague) }
        guard let (entryPoint, _) = numbers.entryPoint(for: user), let centre else { return nil }
        let queue = centre.assumeIsolated { actor in
            actor.read { engine in engine.organization.entryPoints[entryPoint]?.queue }
        }
        return queue.map { .queue($0) }
    }

    private func agent(on leg: ID<SIPLeg>, of contact: ContactID) -> AgentID? {
        guard let centre else { return nil }
        return centre.assumeIsolated { actor in
            actor.read { engine in engine.calls[contact]?.agent == LegID(sameAs: leg) ? engine.contacts[contact]?.state.agent : nil }
        }
    }
}
