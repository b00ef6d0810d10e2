import Contacts
import Operation
import Organization
import Primitives
import SDP
import SIP

/// One leg's line: whose it is, what was agreed about its sound, and whom it shows.
struct Line {
    var contact: ContactID
    var party: Party
    var way = Way.dialog
    /// Where we receive its sound.
    var address: NetworkAddress
    /// Where its signalling comes from: a phone behind NAT tells a private address for its sound.
    var signalling: IPAddress?
    /// Our last description to it: the answer to send when the engine answers, or the offer that was sent.
    var description: [UInt8]
    var codec: SDP.Codec
    var callerNumber: String?
    /// Counts our descriptions to this leg (RFC 3264 section 8: each newer one is numbered higher).
    var version: UInt64 = 1
    /// The other side of the call: who rings for whom, who is put through to whom.
    var partner: ID<SIPLeg>?
    var recovery = Recovery.none
    /// Its INVITE brought no description, so ours is the offer.
    var wantsOffer = false
    /// Whether the agent's phone holds, as the engine was told; nil after a restart: it may have changed while nobody listened.
    var isHeld: Bool? = false
    /// It is put through: on a headset, whether it has been answered.
    var isUp = false

    /// A number outside that we have called.
    var isOutside = false
    /// Its phone has asked for a transfer (REFER) and is told how it goes.
    var isTransferring = false

    /// The customer's page cannot be reached.
    var isApart = false

    /// By what way the party is connected.
    enum Way: Hashable {
        /// A dialog of SIP, with media of its own.
        case dialog
        /// The agent's headset, whose media comes and goes with it.
        case headset(AgentID)
        /// The customer's page: media of its own and no dialog.
        case page
    }

    /// Whether it is the agent's own, the first or the second.
    var isAgents: Bool { party == .agent || party == .secondLine }

    /// On whose headset it lies.
    var headset: AgentID? { if case .headset(let agent) = way { agent } else { nil } }

    /// How far a leg of before a restart has been taken up.
    enum Recovery {
        /// It is as it always was.
        case none
        /// Known from its record, and not touched yet.
        case remembered(DialogRecord)
        /// Its caller has to acknowledge our answer once more before anything else can be agreed.
        case answering
        /// It has been told where its sound goes now.
        case asked
    }

    var isTakenUp: Bool { if case .none = recovery { true } else { false } }
}

extension Line {
    /// What a restart needs of it; nil while SIP has no dialog to tell of and it lies on no headset.
    func record(of leg: ID<SIPLeg>, dialog: DialogRecord?) -> LegRecord? {
        guard dialog != nil || headset != nil else { return nil }
        return LegRecord(
            leg: ID(sameAs: leg), contact: contact, party: party, dialog: dialog?.bytes ?? [], codec: codec.payloadType,
            descriptionVersion: Int64(clamping: version), callerNumber: callerNumber, headset: headset)
    }

    /// Where to send sound: what was agreed, unless that is a private address which cannot be reached from here, because the
    /// signalling comes from a public one.
    func reachable(_ agreed: Negotiated) -> Negotiated {
        guard let signalling, agreed.remote.host != signalling, agreed.remote.host.isPrivate, !signalling.isPrivate else { return agreed }
        var agreed = agreed
        agreed.remote = NetworkAddress(signalling, port: agreed.remote.port)
        return agreed
    }
}

extension IPAddress {
    /// Reached only from inside a network (RFC 1918, RFC 6598, RFC 4193) or on this machine's link.
    var isPrivate: Bool {
        switch self {
        case .v4(let word):
            word >> 24 == 10 || word >> 20 == 0xAC1 || word >> 16 == 0xC0A8 || word >> 22 == 0x191 || word >> 16 == 0xA9FE
        case .v6(let high, _): high >> 57 == 0x7E || high >> 54 == 0x3FA
        }
    }
}
