import Calls
import Centre
import Contacts
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import Operation
import Organization
import Primitives
import RTP
import SDP
import SIP

/// Agents' browsers as their phones: their connections are made and renewed by HTTP, kept by media, and carry legs of which SIP knows
/// nothing.
extension CallControl {
    /// A connection that has not come about, or is lost, for so long is given up; the browser makes another.
    private static let patience = TimeAmount.seconds(60)
    private static let qualityPause = TimeAmount.seconds(5)
    /// The sound of a leg on a headset goes by the headset's connection.
    private static let noAddress = NetworkAddress(.v4(0), port: 0)

    // MARK: What browsers ask

    func connectHeadset(of agent: AgentID, _ wanted: HeadsetPort.Offer) throws(BrowserRefusal) -> HeadsetPort.Answer {
        loop.preconditionInEventLoop()
        guard !isDraining, !isHandingOver, agents.contains(agent) else { throw .unavailable }
        let offer = try read(wanted.description)
        let isOpus = wanted.codec == .opus
        guard let renewed = wanted.renewed else { return try openHeadset(of: agent, offer, named: wanted.new, isOpus: isOpus) }
        guard let headset = headsets[agent], headset.id == renewed else { throw .unknown }
        return try renew(headset, of: agent, offer, isOpus: isOpus)
    }

    /// Reads what a browser offers, an agent's or a customer's.
    func read(_ description: String) throws(BrowserRefusal) -> BrowserOffer {
        do throws(BrowserOffer.Refusal) {
            return try BrowserOffer(parsing: Array(description.utf8))
        } catch {
            logger.info("a browser's offer was refused", metadata: ["reason": "\(error)"])
            if case .malformed = error { throw .malformed }
            throw .unsuitable
        }
    }

    private func openHeadset(
        of agent: AgentID, _ offer: BrowserOffer, named id: HeadsetID, isOpus: Bool
    ) throws(BrowserRefusal) -> HeadsetPort.Answer {
        guard let port = try? media.openBrowser(ID(sameAs: id)) else { throw .unavailable }
        var headset = Headset(id: id, offer: offer, port: port)
        let answer: String
        do throws(BrowserRefusal) {
            answer = try agree(&headset, offer, isOpus: isOpus)
        } catch {
            media.close(headset.session)
            throw error
        }
        // Another browser of his, or this one before it was loaded again: its calls wait for the new one.
        if headsets[agent] != nil { closeHeadset(of: agent) }
        headsets[agent] = headset
        changed(headsetOf: agent)
        giveUpIfStillApart(agent)
        watchQuality()
        return HeadsetPort.Answer(headset: id, description: answer)
    }

    private func renew(
        _ headset: Headset, of agent: AgentID, _ offer: BrowserOffer, isOpus: Bool
    ) throws(BrowserRefusal) -> HeadsetPort.Answer {
        var headset = headset
        if offer.restartsICE(of: headset.offer) {
            guard let credentials = try? media.restartBrowser(headset.session) else { throw .unknown }
            headset.port.credentials = credentials
        }
        let answer = try agree(&headset, offer, isOpus: isOpus)
        headsets[agent] = headset
        return HeadsetPort.Answer(headset: headset.id, description: answer)
    }

