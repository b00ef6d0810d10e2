import Primitives

// What is said before the answer: ringing, early media, and the ways to be sure that it arrives (RFC 3262).
extension UserAgent {
    // MARK: Said by us

    mutating func progress(_ id: ID<SIPLeg>, body: [UInt8], at now: Timestamp) {
        guard var leg = legs[id], case .arrived(let arrival) = leg.stage else { return }
        // RFC 3261 section 13.2.1: the first offer must be sure to arrive. Without one there is nothing to be heard.
        let isSure = arrival.reliability.demand != .none && !arrival.reliability.isAgreed
        let body = leg.wantsOffer && !isSure ? [] : body
        if !body.isEmpty { leg.description = body }
        provide(183, body: body, &leg, arrival, at: now)
        store(leg, as: id)
    }

    /// Sends a provisional answer, reliably where it carries a description and the caller can, or where the caller demands it.
    mutating func provide(_ status: Int, body: [UInt8], _ leg: inout Leg, _ arrival: Leg.Arrival, at now: Timestamp) {
        var arrival = arrival
        arrival.repeatAt = now + Timing.provisionalRepeat
        defer { leg.stage = .arrived(arrival) }
        var lines = arrival.path.recordRoutes + contactLine(over: arrival.path.destination.transport) + capabilityLines + serverLine
        let isReliable = arrival.reliability.demand == .required || arrival.reliability.demand == .supported && !body.isEmpty
        guard isReliable else {
            let bytes = arrival.path.response(status, tag: leg.dialog.localTag, lines: lines, body: body)
            return respond(status, bytes, through: arrival.transaction, at: now)
        }
        // Section 3: one after the other. What waits behind the answer is not worth sending any more.
        guard arrival.reliability.sent == nil else {
            if arrival.reliability.answer == nil { arrival.reliability.next = Leg.Reliability.Provisional(status: status, body: body) }
            return
        }
        let first = UInt32(truncatingIfNeeded: random.next() % (1 << 30)) + 1
        arrival.reliability.number = arrival.reliability.number == 0 ? first : arrival.reliability.number &+ 1
        if leg.wantsOffer, !body.isEmpty { arrival.reliability.isOffer = true }
        lines.append("Require: 100rel\r\nRSeq: ")
        lines.append(number: arrival.reliability.number)
        lines.append("\r\n")
        let bytes = arrival.path.response(status, tag: leg.dialog.localTag, lines: lines, body: body)
        arrival.reliability.sent = Leg.Reliability.Sent(bytes: bytes, resendAt: now + Timing.t1, giveUpAt: now + Timing.giveUp)
        respond(status, bytes, through: arrival.transaction, at: now)
    }

    /// Sends the reliable provisional answer again if it is time; false if the leg has ended because no PRACK came.
    mutating func repeatReliably(_ leg: inout Leg, _ id: ID<SIPLeg>, at now: Timestamp) -> Bool {
        guard case .arrived(var arrival) = leg.stage, var sent = arrival.reliability.sent else { return true }
        if sent.giveUpAt <= now {
            // Section 3: whoever does not answer provisional answers will not take the final one.
            store(leg, as: id)
            refuse(id, status: 504, at: now)
            report(.cancelled(id))
            return false
        }
        guard sent.resendAt <= now, let entry = servers[arrival.transaction] else { return true }
        send(sent.bytes, to: entry.destination)
        sent.pause = sent.pause + sent.pause
        sent.resendAt = now + sent.pause
        arrival.reliability.sent = sent
        leg.stage = .arrived(arrival)
        return true
    }

