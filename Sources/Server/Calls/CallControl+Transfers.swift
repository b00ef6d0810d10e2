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
        guard let line = lines[leg], line.party == .agent, replaced == nil, let user = uri.user, let target = target(named: user),
            let agent = agent(on: leg, of: line.contact)
        else { return order(.refuseTransfer(leg, status: 603)) }
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

    /// A colleague by the user name of his phone, or a queue by a number that leads to it.
    private func target(named user: String) -> TransferTarget? {
        if let colleague = colleagues[user] { return .agent(colleague) }
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
