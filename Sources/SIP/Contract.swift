import Primitives

/// What the user agent wants of the world.
package enum Action: Sendable, Equatable {
    /// One message: a datagram, or a part of a stream.
    case send([UInt8], to: Hop)
    case report(Report)
    /// Find the server of that name (RFC 3263 section 4) and tell by `UserAgent.resolved` with the same number: by SRV if no port is
    /// given and there is such a record, else by its addresses.
    case resolve(UInt64, name: String, port: UInt16?, transport: Transport)
}

/// What happened to a call or a phone.
///
/// A leg that arrived ends with exactly one of `cancelled`, `ended`, or our own `refuse` or `end`; a leg that we invited with exactly
/// one of `refused`, `ended`, or our own `end`. After that nothing is reported of it.
package enum Report: Sendable, Equatable {
    case callArrived(ID<SIPLeg>, Invitation)
    /// The caller gave up before our final answer.
    case cancelled(ID<SIPLeg>)
    /// The called phone rings (180 or 183).
    case ringing(ID<SIPLeg>)
    /// A 2xx to our INVITE; the ACK has been sent. `body` is the session description, as it came.
    case answered(ID<SIPLeg>, body: [UInt8])
    /// The final answer that is no 2xx; 408 if none came, 480 for a phone that is not registered, 503 at a limit.
    case refused(ID<SIPLeg>, status: Int)
    /// The ACK to our 2xx came.
    case confirmed(ID<SIPLeg>)
    /// The ACK to our 2xx brought a session description: the INVITE had none, so ours was the offer. Comes before `confirmed`.
    case lateAnswer(ID<SIPLeg>, body: [UInt8])
    /// The other side wants to change the session, or somebody else takes its place (Replaces, RFC 3891); to be answered by `Order.answer` or `Order.refuse`.
    case reoffered(ID<SIPLeg>, body: [UInt8])
    case ended(ID<SIPLeg>, EndReason)
    /// A REGISTER of the phone was accepted: the URI of its Contact, and where it can be reached, which is where it sent from.
    case registered(ID<SIPPhone>, contact: SIPURI, source: Hop, until: Timestamp)
    /// The phone signed off, or its registration lapsed.
    case unregistered(ID<SIPPhone>)
    /// A 2xx to our `Order.reoffer`; the ACK has been sent.
    case reanswered(ID<SIPLeg>, body: [UInt8])
    /// A key came by INFO; keys in the sound (RFC 4733) do not come here. One of `0`–`9`, `*`, `#`, `A`–`D`.
    case keyPressed(ID<SIPLeg>, Character, Duration)
    /// The other side wants to be replaced by whoever `to` names (REFER, RFC 3515), or by the other side of `replacing`, which is a leg of
    /// ours too; to be answered by `Order.acceptTransfer` or `Order.refuseTransfer`.
    case transferWanted(ID<SIPLeg>, to: SIPURI, replacing: ID<SIPLeg>?)
    /// The called side describes what it plays before it answers (180 or 183); again when that changes.
    case earlyMedia(ID<SIPLeg>, body: [UInt8])
    /// The change that `Order.reoffer` asked for was refused; the session stays as it was.
    case reofferRefused(ID<SIPLeg>, status: Int)
    /// The trunk's provider knows where we are.
    case trunkRegistered(ID<SIPTrunk>, until: Timestamp)
    /// The trunk's provider refused our REGISTER (408: no answer, 503: it was not found either); tried again at `retryAt`.
    case trunkFailed(ID<SIPTrunk>, status: Int, retryAt: Timestamp)
    /// What came of `Order.test`.
    case trunkTested(ID<SIPTrunk>, TrunkAnswer)
}

package enum EndReason: Sendable, Equatable {
    /// The other side hung up.
    case bye
    /// No ACK came to our 2xx in 64*T1; a BYE was sent (RFC 3261 section 13.3.1.4).
    case ackMissing
    /// The other side knows the call no more (481) or gave no answer to a request within it (section 12.2.1.2); a BYE was sent.
    case gone
    /// The session was not refreshed in time (RFC 4028 section 10); a BYE was sent.
    case expired
}

