import Primitives

// Handing a call on: REFER (RFC 3515, RFC 4488) and Replaces (RFC 3891).
extension UserAgent {
    mutating func receiveRefer(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        var leg = leg
        leg.dialog.remoteSequence = request.cseq.number
        let message = request.message
        // RFC 3515 section 2.4.2: exactly one Refer-To.
        guard message.fields.count(where: { $0.name == .referTo }) == 1, let address = message.addresses(.referTo)?.first else {
            return refuse(request, with: 400, id, leg, at: now)
        }
        var uri: SIPURI
        do {
            uri = try SIPURI(parsing: message.bytes.part(address.uri))
        } catch {
            return refuse(request, with: error == .unknownScheme ? 416 : 400, id, leg, at: now)
        }
        guard case .established = leg.stage, !leg.isAbandoned, leg.transfer == nil else {
            return refuse(request, with: 491, id, leg, at: now)
        }
        var replaced: ID<SIPLeg>?
        if let header = Replaces.header(ofURI: message.bytes.part(address.uri)) {
            guard let replaces = header else { return refuse(request, with: 400, id, leg, at: now) }
            // A call that is none of ours cannot be joined, and to ring its number instead is not what was asked for.
            guard let other = self.leg(replacedBy: replaces), other != id else { return refuse(request, with: 488, id, leg, at: now) }
            replaced = other
        }
        uri.hasHeaders = false
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: id)
        leg.transfer = Leg.Transfer(
            transaction: request.key, path: request.path, sequence: request.cseq.number,
            isWatched: !message.lists("false", in: .referSub))
        store(leg, as: id)
        report(.transferWanted(id, to: uri, replacing: replaced))
    }

    mutating func acceptTransfer(_ id: ID<SIPLeg>, at now: Timestamp) {
        guard var leg = legs[id], var transfer = leg.transfer, !transfer.isAccepted else { return }
        var lines = contactLine(over: transfer.path.destination.transport) + serverLine
        if !transfer.isWatched { lines.append("Refer-Sub: false\r\n") }
        respond(202, transfer.path.response(202, tag: leg.dialog.localTag, lines: lines), through: transfer.transaction, at: now)
        transfer.isAccepted = true
        leg.transfer = transfer.isWatched ? transfer : nil
        if transfer.isWatched { notify(&leg, transfer, status: 100, id, at: now) }
        store(leg, as: id)
    }

    mutating func refuseTransfer(_ id: ID<SIPLeg>, status: Int, at now: Timestamp) {
        guard var leg = legs[id], let transfer = leg.transfer, !transfer.isAccepted else { return }
        let status = (300...699).contains(status) ? status : 603
        respond(
            status, transfer.path.response(status, tag: leg.dialog.localTag, lines: serverLine), through: transfer.transaction, at: now)
        leg.transfer = nil
        store(leg, as: id)
    }

    mutating func transferProgress(_ id: ID<SIPLeg>, status: Int, at now: Timestamp) {
        guard var leg = legs[id], let transfer = leg.transfer, transfer.isAccepted, (100...699).contains(status) else { return }
        if status >= 200 { leg.transfer = nil }
        notify(&leg, transfer, status: status, id, at: now)
        store(leg, as: id)
    }

    /// RFC 3515 section 2.4.5: each NOTIFY brings the start of an answer; the final one ends the subscription.
    private mutating func notify(_ leg: inout Leg, _ transfer: Leg.Transfer, status: Int, _ id: ID<SIPLeg>, at now: Timestamp) {
        guard clients.count < configuration.limits.transactionsMax else { return }
        var lines = contactLine(over: leg.dialog.destination.transport)
        lines.append("Event: refer;id=")
        lines.append(number: transfer.sequence)
        lines.append("\r\n")
        lines.append(
            status >= 200
                ? "Subscription-State: terminated;reason=noresource\r\n"
                : "Subscription-State: active;expires=\(configuration.limits.ringingMax.components.seconds)\r\n")
        var body: [UInt8] = []
        body.append("SIP/2.0 ")
        body.append(number: status)
        body.append(" ")
        body.append(ReplyPath.reason(status))
        body.append("\r\n")
        _ = ask("NOTIFY", of: &leg, lines: lines, type: "message/sipfrag;version=2.0", body: body, for: .notice, id, at: now)
    }

    /// Whoever refuses a NOTIFY wants no more of them (RFC 6665 section 4.2.2). That says nothing about the call.
    mutating func receiveNoticed(_ status: Int, _ id: ID<SIPLeg>, _ leg: Leg) {
        guard status >= 300, leg.transfer?.isAccepted == true else { return }
        var leg = leg
        leg.transfer = nil
        store(leg, as: id)
    }

    // MARK: Replaces

    /// The leg whose dialog is meant. Some phones write the tags from their own side.
    private func leg(replacedBy replaces: Replaces) -> ID<SIPLeg>? {
        for (local, remote) in [(replaces.toTag, replaces.fromTag), (replaces.fromTag, replaces.toTag)] {
            guard let id = legsByTag[local], let dialog = legs[id]?.dialog, dialog.callID == replaces.callID, dialog.remoteTag == remote
            else { continue }
            return id
        }
        return nil
    }

    /// An INVITE whose sender wants to be the other side of a leg that is there (RFC 3891 section 3).
    mutating func receiveReplacing(
        _ request: Incoming, from origin: Invitation.Source, _ contact: NameAddress, _ recorded: [NameAddress], _ session: SessionTimer,
        at now: Timestamp
    ) {
        let message = request.message
        let fields = message.fields.filter { $0.name == .replaces }
        guard fields.count == 1, let field = fields.first, let replaces = Replaces(parsing: message.bytes, in: field.value) else {
            return reply(to: request, with: 400, reason: "Malformed Replaces")
        }
        guard let id = leg(replacedBy: replaces), var leg = legs[id], case .established = leg.stage else {
            return reply(to: request, with: 481)
        }
        if leg.isAbandoned { return reply(to: request, with: 603) }
        if replaces.isEarlyOnly { return reply(to: request, with: 486) }
        guard leg.takeover == nil, leg.reoffer == nil else { return reply(to: request, with: 491) }
        let body = Array(message.bytes.part(message.body))
        let dialog = dialog(of: request, from: origin, contact, recorded)
        leg.takeover = Leg.Takeover(
            transaction: request.key, path: request.path, dialog: dialog, host: request.source.host, isEmpty: body.isEmpty,
            abilities: message.lists("update", in: .allow) ? .update : [], session: session)
        open(.invite(InviteServerTransaction()), request.key, path: request.path, merge: mergeKey(request), leg: id)
        respond(100, request.path.response(100, tag: []), through: request.key, at: now)
        store(leg, as: id)
        report(.reoffered(id, body: body))
    }

    /// The new side takes the place of the old one, which is hung up.
    mutating func handOver(_ leg: inout Leg, _ id: ID<SIPLeg>, to takeover: Leg.Takeover, at now: Timestamp) {
        leg.takeover = nil
        refuseOpen(leg, at: now)
        sendBye(&leg, at: now)
        store(leg, as: id)
        forget(id)
        leg.host = takeover.host
        leg.dialog = takeover.dialog
        leg.abilities = takeover.abilities
        (leg.takeover, leg.reoffer, leg.transfer, leg.answer, leg.probeUntil) = (nil, nil, nil, nil, nil)
        // What was on its way to the old side is wanted of the new one.
        if case .sent? = leg.change?.state { leg.change?.state = .queued }
        add(leg, as: id)
    }
}
