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
                ring(ID(sameAs: leg), ID(sameAs: phone), for: ID(sameAs: customer), as: .colleague, partner: ID(sameAs: agent))
            case .supervise(let leg, let phone, let customer):
                ring(ID(sameAs: leg), ID(sameAs: phone), for: ID(sameAs: customer), as: .supervisor)
            case .call(let leg, let partner): call(ID(sameAs: leg), for: ID(sameAs: partner))
            case .answer(let leg): answer(ID(sameAs: leg))
            case .refuse(let leg, let why):
                if lines[ID(sameAs: leg)]?.way != .page { order(.refuse(ID(sameAs: leg), status: why == .busy ? 486 : 404)) }
                drop(ID(sameAs: leg))
            case .end(let leg): end(ID(sameAs: leg))
            case .play(let leg, let sound): play(sound, to: ID(sameAs: leg))
            case .bridge(let first, let second): bridge(ID(sameAs: first), ID(sameAs: second))
            case .confer(let voices): confer(voices)
            case .press(let leg, let keys): press(keptKeys.removeValue(forKey: keys) ?? "", towards: ID(sameAs: leg))
            case .record(let leg, let recording): record(ID(sameAs: leg), as: recording)
            case .stopRecording(let leg): stopRecording(ID(sameAs: leg))
            case .keepPrivate(let leg, let isWanted): media.keepPrivate(session(of: ID(sameAs: leg)), isWanted)
            case .recover(let leg): recover(ID(sameAs: leg))
            }
        }
        heed(directives)
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
        guard lines[leg] != nil else { return }
        guard let ring = recorder?.begin(ID(sameAs: recording), at: now()) else {
            logger.error("a call is not recorded", metadata: ["leg": "\(leg)", "reason": recorder == nil ? "no keys" : "too many at once"])
            // Next round of the loop: the engine is still handing over the step that asked for it.
            return loop.execute { self.submit(.recordingRefused(LegID(sameAs: leg), recording)) }
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

    /// - Parameters:
    ///   - party: whose phone it is: of the customer's agent, of a colleague who is asked about him, of a supervisor.
    ///   - agent: who asks a colleague.
    private func ring(
        _ leg: ID<SIPLeg>, _ phone: ID<SIPPhone>, for customer: ID<SIPLeg>, as party: Party = .agent, partner agent: ID<SIPLeg>? = nil
    ) {
        // What a supervisor's phone presses is for nobody.
        let partner = party == .supervisor ? nil : agent ?? customer
        if agents.contains(ID(sameAs: phone)) { return ringHeadset(of: ID(sameAs: phone), leg, for: customer, as: party, partner: partner) }
        let session = ID<MediaSession>(sameAs: leg)
        let caller = lines[customer]
        guard let address = try? media.open(session) else {
            // Next round of the loop: the engine is still handing over the step that asked for this ring.
            return loop.execute { self.submit(.legRefused(LegID(sameAs: leg), .unreachable)) }
        }
        var line = Line(
            contact: ContactID(sameAs: customer), party: party, address: address, signalling: phones[phone],
            description: [],
            codec: caller?.codec ?? .pcmu)
        line.partner = partner
        line.description = offer(to: leg, line)
        lines[leg] = line
        if party == .agent { lines[customer]?.partner = leg }
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
        // The colleague, or a supervisor, goes on with the customer.
        if lines[first]?.party == .customer, let party = lines[second]?.party, party == .colleague || party == .supervisor {
            let isOutside = lines[second]?.isOutside == true
            lines[second]?.party = isOutside ? .outside : .agent
            file(second)
        }
        putThrough(first)
        putThrough(second)
        media.bridge(session(of: first), session(of: second))
    }

    /// Whom nobody hears is listened to all the same, so that he is missed when he is gone.
    private func confer(_ voices: [Voice]) {
        guard let first = voices.first, let contact = lines[ID(sameAs: first.leg)]?.contact else { return }
        for voice in voices { putThrough(ID(sameAs: voice.leg)) }
        do {
            try media.confer(
                voices.map { voice in
                    .init(session: session(of: ID(sameAs: voice.leg)), hears: parties(voice.hears), heardBy: parties(voice.heardBy))
                }, in: ID(sameAs: contact))
        } catch {
            logger.error("a talk has no room", metadata: ["contact": "\(contact)", "reason": "\(error)"])
        }
    }

    private func parties(_ audience: Audience) -> Parties {
        switch audience {
        case .everyone: .everyone
        case .nobody: .nobody
        case .only(let legs): .only(Set(legs.map { session(of: ID(sameAs: $0)) }))
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
        stopMeasuring(leg)
        if line.headset == nil { media.close(ID(sameAs: leg)) } else { fallSilent(line) }
    }
}