/// A call that asks to be let in.
package struct Invitation: Sendable, Equatable {
    package enum Source: Sendable, Hashable {
        case trunk(ID<SIPTrunk>)
        case phone(ID<SIPPhone>)
        /// Only where the configuration accepts anyone.
        case anyone
    }

    package var source: Source
    /// The user of the Request-URI, without escapes; empty if it has none. If that is only the account by which we registered at the
    /// trunk's provider, the user of To, if there is one.
    package var calledUser: String
    /// The number the network vouches for (RFC 3325), from a trunk that sends it; else the From; nil for a hidden number.
    package var callerUser: String?
    package var callerName: String?
    /// The caller asked not to be shown (RFC 3323): then neither number nor name is told to anybody.
    package var isPrivate = false
    /// The session description; empty if our answer is to make the offer.
    package var body: [UInt8]
    /// How many hops the request had left: what a call passed on starts with, less one (RFC 7332).
    package var maxForwards: Int
    package var address: NetworkAddress

    package init(
        source: Source, calledUser: String, callerUser: String?, callerName: String?, body: [UInt8], maxForwards: Int,
        address: NetworkAddress
    ) {
        self.source = source
        self.calledUser = calledUser
        self.callerUser = callerUser
        self.callerName = callerName
        self.body = body
        self.maxForwards = maxForwards
        self.address = address
    }
}

/// Whom to call.
package enum Target: Sendable, Equatable {
    /// At its fixed address or newest binding.
    case phone(ID<SIPPhone>)
    case uri(SIPURI, at: Hop)
    /// By the trunk's server and rules; `user` is the number. Refused with 503 if the trunk has no server or it is not found.
    case trunk(ID<SIPTrunk>, user: String)
}

/// What the user agent is to do. An order that does not fit the state of its leg (the other side was faster) does nothing.
package enum Order: Sendable, Equatable {
    /// Call `target`; the id is the caller's choice and names the leg from then on. No `callerUser` hides the number.
    case invite(ID<SIPLeg>, to: Target, callerUser: String?, callerName: String?, body: [UInt8])
    /// 180 to the caller.
    case ring(ID<SIPLeg>)
    /// 200 to the INVITE or re-INVITE.
    case answer(ID<SIPLeg>, body: [UInt8])
    /// A final refusal (300–699) of the INVITE or re-INVITE.
    case refuse(ID<SIPLeg>, status: Int)
    /// Whatever ends the leg in its state: BYE, CANCEL, or a refusal with 480.
    case end(ID<SIPLeg>)
    /// 183 with a description, so that the caller hears something before the answer: reliably (RFC 3262) if the caller can. To a caller who
    /// left the offer to us it is sent only if it is reliable; its `lateAnswer` then comes before ours.
    case progress(ID<SIPLeg>, body: [UInt8])
    /// 202 to the REFER. Unless it said that it does not care (RFC 4488), the other side is told how the transfer goes.
    case acceptTransfer(ID<SIPLeg>)
    /// A final refusal (300–699) of the REFER.
    case refuseTransfer(ID<SIPLeg>, status: Int)
    /// What the call to the new side was answered; a final status ends the transfer.
    case transferProgress(ID<SIPLeg>, status: Int)
    /// Ask whether the other side of a call in talk is still there. If it is, nothing happens; if it does not say so in
    /// `Limits.probeMax`, the leg ends as `gone`.
    case probe(ID<SIPLeg>)
    /// A re-INVITE with this offer, as soon as no other change is going on. It comes back as `reanswered` or `reofferRefused`; an offer
    /// that has not gone out yet gives way to a newer one and is not reported.
    case reoffer(ID<SIPLeg>, body: [UInt8])
    /// Register at the providers of all trunks that want it. Does nothing for those that are registered, so it can follow each change
    /// of the configuration.
    case signOn
    /// Take all registrations at providers back; `UserAgent.isSignedOff` when that is done.
    case signOff
    /// Ask a trunk's provider whether it is there; `Report.trunkTested` says what came of it, `Limits.trunkTestMax` later at most. Does
    /// nothing while the last question to it is open.
    case test(ID<SIPTrunk>)
}
