import Primitives

/// What a request of ours may try when its first way fails.
struct Retries: Sendable {
    /// A way that was tried and left.
    struct Attempt: Sendable {
        let branch: [UInt8]
        let destination: Hop
        let sequence: UInt32
        /// The ACK of its refusal, for copies of that.
        let ack: [UInt8]
        var isCancelled = false
    }

    struct Credentials: Sendable {
        let isProxy: Bool
        let realm: String
        let line: [UInt8]
    }

    /// Whose login answers a challenge; nil: that of the call's trunk, if it has one.
    var trunk: ID<SIPTrunk>?
    /// It is the REGISTER of that trunk.
    var registers = false
    /// It is a question whether that trunk's provider is there.
    var tests = false
    /// Where else the server may be.
    var alternatives: [Hop] = []
    var attempts: [Attempt] = []
    var credentials: [Credentials] = []
    var answers = 0
}

extension UserAgent {
    /// Tries again what was refused, if another way is left: with a password (RFC 3261 section 22), or at another place (RFC 3263
    /// section 4.3). The transaction keeps its key and gets a new branch.
    mutating func retry(_ key: [UInt8], _ entry: inout ClientEntry, after status: Int, _ message: Message, at now: Timestamp) -> Bool {
        switch status {
        case 401, 407: retryWithPassword(key, &entry, message, at: now)
        case 503: retryElsewhere(key, &entry, at: now)
        default: false
        }
    }

    /// Goes to the next place where the server may be, after a 503, silence or a broken connection.
    mutating func retryElsewhere(_ key: [UInt8], _ entry: inout ClientEntry, at now: Timestamp) -> Bool {
        guard var retries = entry.retries, let next = retries.alternatives.first, isStillWanted(entry) else { return false }
        locator.avoid(entry.destination, limits: configuration.limits, at: now)
        retries.alternatives.removeFirst()
        entry.retries = retries
        sendNow(key, &entry, to: next, sequence: nil, at: now)
        return true
    }

    private mutating func retryWithPassword(_ key: [UInt8], _ entry: inout ClientEntry, _ message: Message, at now: Timestamp) -> Bool {
        guard isStillWanted(entry), let challenge = DigestChallenge.best(in: message),
            let own = Message(parsing: entry.request, limits: .unlimited), let cseq = own.cseq
        else { return false }
        var retries = entry.retries ?? Retries()
        let leg = own.from?.tag(in: own.bytes).flatMap { legsByTag[Array($0)] }
        guard let trunk = retries.trunk ?? leg.flatMap({ legs[$0]?.dialog.trunk }), let login = directory.trunk(trunk)?.login else {
            return false
        }
        retries.trunk = trunk
        // Whom this answer did not please, it will not please again; but a stale nonce was no fault of the password.
        let wasAnswered = retries.credentials.contains { $0.isProxy == challenge.isProxy && $0.realm == challenge.realm }
        guard !wasAnswered || challenge.isStale, retries.answers < configuration.limits.passwordAnswersMax else { return false }
        retries.answers += 1
        var session = sessions[trunk] ?? DigestSession(challenge)
        session.meet(challenge)
        let line = session.answer(
            login, method: own.text(own.methodName), uri: own.text(own.uri), clientNonce: tokens.next().text)
        sessions[trunk] = session
        retries.credentials.removeAll { $0.isProxy == challenge.isProxy && $0.realm == challenge.realm }
        retries.credentials.append(Retries.Credentials(isProxy: challenge.isProxy, realm: challenge.realm, line: line))
        entry.retries = retries
        // RFC 3261 section 22.2: the same request under the next number, which the call then counts from.
        var sequence = cseq.number &+ 1
        if let leg, let known = legs[leg] {
            if entry.invite == nil, case .calling(var calling) = known.stage, let tag = own.to?.tag(in: own.bytes),
                let place = calling.early.firstIndex(where: { $0.tag.elementsEqual(tag) })
            {
                // Each early dialog counts by itself (section 12.2.1.1).
                sequence = max(sequence, calling.early[place].sequence &+ 1)
                calling.early[place].sequence = sequence
                legs[leg]?.stage = .calling(calling)
                if known.dialog.remoteTag.elementsEqual(tag) { legs[leg]?.dialog.localSequence = sequence }
            } else {
                sequence = max(sequence, known.dialog.localSequence &+ 1)
                legs[leg]?.dialog.localSequence = sequence
            }
        }
        if retries.registers, registrations[trunk]?.key == key { registrations[trunk]?.sequence = sequence }
        sendNow(key, &entry, to: entry.destination, sequence: sequence, at: now)
        return true
    }

    /// An INVITE whose caller has given up is not tried again.
    private func isStillWanted(_ entry: ClientEntry) -> Bool {
        guard let invite = entry.invite else { return true }
        guard let leg = legs[invite.leg], !leg.isAbandoned else { return false }
        // Another side may have taken the place of the one that asks.
        if invite.isReoffer { return leg.isChanging(by: invite.branch) }
        if case .calling(let calling) = leg.stage, calling.cancel != .notWanted { return false }
        return true
    }

