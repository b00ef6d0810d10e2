import Calls
import Contacts
import HTTPAPI
import MediaServer
import NIOCore
import Primitives
import SDP

/// An agent's browser as his phone: one connection for his whole shift, on which his legs come and go.
struct Headset {
    /// Its media session has the connection's id.
    let id: HeadsetID
    var offer: BrowserOffer
    var port: MediaServer.BrowserPort
    /// Counts our descriptions (RFC 3264 section 8).
    var version: UInt64 = 0
    var state = HeadsetState.Connection.connecting
    var quality: HeadsetState.Quality?
    var rangFor: ContactID?
    /// Counts its changes of state, so that what was planned in an earlier one is left.
    var turn = 0

    var session: ID<MediaSession> { ID(sameAs: id) }
    var shown: HeadsetState { HeadsetState(id: id, connection: state, quality: quality, rangFor: rangFor) }
}

extension BrowserRemote {
    /// What was agreed on, with what we send first.
    init(_ offer: BrowserOffer, _ agreement: BrowserAgreement) {
        self.init(
            fingerprints: offer.fingerprints,
            formats: agreement.formats.map { format in
                let coding: Coding =
                    switch format.codec {
                    case .opus: .opus
                    case .pcmu: .pcmu
                    case .pcma: .pcma
                    }
                return Format(payloadType: format.payloadType, coding: coding)
            },
            telephoneEvents: agreement.telephoneEvents)
    }
}

extension HeadsetState.Quality {
    /// Nil before the browser has reported how our packets arrive.
    init?(_ statistics: SessionStatistics) {
        guard let there = statistics.there, let roundTrip = there.roundTrip, let opinion = statistics.opinion,
            let coding = statistics.coding
        else { return nil }
        self.init(
            roundTripMilliseconds: Int(clamping: roundTrip.milliseconds),
            jitterMilliseconds: Int(clamping: max(statistics.jitter, there.jitter).milliseconds),
            lostPerThousand: Int((max(statistics.lostShare, there.lostShare) * 1000).rounded()),
            opinionTenths: Int((opinion * 10).rounded()), codec: coding == .opus ? .opus : .pcmu)
    }
}

extension HeadsetPort {
    /// By way of the calls' own loop.
    init(_ calls: CallControl, on loop: any EventLoop, audio: AudioNetwork?, now: @escaping @Sendable () -> Timestamp) {
        self.init(
            connect: { agent, offer in try await loop.submit { try calls.connectHeadset(of: agent, offer) }.get() },
            disconnect: { agent, id in try await loop.submit { try calls.disconnectHeadset(of: agent, id) }.get() },
            test: { agent, id, isOn in try await loop.submit { try calls.testHeadset(of: agent, id, isOn) }.get() },
            rings: { agent, contact in
                (try? await loop.submit { calls.rings(contact, onHeadsetOf: agent) }.get()) ?? false
            },
            iceServers: { user in audio?.iceServers(for: user, at: now()) ?? [] })
    }
}
