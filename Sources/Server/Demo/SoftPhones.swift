import Logging
import MediaServer
import NIOCore
import Primitives
import SDP
import SIP
import SIPTransport

/// A handful of telephones at one address: real SIP, real sound. The demo's customers and autopilot agents hold them.
/// Bound to its event loop; hence unchecked.
final class SoftPhones: @unchecked Sendable {
    private let media: MediaServer
    private let loop: any EventLoop
    private var sip: SIPEndpoint?
    private var lines: [ID<SIPLeg>: Line] = [:]
    private var random = Random(seed: .random(in: 0 ... .max))
    private let onEvent: (SoftPhones, PhoneEvent) -> Void

    private struct Line {
        var address: NetworkAddress
        var offer: [UInt8]
        var saying: PromptName?
    }

    enum PhoneEvent {
        case rings(ID<SIPLeg>, user: String, caller: String?)
        case answered(ID<SIPLeg>)
        case ended(ID<SIPLeg>)
    }

    /// Below those that the system hands out; two for each of the calls that there may be.
    static let manyPorts: ClosedRange<UInt16> = 20_000...20_999

    private init(media: MediaServer, loop: any EventLoop, onEvent: @escaping (SoftPhones, PhoneEvent) -> Void) {
        self.media = media
        self.loop = loop
        self.onEvent = onEvent
    }

    static func open(
        at address: NetworkAddress, ports: ClosedRange<UInt16> = manyPorts, prompts: String?, on loop: any EventLoop,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger, onEvent: @escaping @Sendable (SoftPhones, PhoneEvent) -> Void
    ) async throws -> SoftPhones {
        let media = try MediaServer(
            .init(address: address.host, ports: ports, seed: .random(in: 0 ... .max)), logger: logger, onEvent: { _ in })
        if let prompts { _ = try media.loadPrompts(in: prompts) }
        let phones = SoftPhones(media: media, loop: loop, onEvent: onEvent)
        var configuration = UserAgent.Configuration(
            address: address, realm: "phones", trunks: [], phones: [], productName: "Callfloor demo phone")
        configuration.acceptsAnyone = true
        let sip = SIPEndpoint(
            address: address, userAgent: UserAgent(configuration, random: Random(seed: .random(in: 0 ... .max))), on: loop, clock: clock,
            logger: logger, onReport: { phones.take($0) })
        try await loop.submit { phones.sip = sip }.get()
        try await sip.start()
        return phones
    }

    func close() async throws {
        try await sip?.close()
        media.shutdown()
    }

    /// Calls `number` at `server`; once answered, `saying` is spoken three times, or music played where there is none.
    func call(_ number: String, at server: NetworkAddress, as caller: String, saying: PromptName?, now: Timestamp) -> ID<SIPLeg>? {
        loop.preconditionInEventLoop()
        let leg = ID<SIPLeg>(at: now, using: &random)
        guard let uri = try? SIPURI(parsing: "sip:\(number)@\(server)"), let address = try? media.open(ID(sameAs: leg)) else { return nil }
        let offer = SessionDescription.offer(at: address, codecs: [.pcma, .pcmu], session: leg.low, version: 1).bytes
        lines[leg] = Line(address: address, offer: offer, saying: saying)
        sip?.perform(.invite(leg, to: .uri(uri, at: .udp(server)), callerUser: caller, callerName: nil, body: offer))
        return leg
    }

    /// Picks up a ringing phone and speaks.
    func answer(_ leg: ID<SIPLeg>, saying: PromptName?) {
        loop.preconditionInEventLoop()
        guard var line = lines[leg], let offer = try? SessionDescription(parsing: line.offer),
            let answer = try? offer.answer(at: line.address, codecs: SDP.Codec.allCases, session: leg.low, version: 1)
        else { return }
        line.saying = saying
        lines[leg] = line
        connect(leg, answer.result)
        sip?.perform(.answer(leg, body: answer.answer.bytes))
    }

    func hangUp(_ leg: ID<SIPLeg>) {
        loop.preconditionInEventLoop()
        guard lines.removeValue(forKey: leg) != nil else { return }
        media.close(ID(sameAs: leg))
        sip?.perform(.end(leg))
    }

    private func take(_ report: Report) {
        switch report {
        case .callArrived(let leg, let invitation):
            guard let address = try? media.open(ID(sameAs: leg)) else {
                sip?.perform(.refuse(leg, status: 486))
                return
            }
            lines[leg] = Line(address: address, offer: invitation.body, saying: nil)
            sip?.perform(.ring(leg))
            onEvent(self, .rings(leg, user: invitation.calledUser, caller: invitation.callerUser))
        case .answered(let leg, let body):
            guard lines[leg] != nil, let agreed = try? SessionDescription(parsing: body).result(ofOffering: SDP.Codec.allCases) else {
                return hangUp(leg)
            }
            connect(leg, agreed)
            onEvent(self, .answered(leg))
        case .refused(let leg, _), .cancelled(let leg), .ended(let leg, _):
            guard lines.removeValue(forKey: leg) != nil else { return }
            media.close(ID(sameAs: leg))
            onEvent(self, .ended(leg))
        case .reoffered(let leg, let body): reoffered(leg, body)
        case .ringing, .confirmed, .lateAnswer, .reanswered, .reofferRefused, .earlyMedia, .keyPressed, .transferWanted, .registered,
            .unregistered, .trunkRegistered, .trunkFailed, .trunkTested:
            break
        }
    }

    private func reoffered(_ leg: ID<SIPLeg>, _ body: [UInt8]) {
        guard let line = lines[leg],
            let answer = try? SessionDescription(parsing: body).answer(
                at: line.address, codecs: SDP.Codec.allCases, session: leg.low, version: 2)
        else {
            sip?.perform(.refuse(leg, status: 488))
            return
        }
        media.connect(ID(sameAs: leg), answer.result)
        sip?.perform(.answer(leg, body: answer.answer.bytes))
    }

    private func connect(_ leg: ID<SIPLeg>, _ agreed: Negotiated) {
        let session = ID<MediaSession>(sameAs: leg)
        media.connect(session, agreed)
        guard let saying = lines[leg]?.saying else { return media.play(session, .music) }
        media.play(session, .prompt(saying, then: .prompt(saying, then: .prompt(saying, then: .silence))))
    }
}
