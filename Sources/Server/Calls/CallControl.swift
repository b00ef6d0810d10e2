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

/// Where the trade meets the protocols: turns SIP's reports into the engine's inputs and the engine's directives into
/// SIP orders and media commands. A leg has the same id in the engine, in SIP and in media.
///
/// Lives on one event loop, which is also the engine's executor: between an INVITE and the offer it leads to no thread
/// is changed. Bound to that loop, hence unchecked.
final class CallControl: @unchecked Sendable {
    private let loop: any EventLoop
    private let media: MediaServer
    private let logger: Logger
    private var centre: CentreActor?
    private var sip: SIPEndpoint?

    private var legs: [ID<SIPLeg>: Line] = [:]
    private var numbers = NumberPlan()
    private var registered: Set<ID<SIPPhone>> = []

    /// One leg's line: what was agreed about its sound, and whom it shows.
    private struct Line {
        var address: NetworkAddress
        /// Our description to it: the answer to send when the engine answers, or the offer that was sent.
        var description: [UInt8]
        var codec: SDP.Codec
        var callerNumber: String?
        /// Counts our descriptions to this leg (RFC 3264 section 8: each newer one is numbered higher).
        var version: UInt64 = 1
    }

    init(on loop: any EventLoop, media: MediaServer, logger: Logger) {
        self.loop = loop
        self.media = media
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
        for phone in setUp.phones {
            let isThere = if case .registers = phone.access { registered.contains(ID(sameAs: phone.id)) } else { true }
            submit(.phoneReachable(phone.id, isThere))
        }
    }

    /// Hangs up on everybody, because the server stops: a line that stays open and silent would be worse.
    func endAll() {
        loop.preconditionInEventLoop()
        for leg in legs.keys.sorted() {
            order(.end(leg))
            drop(leg)
        }
    }

    /// The number of who called with this contact, while its leg lives.
    func callerNumber(of contact: ContactID) -> String? {
        loop.preconditionInEventLoop()
        return legs[ID(sameAs: contact)]?.callerNumber
    }

    // MARK: From SIP

    func take(_ report: Report) {
        loop.preconditionInEventLoop()
        switch report {
        case .callArrived(let leg, let invitation): callArrived(leg, invitation)
        case .answered(let leg, let body): answered(leg, body)
        case .refused(let leg, let status): refused(leg, status)
        case .reoffered(let leg, let body): reoffered(leg, body)
        case .cancelled(let leg), .ended(let leg, _): ended(leg)
        case .ringing, .confirmed, .lateAnswer: break
        case .registered(let phone, _, _):
            registered.insert(phone)
            submit(.phoneReachable(ID(sameAs: phone), true))
        case .unregistered(let phone):
            registered.remove(phone)
            submit(.phoneReachable(ID(sameAs: phone), false))
        }
    }

    private func callArrived(_ leg: ID<SIPLeg>, _ invitation: Invitation) {
        guard let (entryPoint, dialled) = numbers.entryPoint(for: invitation.calledUser) else {
            logger.info("call to an unknown number", metadata: ["leg": "\(leg)"])
            return order(.refuse(leg, status: 404))
        }
        let session = ID<MediaSession>(sameAs: leg)
        guard let description = try? SessionDescription(parsing: invitation.body) else { return order(.refuse(leg, status: 488)) }
        guard let address = try? media.open(session) else { return order(.refuse(leg, status: 503)) }
        guard let answer = try? description.answer(at: address, codecs: SDP.Codec.allCases, session: leg.low, version: 1) else {
            media.close(session)
            return order(.refuse(leg, status: 488))
        }
        let number = numbers.normalised(invitation.callerUser)
        legs[leg] = Line(
            address: address, description: answer.answer.bytes, codec: answer.result.codec, callerNumber: number)
        listen(leg, answer.result)
        let contact = ContactID(sameAs: leg)
        do {
            try submitting(
                .callArrived(LegID(sameAs: leg), entryPoint), filings: [.caller(contact, number: number, dialled: dialled)])
        } catch {
            logger.error("a call was refused", metadata: ["leg": "\(leg)", "reason": "\(error)"])
            order(.refuse(leg, status: 503))
            drop(leg)
        }
    }

