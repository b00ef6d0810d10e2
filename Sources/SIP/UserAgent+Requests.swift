import Primitives

extension UserAgent {
    /// A request as it goes through the checks.
    struct Incoming {
        let method: Method
        let message: Message
        let source: Hop
        let path: ReplyPath
        let key: [UInt8]
        let cseq: CSeq
        let from: NameAddress
        let to: NameAddress
        let origin: Invitation.Source?
    }

    mutating func receive(_ method: Method, _ message: Message, from source: Hop, at now: Timestamp) {
        let origin =
            directory.origin(
                of: source, user: { self.user(of: message.from, in: message) },
                called: { (try? SIPURI(parsing: message.bytes.part(message.uri)))?.user }) ?? (configuration.acceptsAnyone ? .anyone : nil)
        guard let path = ReplyPath(to: message, from: source) else { return }
        if let defect = message.defect {
            // An ACK is never answered, and a stranger hears nothing about mistakes.
            guard origin != nil, method != .ack else { return }
            return reply(by: path, to: message, with: defect.status, reason: defect.reason)
        }
        guard let via = message.via, let cseq = message.cseq, let from = message.from, let to = message.to else { return }
        let request = Incoming(
            method: method, message: message, source: source, path: path, key: Self.key(message, via, method), cseq: cseq, from: from,
            to: to,
            origin: origin)
        switch method {
        case .ack: receiveAck(request, at: now)
        case .cancel: receiveCancel(request, at: now)
        case .invite, .bye, .options, .register, .known, .unknown, .update, .prack, .info, .refer:
            if repeated(request.key) { return }
            if to.tag(in: message.bytes) != nil { receiveWithinDialog(request, at: now) } else { receiveOutsideDialog(request, at: now) }
        }
    }

    // MARK: Within a dialog

    private mutating func receiveWithinDialog(_ request: Incoming, at now: Timestamp) {
        guard case (let id, var leg)? = leg(of: request) else {
            guard request.origin != nil else { return }
            return reply(to: request, with: 481)
        }
        if let lines = unsupportedExtensions(request.message) { return reply(to: request, with: 420, lines: lines) }
        switch request.method {
        case .ack, .cancel: return  // never come here
        case .known, .register: return reply(to: request, with: 405, lines: capabilityLines)
        case .unknown: return reply(to: request, with: 501)
        case .options: return reply(to: request, with: 200, lines: contactLine(over: request.source.transport) + capabilityLines)
        case .bye:
            // Section 15: the called side hangs up by refusing the INVITE.
            if case .calling = leg.stage { return reply(to: request, with: 481) }
        case .invite, .update, .prack, .info, .refer: break
        }
        // RFC 3261 section 12.2.2.
        guard leg.dialog.remoteSequence.map({ request.cseq.number > $0 }) ?? true else { return reply(to: request, with: 500) }
        guard request.method == .bye || servers.count < configuration.limits.transactionsMax else {
            return reply(to: request, with: 503, lines: Self.comeBackLine)
        }
        if let phone = leg.dialog.phone, request.method != .bye, leg.dialog.isStranded || leg.dialog.peer != request.source {
            follow(phone, to: request.source, leaving: [leg.dialog.peer], isBack: true, at: now)
            leg = legs[id] ?? leg
        }
        switch request.method {
        case .bye: receiveBye(request, id, leg, at: now)
        case .update: receiveUpdate(request, id, leg, at: now)
        case .prack: receivePrack(request, id, leg, at: now)
        case .info: receiveInfo(request, id, leg, at: now)
        case .refer: receiveRefer(request, id, leg, at: now)
        case .invite, .ack, .cancel, .options, .register, .known, .unknown:
            receiveReoffer(request, id, leg, at: now)
        }
    }

