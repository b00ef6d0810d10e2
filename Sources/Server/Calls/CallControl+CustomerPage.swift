import Calls
import Centre
import Contacts
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import Operation
import Primitives
import RTP
import SDP
import SIP

/// Customers who call from a page: a leg whose media is a browser's and whose signalling is HTTP's. It does not outlive the server.
extension CallControl {
    /// Calls from pages at once; it is a demonstration.
    private static let pageCallsMax = 50
    private static let pagePatience = TimeAmount.seconds(20)

    func callFromPage(_ number: String, _ description: String, _ id: LegID) throws(BrowserRefusal) -> CustomerPagePort.Answer {
        loop.preconditionInEventLoop()
        guard let centre, !isDraining, !isHandingOver, pageKeys.count < Self.pageCallsMax, centre.assumeIsolated({ $0.keepsUp }) else {
            throw .unavailable
        }
        guard let (entryPoint, dialled) = numbers.entryPoint(for: number) else { throw .number }
        let offer = try read(description)
        let leg = ID<SIPLeg>(sameAs: id)
        let session = ID<MediaSession>(sameAs: id)
        guard let port = try? media.openBrowser(session) else { throw .unavailable }
        guard let (answer, agreement) = try? offer.answer(side(of: port, prefersOpus: false), session: id.low, version: 1),
            (try? media.connectBrowser(session, to: BrowserRemote(offer, agreement))) != nil
        else {
            media.close(session)
            throw .unsuitable
        }
        lines[leg] = Line(
            contact: ContactID(sameAs: id), party: .customer, way: .page, address: port.address, description: [], codec: .pcmu)
        let key = Self.makeKey()
        pageKeys[leg] = key
        do {
            try submitting(
                .callArrived(id, entryPoint), filings: [.caller(ContactID(sameAs: id), number: nil, dialled: dialled)])
        } catch {
            drop(leg)
            throw .unavailable
        }
        guard lines[leg] != nil else { throw .unavailable }
        return CustomerPagePort.Answer(key: key, description: String(decoding: answer.bytes, as: UTF8.self))
    }

    func checkPage(_ id: LegID, _ key: String) throws(BrowserRefusal) {
        loop.preconditionInEventLoop()
        guard pageKeys[ID(sameAs: id)] == key else { throw .unknown }
    }

    func endFromPage(_ id: LegID, _ key: String) throws(BrowserRefusal) {
        try checkPage(id, key)
        ended(ID(sameAs: id), .legEnded(id))
    }

    func pressFromPage(_ id: LegID, _ key: String, _ keys: String) throws(BrowserRefusal) {
        try checkPage(id, key)
        if let partner = lines[ID(sameAs: id)]?.partner { press(keys, towards: partner) }
    }

    /// What media tells of a page's call.
    func pageChanged(_ leg: ID<SIPLeg>, to state: HeadsetState.Connection, isOver: Bool) {
        guard lines[leg]?.way == .page else { return }
        if isOver { return ended(leg, .legEnded(LegID(sameAs: leg))) }
        lines[leg]?.isApart = state == .lost
        guard state == .lost else { return }
        loop.scheduleTask(in: Self.pagePatience) { [self] in
            if lines[leg]?.isApart == true { lost(leg) }
        }
    }

    /// 128 bits that nobody can guess.
    private static func makeKey() -> String {
        var chance = SystemRandomNumberGenerator()
        return [chance.next(), chance.next()].map { String($0 as UInt64, radix: 16) }.joined(separator: "-")
    }
}

extension CustomerPagePort {
    /// By way of the calls' own loop.
    init(_ calls: CallControl, on loop: any EventLoop, audio: AudioNetwork?, now: @escaping @Sendable () -> Timestamp) {
        self.init(
            call: { number, offer, leg in try await loop.submit { try calls.callFromPage(number, offer, leg) }.get() },
            press: { leg, key, keys in try await loop.submit { try calls.pressFromPage(leg, key, keys) }.get() },
            end: { leg, key in try await loop.submit { try calls.endFromPage(leg, key) }.get() },
            check: { leg, key in try await loop.submit { try calls.checkPage(leg, key) }.get() },
            iceServers: { audio?.iceServers(at: now()) ?? [] })
    }
}
