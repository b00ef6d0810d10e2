import Primitives

/// One call as this end sees it, from INVITE to BYE.
struct Leg: Sendable {
    /// Their INVITE, not yet answered for good.
    struct Arrival: Sendable {
        let transaction: [UInt8]
        let path: ReplyPath
        /// Of the INVITE; requests within the early dialog have higher ones.
        let sequence: UInt32
        /// RFC 3261 section 13.3.1.1: when the provisional answer goes out again.
        var repeatAt: Timestamp
        /// A 180 was sent.
        var isRinging = false
        /// What our 2xx will say of the session timer.
        var session: SessionTimer
        var reliability = Reliability()
    }

    /// Our INVITE, not yet answered for good.
    struct Calling: Sendable {
        enum Cancel: Sendable {
            case notWanted
            /// RFC 3261 section 9.1: not before the first provisional answer.
            case atFirstAnswer
            case sent
        }

        let branch: [UInt8]
        var isProceeding = false
        var cancel = Cancel.notWanted
        /// One for each phone that a proxy on the way rings.
        var early: [EarlyDialog] = []
        let giveUpAt: Timestamp
    }

    enum Stage: Sendable {
        case arrived(Arrival)
        case calling(Calling)
        case established
    }

    /// Our 2xx on its way, sent again until its ACK comes (RFC 3261 section 13.3.1.4).
    struct UnacknowledgedAnswer: Sendable {
        let bytes: [UInt8]
        let destination: Hop
        let sequence: UInt32
        let isFirst: Bool
        /// It is the first of its dialog, but the leg was confirmed before.
        var isTakeover = false
        /// The 2xx made the offer, so the ACK brings the answer.
        let isOffer: Bool
        /// The INVITE that it answers, for the record.
        let transaction: [UInt8]
        let path: ReplyPath
        var pause = Timing.t1
        var resendAt: Timestamp
        let giveUpAt: Timestamp
    }

    /// What the caller gets before the answer, and how surely (RFC 3262).
    struct Reliability: Sendable {
        enum Demand: UInt8, Sendable {
            case none, supported, required
        }

        /// A provisional answer on its way, sent again until its PRACK comes.
        struct Sent: Sendable {
            let bytes: [UInt8]
            var pause = Timing.t1
            var resendAt: Timestamp
            let giveUpAt: Timestamp
        }

        struct Provisional: Sendable {
            var status: Int
            var body: [UInt8]
        }

        var demand = Demand.none
        /// The newest RSeq; 0 before the first.
        var number: UInt32 = 0
        var sent: Sent?
        /// What is to follow when the PRACK has come: of provisional answers the newest.
        var next: Provisional?
        var answer: [UInt8]?
        /// The INVITE had no description, and `sent` made the offer.
        var isOffer = false
        /// The PRACK has brought the answer to it.
        var isAgreed = false

        var deadline: Timestamp? { sent.map { min($0.resendAt, $0.giveUpAt) } }
    }

    /// What a phone that we call has said before its answer.
    struct EarlyDialog: Sendable {
        let tag: [UInt8]
        /// The last RSeq that was acknowledged.
        var number: UInt32?
        /// Of our last request within it.
        var sequence: UInt32
        var body: [UInt8] = []
        /// `body` came reliably, so it is the answer to our offer.
        var isAnswered = false
    }

    /// Their re-INVITE or UPDATE, not yet answered.
    struct Reoffer: Sendable {
        let transaction: [UInt8]
        let path: ReplyPath
        let sequence: UInt32
        let isEmpty: Bool
        let isUpdate: Bool
        let session: SessionTimer
    }

    /// Our re-INVITE, from the order to its final answer (RFC 3261 section 14.1).
    struct Change: Sendable {
        enum State: Sendable {
            /// Goes out as soon as no other INVITE is going on.
            case queued
            case waiting(until: Timestamp)
            case sent(branch: [UInt8], cancelAt: Timestamp?)
        }

        var body: [UInt8]
        var state = State.queued
        var attempts = 0
        /// Only a sign of life: nobody is told of its answer.
        var isRefresh = false
    }

    /// What the other side can do.
    struct Abilities: OptionSet, Sendable {
        let rawValue: UInt8

        static let update = Abilities(rawValue: 1)
    }

    /// Their REFER (RFC 3515).
    struct Transfer: Sendable {
        let transaction: [UInt8]
        let path: ReplyPath
        /// Of the REFER: what its NOTIFYs are known by.
        let sequence: UInt32
        /// The other side wants to hear how it goes.
        let isWatched: Bool
        var isAccepted = false
    }

    /// An INVITE whose sender wants to be the other side of this leg from now on (RFC 3891), not yet answered.
    struct Takeover: Sendable {
        let transaction: [UInt8]
        let path: ReplyPath
        let dialog: Dialog
        let host: IPAddress
        let isEmpty: Bool
        let abilities: Abilities
        let session: SessionTimer
    }

    var host: IPAddress
    var dialog: Dialog
    var stage: Stage
    var answer: UnacknowledgedAnswer?
    var reoffer: Reoffer?
    /// Their INVITE had no session description.
    var wantsOffer = false
    /// Our side is done with it: no more reports, and a BYE as soon as it is allowed.
    var isAbandoned = false
    /// Our newest session description that the other side has, or is about to get; empty before the first.
    var description: [UInt8] = []
    var abilities: Abilities = []
    /// Runs from the 2xx on.
    var session: SessionTimer?
    /// When the answer to our question whether anybody is there must have come.
    var probeUntil: Timestamp?
    var transfer: Transfer?
    var takeover: Takeover?
    /// The change of the session that we want.
    var change: Change?
    /// What was ordered while `change` was on its way.
    var nextChange: [UInt8]?
    /// The earliest time for which it stands among the deadlines.
    var armed: Timestamp?

    var deadline: Timestamp? {
        let staged: Timestamp? =
            switch stage {
            case .arrived(let arrival): earliest(arrival.repeatAt, arrival.reliability.deadline)
            case .calling(let calling): calling.cancel == .notWanted ? calling.giveUpAt : nil
            case .established: nil
            }
        let sent = answer.map { min($0.resendAt, $0.giveUpAt) }
        // Whoever has hung up waits for an ACK at most, and asks nothing more.
        let session = isAbandoned ? nil : earliest(session?.deadline(canRefresh: mayRefresh), probeUntil)
        return earliest(earliest(staged, sent), earliest(changeDeadline, session))
    }

    /// Nothing is going on that refreshes the session anyway.
    var mayRefresh: Bool { isQuiet && change == nil && nextChange == nil }

    /// No INVITE is going on in either direction (section 14.1), so that ours may go out.
    var isQuiet: Bool {
        guard case .established = stage, answer == nil, reoffer == nil, takeover == nil, !isAbandoned else { return false }
        if case .sent? = change?.state { return false }
        return true
    }

    /// Whether `branch` is our re-INVITE that is on its way.
    func isChanging(by branch: [UInt8]) -> Bool {
        guard case .sent(let sent, _)? = change?.state else { return false }
        return sent == branch
    }

    /// A change that may go out is overdue: whatever held it back, the next look at the clock sends it.
    private var changeDeadline: Timestamp? {
        guard let change else { return nextChange != nil && isQuiet ? .distantPast : nil }
        switch change.state {
        case .queued: return isQuiet ? .distantPast : nil
        case .waiting(let until): return isQuiet ? until : nil
        case .sent(_, let cancelAt): return cancelAt
        }
    }
}