    private mutating func sendNow(_ key: [UInt8], _ entry: inout ClientEntry, to hop: Hop, sequence: UInt32?, at now: Timestamp) {
        let branch = newBranch()
        let before = entry.wireBranch ?? key
        var retries = entry.retries ?? Retries()
        retries.attempts.append(
            Retries.Attempt(
                branch: before, destination: entry.destination, sequence: entry.invite?.dialog.localSequence ?? 0,
                ack: entry.invite?.refusalAck ?? []))
        aliases[branch] = key
        var credentials: [UInt8] = []
        for one in retries.credentials { credentials += one.line }
        let contact = hop.transport == entry.destination.transport ? nil : contactLine(over: hop.transport)
        entry.request = Self.rewritten(
            entry.request, branch: branch, at: address(over: hop.transport), over: hop.transport, contact: contact, sequence: sequence,
            credentials: credentials)
        if entry.destination.transport.isReliable { releaseConnection(entry.destination) }
        if hop.transport.isReliable { holdConnection(hop) }
        entry.wireBranch = branch
        entry.destination = hop
        entry.retries = retries
        if var invite = entry.invite {
            invite.refusalAck = []
            invite.dialog.localSequence = sequence ?? invite.dialog.localSequence
            invite.dialog.credentials = credentials
            entry.invite = invite
            legs[invite.leg]?.dialog.credentials = credentials
            if case .calling(var calling)? = legs[invite.leg]?.stage {
                // What the other place said before it refused is void.
                calling.isProceeding = false
                calling.early = []
                legs[invite.leg]?.dialog = invite.dialog
                legs[invite.leg]?.stage = .calling(calling)
            }
        }
        let patience = self.patience(retries)
        switch entry.machine {
        case .invite(var machine):
            machine.restart(isReliable: hop.transport.isReliable, patience: patience, at: now)
            entry.machine = .invite(machine)
        case .request(var machine):
            machine.restart(isReliable: hop.transport.isReliable, patience: patience, at: now)
            entry.machine = .request(machine)
        }
        send(entry.request, to: hop)
        arm(client: key, &entry)
        clients[key] = entry
    }

    /// How long a place is waited for: not 32 s where there are others.
    func patience(_ retries: Retries?) -> Duration {
        guard let retries, !retries.alternatives.isEmpty else { return Timing.giveUp }
        return configuration.limits.hopTimeout
    }

    /// An answer to a way that was left.
    mutating func receiveLate(
        _ status: Int, _ message: Message, branch: [UInt8], _ key: [UInt8], _ entry: inout ClientEntry, from source: Hop, at now: Timestamp
    ) {
        guard var retries = entry.retries, let index = retries.attempts.firstIndex(where: { $0.branch == branch }),
            var invite = entry.invite
        else { return }
        let attempt = retries.attempts[index]
        invite.dialog.localSequence = attempt.sequence
        if status < 200 {
            // It was only slow: its phone must not ring for nobody.
            guard attempt.ack.isEmpty, !attempt.isCancelled else { return }
            retries.attempts[index].isCancelled = true
            entry.retries = retries
            clients[key] = entry
            let bytes = invite.dialog.hopRequest(
                "CANCEL", uri: invite.uri, branch: branch, sequence: attempt.sequence, to: nil,
                from: address(over: attempt.destination.transport), over: attempt.destination.transport)
            start(
                .request(RequestClientTransaction(at: now)), Self.cancelKey(branch), request: bytes, to: attempt.destination)
        } else if status < 300 {
            invite.dialog.establish(from: message, source: source)
            sendAck(invite.dialog, sequence: attempt.sequence)
            hangUp(invite.dialog, at: now)
        } else if !attempt.ack.isEmpty {
            send(attempt.ack, to: attempt.destination)
        } else {
            let to = message.to.map { Array(message.bytes.part($0.whole)) }
            send(
                invite.dialog.hopRequest(
                    "ACK", uri: invite.uri, branch: branch, sequence: attempt.sequence, to: to,
                    from: address(over: attempt.destination.transport), over: attempt.destination.transport),
                to: attempt.destination)
        }
    }

    /// Forgets a transaction of ours and all branches it had.
    mutating func close(client key: [UInt8], _ entry: ClientEntry) {
        clients[key] = nil
        if entry.destination.transport.isReliable { releaseConnection(entry.destination) }
        guard let wire = entry.wireBranch else { return }
        aliases[wire] = nil
        for attempt in entry.retries?.attempts ?? [] { aliases[attempt.branch] = nil }
    }

    /// A request of ours as it is sent again: written by us, so each line is where we put it.
    static func rewritten(
        _ request: [UInt8], branch: [UInt8], at address: NetworkAddress, over transport: Transport, contact: [UInt8]?, sequence: UInt32?,
        credentials: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.count + credentials.count + 64)
        var position = 0
        var hasVia = false
        while let end = request[position...].firstIndex(of: 0x0A) {
            let line = request[position...end]
            position = end + 1
            if line.count <= 2 {
                bytes += credentials
                bytes += line
                break
            }
            if !hasVia, line.starts(with: "Via: ".utf8) {
                hasVia = true
                bytes.appendVia(branch: branch, at: address, over: transport)
            } else if let sequence, line.starts(with: "CSeq: ".utf8) {
                bytes.append("CSeq: ")
                bytes.append(number: sequence)
                bytes += line.dropFirst("CSeq: ".utf8.count).drop { $0 != UInt8(ascii: " ") }
            } else if let contact, line.starts(with: "Contact: ".utf8), !contact.isEmpty {
                bytes += contact
            } else if !line.starts(with: "Authorization: ".utf8), !line.starts(with: "Proxy-Authorization: ".utf8) {
                bytes += line
            }
        }
        return bytes + request[position...]
    }
}