    /// Answers an offer and tells media what was agreed on.
    private func agree(_ headset: inout Headset, _ offer: BrowserOffer, isOpus: Bool) throws(BrowserRefusal) -> String {
        let side = side(of: headset.port, prefersOpus: isOpus)
        headset.version += 1
        headset.offer = offer
        guard let (answer, agreement) = try? offer.answer(side, session: headset.id.low, version: headset.version) else {
            throw .unsuitable
        }
        do {
            try media.connectBrowser(headset.session, to: BrowserRemote(offer, agreement))
        } catch {
            logger.error("no media for a browser", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
        return String(decoding: answer.bytes, as: UTF8.self)
    }

    /// What an answer says of us.
    func side(of port: MediaServer.BrowserPort, prefersOpus: Bool) -> BrowserSide {
        let hosts = audioAddresses.isEmpty ? [port.address.host] : audioAddresses
        return BrowserSide(
            user: port.credentials.user, password: port.credentials.password, fingerprint: media.fingerprint,
            addresses: hosts.map { NetworkAddress($0, port: port.address.port) },
            codecs: prefersOpus ? [.opus, .pcmu, .pcma] : [.pcmu, .pcma, .opus])
    }

    func disconnectHeadset(of agent: AgentID, _ id: HeadsetID) throws(BrowserRefusal) {
        loop.preconditionInEventLoop()
        guard headsets[agent]?.id == id else { throw .unknown }
        forget(headsetOf: agent)
    }

    /// The agent hears himself until a call is put through to him.
    func testHeadset(of agent: AgentID, _ id: HeadsetID, _ isOn: Bool) throws(BrowserRefusal) {
        loop.preconditionInEventLoop()
        guard let headset = headsets[agent], headset.id == id else { throw .unknown }
        guard headset.state == .open, !legs(onHeadsetOf: agent).contains(where: { lines[$0]?.isUp == true }) else { throw .inCall }
        media.echo(headset.session, isOn)
    }

    /// Whether something rings there for the contact and is not answered.
    func rings(_ contact: ContactID, onHeadsetOf agent: AgentID) -> Bool {
        loop.preconditionInEventLoop()
        return legs(onHeadsetOf: agent).contains { lines[$0]?.contact == contact && lines[$0]?.isUp == false }
    }

    // MARK: What media tells

    func heard(_ event: MediaEvent) {
        loop.preconditionInEventLoop()
        switch event {
        case .silent(let session, _): fellSilent(ID(sameAs: session))
        case .browserConnected(let session), .browserBack(let session): change(session, to: .open)
        case .browserLost(let session, _): change(session, to: .lost)
        case .browserClosed(let session): change(session, to: .lost, isOver: true)
        case .browserRefused(let session, let failure):
            logger.notice("a browser's handshake failed", metadata: ["audio": "\(session)", "reason": "\(failure)"])
            change(session, to: .lost, isOver: true)
        case .promptFinished(let session): submit(.soundEnded(ID(sameAs: session)))
        case .firstPacket, .digit: break
        }
    }

    /// - Parameter isOver: it will not come back by itself.
    private func change(_ session: ID<MediaSession>, to state: HeadsetState.Connection, isOver: Bool = false) {
        guard let (agent, headset) = headsets.first(where: { $0.value.session == session }) else {
            return pageChanged(ID(sameAs: session), to: state, isOver: isOver)
        }
        guard headset.state != state else { return }
        headsets[agent]?.state = state
        headsets[agent]?.turn += 1
        logger.info("a headset changed", metadata: ["agent": "\(agent)", "state": "\(state.rawValue)"])
        changed(headsetOf: agent)
        if state != .open { giveUpIfStillApart(agent) }
    }

    /// Tells the engine and the desk.
    private func changed(headsetOf agent: AgentID) {
        let isOpen = headsets[agent]?.state == .open
        submit(.headsetConnected(agent, isOpen))
        for leg in legs(onHeadsetOf: agent) { submit(isOpen ? .legResumed(LegID(sameAs: leg)) : .legInterrupted(LegID(sameAs: leg))) }
        show(headsets[agent]?.shown, agent)
    }

    private func closeHeadset(of agent: AgentID) {
        guard let headset = headsets.removeValue(forKey: agent) else { return }
        media.close(headset.session)
    }

    func forget(headsetOf agent: AgentID) {
        closeHeadset(of: agent)
        changed(headsetOf: agent)
    }

    private func giveUpIfStillApart(_ agent: AgentID) {
        guard let headset = headsets[agent] else { return }
        loop.scheduleTask(in: Self.patience) { [self] in
            guard let now = headsets[agent], now.id == headset.id, now.turn == headset.turn else { return }
            forget(headsetOf: agent)
        }
    }

    private func watchQuality() {
        guard qualityWatch == nil else { return }
        qualityWatch = loop.scheduleRepeatedTask(initialDelay: Self.qualityPause, delay: Self.qualityPause) { [self] task in
            guard !headsets.isEmpty else {
                qualityWatch = nil
                return task.cancel()
            }
            for (agent, headset) in headsets where headset.state == .open {
                media.statistics(of: headset.session) { [self] statistics in
                    let quality = statistics.flatMap { HeadsetState.Quality($0) }
                    loop.execute { self.measured(quality, headset.id, of: agent) }
                }
            }
        }
    }

    private func measured(_ quality: HeadsetState.Quality?, _ id: HeadsetID, of agent: AgentID) {
        guard headsets[agent]?.id == id else { return }
        headsets[agent]?.quality = quality
        show(headsets[agent]?.shown, agent)
    }

    // MARK: Legs

    /// A headset rings by what the desk shows; it is answered there.
    func ringHeadset(of agent: AgentID, _ leg: ID<SIPLeg>, for customer: ID<SIPLeg>, as party: Party, partner: ID<SIPLeg>?) {
        guard headsets[agent]?.state == .open else {
            // Next round of the loop: the engine is still handing over the step that asked for this ring.
            return loop.execute { self.submit(.legRefused(LegID(sameAs: leg), .unreachable)) }
        }
        var line = Line(
            contact: ContactID(sameAs: customer), party: party, way: .headset(agent), address: Self.noAddress, description: [],
            codec: .pcmu, callerNumber: lines[customer]?.callerNumber)
        line.partner = partner
        lines[leg] = line
        if party == .agent { lines[customer]?.partner = leg }
        headsets[agent]?.rangFor = line.contact
        show(headsets[agent]?.shown, agent)
    }

    /// What is put through is filed then: on a headset nobody may have had to answer it.
    func putThrough(_ leg: ID<SIPLeg>) {
        guard lines[leg]?.isUp == false else { return }
        lines[leg]?.isUp = true
        if lines[leg]?.headset != nil { file(leg) }
    }

    /// A leg of before a restart: the agent's browser is on its way back.
    func remember(_ record: LegRecord, onHeadsetOf agent: AgentID) {
        var line = Line(
            contact: record.contact, party: record.party, way: .headset(agent), address: Self.noAddress, description: [],
            codec: .pcmu, callerNumber: record.callerNumber)
        line.isUp = true
        lines[ID(sameAs: record.leg)] = line
    }

    /// The headset's part in a call is over; its connection goes on.
    func fallSilent(_ line: Line) {
        guard let session = line.headset.flatMap({ headsets[$0]?.session }) else { return }
        media.play(session, Calls.Sound.silence)
    }

    private func legs(onHeadsetOf agent: AgentID) -> [ID<SIPLeg>] {
        lines.filter { $0.value.headset == agent }.keys.sorted()
    }
}
