import Calls
import Centre
import Contacts
import Logging
import MediaServer
import NIOCore
import Operation
import Organization
import Primitives
import SDP
import SIP
import SIPTransport

extension DialRefusal {
    /// What a phone is told.
    var status: Int {
        switch self {
        case .noTrunk, .badNumber: 404
        case .destinationNotAllowed: 403
        case .callsLimit, .callsPerHourLimit: 486
        }
    }
}

/// Numbers outside: accepted before the engine hears of them, called when it asks, heard before they answer.
extension CallControl {
    /// Holds what an agent has written against the rules of his project, and keeps it for the leg that will call it. The engine takes that
    /// up in time, or `settle` forgets it.
    func accept(_ written: String, for leg: LegID, of project: ProjectID, by agent: AgentID) throws(DialRefusal) -> AcceptedNumber {
        loop.preconditionInEventLoop()
        do throws(DialRefusal) {
            guard let centre, !isDraining, !isHandingOver else { throw .noTrunk }
            let waiting = dialled.legs(of: project).map { LegID(sameAs: $0) }
            let open = centre.assumeIsolated { actor in
                actor.read { engine in engine.callsOutside(of: project) + waiting.count { !engine.knows($0) } }
            }
            let number = try dialled.judge(written, of: project, by: agent, open: open, at: leg.madeAt)
            dialled.keep(number, for: ID(sameAs: leg))
            return number.accepted
        } catch {
            // What was no number was meant for nobody.
            if error != .badNumber, !isDraining, !isHandingOver {
                let rule = error == .destinationNotAllowed ? dialled.rule(against: written, of: project) : nil
                submit(.numberRefused(agent, project, error, rule: rule))
            }
            throw error
        }
    }

    /// Forgets a number that the engine has not taken up: its command was refused, or a repetition.
    func settle(_ leg: LegID) {
        loop.preconditionInEventLoop()
        guard centre?.assumeIsolated({ actor in actor.read { $0.knows(leg) } }) != true else { return }
        dialled.forget(ID(sameAs: leg))
    }

    /// Calls the number kept under the leg by the project's line.
    ///
    /// - Parameter partner: the agent who dials or consults, or the customer who is sent there.
    func call(_ leg: ID<SIPLeg>, for partner: ID<SIPLeg>) {
        guard let caller = lines[partner], let number = dialled.take(leg, at: leg.madeAt),
            let address = try? media.open(ID<MediaSession>(sameAs: leg))
        else {
            // Next round of the loop: the engine is still handing over the step that asked for this call.
            return loop.execute { self.submit(.legRefused(LegID(sameAs: leg), .unreachable)) }
        }
        let party: Party = caller.party == .customer ? .outside : leg == ID(sameAs: caller.contact) ? .customer : .colleague
        var line = Line(
            contact: caller.contact, party: party, address: address, description: [], codec: caller.codec,
            callerNumber: number.accepted.number.description)
        line.isOutside = true
        line.partner = partner
        line.description = offer(to: leg, line)
        lines[leg] = line
        if party != .colleague { lines[partner]?.partner = leg }
        putThrough(partner)
        order(
            .invite(
                leg, to: .trunk(number.trunk, user: number.accepted.number.description), callerUser: number.accepted.shown.description,
                callerName: nil, body: line.description))
        file(leg)
    }

    /// The number's side plays something before it answers: the agent hears that instead of our ringing.
    func earlyMedia(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard let line = lines[leg], line.isOutside, let partner = line.partner, lines[partner] != nil,
            let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases)
        else { return }
        listen(leg, agreed)
        media.bridge(session(of: leg), session(of: partner))
    }
}
