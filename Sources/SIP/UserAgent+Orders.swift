import Primitives

extension UserAgent {
    mutating func invite(
        _ id: ID<SIPLeg>, to target: Target, callerUser: String?, callerName: String?, body: [UInt8], at now: Timestamp
    ) {
        guard legs[id] == nil, waitingCalls[id] == nil else { return }
        guard legs.count + waitingCalls.count < configuration.limits.legsMax, clients.count < configuration.limits.transactionsMax else {
            return report(.refused(id, status: 503))
        }
        let uri: SIPURI
        let destination: Hop
        let followsContact: Bool
        var account: TrunkAccount?
        var phone: ID<SIPPhone>?
        var retries: Retries?
        let wanted = target
        switch target {
        case .uri(let given, let address):
            (uri, destination, followsContact) = (given, address, true)
        case .phone(let called):
            guard let account = directory.phone(called) else { return report(.refused(id, status: 480)) }
            followsContact = false
            phone = called
            switch account.credentials {
            case .fixed(let address): (uri, destination) = (SIPURI(user: account.user, at: address), .udp(address))
            case .registered:
                guard let binding = registrar.bindings(of: called).first(where: { $0.until > now }) else {
                    return report(.refused(id, status: 480))
                }
                (uri, destination) = (binding.contact, binding.source)
            }
        case .trunk(let trunk, let user):
            account = directory.trunk(trunk)
            let places = self.places(of: account, for: id, wanted, callerUser: callerUser, callerName: callerName, body: body, at: now)
            guard let account, let places, let first = places.first else { return }
            followsContact = true
            destination = first
            uri = SIPURI(user: account.presentation.written(user), host: account.domainName)
            retries = Retries(trunk: trunk, alternatives: Array(places.dropFirst()))
        }
        let tag = Array(tokens.next())
        var from: [UInt8] = []
        var identity: [UInt8] = []
        if let account {
            (from, identity) = shown(callerUser, callerName, by: account)
        } else {
            if let callerName { from.append(Self.quoted(callerName)) }
            let caller = callerUser.map { SIPURI(user: $0, host: configuration.address.host.description) }
            from.append(caller.map { "<\($0)>" } ?? "\"Anonymous\" <sip:anonymous@anonymous.invalid>")
        }
        from.append(";tag=")
        from.append(contentsOf: tag)
        let target = Array(uri.description.utf8)
        let dialog = Dialog(
            callID: Array(tokens.next()) + tokens.next(), localTag: tag, remoteTag: [], local: from,
            remote: [UInt8(ascii: "<")] + target + [UInt8(ascii: ">")], remoteTarget: target, localSequence: 1,
            peer: destination, followsContact: followsContact, isCaller: true, trunk: account?.id, phone: phone)
        let branch = newBranch()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(640 + body.count)
        bytes.appendRequestLine("INVITE", target)
        bytes.appendVia(branch: branch, at: address(over: destination.transport), over: destination.transport)
        bytes.append("Max-Forwards: 70\r\n")
        dialog.appendIdentity(to: &bytes, method: "INVITE", sequence: 1)
        bytes.append(contentsOf: identity)
        bytes.append(contentsOf: contactLine(over: destination.transport))
        bytes.append(contentsOf: capabilityLines)
        bytes.append("Session-Expires: ")
        bytes.append(number: configuration.limits.sessionExpires)
        bytes.append("\r\n")
        bytes.append("User-Agent: \(configuration.productName)\r\n")
        if !body.isEmpty { bytes.append("Content-Type: application/sdp\r\n") }
        bytes.append("Content-Length: ")
        bytes.append(number: body.count)
        bytes.append("\r\n\r\n")
        bytes.append(contentsOf: body)

        let calling = Leg.Calling(branch: branch, giveUpAt: now + configuration.limits.ringingMax)
        var leg = Leg(host: destination.host, dialog: dialog, stage: .calling(calling))
        leg.description = body
        add(leg, as: id)
        start(
            .invite(InviteClientTransaction(at: now)), branch, request: bytes, to: destination,
            invite: ClientEntry.Invite(leg: id, dialog: dialog, uri: target, branch: branch), retries: retries)
    }

