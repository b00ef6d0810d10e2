import Primitives

extension UserAgent {
    /// A response belongs to the request of ours whose branch it repeats, or to nobody (RFC 3261 section 17.1.3). Branches cannot be
    /// guessed, so where it comes from does not matter.
    mutating func receive(_ status: Int, _ message: Message, from source: Hop, at now: Timestamp) {
        guard message.defect == nil, let cseq = message.cseq, let branch = message.via?.branch(in: message.bytes) else { return }
        var key = Array(branch)
        if cseq.method == .cancel {
            key = Self.cancelKey(key)
        } else if !aliases.isEmpty, let first = aliases[key] {
            key = first
        }
        guard var entry = clients[key] else { return }
        if let wire = entry.wireBranch, wire[...] != branch {
            return receiveLate(status, message, branch: Array(branch), key, &entry, from: source, at: now)
        }
        let duty: TransactionDuty
        switch entry.machine {
        case .invite(var machine):
            guard cseq.method == .invite else { return }
            duty = machine.receive(status: status, at: now)
            entry.machine = .invite(machine)
        case .request(var machine):
            duty = machine.receive(status: status, at: now)
            entry.machine = .request(machine)
        }
        if duty.contains(.acknowledge), var invite = entry.invite {
            if invite.refusalAck.isEmpty {
                let to = message.to.map { Array(message.bytes.part($0.whole)) }
                invite.refusalAck = invite.dialog.hopRequest(
                    "ACK", uri: invite.uri, branch: entry.wireBranch ?? invite.branch, sequence: invite.dialog.localSequence, to: to,
                    from: address(over: entry.destination.transport), over: entry.destination.transport,
                    routes: invite.isReoffer ? invite.dialog.way.routes : [])
                entry.invite = invite
            }
            send(invite.refusalAck, to: entry.destination)
        }
        if duty.contains(.pass), status >= 300, retry(key, &entry, after: status, message, at: now) { return }
        arm(client: key, &entry)
        if duty.contains(.pass), let invite = entry.invite, status >= 200, status < 300 {
            let tag = Array(message.to?.tag(in: message.bytes) ?? [])
            if entry.invite?.takenTag == nil { entry.invite?.takenTag = tag }
            clients[key] = entry
            if invite.isReoffer {
                receiveReanswer(invite, message, from: source, at: now)
            } else {
                receiveAnswer(invite, message, tag: tag, from: source, at: now)
            }
        } else {
            clients[key] = entry
            guard duty.contains(.pass) else { return }
            if status >= 200, let retries = entry.retries, retries.registers, let trunk = retries.trunk, registrations[trunk]?.key == key {
                return receiveRegistered(trunk, status, message, from: entry.destination, at: now)
            }
            if status >= 200, let retries = entry.retries, retries.tests, let trunk = retries.trunk, tests[trunk]?.key == key {
                return testAnswered(trunk, status, message, from: entry.destination, at: now)
            }
            if let invite = entry.invite, invite.isReoffer {
                receiveReofferRefusal(status, of: invite, message, at: now)
            } else if let invite = entry.invite {
                receiveProgress(status, of: invite, message, from: source, at: now)
            } else if let inquiry = entry.inquiry, status >= 200 {
                receiveReply(status, to: inquiry, branch: key, message, from: source, at: now)
            }
        }
    }

    /// A provisional or refusing answer to our INVITE.
    private mutating func receiveProgress(
        _ status: Int, of invite: ClientEntry.Invite, _ message: Message, from source: Hop, at now: Timestamp
    ) {
        guard var leg = legs[invite.leg], case .calling(var calling) = leg.stage else { return }
        if status < 200 {
            calling.isProceeding = true
            if calling.cancel == .atFirstAnswer { cancel(&calling, at: now) }
            let news = receiveEarly(status, of: invite, message, from: source, &leg, &calling, at: now)
            leg.stage = .calling(calling)
            store(leg, as: invite.leg)
            guard !leg.isAbandoned, news.isNew else { return }
            if status == 180 || status == 183 { report(.ringing(invite.leg)) }
            if let body = news.body { report(.earlyMedia(invite.leg, body: body)) }
        } else if status == 422, !leg.isAbandoned, inviteAgain(invite, leg, calling, after: message, at: now) {
            // The next try is on its way.
        } else {
            forget(invite.leg)
            if !leg.isAbandoned { report(.refused(invite.leg, status: status)) }
        }
    }

    /// A 2xx to our INVITE, for the first time, again, or from a second phone that a proxy on the way rang (RFC 3261 section 13.2.2.4).
    private mutating func receiveAnswer(
        _ invite: ClientEntry.Invite, _ message: Message, tag: [UInt8], from source: Hop, at now: Timestamp
    ) {
        let sequence = invite.dialog.localSequence
        if let taken = invite.takenTag {
            // ACK each copy; hang up on a fork, whose call nobody here wants.
            var dialog = invite.dialog
            dialog.establish(from: message, source: source)
            sendAck(dialog, sequence: sequence)
            if taken != tag { hangUp(dialog, at: now) }
            return
        }
        guard var leg = legs[invite.leg], case .calling(let calling) = leg.stage else { return }
        let early = calling.early.first { $0.tag == tag }
        // Another phone than the one that was heard first.
        if !leg.dialog.remoteTag.isEmpty, leg.dialog.remoteTag != tag { leg.dialog = invite.dialog }
        leg.dialog.localSequence = max(leg.dialog.localSequence, early?.sequence ?? 0)
        leg.dialog.establish(from: message, source: source)
        leg.stage = .established
        learn(&leg, from: message, at: now)
        sendAck(leg.dialog, sequence: sequence)
        if leg.isAbandoned {
            // It was faster than our CANCEL.
            sendBye(&leg, at: now)
            store(leg, as: invite.leg)
            forget(invite.leg)
        } else {
            store(leg, as: invite.leg)
            // What was agreed by a reliable provisional answer need not be said again (RFC 3262 section 5).
            let isSaid = message.body.isEmpty && early?.isAnswered == true
            report(.answered(invite.leg, body: isSaid ? early?.body ?? [] : Array(message.bytes.part(message.body))))
        }
    }

    mutating func hangUp(_ dialog: Dialog, at now: Timestamp) {
        let branch = newBranch()
        // Beyond the numbers of all the PRACKs that may have gone there.
        let bytes = dialog.request(
            "BYE", branch: branch, sequence: dialog.localSequence &+ DialogRecord.sequenceLeap,
            from: address(over: dialog.destination.transport), product: configuration.productName)
        start(
            .request(RequestClientTransaction(at: now)), branch, request: bytes, to: dialog.destination,
            farEnd: dialog.farEnd, retries: dialog.trunk.map { Retries(trunk: $0) })
    }
}
