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
import SDP
import SIP
import SIPTransport

/// Where the trade meets the protocols: turns SIP's reports into the engine's inputs and the engine's directives into
/// SIP orders and media commands. A leg has the same id in the engine, in SIP and in media.
///
/// Lives on one event loop, which is also the engine's executor: between an INVITE and the offer it leads to no thread
/// is changed. Bound to that loop, hence unchecked.
final class CallControl: @unchecked Sendable {
    let loop: any EventLoop
    let media: MediaServer
    let awaitedEnds = AwaitedEnds()
    let audioAddresses: [IPAddress]
    let show: @Sendable (HeadsetState?, AgentID) -> Void
    let logger: Logger
    private(set) var centre: CentreActor?
    private(set) var sip: SIPEndpoint?

    var lines: [ID<SIPLeg>: Line] = [:]
    private(set) var numbers = NumberPlan()
    private(set) var people = PeopleOfPhones()
    /// Where the phones that register are, and the fixed ones.
    private(set) var phones: [ID<SIPPhone>: IPAddress] = [:]
    private(set) var registered: [ID<SIPPhone>: RegistrationRecord] = [:]
    /// What agents have typed on the keypad, until it is pressed.
    var keptKeys: [ID<Keys>: String] = [:]
    /// The browsers that are phones.
    var headsets: [AgentID: Headset] = [:]
    /// The keys of customers' pages.
    var pageKeys: [ID<SIPLeg>: String] = [:]
    private(set) var agents: Set<AgentID> = []
    var qualityWatch: RepeatedTask?
    /// The numbers that agents dial, and where they may.
    var dialled = DialledNumbers()
    var figures = CallFigures()
    /// No new calls: the server is about to stop.
    var isDraining = false
    /// Calls are left as they are when the server stops: its successor takes them up.
    var isHandingOver = false
    var trunks = TrunkLines()
    /// Nil: nothing can be recorded.
    var recorder: RecordingKeeper?
    var rings: [ID<SIPLeg>: RecordingRing] = [:]
    var voices = VoiceWatch()
    let now: @Sendable () -> Timestamp
    private var random = Random(seed: .random(in: 0 ... .max))

    /// - Parameter audioAddresses: where browsers reach our media; empty: where its ports are bound.
    /// - Parameter show: hears how an agent's headset is connected; nil: it is not any more.
    init(
        on loop: any EventLoop, media: MediaServer, audioAddresses: [IPAddress] = [], now: @escaping @Sendable () -> Timestamp,
        show: @escaping @Sendable (HeadsetState?, AgentID) -> Void = { _, _ in }, logger: Logger
    ) {
        self.loop = loop
        self.now = now
        self.media = media
        self.audioAddresses = audioAddresses
        self.show = show
        self.logger = logger
    }

    /// Joins the parts that need each other. Call once, before the first packet.
    func connect(centre: CentreActor, sip: SIPEndpoint) {
        self.centre = centre
        self.sip = sip
    }

    /// Takes the numbers under which the centre is reached, and says of its phones which are there: one that registers is
    /// not until it has.
    func use(_ setUp: SetUp) {
        loop.preconditionInEventLoop()
        numbers = NumberPlan(setUp)
        dialled.use(setUp)
        people = PeopleOfPhones(setUp)
        agents = Set(setUp.agents.map(\.id))
        trunks.keep(setUp.trunks)
        for agent in headsets.keys.sorted() where !agents.contains(agent) { forget(headsetOf: agent) }
        for agent in agents.sorted() { submit(.headsetConnected(agent, headsets[agent]?.state == .open)) }
        for phone in setUp.phones {
            let id = ID<SIPPhone>(sameAs: phone.id)
            switch phone.access {
            case .registers: submit(.phoneReachable(phone.id, registered[id] != nil))
            case .fixed(let address):
                phones[id] = address.host
                submit(.phoneReachable(phone.id, true))
            }
        }
    }

    /// Hangs up on everybody, because the server stops: a line that stays open and silent would be worse.
    func endAll() {
        loop.preconditionInEventLoop()
        // The next start must not look for them.
        submit(.restarted([]))
        for leg in lines.keys.sorted() { hangUp(leg) }
    }