    private func answered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard legs[leg] != nil else { return order(.end(leg)) }
        guard let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases) else {
            order(.end(leg))
            drop(leg)
            return submit(.legRefused(LegID(sameAs: leg), .unreachable))
        }
        listen(leg, agreed)
        submit(.legAnswered(LegID(sameAs: leg)))
    }

    private func refused(_ leg: ID<SIPLeg>, _ status: Int) {
        guard legs[leg] != nil else { return }
        drop(leg)
        let cause: LegRefusal =
            switch status {
            case 486, 600: .busy
            case 603, 403, 433, 607: .declined
            default: .unreachable
            }
        submit(.legRefused(LegID(sameAs: leg), cause))
    }

    /// The far end changes its description: holds, or moves its media (RFC 3261 section 14.2).
    private func reoffered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard var line = legs[leg] else { return order(.refuse(leg, status: 481)) }
        line.version += 1
        guard
            let answer = try? SessionDescription(parsing: body).answer(
                at: line.address, codecs: SDP.Codec.allCases, session: leg.low, version: line.version)
        else { return order(.refuse(leg, status: 488)) }
        line.description = answer.answer.bytes
        legs[leg] = line
        listen(leg, answer.result)
        order(.answer(leg, body: line.description))
    }

    private func ended(_ leg: ID<SIPLeg>) {
        guard legs[leg] != nil else { return }
        drop(leg)
        submit(.legEnded(LegID(sameAs: leg)))
    }

    private func listen(_ leg: ID<SIPLeg>, _ agreed: Negotiated) {
        let session = ID<MediaSession>(sameAs: leg)
        legs[leg]?.codec = agreed.codec
        media.connect(session, agreed)
    }

    // MARK: From the engine

    func perform(_ directives: [CallDirective]) {
        loop.preconditionInEventLoop()
        for directive in directives {
            switch directive {
            case .ring(let leg, let phone, let customer): ring(ID(sameAs: leg), ID(sameAs: phone), for: ID(sameAs: customer))
            case .answer(let leg): answer(ID(sameAs: leg))
            case .refuse(let leg, let why):
                order(.refuse(ID(sameAs: leg), status: why == .busy ? 486 : 404))
                drop(ID(sameAs: leg))
            case .end(let leg):
                order(.end(ID(sameAs: leg)))
                drop(ID(sameAs: leg))
            case .play(let leg, let sound): media.play(ID(sameAs: leg), sound)
            case .bridge(let first, let second): media.bridge(ID(sameAs: first), ID(sameAs: second))
            }
        }
    }

    private func answer(_ leg: ID<SIPLeg>) {
        // Gone since: the caller hung up before the commit.
        guard let line = legs[leg] else { return }
        order(.answer(leg, body: line.description))
    }

    private func ring(_ leg: ID<SIPLeg>, _ phone: ID<SIPPhone>, for customer: ID<SIPLeg>) {
        let session = ID<MediaSession>(sameAs: leg)
        let caller = legs[customer]
        guard let address = try? media.open(session) else {
            // Next round of the loop: the engine is still handing over the step that asked for this ring.
            return loop.execute { self.submit(.legRefused(LegID(sameAs: leg), .unreachable)) }
        }
        // The customer's codec first: then the two sides are relayed without translation.
        let preferred = caller?.codec ?? .pcmu
        let codecs = [preferred] + SDP.Codec.allCases.filter { $0 != preferred }
        let offer = SessionDescription.offer(at: address, codecs: codecs, session: leg.low, version: 1).bytes
        legs[leg] = Line(address: address, description: offer, codec: preferred, callerNumber: nil)
        order(.invite(leg, to: .phone(phone), callerUser: caller?.callerNumber, callerName: nil, body: offer))
    }

    private func drop(_ leg: ID<SIPLeg>) {
        guard legs.removeValue(forKey: leg) != nil else { return }
        media.close(ID(sameAs: leg))
    }

    // MARK: Handing on

    private func order(_ order: Order) { sip?.perform(order) }

    private func submit(_ input: Input) {
        do {
            try submitting(input)
        } catch {
            logger.error("an input from the network was not taken", metadata: ["input": "\(input.kind)", "reason": "\(error)"])
        }
    }

    private func submitting(_ input: Input, filings: [Filing] = []) throws {
        try centre?.assumeIsolated { _ = try $0.submit(input, by: .network, filings: filings) }
    }
}
