import Primitives

extension UserAgent {
    mutating func receiveOutsideDialog(_ request: Incoming, at now: Timestamp) {
        // RFC 3261 sections 8.2.1 to 8.2.3, in their order; digest first where the address is no proof.
        if request.method == .register { return receiveRegister(request, at: now) }
        var origin = request.origin
        if origin == nil {
            guard request.method == .invite, let phone = authenticated(request, user: user(of: request.from, in: request.message), at: now)
            else { return }
            origin = .phone(phone)
        }
        guard let origin else { return }
        switch request.method {
        case .known: return reply(to: request, with: 405, lines: capabilityLines)
        case .unknown: return reply(to: request, with: 501)
        // Only whoever is in a call may hand it on.
        case .refer: return reply(to: request, with: 403)
        case .bye, .update, .prack, .info: return reply(to: request, with: 481)
        case .invite, .options, .ack, .cancel, .register: break
        }
        let uri: SIPURI
        do {
            uri = try SIPURI(parsing: request.message.bytes.part(request.message.uri))
        } catch {
            return reply(to: request, with: error == .unknownScheme ? 416 : 400)
        }
        if uri.hasHeaders { return reply(to: request, with: 400, reason: "Headers in Request-URI") }
        if isMerged(request) { return reply(to: request, with: 482) }
        if let lines = unsupportedExtensions(request.message) { return reply(to: request, with: 420, lines: lines) }
        if request.method == .options {
            return reply(to: request, with: 200, lines: contactLine(over: request.source.transport) + capabilityLines)
        }
        receiveInvite(request, uri, from: origin, at: now)
    }

    private mutating func receiveInvite(_ request: Incoming, _ uri: SIPURI, from origin: Invitation.Source, at now: Timestamp) {
        let message = request.message
        let hops = message.number(.maxForwards) ?? 70
        guard admits(request, from: origin, at: now) else { return }
        // RFC 7332: a back-to-back agent passes calls on, so it stops loops as a proxy would.
        guard hops > 0 else { return reply(to: request, with: 483) }
        if let refusal = unacceptableBody(message) { return reply(to: request, with: refusal.status, lines: refusal.lines) }
        // RFC 3261 section 8.1.1.8 demands a Contact; those who send no branch may lack it (RFC 2543 section 6.13).
        let isOld = message.via?.branch(in: message.bytes) == nil
        guard let contact = message.addresses(.contact)?.first ?? (isOld ? request.from : nil),
            (try? SIPURI(parsing: message.bytes.part(contact.uri))) != nil, let recorded = message.addresses(.recordRoute)
        else { return reply(to: request, with: 400, reason: "Missing or Malformed Contact") }
        let limits = configuration.limits
        guard let session = SessionTimer(answering: message, limits: limits) else {
            return reply(to: request, with: 422, lines: SessionTimer.leastLine(limits))
        }
        guard legs.count < limits.legsMax, servers.count < limits.transactionsMax,
            legsByHost[request.source.host] ?? 0 < limits.legsPerSourceMax
        else { return refuseAsTooMany(request) }

        if message.value(of: .replaces) != nil { return receiveReplacing(request, from: origin, contact, recorded, session, at: now) }
        let id = ID<SIPLeg>(at: now, using: &random)
        let dialog = dialog(of: request, from: origin, contact, recorded)
        let tag = dialog.localTag
        var leg = Leg(
            host: request.source.host, dialog: dialog,
            stage: .arrived(
                Leg.Arrival(
                    transaction: request.key, path: request.path, sequence: request.cseq.number, repeatAt: now + Timing.provisionalRepeat,
                    session: session, reliability: Leg.Reliability(demand: Self.demand(of: message)))))
        leg.wantsOffer = message.body.isEmpty
        if message.lists("update", in: .allow) { leg.abilities.insert(.update) }
        open(.invite(InviteServerTransaction()), request.key, path: request.path, merge: mergeKey(request), leg: id)
        respond(100, request.path.response(100, tag: tag), through: request.key, at: now)
        add(leg, as: id)
        let caller = caller(of: request, from: origin)
        var called = uri.user ?? ""
        if case .trunk(let trunk) = origin, let account = directory.trunk(trunk)?.registration?.user, account == called {
            called = user(of: request.to, in: message) ?? called
        }
        var invitation = Invitation(
            source: origin, calledUser: called, callerUser: caller.user, callerName: caller.name,
            body: Array(message.bytes.part(message.body)), maxForwards: Int(clamping: hops), address: request.source.address)
        invitation.isPrivate = caller.isPrivate
        report(.callArrived(id, invitation))
    }

    /// The dialog that this INVITE wants to make (RFC 3261 section 12.1.1).
    mutating func dialog(
        of request: Incoming, from origin: Invitation.Source, _ contact: NameAddress, _ recorded: [NameAddress]
    ) -> Dialog {
        let message = request.message
        let tag = Array(tokens.next())
        let followsContact: Bool
        var trunk: ID<SIPTrunk>?
        var phone: ID<SIPPhone>?
        switch origin {
        case .trunk(let id): (followsContact, trunk) = (true, id)
        case .anyone: followsContact = true
        case .phone(let id): (followsContact, phone) = (false, id)
        }
        return Dialog(
            callID: Array(message.bytes.part(message.callID)), localTag: tag,
            remoteTag: Array(request.from.tag(in: message.bytes) ?? []), local: request.path.to + Array(";tag=".utf8) + tag,
            remote: Array(message.bytes.part(request.from.whole)), remoteTarget: Array(message.bytes.part(contact.uri)),
            routes: recorded.map { Array(message.bytes.part($0.whole)) }, localSequence: 0, remoteSequence: request.cseq.number,
            peer: request.source, followsContact: followsContact, trunk: trunk, phone: phone)
    }
}