    /// The number of who called with this contact, while its leg lives.
    func callerNumber(of contact: ContactID) -> String? {
        loop.preconditionInEventLoop()
        return lines[ID(sameAs: contact)]?.callerNumber
    }

    /// The id of a leg that is to be.
    func newLeg() -> LegID { LegID(at: now(), using: &random) }

    // MARK: From SIP

    func take(_ report: Report) {
        loop.preconditionInEventLoop()
        switch report {
        case .callArrived(let leg, let invitation): callArrived(leg, invitation)
        case .answered(let leg, let body): answered(leg, body)
        case .refused(let leg, let status): refused(leg, status)
        case .reoffered(let leg, let body): reoffered(leg, body)
        case .reanswered(let leg, let body): reanswered(leg, body)
        case .reofferRefused(let leg, let status): reofferRefused(leg, status)
        case .lateAnswer(let leg, let body): lateAnswer(leg, body)
        case .confirmed(let leg): confirmed(leg)
        case .cancelled(let leg): ended(leg, .legEnded(LegID(sameAs: leg)))
        case .ended(let leg, let reason): ended(leg, reason)
        case .keyPressed(let leg, let key, let duration): keyPressed(leg, key, duration)
        case .transferWanted(let leg, let uri, let replaced): transferWanted(leg, to: uri, replacing: replaced)
        case .earlyMedia(let leg, let body): earlyMedia(leg, body)
        case .ringing: break
        case .trunkRegistered, .trunkFailed, .trunkTested: trunks.take(report, logger)
        case .registered(let phone, let contact, let source, let until): phoneRegistered(phone, contact, source, until)
        case .unregistered(let phone): phoneLeft(phone)
        }
    }

    private func callArrived(_ leg: ID<SIPLeg>, _ invitation: Invitation) {
        guard let centre, !isDraining, !isHandingOver, centre.assumeIsolated({ $0.keepsUp }) else {
            figures.refusedBusy += 1
            return order(.refuse(leg, status: 503))
        }
        if case .phone(let phone) = invitation.source, asked(leg, invitation, at: PhoneID(sameAs: phone)) { return }
        guard let (entryPoint, dialled) = numbers.entryPoint(for: invitation.calledUser) else {
            if case .phone(let phone) = invitation.source { return dialled(leg, invitation, at: PhoneID(sameAs: phone)) }
            logger.info("call to an unknown number", metadata: ["leg": "\(leg)"])
            return order(.refuse(leg, status: 404))
        }
        guard var line = openLine(for: leg, invitation) else { return }
        line.callerNumber = numbers.normalised(invitation.callerUser)
        lines[leg] = line
        let filings: [Filing] = [
            .caller(line.contact, number: line.callerNumber, dialled: dialled), record(of: leg).map { .leg($0) },
        ].compactMap(\.self)
        do {
            try submitting(.callArrived(LegID(sameAs: leg), entryPoint), filings: filings)
        } catch {
            logger.error("a call was refused", metadata: ["leg": "\(leg)", "reason": "\(error)"])
            order(.refuse(leg, status: 503))
            drop(leg)
        }
    }

    /// Opens media for an arriving call and prepares our description; nil after a refusal.
    func openLine(for leg: ID<SIPLeg>, _ invitation: Invitation) -> Line? {
        let session = ID<MediaSession>(sameAs: leg)
        let offered = try? SessionDescription(parsing: invitation.body)
        guard invitation.body.isEmpty || offered != nil else {
            order(.refuse(leg, status: 488))
            return nil
        }
        guard let address = try? media.open(session) else {
            logger.error("no media for a call", metadata: ["leg": "\(leg)"])
            order(.refuse(leg, status: 503))
            return nil
        }
        var line = Line(
            contact: ContactID(sameAs: leg), party: .customer, address: address, signalling: invitation.address.host, description: [],
            codec: .pcmu)
        if let offered {
            guard let answer = try? offered.answer(at: address, codecs: SDP.Codec.allCases, session: leg.low, version: 1) else {
                media.close(session)
                order(.refuse(leg, status: 488))
                return nil
            }
            line.description = answer.answer.bytes
            line.codec = answer.result.codec
            media.connect(session, line.reachable(answer.result))
        } else {
            line.description = SessionDescription.offer(at: address, codecs: SDP.Codec.allCases, session: leg.low, version: 1).bytes
            line.wantsOffer = true
        }
        return line
    }

