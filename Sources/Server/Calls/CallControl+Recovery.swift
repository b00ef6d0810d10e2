import Calls
import Centre
import Contacts
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import Operation
import Primitives
import SDP
import SIP
import SIPTransport

/// Taking up the calls of before: after a restart from their records, after an outage of the disk from what still lives.
extension CallControl {
    /// Makes the legs of before known and opens media for them; nothing is sent before the engine asks for it.
    func remember(_ records: [LegRecord], at now: Timestamp) {
        loop.preconditionInEventLoop()
        for record in records {
            let leg = ID<SIPLeg>(sameAs: record.leg)
            if let agent = record.headset {
                remember(record, onHeadsetOf: agent)
                continue
            }
            guard lines[leg] == nil, var dialog = DialogRecord(parsing: record.dialog) else {
                logger.error("a leg's record cannot be read", metadata: ["leg": "\(leg)"])
                continue
            }
            if now - leg.madeAt > DialogRecord.answerMax { dialog.settle() }
            guard let address = try? media.open(ID(sameAs: leg)) else {
                logger.error("no media for a leg of before", metadata: ["leg": "\(leg)"])
                sip?.restore(leg, dialog, answering: nil)
                order(.end(leg))
                continue
            }
            var line = Line(
                contact: record.contact, party: record.party, address: address, signalling: dialog.peer.host, description: [],
                codec: SDP.Codec(rawValue: record.codec) ?? .pcmu)
            line.callerNumber = record.callerNumber
            line.version = UInt64(clamping: record.descriptionVersion) &+ 1
            line.recovery = .remembered(dialog)
            line.isHeld = nil
            line.description = offer(to: leg, line)
            lines[leg] = line
        }
        for (leg, line) in lines where line.party == .agent || line.party == .outside {
            let customer = ID<SIPLeg>(sameAs: line.contact)
            lines[leg]?.partner = customer
            lines[customer]?.partner = leg
        }
    }

    /// Lets the engine go on with the legs that are known, and ends those of which it knows nothing.
    func takeUp(in centre: CentreActor) {
        loop.preconditionInEventLoop()
        submit(.restarted(known))
        // Their agents' browsers are on their way back.
        for (leg, line) in lines.sorted(by: { $0.key < $1.key }) {
            if let agent = line.headset, headsets[agent]?.state != .open { submit(.legInterrupted(LegID(sameAs: leg))) }
        }
        let wanted = centre.assumeIsolated { actor in
            // Who sits beside an agent is put beside his talk again.
            actor.read {
                Set($0.calls.values.flatMap { [$0.customer, $0.agent, $0.outside?.leg].compactMap(\.self) + $0.supervisions.map(\.leg) })
            }
        }
        for leg in lines.keys.sorted() where !wanted.contains(ID(sameAs: leg)) { perform([.end(LegID(sameAs: leg))]) }
    }

    /// The legs that can be taken up, or are alive. One that only rang before a restart cannot.
    private var known: [LegID] {
        lines.compactMap { leg, line in
            if case .remembered(let dialog) = line.recovery, dialog.isRinging { return nil }
            return LegID(sameAs: leg)
        }.sorted()
    }

    /// Tells the far end where its sound goes now. A leg that has lived on needs nothing.
    func recover(_ leg: ID<SIPLeg>) {
        guard let line = lines[leg], case .remembered(let dialog) = line.recovery else { return }
        lines[leg]?.recovery = dialog.isUnconfirmed ? .answering : .asked
        sip?.restore(leg, dialog, answering: dialog.isUnconfirmed ? line.description : nil)
        if !dialog.isUnconfirmed { order(.reoffer(leg, body: line.description)) }
        file(leg)
    }

    /// The caller has acknowledged our answer. If that was the offer, his answer had to come with it: a call without sound helps nobody.
    /// If it was given twice, over a restart, he may have taken the first, whose ports are gone.
    func confirmed(_ leg: ID<SIPLeg>) {
        if let line = lines[leg], line.isTakenUp, line.wantsOffer {
            order(.end(leg))
            return ended(leg, .legEnded(LegID(sameAs: leg)))
        }
        // An agent's phone that has called us is not asked to call again after a restart: as its line is now, it is hung up on.
        if lines[leg]?.isAgents == true { file(leg) }
        guard var line = lines[leg], case .answering = line.recovery else { return }
        line.recovery = .asked
        line.version += 1
        line.description = offer(to: leg, line)
        lines[leg] = line
        order(.reoffer(leg, body: line.description))
    }

    func reanswered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard lines[leg] != nil else { return }
        guard let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases) else {
            return reofferRefused(leg, 488)
        }
        if lines[leg]?.isTakenUp == false { figures.recovered += 1 }
        lines[leg]?.recovery = .none
        listen(leg, agreed)
        file(leg)
    }

    /// What was agreed before stays; after a restart there is nothing of before to stay with.
    func reofferRefused(_ leg: ID<SIPLeg>, _ status: Int) {
        guard lines[leg]?.isTakenUp == false else { return }
        logger.error("a leg of before refuses to be taken up", metadata: ["leg": "\(leg)", "status": "\(status)"])
        order(.end(leg))
        lost(leg)
    }

    /// Files everything anew: what came about while nothing could be stored was not.
    func fileAll() {
        loop.preconditionInEventLoop()
        let legs = lines.keys.sorted().filter { lines[$0]?.isTakenUp == true }.compactMap { record(of: $0) }
        let phones = phones.keys.sorted().map { phone in
            registered[phone].map { Filing.registration($0) } ?? .registrationEnded(ID(sameAs: phone))
        }
        centre?.assumeIsolated { $0.file(legs.map { .leg($0) } + phones) }
    }
}