    mutating func ring(_ id: ID<SIPLeg>, at now: Timestamp) {
        guard var leg = legs[id], case .arrived(var arrival) = leg.stage else { return }
        arrival.isRinging = true
        provide(180, body: [], &leg, arrival, at: now)
        store(leg, as: id)
    }

    mutating func answer(_ id: ID<SIPLeg>, body: [UInt8], at now: Timestamp) {
        guard var leg = legs[id], !leg.isAbandoned else { return }
        let path: ReplyPath
        let transaction: [UInt8]
        let sequence: UInt32
        let isOffer: Bool
        let isFirst: Bool
        let session: SessionTimer
        var body = body
        var isTakeover = false
        if case .arrived(var arrival) = leg.stage {
            if arrival.reliability.sent != nil {
                // RFC 3262 section 3: not before the PRACK of what it follows.
                arrival.reliability.answer = body
                leg.stage = .arrived(arrival)
                return store(leg, as: id)
            }
            (path, transaction, sequence) = (arrival.path, arrival.transaction, arrival.sequence)
            (isOffer, isFirst, session) = (leg.wantsOffer && !arrival.reliability.isAgreed, true, arrival.session)
            // Offer and answer are made; a second offer would have to be answered in an ACK that brings none.
            if arrival.reliability.isAgreed { body = [] }
            leg.stage = .established
        } else if let takeover = leg.takeover {
            (path, transaction, sequence) = (takeover.path, takeover.transaction, takeover.dialog.remoteSequence ?? 0)
            (isOffer, isFirst, session) = (takeover.isEmpty, true, takeover.session)
            handOver(&leg, id, to: takeover, at: now)
            isTakeover = true
        } else if let reoffer = leg.reoffer {
            (path, transaction, sequence) = (reoffer.path, reoffer.transaction, reoffer.sequence)
            (isOffer, isFirst, session) = (reoffer.isEmpty, false, reoffer.session)
            if reoffer.isUpdate { return answerUpdate(id, leg, reoffer, body: body, at: now) }
            leg.reoffer = nil
        } else {
            return
        }
        if !body.isEmpty { leg.description = body }
        leg.session = session.started(at: now)
        let lines =
            path.recordRoutes + contactLine(over: path.destination.transport) + capabilityLines + session.answerLines + serverLine
        let bytes = path.response(200, tag: leg.dialog.localTag, lines: lines, body: body)
        respond(200, bytes, through: transaction, at: now)
        leg.answer = Leg.UnacknowledgedAnswer(
            bytes: bytes, destination: path.destination, sequence: sequence, isFirst: isFirst, isTakeover: isTakeover,
            isOffer: isOffer && !body.isEmpty,
            transaction: transaction, path: path, resendAt: now + Timing.t1, giveUpAt: now + Timing.giveUp)
        store(leg, as: id)
    }

    mutating func refuse(_ id: ID<SIPLeg>, status: Int, at now: Timestamp) {
        guard var leg = legs[id] else { return }
        let status = (300...699).contains(status) ? status : 480
        let lines = status == 503 ? Self.comeBackLine + serverLine : serverLine
        if case .arrived(let arrival) = leg.stage {
            respond(status, arrival.path.response(status, tag: leg.dialog.localTag, lines: lines), through: arrival.transaction, at: now)
            forget(id)
        } else if let takeover = leg.takeover {
            let own = takeover.dialog.localTag
            respond(status, takeover.path.response(status, tag: own, lines: lines), through: takeover.transaction, at: now)
            leg.takeover = nil
            store(leg, as: id)
        } else if let reoffer = leg.reoffer {
            respond(status, reoffer.path.response(status, tag: leg.dialog.localTag, lines: lines), through: reoffer.transaction, at: now)
            leg.reoffer = nil
            store(leg, as: id)
        }
    }