    private func answered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard let line = lines[leg] else { return order(.end(leg)) }
        guard let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases) else {
            order(.end(leg))
            drop(leg)
            return submit(.legRefused(LegID(sameAs: leg), .unreachable))
        }
        lines[leg]?.codec = agreed.codec
        submit(.legAnswered(LegID(sameAs: leg)), filings: record(of: leg).map { [.leg($0)] } ?? [])
        // Only now: a phone that holds as it answers holds a talk.
        listen(leg, agreed)
        // While nothing can be stored the engine hears of it later; the two need not wait for that.
        if isInOutage, let customer = line.partner { media.bridge(session(of: customer), session(of: leg)) }
    }

    private func refused(_ leg: ID<SIPLeg>, _ status: Int) {
        guard let line = lines[leg] else { return }
        drop(leg)
        let cause: LegRefusal =
            switch status {
            case 480 where line.isOutside, 487 where line.isOutside: .noAnswer
            case 404 where line.isOutside, 410 where line.isOutside, 484 where line.isOutside, 604 where line.isOutside: .noSuchNumber
            case 486, 600: .busy
            case 603, 403, 433, 607: .declined
            default: .unreachable
            }
        submit(.legRefused(LegID(sameAs: leg), cause))
    }

    /// The far end changes its description: holds, or moves its media (RFC 3261 section 14.2). Without one it asks for ours.
    private func reoffered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard var line = lines[leg] else { return order(.refuse(leg, status: 481)) }
        line.version += 1
        guard !body.isEmpty else {
            line.description = offer(to: leg, line)
            line.wantsOffer = true
            lines[leg] = line
            return order(.answer(leg, body: line.description))
        }
        guard
            let answer = try? SessionDescription(parsing: body).answer(
                at: line.address, codecs: SDP.Codec.allCases, session: leg.low, version: line.version)
        else { return order(.refuse(leg, status: 488)) }
        line.description = answer.answer.bytes
        lines[leg] = line
        order(.answer(leg, body: line.description))
        listen(leg, answer.result)
        file(leg)
    }

    /// The acknowledgement brought the answer to our offer.
    private func lateAnswer(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard lines[leg]?.wantsOffer == true else { return }
        lines[leg]?.wantsOffer = false
        guard let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases) else {
            // Nothing was agreed on: a call without sound helps nobody.
            order(.end(leg))
            return ended(leg, .legEnded(LegID(sameAs: leg)))
        }
        listen(leg, agreed)
        file(leg)
    }

    private func ended(_ leg: ID<SIPLeg>, _ reason: EndReason) {
        switch reason {
        case .bye: ended(leg, .legEnded(LegID(sameAs: leg)))
        case .ackMissing: if lines[leg]?.isTakenUp == true { ended(leg, .legEnded(LegID(sameAs: leg))) } else { lost(leg) }
        case .gone, .expired: lost(leg)
        }
    }

    /// A far end that does not answer any more, or could not be taken up.
    func lost(_ leg: ID<SIPLeg>) {
        guard let line = lines[leg] else { return }
        figures.lost += 1
        logger.notice("a leg is lost", metadata: ["leg": "\(leg)", "contact": "\(line.contact)", "party": "\(line.party.rawValue)"])
        ended(leg, .legLost(LegID(sameAs: leg), line.isTakenUp ? .vanished : .restart))
    }

    func ended(_ leg: ID<SIPLeg>, _ input: Input) {
        guard let line = lines[leg] else { return }
        drop(leg)
        submit(input)
        // The engine will not say it before it can store something: nobody is to sit in a dead line until then.
        if isInOutage, let partner = line.partner, lines[partner] != nil {
            if line.party != .customer {
                // The engine will ask the agent why, or give the customer back to his queue.
                media.play(session(of: partner), Calls.Sound.music)
            } else {
                hangUp(partner)
            }
        }
    }

    /// Takes what was agreed about a leg's sound, and tells the engine when an agent's phone holds.
    func listen(_ leg: ID<SIPLeg>, _ agreed: Negotiated) {
        guard var line = lines[leg] else { return }
        line.codec = agreed.codec
        media.connect(ID(sameAs: leg), line.reachable(agreed))
        let isHeld = !agreed.direction.sends
        let isNews = line.isAgents && isHeld != line.isHeld
        line.isHeld = isHeld
        lines[leg] = line
        if isNews { submit(.legHeld(LegID(sameAs: leg), isHeld)) }
    }

    /// A key that came by SIP is pressed for the other side.
    private func keyPressed(_ leg: ID<SIPLeg>, _ key: Character, _ duration: Duration) {
        guard let partner = lines[leg]?.partner else { return }
        do {
            try media.press(session(of: partner), key, for: duration)
        } catch {
            logger.debug("a key was not passed on", metadata: ["leg": "\(leg)", "reason": "\(error)"])
        }
    }

    private func phoneRegistered(_ phone: ID<SIPPhone>, _ contact: SIPURI, _ source: Hop, _ until: Timestamp) {
        phones[phone] = source.host
        let record = RegistrationRecord(
            phone: ID(sameAs: phone), contact: contact.description, source: source.description, until: until)
        let isNew = registered.updateValue(record, forKey: phone) == nil
        centre?.assumeIsolated { $0.file([.registration(record)]) }
        if isNew { submit(.phoneReachable(ID(sameAs: phone), true)) }
    }

    private func phoneLeft(_ phone: ID<SIPPhone>) {
        registered[phone] = nil
        centre?.assumeIsolated { $0.file([.registrationEnded(ID(sameAs: phone))]) }
        submit(.phoneReachable(ID(sameAs: phone), false))
    }

    /// The phones that were registered before a restart can be called at once, unless that is too long ago. Those that were reached by a
    /// connection of their own are not there until they register anew.
    func remember(_ registrations: [RegistrationRecord], at now: Timestamp) {
        for record in registrations {
            guard let contact = try? SIPURI(parsing: record.contact), let source = Hop(record.source) else { continue }
            let phone = ID<SIPPhone>(sameAs: record.phone)
            phones[phone] = source.host
            let isThere =
                record.until > now
                && sip?.restoreRegistration(of: phone, contact: contact, source: source, until: record.until) == true
            if isThere { registered[phone] = record } else { centre?.assumeIsolated { $0.file([.registrationEnded(record.phone)]) } }
        }
    }

    // MARK: From media

    /// A party's sound has stopped: is it still there? An answer settles it; none within some seconds ends the leg.
    func fellSilent(_ leg: ID<SIPLeg>) {
        loop.preconditionInEventLoop()
        guard lines[leg] != nil else { return }
        order(.probe(leg))
    }

    // MARK: Handing on

    var isInOutage: Bool { centre?.assumeIsolated { $0.unavailable } != nil }

    func order(_ order: Order) { sip?.perform(order) }

    /// Ends a leg: its dialog, or its part in a headset's connection, which goes on.
    func hangUp(_ leg: ID<SIPLeg>) {
        if lines[leg]?.way == .dialog { order(.end(leg)) }
        drop(leg)
    }

    /// Where the leg's sound is: with itself, or with the headset on which it lies.
    func session(of leg: ID<SIPLeg>) -> ID<MediaSession> {
        lines[leg]?.headset.flatMap { headsets[$0]?.session } ?? ID(sameAs: leg)
    }

    /// Files what a restart would need of the leg as it is now.
    func file(_ leg: ID<SIPLeg>) {
        guard let record = record(of: leg) else { return }
        centre?.assumeIsolated { $0.file([.leg(record)]) }
    }

    func record(of leg: ID<SIPLeg>) -> LegRecord? { lines[leg]?.record(of: leg, dialog: sip?.record(of: leg)) }

    func submit(_ input: Input, filings: [Filing] = []) {
        do {
            try submitting(input, filings: filings)
        } catch {
            logger.error("an input from the network was not taken", metadata: ["input": "\(input.kind)", "reason": "\(error)"])
        }
    }

    func submitting(_ input: Input, filings: [Filing]) throws {
        try centre?.assumeIsolated { _ = try $0.submit(input, by: .network, filings: filings) }
    }
}
