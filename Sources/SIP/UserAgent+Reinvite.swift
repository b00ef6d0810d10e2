import Primitives

// Changing a session by a re-INVITE of ours (RFC 3261 section 14.1).
extension UserAgent {
    mutating func reoffer(_ id: ID<SIPLeg>, body: [UInt8], at now: Timestamp) {
        guard var leg = legs[id], case .established = leg.stage, !leg.isAbandoned, !body.isEmpty else { return }
        if case .sent? = leg.change?.state {
            leg.nextChange = body
        } else if leg.change != nil {
            // It waits its turn, or for the end of a glare: then with what is wanted now.
            leg.change?.body = body
            leg.change?.isRefresh = false
        } else {
            leg.change = Leg.Change(body: body)
        }
        advance(&leg, id, at: now)
        store(leg, as: id)
    }

    /// Sends the change that is wanted, if nothing is in its way; gives one up that stays without a final answer.
    mutating func advance(_ leg: inout Leg, _ id: ID<SIPLeg>, at now: Timestamp) {
        if leg.change == nil, let body = leg.nextChange {
            leg.change = Leg.Change(body: body)
            leg.nextChange = nil
        }
        guard let change = leg.change else { return }
        switch change.state {
        case .queued:
            if leg.isQuiet { sendReinvite(&leg, change, id, at: now) }
        case .waiting(let until):
            if until <= now, leg.isQuiet { sendReinvite(&leg, change, id, at: now) }
        case .sent(let branch, let cancelAt):
            guard let cancelAt, cancelAt <= now else { return }
            leg.change?.state = .sent(branch: branch, cancelAt: nil)
            cancel(branch, at: now)
        }
    }

    private mutating func sendReinvite(_ leg: inout Leg, _ change: Leg.Change, _ id: ID<SIPLeg>, at now: Timestamp) {
        leg.dialog.localSequence &+= 1
        let branch = newBranch()
        let bytes = leg.dialog.request(
            "INVITE", branch: branch, sequence: leg.dialog.localSequence, from: address(over: leg.dialog.destination.transport),
            product: configuration.productName,
            lines: contactLine(over: leg.dialog.destination.transport) + capabilityLines + (leg.session?.requestLine ?? []),
            body: change.body)
        let limit = configuration.limits.reofferMax
        leg.change?.state = .sent(branch: branch, cancelAt: now + limit)
        leg.change?.attempts += 1
        start(
            .invite(InviteClientTransaction(at: now, proceedingFor: limit + Timing.giveUp)), branch, request: bytes,
            to: leg.dialog.destination,
            invite: ClientEntry.Invite(leg: id, dialog: leg.dialog, uri: leg.dialog.way.target, branch: branch, isReoffer: true),
            farEnd: leg.dialog.farEnd)
    }

    /// A 2xx to our re-INVITE, for the first time or again; acknowledged also when the leg is gone.
    mutating func receiveReanswer(_ invite: ClientEntry.Invite, _ message: Message, from source: Hop, at now: Timestamp) {
        var dialog = invite.dialog
        dialog.refreshTarget(from: message)
        dialog.hear(from: source)
        sendAck(dialog, sequence: invite.dialog.localSequence)
        guard var leg = legs[invite.leg], leg.isChanging(by: invite.branch) else { return }
        leg.dialog.refreshTarget(from: message)
        leg.dialog.hear(from: source)
        if let body = leg.change?.body { leg.description = body }
        let isRefresh = leg.change?.isRefresh == true
        leg.change = nil
        learn(&leg, from: message, at: now)
        advance(&leg, invite.leg, at: now)
        store(leg, as: invite.leg)
        guard !isRefresh else { return }
        report(.reanswered(invite.leg, body: Array(message.bytes.part(message.body))))
    }

    mutating func receiveReofferRefusal(_ status: Int, of invite: ClientEntry.Invite, _ message: Message, at now: Timestamp) {
        guard status >= 300, var leg = legs[invite.leg], leg.isChanging(by: invite.branch) else { return }
        if Self.endsDialog(status) { return lose(invite.leg, leg, at: now) }
        if status == 422, leg.session?.raise(to: message, limits: configuration.limits) == true {
            leg.change?.state = .queued
            advance(&leg, invite.leg, at: now)
            return store(leg, as: invite.leg)
        }
        if let pause = pause(after: status, message, leg), leg.change?.attempts ?? 0 < configuration.limits.reofferAttemptsMax {
            if let body = leg.nextChange {
                leg.change?.body = body
                leg.change?.isRefresh = false
            }
            leg.nextChange = nil
            leg.change?.state = .waiting(until: now + pause)
            return store(leg, as: invite.leg)
        }
        let isRefresh = leg.change?.isRefresh == true
        leg.change = nil
        if isRefresh { leg.session?.refreshRefused(at: now) }
        advance(&leg, invite.leg, at: now)
        store(leg, as: invite.leg)
        guard !isRefresh else { return }
        report(.reofferRefused(invite.leg, status: status))
    }

    mutating func reofferTimedOut(_ invite: ClientEntry.Invite, at now: Timestamp) {
        guard let leg = legs[invite.leg], leg.isChanging(by: invite.branch) else { return }
        lose(invite.leg, leg, at: now)
    }

    /// Whether a refusal means that the other side has no such call (section 12.2.1.2).
    static func endsDialog(_ status: Int) -> Bool { status == 481 || status == 408 }

    /// Ends a call whose other side is not there any more. It gets a BYE all the same.
    mutating func lose(_ id: ID<SIPLeg>, _ leg: Leg, as reason: EndReason = .gone, at now: Timestamp) {
        var leg = leg
        refuseOpen(leg, at: now)
        sendBye(&leg, at: now)
        store(leg, as: id)
        forget(id)
        if !leg.isAbandoned { report(.ended(id, reason)) }
    }

    /// Answers what the end of a call leaves open (RFC 3261 section 15.1.2).
    mutating func refuseOpen(_ leg: Leg, at now: Timestamp) {
        if let reoffer = leg.reoffer {
            respond(487, reoffer.path.response(487, tag: leg.dialog.localTag), through: reoffer.transaction, at: now)
        }
        if let takeover = leg.takeover {
            // RFC 3891 section 3: the call to be replaced has ended.
            respond(603, takeover.path.response(603, tag: takeover.dialog.localTag), through: takeover.transaction, at: now)
        }
        if let transfer = leg.transfer, !transfer.isAccepted {
            respond(487, transfer.path.response(487, tag: leg.dialog.localTag), through: transfer.transaction, at: now)
        }
    }

    /// How long to wait before a refused re-INVITE is tried again; nil if it is refused for good.
    mutating func pause(after status: Int, _ message: Message, _ leg: Leg) -> Duration? {
        switch status {
        case 491:
            // In steps of 10 ms: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s.
            let steps: ClosedRange<UInt64> = leg.dialog.isCaller ? 210...400 : 0...200
            return .milliseconds(Int64(steps.lowerBound + random.next() % UInt64(steps.count)) * 10)
        case 500:
            // Section 14.2: ours came before theirs was done.
            return message.number(.retryAfter).map { .seconds(Int64(min($0, 10))) }
        default: return nil
        }
    }
}
