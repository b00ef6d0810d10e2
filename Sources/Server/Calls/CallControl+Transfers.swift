import Calls
import Centre
import Contacts
import Logging
import Operation
import Organization
import Primitives
import SIP
import SIPTransport

/// Transfers that agents ask for by their phones (REFER, RFC 3515), blind or, with Replaces, after a word (RFC 5589 section 7): the same
/// as from the desk. Whatever is refused leaves the talk as it was.
extension CallControl {
    func transferWanted(_ leg: ID<SIPLeg>, to uri: SIPURI, replacing replaced: ID<SIPLeg>?) {
        if let replaced { return attendedTransferWanted(leg, replaced) }
        guard let line = lines[leg], line.party == .agent, let user = uri.user,
            let agent = agent(on: leg, of: line.contact)
        else { return order(.refuseTransfer(leg, status: 603)) }
        guard let target = target(named: user) else { return outsideTransferWanted(leg, to: user, by: agent, of: line.contact) }
        transfer(leg, by: .transferWanted(agent, line.contact, to: target))
    }

    /// The phone holds the customer on one line and has asked somebody on the other: these two are to go on. Whoever names any other
    /// dialog learns no more than that it is not his.
    private func attendedTransferWanted(_ leg: ID<SIPLeg>, _ replaced: ID<SIPLeg>) {
        let named = Set([LegID(sameAs: leg), LegID(sameAs: replaced)])
        let asking = lines[leg].flatMap { line in
            centre?.assumeIsolated { actor in
                actor.read { engine -> (AgentID, ContactID)? in
                    guard let call = engine.calls[line.contact], let own = call.agent, let second = call.consult?.secondLine,
                        named == [own, second], let agent = engine.contacts[line.contact]?.state.agent
                    else { return nil }
                    return (agent, line.contact)
                }
            }
        }
        guard let (agent, contact) = asking else { return order(.refuseTransfer(leg, status: 488)) }
        transfer(leg, by: .consultEndWanted(agent, contact, isTransfer: true))
    }

    /// Carries the transfer out, and tells the phone that asked for it.
    private func transfer(_ leg: ID<SIPLeg>, by input: Input, filings: [Filing] = []) {
        order(.acceptTransfer(leg))
        // When the engine ends its leg, it is done.
        lines[leg]?.isTransferring = true
        do {
            try submitting(input, filings: filings)
        } catch {
            logger.notice("a transfer is refused", metadata: ["leg": "\(leg)", "reason": "\(error)"])
            lines[leg]?.isTransferring = false
            order(.transferProgress(leg, status: (error as? Refusal)?.status ?? 503))
        }
    }

    /// To a number outside: the phone is told why, if that cannot be.
    private func outsideTransferWanted(_ leg: ID<SIPLeg>, to written: String, by agent: AgentID, of contact: ContactID) {
        let called = newLeg()
        do throws(DialRefusal) {
            guard let project = centre?.assumeIsolated({ actor in actor.read { $0.contacts[contact]?.project } }) else { throw .noTrunk }
            let accepted = try accept(written, for: called, of: project, by: agent)
            transfer(
                leg, by: .outsideTransferWanted(agent, contact, called),
                filings: [.outside(contact, called, number: accepted.number.description)])
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
