import Calls
import Centre
import Contacts
import Logging
import MediaServer
import NIOCore
import Primitives
import SDP
import SIP
import SIPTransport

/// What the engine asks for, as SIP orders and media commands.
extension CallControl {
    func perform(_ directives: [CallDirective]) {
        loop.preconditionInEventLoop()
        for directive in directives {
            switch directive {
            case .ring(let leg, let phone, let customer): ring(ID(sameAs: leg), ID(sameAs: phone), for: ID(sameAs: customer))
            case .consult(let leg, let phone, let customer, let agent):
                ring(ID(sameAs: leg), ID(sameAs: phone), for: ID(sameAs: customer), partner: ID(sameAs: agent))
            case .call(let leg, let partner): call(ID(sameAs: leg), for: ID(sameAs: partner))
            case .answer(let leg): answer(ID(sameAs: leg))
            case .refuse(let leg, let why):
                if lines[ID(sameAs: leg)]?.way != .page { order(.refuse(ID(sameAs: leg), status: why == .busy ? 486 : 404)) }
                drop(ID(sameAs: leg))
            case .end(let leg): end(ID(sameAs: leg))
            case .play(let leg, let sound): play(sound, to: ID(sameAs: leg))
            case .bridge(let first, let second): bridge(ID(sameAs: first), ID(sameAs: second))
            case .confer(let legs, let muted): confer(legs.map { ID(sameAs: $0) }, muted: muted.map { ID(sameAs: $0) })
            case .press(let leg, let keys): press(keptKeys.removeValue(forKey: keys) ?? "", towards: ID(sameAs: leg))
            case .record(let leg, let recording): record(ID(sameAs: leg), as: recording)
            case .stopRecording(let leg): stopRecording(ID(sameAs: leg))
            case .keepPrivate(let leg, let isWanted): media.keepPrivate(session(of: ID(sameAs: leg)), isWanted)
            case .recover(let leg): recover(ID(sameAs: leg))
            }
        }
    }

    private func play(_ sound: Calls.Sound, to leg: ID<SIPLeg>) {
        let session = session(of: leg)
        switch sound {
        case .closed: awaitedEnds.add(session)
        // The agent hears it, too; only its end at the customer's is waited for.
        case .recorded: if lines[leg]?.party == .customer { awaitedEnds.add(session) }
        case .silence, .ringBack, .music, .greeting: break
        }
        media.play(session, sound)
    }

    /// From here on what passes between us and the customer is kept.
    private func record(_ leg: ID<SIPLeg>, as recording: RecordingID) {
        stopRecording(leg)
        guard lines[leg] != nil, let recorder else { return }
        guard let ring = recorder.begin(ID(sameAs: recording), at: now()) else {
            return logger.error("a call is not recorded", metadata: ["leg": "\(leg)", "reason": "too many at once"])
        }
        rings[leg] = ring
        media.listen(to: session(of: leg), by: ring)
    }

    private func stopRecording(_ leg: ID<SIPLeg>) {
        guard let ring = rings.removeValue(forKey: leg) else { return }
        media.stopListening(to: session(of: leg), by: ring)
    }

    private func answer(_ leg: ID<SIPLeg>) {
        // Gone since: the caller hung up before the commit.
        guard let line = lines[leg], line.way == .dialog else { return }
        order(.answer(leg, body: line.description))
    }

    /// - Parameter agent: who asks a colleague about the customer; nil: the phone rings for the customer himself.
    private func ring(_ leg: ID<SIPLeg>, _ phone: ID<SIPPhone>, for customer: ID<SIPLeg>, partner agent: ID<SIPLeg>? = nil) {
        if agents.contains(ID(sameAs: phone)) { return ringHeadset(of: ID(sameAs: phone), leg, for: customer, partner: agent) }
        let session = ID<MediaSession>(sameAs: leg)
        let caller = lines[customer]
        guard let address = try? media.open(session) else {
            // Next round of the loop: the engine is still handing over the step that asked for this ring.
            return loop.execute { self.submit(.legRefused(LegID(sameAs: leg), .unreachable)) }
        }
        var line = Line(
            contact: ContactID(sameAs: customer), party: agent == nil ? .agent : .colleague, address: address, signalling: phones[phone],
            description: [],
            codec: caller?.codec ?? .pcmu)
        line.partner = agent ?? customer
        line.description = offer(to: leg, line)
        lines[leg] = line
        if agent == nil { lines[customer]?.partner = leg }
        order(
            .invite(
                leg, to: .phone(phone), callerUser: caller?.callerNumber ?? dialled.number(on: customer), callerName: nil,
                body: line.description))
        file(leg)
    }

    private func end(_ leg: ID<SIPLeg>) {
        if case .remembered(let dialog) = lines[leg]?.recovery { sip?.restore(leg, dialog, answering: nil) }
        dialled.forget(leg)
        if lines[leg]?.isTransferring == true { order(.transferProgress(leg, status: 200)) }
        hangUp(leg)
    }

    private func bridge(_ first: ID<SIPLeg>, _ second: ID<SIPLeg>) {
        lines[first]?.partner = second
        lines[second]?.partner = first
        // The colleague goes on with the customer.
        if lines[first]?.party == .customer, lines[second]?.party == .colleague {
            let isOutside = lines[second]?.isOutside == true
            lines[second]?.party = isOutside ? .outside : .agent
            file(second)
        }
        putThrough(first)
        putThrough(second)
        media.bridge(session(of: first), session(of: second))
    }

    /// One of them is not heard; his sound is still taken, so that he is missed when he is gone.
    private func confer(_ legs: [ID<SIPLeg>], muted: ID<SIPLeg>?) {
        guard let first = legs.first, let contact = lines[first]?.contact else { return }
        for leg in legs {
            putThrough(leg)
            do {
                try media.join(session(of: leg), room: ID(sameAs: contact), heardBy: leg == muted ? .nobody : .everyone)
            } catch {
                logger.error("a leg cannot join its room", metadata: ["leg": "\(leg)", "reason": "\(error)"])
            }
        }
    }

    func press(_ keys: String, towards leg: ID<SIPLeg>) {
        for key in keys { try? media.press(session(of: leg), key) }
    }

    /// The customer's codec first: then the two sides are relayed without translation.
    func offer(to leg: ID<SIPLeg>, _ line: Line) -> [UInt8] {
        let codecs = [line.codec] + SDP.Codec.allCases.filter { $0 != line.codec }
        return SessionDescription.offer(at: line.address, codecs: codecs, session: leg.low, version: line.version).bytes
    }

    func drop(_ leg: ID<SIPLeg>) {
        guard let line = lines.removeValue(forKey: leg) else { return }
        if let partner = line.partner, lines[partner]?.partner == leg { lines[partner]?.partner = nil }
        _ = awaitedEnds.take(session(of: leg))
        pageKeys[leg] = nil
        stopRecording(leg)
        if line.headset == nil { media.close(ID(sameAs: leg)) } else { fallSilent(line) }
    }
}