    mutating func receivePrack(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        if let refusal = unacceptableBody(request.message) { return reply(to: request, with: refusal.status, lines: refusal.lines) }
        var leg = leg
        leg.dialog.remoteSequence = request.cseq.number
        guard case .arrived(var arrival) = leg.stage, arrival.reliability.sent != nil,
            let (number, sequence) = Self.acknowledged(by: request.message), number == arrival.reliability.number,
            sequence == arrival.sequence
        else { return refuse(request, with: 481, id, leg, at: now) }
        let body = Array(request.message.bytes.part(request.message.body))
        let next = arrival.reliability.next
        let answer = arrival.reliability.answer
        let isLateAnswer = arrival.reliability.isOffer && !body.isEmpty
        arrival.reliability.sent = nil
        arrival.reliability.next = nil
        arrival.reliability.answer = nil
        if isLateAnswer { (arrival.reliability.isOffer, arrival.reliability.isAgreed) = (false, true) }
        leg.stage = .arrived(arrival)
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: nil)
        // A new offer before the call is answered is not taken (488); what the PRACK acknowledges it has acknowledged all the same.
        let status = body.isEmpty || isLateAnswer ? 200 : 488
        respond(status, request.path.response(status, tag: leg.dialog.localTag, lines: serverLine), through: request.key, at: now)
        if answer == nil, let next { provide(next.status, body: next.body, &leg, arrival, at: now) }
        store(leg, as: id)
        if isLateAnswer { report(.lateAnswer(id, body: body)) }
        if let answer { self.answer(id, body: answer, at: now) }
    }

    static func demand(of invite: Message) -> Leg.Reliability.Demand {
        if invite.lists("100rel", in: .require) { return .required }
        return invite.lists("100rel", in: .supported) ? .supported : .none
    }

    /// `RAck: 776656 1 INVITE` (section 7.2).
    private static func acknowledged(by message: Message) -> (number: UInt32, sequence: UInt32)? {
        guard let field = message.value(of: .rack) else { return nil }
        var cursor = Cursor(message.bytes, in: field)
        guard let number = cursor.number().flatMap({ UInt32(exactly: $0) }) else { return nil }
        cursor.skipSpace()
        guard let cseq = CSeq(message.bytes, cursor.rest), cseq.method == .invite else { return nil }
        return (number, cseq.number)
    }

    // MARK: Said to us

    /// Takes a provisional answer into its early dialog (RFC 3261 section 12.1.2) and acknowledges a reliable one. `isNew` is false for a
    /// copy; `body` is the description if it is another than before.
    mutating func receiveEarly(
        _ status: Int, of invite: ClientEntry.Invite, _ message: Message, from source: Hop, _ leg: inout Leg, _ calling: inout Leg.Calling,
        at now: Timestamp
    ) -> (isNew: Bool, body: [UInt8]?) {
        guard status > 100, let tag = message.to?.tag(in: message.bytes) else { return (true, nil) }
        var place = calling.early.firstIndex { $0.tag.elementsEqual(tag) }
        if place == nil {
            guard calling.early.count < configuration.limits.earlyDialogsMax else { return (true, nil) }
            place = calling.early.endIndex
            calling.early.append(Leg.EarlyDialog(tag: Array(tag), sequence: invite.dialog.localSequence))
            // The first that is heard of; should another one answer, the 2xx says so.
            if leg.dialog.remoteTag.isEmpty { leg.dialog.establish(from: message, source: source) }
        }
        guard let place else { return (true, nil) }
        var early = calling.early[place]
        let isReliable = message.lists("100rel", in: .require)
        if isReliable {
            guard let number = message.number(.rseq).flatMap({ UInt32(exactly: $0) }) else { return (false, nil) }
            // RFC 3262 section 4: in order only; what came too early comes again.
            if let last = early.number, number != last &+ 1 { return (false, nil) }
            early.number = number
            early.sequence &+= 1
            prack(number, of: invite, message, from: source, sequence: early.sequence, at: now)
            if leg.dialog.remoteTag == early.tag { leg.dialog.localSequence = early.sequence }
        }
        var news: [UInt8]?
        if !message.body.isEmpty, message.value(of: .contentType).map({ Self.isSession(message.bytes.part($0)) }) ?? false {
            let body = Array(message.bytes.part(message.body))
            if body != early.body { news = body }
            early.body = body
            if isReliable { early.isAnswered = true }
        }
        calling.early[place] = early
        return (true, news)
    }

    private mutating func prack(
        _ number: UInt32, of invite: ClientEntry.Invite, _ message: Message, from source: Hop, sequence: UInt32, at now: Timestamp
    ) {
        guard clients.count < configuration.limits.transactionsMax else { return }
        var dialog = invite.dialog
        dialog.establish(from: message, source: source)
        var lines: [UInt8] = []
        lines.append("RAck: ")
        lines.append(number: number)
        lines.append(" ")
        lines.append(number: invite.dialog.localSequence)
        lines.append(" INVITE\r\n")
        let branch = newBranch()
        let bytes = dialog.request(
            "PRACK", branch: branch, sequence: sequence, from: address(over: dialog.destination.transport),
            product: configuration.productName, lines: lines)
        start(.request(RequestClientTransaction(at: now)), branch, request: bytes, to: dialog.destination)
    }
}
