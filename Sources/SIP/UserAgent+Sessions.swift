import Primitives

// Refreshing sessions (RFC 4028) by UPDATE, or where the other side lacks it by a re-INVITE with the description it knows.
extension UserAgent {
    /// Takes from a 2xx to our INVITE or UPDATE what it says of the session and of the other side.
    mutating func learn(_ leg: inout Leg, from message: Message, at now: Timestamp) {
        if message.lists("update", in: .allow) { leg.abilities.insert(.update) }
        leg.session = SessionTimer(agreedBy: message, limits: configuration.limits).started(at: now)
    }

    mutating func refreshIfDue(_ leg: inout Leg, _ id: ID<SIPLeg>, at now: Timestamp) {
        guard leg.mayRefresh, var session = leg.session, session.update == nil, session.refreshAt <= now else { return }
        if leg.abilities.contains(.update) {
            let lines = contactLine(over: leg.dialog.destination.transport) + capabilityLines + session.requestLine
            session.updateSent(ask("UPDATE", of: &leg, lines: lines, for: .refresh, id, at: now))
            leg.session = session
        } else if !leg.description.isEmpty {
            leg.change = Leg.Change(body: leg.description, isRefresh: true)
            advance(&leg, id, at: now)
        } else {
            leg.session?.refreshRefused(at: now)
        }
    }

    /// Sends a request within the dialog whose answer matters; its branch.
    mutating func ask(
        _ method: StaticString, of leg: inout Leg, lines: [UInt8], type: StaticString = "", body: [UInt8] = [],
        for purpose: ClientEntry.Inquiry.Purpose, _ id: ID<SIPLeg>, at now: Timestamp
    ) -> [UInt8] {
        leg.dialog.localSequence &+= 1
        let branch = newBranch()
        let bytes = leg.dialog.request(
            method, branch: branch, sequence: leg.dialog.localSequence, from: address(over: leg.dialog.destination.transport),
            product: configuration.productName, lines: lines, type: type, body: body)
        start(
            .request(RequestClientTransaction(at: now)), branch, request: bytes, to: leg.dialog.destination,
            inquiry: ClientEntry.Inquiry(leg: id, purpose: purpose), farEnd: leg.dialog.farEnd)
        return branch
    }

    /// The final answer to such a request; no message and 408 if none came in time, 503 if the connection broke before.
    mutating func receiveReply(
        _ status: Int, to inquiry: ClientEntry.Inquiry, branch: [UInt8], _ message: Message?, from source: Hop, at now: Timestamp
    ) {
        guard let leg = legs[inquiry.leg] else { return }
        switch inquiry.purpose {
        case .refresh: receiveRefreshed(status, inquiry.leg, leg, branch: branch, message, from: source, at: now)
        // A broken connection is no sign of life.
        case .probe: receiveProbed(message == nil ? 408 : status, inquiry.leg, leg, at: now)
        case .notice: receiveNoticed(status, inquiry.leg, leg)
        }
    }

    private mutating func receiveRefreshed(
        _ status: Int, _ id: ID<SIPLeg>, _ leg: Leg, branch: [UInt8], _ message: Message?, from source: Hop, at now: Timestamp
    ) {
        // A re-INVITE that was faster has started the timer anew.
        guard leg.session?.update == branch, !leg.isAbandoned else { return }
        if Self.endsDialog(status) { return lose(id, leg, at: now) }
        var leg = leg
        guard let message else {
            // RFC 3261 section 8.1.3.1: like a 503, which ends no call. The next try makes a connection of its own.
            leg.session?.refreshRefused(at: now)
            return store(leg, as: id)
        }
        switch status {
        case 200..<300:
            leg.dialog.refreshTarget(from: message)
            leg.dialog.hear(from: source)
            learn(&leg, from: message, at: now)
        case 405, 501:
            leg.abilities.remove(.update)
            leg.session?.updateRefused(retryAt: now)
        case 422 where leg.session?.raise(to: message, limits: configuration.limits) == true:
            leg.session?.updateRefused(retryAt: now)
        default:
            if let pause = pause(after: status, message, leg) {
                leg.session?.updateRefused(retryAt: now + pause)
            } else {
                leg.session?.refreshRefused(at: now)
            }
        }
        refreshIfDue(&leg, id, at: now)
        store(leg, as: id)
    }

    /// Calls again with the interval that a 422 demands (section 7.3): the same INVITE with a new number. False if that makes no sense.
    mutating func inviteAgain(
        _ invite: ClientEntry.Invite, _ leg: Leg, _ calling: Leg.Calling, after refusal: Message, at now: Timestamp
    ) -> Bool {
        guard let entry = clients[invite.branch], let old = Message(parsing: entry.request, limits: configuration.limits),
            invite.dialog.localSequence < 4, clients.count < configuration.limits.transactionsMax,
            let asked = old.number(.sessionExpires), let least = refusal.number(.minSE), least > asked,
            least <= UInt64(configuration.limits.sessionExpiresMax)
        else { return false }
        var leg = leg
        leg.dialog.localSequence = invite.dialog.localSequence &+ 1
        let branch = newBranch()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.request.count + 32)
        bytes.appendRequestLine("INVITE", invite.uri)
        bytes.appendVia(branch: branch, at: address(over: entry.destination.transport), over: entry.destination.transport)
        leg.dialog.appendIdentity(to: &bytes, method: "INVITE", sequence: leg.dialog.localSequence)
        bytes.appendLine("Session-Expires: ", String(least).utf8)
        bytes.appendLine("Min-SE: ", String(least).utf8)
        for field in old.fields {
            switch field.name {
            case .via, .from, .to, .callID, .cseq, .sessionExpires, .minSE: continue
            default: break
            }
            // From the end of the line before to the end of this one: names we do not know included.
            let start = old.bytes[..<field.value.lowerBound].lastIndex(of: 0x0A) ?? 0
            bytes.append(contentsOf: old.bytes.part(start + 1..<field.value.upperBound))
            bytes.append("\r\n")
        }
        bytes.append("\r\n")
        bytes.append(contentsOf: old.bytes.part(old.body))
        leg.stage = .calling(Leg.Calling(branch: branch, giveUpAt: calling.giveUpAt))
        store(leg, as: invite.leg)
        start(
            .invite(InviteClientTransaction(at: now)), branch, request: bytes, to: entry.destination,
            invite: ClientEntry.Invite(leg: invite.leg, dialog: leg.dialog, uri: invite.uri, branch: branch),
            retries: entry.retries.map { Retries(trunk: $0.trunk, alternatives: $0.alternatives) })
        return true
    }
}