    private mutating func receiveBye(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: nil)
        respond(200, request.path.response(200, tag: leg.dialog.localTag, lines: serverLine), through: request.key, at: now)
        // RFC 3261 section 15.1.2: what is still unanswered gets 487.
        var wasWaiting = false
        if case .arrived(let arrival) = leg.stage {
            respond(487, arrival.path.response(487, tag: leg.dialog.localTag), through: arrival.transaction, at: now)
            wasWaiting = true
        }
        refuseOpen(leg, at: now)
        forget(id)
        guard !leg.isAbandoned else { return }
        report(wasWaiting ? .cancelled(id) : .ended(id, .bye))
    }

    /// A re-INVITE (RFC 3261 section 14.2).
    private mutating func receiveReoffer(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        if let refusal = unacceptableBody(request.message) { return reply(to: request, with: refusal.status, lines: refusal.lines) }
        guard !leg.isAbandoned else { return reply(to: request, with: 481) }
        var leg = leg
        leg.dialog.remoteSequence = request.cseq.number
        switch leg.stage {
        case .calling: return refuse(request, with: 491, id, leg, at: now)
        case .arrived: return refuse(request, with: 500, lines: retryLater(), id, leg, at: now)
        case .established: break
        }
        guard let session = SessionTimer(answering: request.message, limits: configuration.limits) else {
            return refuse(request, with: 422, lines: SessionTimer.leastLine(configuration.limits), id, leg, at: now)
        }
        // Ours is on its way: one of the two must give way (section 14.2).
        if case .sent? = leg.change?.state { return refuse(request, with: 491, id, leg, at: now) }
        if leg.takeover != nil { return refuse(request, with: 491, id, leg, at: now) }
        guard leg.reoffer == nil, leg.answer?.isOffer != true else {
            return refuse(request, with: 500, lines: retryLater(), id, leg, at: now)
        }
        // Who sends the next INVITE has our last answer: its ACK was overtaken or lost.
        if let answer = leg.answer {
            leg.answer = nil
            if answer.isFirst, !answer.isTakeover { report(.confirmed(id)) }
        }
        leg.dialog.refreshTarget(from: request.message)
        leg.dialog.hear(from: request.source)
        let body = Array(request.message.bytes.part(request.message.body))
        leg.reoffer = Leg.Reoffer(
            transaction: request.key, path: request.path, sequence: request.cseq.number, isEmpty: body.isEmpty, isUpdate: false,
            session: session)
        open(.invite(InviteServerTransaction()), request.key, path: request.path, merge: [], leg: id)
        // Held back: the answer follows at once. A copy of the INVITE that comes before it gets this.
        respond(100, request.path.response(100, tag: []), through: request.key, isHeld: true, at: now)
        store(leg, as: id)
        report(.reoffered(id, body: body))
    }

    mutating func retryLater() -> [UInt8] {
        var lines: [UInt8] = []
        lines.append("Retry-After: \(random.next() % 11)\r\n")
        return lines
    }

    /// Refuses a request within a dialog that may be tried again. Its number is used up, so a late copy is not taken for the next try:
    /// the transaction answers it.
    mutating func refuse(
        _ request: Incoming, with status: Int, lines: [UInt8] = [], _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp
    ) {
        open(
            request.method == .invite ? .invite(InviteServerTransaction()) : .request(RequestServerTransaction()), request.key,
            path: request.path, merge: [], leg: nil)
        respond(
            status, request.path.response(status, tag: leg.dialog.localTag, lines: lines + serverLine), through: request.key, at: now)
        store(leg, as: id)
    }

    private mutating func receiveAck(_ request: Incoming, at now: Timestamp) {
        if var entry = servers[request.key], case .invite(var machine) = entry.machine, machine.state != .accepted {
            machine.acknowledged(at: now)
            entry.machine = .invite(machine)
            arm(server: request.key, &entry)
            servers[request.key] = entry
            return
        }
        guard let (id, found) = leg(of: request), let answer = found.answer, answer.sequence == request.cseq.number else { return }
        var leg = found
        leg.answer = nil
        leg.dialog.hear(from: request.source)
        if leg.isAbandoned {
            sendBye(&leg, at: now)
            store(leg, as: id)
            return forget(id)
        }
        store(leg, as: id)
        if answer.isOffer, !request.message.body.isEmpty {
            report(.lateAnswer(id, body: Array(request.message.bytes.part(request.message.body))))
        }
        if answer.isFirst, !answer.isTakeover { report(.confirmed(id)) }
    }

    private mutating func receiveCancel(_ request: Incoming, at now: Timestamp) {
        if repeated(request.key) { return }
        guard let via = request.message.via else { return }
        let inviteKey = Self.key(request.message, via, .invite)
        // RFC 3261 section 22.1: nobody can be asked who he is for a CANCEL, so it must come from where the INVITE did.
        guard let entry = servers[inviteKey], case .invite(let machine) = entry.machine, let id = entry.leg,
            entry.destination.host == request.source.host
        else {
            guard request.origin != nil else { return }
            return reply(to: request, with: 481)
        }
        let tag = legs[id]?.dialog.localTag ?? Array(tokens.token(for: inviteKey))
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: nil)
        respond(200, request.path.response(200, tag: tag, lines: serverLine), through: request.key, at: now)
        // RFC 3261 section 9.2: after a final answer a CANCEL changes nothing.
        guard machine.state == .proceeding, var leg = legs[id] else { return }
        if case .arrived(let arrival) = leg.stage, arrival.transaction == inviteKey {
            respond(487, arrival.path.response(487, tag: tag), through: inviteKey, at: now)
            forget(id)
            report(.cancelled(id))
        } else if let reoffer = leg.reoffer, reoffer.transaction == inviteKey {
            respond(487, reoffer.path.response(487, tag: tag), through: inviteKey, at: now)
            leg.reoffer = nil
            store(leg, as: id)
        } else if let takeover = leg.takeover, takeover.transaction == inviteKey {
            let own = takeover.dialog.localTag
            respond(487, takeover.path.response(487, tag: own), through: inviteKey, at: now)
            leg.takeover = nil
            store(leg, as: id)
        }
    }

    // MARK: Small things

    /// Answers without a transaction; the tag is the same for each copy of the request (RFC 3261 section 8.2.7).
    mutating func reply(to request: Incoming, with status: Int, reason: String? = nil, lines: [UInt8] = []) {
        reply(by: request.path, to: request.message, with: status, reason: reason, lines: lines)
    }

    private mutating func reply(by path: ReplyPath, to message: Message, with status: Int, reason: String?, lines: [UInt8] = []) {
        let tag = Array(tokens.token(for: Array(message.bytes.part(message.callID)) + (message.via?.branch(in: message.bytes) ?? [])))
        send(path.response(status, reason: reason, tag: tag, lines: lines + serverLine), to: path.destination)
    }

    /// Whether the request is a copy; it gets the last answer again.
    private mutating func repeated(_ key: [UInt8]) -> Bool {
        guard let entry = servers[key] else { return false }
        figures.copiesReceived += 1
        let duty =
            switch entry.machine {
            case .invite(let machine): machine.receiveAgain()
            case .request(let machine): machine.receiveAgain()
            }
        if duty.contains(.send), !entry.response.isEmpty { send(entry.response, to: entry.destination) }
        return true
    }

    private func leg(of request: Incoming) -> (ID<SIPLeg>, Leg)? {
        let bytes = request.message.bytes
        guard let tag = request.to.tag(in: bytes), let id = legsByTag[Array(tag)], let leg = legs[id],
            bytes.part(request.message.callID) == leg.dialog.callID[...],
            request.from.tag(in: bytes) ?? [] == leg.dialog.remoteTag[...]
        else { return nil }
        return (id, leg)
    }

    /// RFC 3261 section 8.2.2.2: the same request came by two ways.
    func isMerged(_ request: Incoming) -> Bool {
        guard let other = merges[mergeKey(request)] else { return false }
        return other != request.key
    }

    func mergeKey(_ request: Incoming) -> [UInt8] {
        let bytes = request.message.bytes
        return Self.mergeKey(
            tag: request.from.tag(in: bytes) ?? [], callID: bytes.part(request.message.callID), sequence: request.cseq.number,
            method: bytes.part(request.cseq.methodName))
    }

    static func mergeKey(
        tag: some Sequence<UInt8>, callID: some Sequence<UInt8>, sequence: UInt32, method: some Sequence<UInt8>
    ) -> [UInt8] {
        var key = Array(tag)
        key.append(0)
        key.append(contentsOf: callID)
        key.append(0)
        key.append(number: sequence)
        key.append(contentsOf: method)
        return key
    }

    /// RFC 3261 section 17.2.3: branch and sent-by, an ACK under the key of its INVITE. Without the magic cookie what RFC 2543 compared.
    private static func key(_ message: Message, _ via: Via, _ method: Method) -> [UInt8] {
        let bytes = message.bytes
        var key: [UInt8] = []
        key.reserveCapacity(96)
        if let branch = via.branch(in: bytes), branch.starts(with: Message.magicCookie), branch.count > Message.magicCookie.count {
            key.append(contentsOf: branch)
            key.append(0)
            for byte in bytes.part(via.host) { key.append(byte.lowercased) }
            key.append(number: via.port ?? 5060)
        } else {
            key.append(contentsOf: bytes.part(via.whole))
            key.append(0)
            key.append(contentsOf: message.from?.tag(in: bytes) ?? [])
            key.append(0)
            key.append(contentsOf: bytes.part(message.callID))
            key.append(0)
            key.append(number: message.cseq?.number ?? 0)
            key.append(contentsOf: bytes.part(message.uri))
        }
        key.append(0)
        key.append(method == .ack ? Method.invite.rawValue : method.rawValue)
        return key
    }

    /// The Unsupported lines of a 420, nil if nothing is required that we lack.
    func unsupportedExtensions(_ message: Message) -> [UInt8]? {
        let required = message.tokens(.require).filter { option in !Self.extensions.contains { option.equalsIgnoringCase($0) } }
        guard !required.isEmpty else { return nil }
        var lines: [UInt8] = []
        for option in required { lines.appendLine("Unsupported: ", option) }
        return lines
    }

    /// The option tags of our Supported line.
    private static let extensions: [StaticString] = ["timer", "100rel", "replaces", "norefersub"]

    /// Why the body of an INVITE cannot be taken (RFC 3261 section 8.2.3), or what it asks to get back cannot be given.
    func unacceptableBody(_ message: Message) -> (status: Int, lines: [UInt8])? {
        let bytes = message.bytes
        if !message.body.isEmpty {
            let isSession = message.value(of: .contentType).map { Self.isMediaType(bytes.part($0), "application/sdp") } ?? false
            guard isSession else { return (415, Array("Accept: application/sdp\r\n".utf8)) }
        }
        if message.tokens(.contentEncoding).contains(where: { !$0.equalsIgnoringCase("identity") }) {
            return (415, Array("Accept-Encoding: identity\r\n".utf8))
        }
        let accepted = message.tokens(.accept)
        let canAccept = accepted.contains {
            Self.isMediaType($0, "application/sdp") || Self.isMediaType($0, "application/*") || Self.isMediaType($0, "*/*")
        }
        return accepted.isEmpty || canAccept ? nil : (406, [])
    }

    static func isSession(_ type: ArraySlice<UInt8>) -> Bool { isMediaType(type, "application/sdp") }

    static func isMediaType(_ value: ArraySlice<UInt8>, _ name: StaticString) -> Bool {
        value.prefix { $0 != UInt8(ascii: ";") }.filter { !$0.isSpace }.equalsIgnoringCase(name)
    }

    func user(of address: NameAddress?, in message: Message) -> String? {
        guard let address else { return nil }
        return (try? SIPURI(parsing: message.bytes.part(address.uri)))?.user
    }
}