    mutating func end(_ id: ID<SIPLeg>, at now: Timestamp) {
        waitingCalls[id] = nil
        guard var leg = legs[id], !leg.isAbandoned else { return }
        switch leg.stage {
        case .arrived:
            refuse(id, status: 480, at: now)
        case .calling(var calling):
            leg.isAbandoned = true
            calling.cancel = .atFirstAnswer
            if calling.isProceeding { cancel(&calling, at: now) }
            leg.stage = .calling(calling)
            store(leg, as: id)
        case .established:
            refuseOpen(leg, at: now)
            (leg.reoffer, leg.takeover, leg.transfer) = (nil, nil, nil)
            leg.isAbandoned = true
            // RFC 3261 section 15: the called side sends no BYE before the ACK of its 2xx.
            if leg.answer?.isFirst == true { return store(leg, as: id) }
            sendBye(&leg, at: now)
            store(leg, as: id)
            forget(id)
        }
    }

    // MARK: Requests of ours

    /// Sends the CANCEL of our INVITE (RFC 3261 section 9.1).
    mutating func cancel(_ calling: inout Leg.Calling, at now: Timestamp) {
        calling.cancel = .sent
        cancel(calling.branch, at: now)
    }

    mutating func cancel(_ branch: [UInt8], at now: Timestamp) {
        guard var entry = clients[branch], let invite = entry.invite, case .invite(var machine) = entry.machine else { return }
        machine.cancelled(at: now)
        entry.machine = .invite(machine)
        arm(client: branch, &entry)
        clients[branch] = entry
        let wire = entry.wireBranch ?? invite.branch
        let bytes = invite.dialog.hopRequest(
            "CANCEL", uri: invite.uri, branch: wire, sequence: invite.dialog.localSequence, to: nil,
            from: address(over: entry.destination.transport), over: entry.destination.transport,
            routes: invite.isReoffer ? invite.dialog.way.routes : [])
        start(
            .request(RequestClientTransaction(at: now)), Self.cancelKey(wire), request: bytes, to: entry.destination,
            farEnd: entry.farEnd ?? invite.dialog.farEnd)
    }

    mutating func sendBye(_ leg: inout Leg, at now: Timestamp) {
        leg.dialog.localSequence &+= 1
        let branch = newBranch()
        let bytes = leg.dialog.request(
            "BYE", branch: branch, sequence: leg.dialog.localSequence, from: address(over: leg.dialog.destination.transport),
            product: configuration.productName)
        // The leg is forgotten before the answer comes, maybe one that asks for a password.
        start(
            .request(RequestClientTransaction(at: now)), branch, request: bytes, to: leg.dialog.destination,
            farEnd: leg.dialog.farEnd, retries: leg.dialog.trunk.map { Retries(trunk: $0) })
    }

    mutating func sendAck(_ dialog: Dialog, sequence: UInt32) {
        let bytes = dialog.request(
            "ACK", branch: newBranch(), sequence: sequence, from: address(over: dialog.destination.transport),
            product: configuration.productName)
        send(bytes, to: dialog.destination)
    }

    mutating func newBranch() -> [UInt8] { Message.magicCookie + tokens.next() }

    /// A CANCEL has the branch of its INVITE but is a transaction of its own.
    static func cancelKey(_ branch: [UInt8]) -> [UInt8] { branch + [UInt8(ascii: "C")] }

    mutating func add(_ leg: Leg, as id: ID<SIPLeg>) {
        figures.legs += 1
        legsByTag[leg.dialog.localTag] = id
        legsByHost[leg.host, default: 0] += 1
        store(leg, as: id)
    }

    /// A display name in quotes (RFC 3261 section 25.1): escapes where needed, control characters left out.
    static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars.prefix(128) where scalar.value >= 0x20 && scalar.value != 0x7F {
            if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return text + "\" "
    }
}
