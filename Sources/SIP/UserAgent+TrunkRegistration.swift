import Primitives

/// Our registration at a trunk's provider (RFC 3261 section 10.2).
struct OwnRegistration: Sendable {
    let account: TrunkAccount
    let rules: TrunkRegistration
    let callID: [UInt8]
    let tag: [UInt8]
    var sequence: UInt32 = 0
    /// What is asked for: as configured, or more where the provider wants more (423).
    var expires: Int
    /// The server whose place is being looked for.
    var awaits: RemoteServer?
    /// The transaction that is going on.
    var key: [UInt8]?
    var failures = 0
    var until: Timestamp?
    var hop: Hop?
    /// When the next REGISTER goes out.
    var nextAt: Timestamp?
    var isLeaving = false
    /// The REGISTER that was sent last takes back.
    var takesBack = false
}

extension UserAgent {
    /// Registers all trunks that want it and are not registered or about to be; forgets those that are gone. And finds out where the
    /// others' servers are, for their calls are known by that.
    mutating func signOn(at now: Timestamp) {
        for trunk in configuration.trunks { lookUp(trunk.id, at: now) }
        let wanted = configuration.trunks.filter { $0.registration != nil }
        for id in registrations.keys.sorted() where !wanted.contains(where: { $0 == registrations[id]?.account }) {
            if let entry = registrations[id]?.key.flatMap({ clients[$0] }), let key = registrations[id]?.key { close(client: key, entry) }
            registrations[id] = nil
        }
        for account in wanted {
            guard let rules = account.registration, registrations[account.id]?.isLeaving ?? true else { continue }
            registrations[account.id] = OwnRegistration(
                account: account, rules: rules, callID: Array(tokens.next()) + tokens.next(), tag: Array(tokens.next()),
                expires: min(max(rules.expires, 1), configuration.limits.ownExpiresMax))
            register(account.id, at: now)
        }
    }

    /// Takes our addresses back from all providers, so that they send calls elsewhere at once.
    mutating func signOff(at now: Timestamp) {
        for id in registrations.keys.sorted() {
            guard var state = registrations[id], !state.isLeaving else { continue }
            state.isLeaving = true
            registrations[id] = state
            // What is on its way is waited for: a REGISTER that comes after the one that signs off would undo it.
            if state.key != nil { continue }
            if state.until == nil { registrations[id] = nil } else { register(id, at: now) }
        }
    }

    /// Whether no provider knows us any more, after `Order.signOff`.
    package var isSignedOff: Bool { registrations.isEmpty }

    mutating func register(_ id: ID<SIPTrunk>, at now: Timestamp) {
        guard var state = registrations[id], state.key == nil else { return }
        state.nextAt = nil
        let places: [Hop]
        switch locate(state.rules.registrar, at: now) {
        case .found(let hops): places = hops
        case .asked:
            state.awaits = state.rules.registrar
            registrations[id] = state
            return
        }
        directory.place(id, at: places)
        guard let hop = places.first else {
            registrations[id] = state
            finishTest(id, .nameUnknown, at: now)
            return registrationFailed(id, status: 503, retryAfter: nil, at: now)
        }
        state.sequence &+= 1
        let branch = newBranch()
        let domain = state.account.domainName
        let identity = Array("<\(SIPURI(user: state.rules.user, host: domain))>".utf8)
        let uri = Array("sip:\(SIPURI(user: nil, host: domain).description.dropFirst(4))".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.appendRequestLine("REGISTER", uri)
        bytes.appendVia(branch: branch, at: address(over: hop.transport), over: hop.transport)
        bytes.append("Max-Forwards: 70\r\n")
        bytes.append("From: ")
        bytes += identity
        bytes.append(";tag=")
        bytes += state.tag
        bytes.append("\r\n")
        bytes.appendLine("To: ", identity)
        bytes.appendLine("Call-ID: ", state.callID)
        bytes.append("CSeq: ")
        bytes.append(number: state.sequence)
        bytes.append(" REGISTER\r\n")
        bytes += contactLine(of: state.rules.user, over: hop.transport)
        bytes.append("Expires: ")
        bytes.append(number: state.isLeaving ? 0 : state.expires)
        bytes.append("\r\nUser-Agent: \(configuration.productName)\r\n")
        let retries = Retries(trunk: id, registers: true, alternatives: Array(places.dropFirst()))
        if let login = state.account.login, var session = sessions[id], !session.challenge.isProxy {
            // The nonce of last time spares the provider and us a challenge, as long as it is good.
            let line = session.answer(login, method: "REGISTER", uri: uri.text, clientNonce: tokens.next().text)
            sessions[id] = session
            bytes += line
        }
        bytes.append("Content-Length: 0\r\n\r\n")
        state.key = branch
        state.takesBack = state.isLeaving
        state.hop = hop
        registrations[id] = state
        start(.request(RequestClientTransaction(at: now)), branch, request: bytes, to: hop, retries: retries)
    }

    /// The final answer to a REGISTER of ours.
    mutating func receiveRegistered(_ id: ID<SIPTrunk>, _ status: Int, _ message: Message, from hop: Hop, at now: Timestamp) {
        guard var state = registrations[id] else { return }
        let limits = configuration.limits
        if status == 423, let least = message.number(.minExpires), least > UInt64(state.expires), least <= UInt64(limits.ownExpiresMax) {
            state.expires = Int(least)
            state.key = nil
            registrations[id] = state
            return register(id, at: now)
        }
        testAnswered(id, status, message, from: hop, at: now)
        guard status < 300 else {
            return registrationFailed(id, status: status, retryAfter: message.number(.retryAfter), at: now)
        }
        state.key = nil
        state.failures = 0
        if state.isLeaving {
            registrations[id] = state.takesBack ? nil : state
            return register(id, at: now)
        }
        let granted = max(1, grantedSeconds(message, state))
        let until = now + .seconds(granted)
        state.until = until
        state.hop = hop
        // Well before it lapses, and not all accounts of a restart at once.
        let share = 0.7 + 0.2 * random.fraction()
        state.nextAt = now + .milliseconds(Int64(Double(granted) * 1_000 * share))
        registrations[id] = state
        if let next = state.nextAt { deadlines.set(.registration(id), at: next) }
        report(.trunkRegistered(id, until: until))
    }

    mutating func registrationFailed(_ id: ID<SIPTrunk>, status: Int, retryAfter: UInt64?, at now: Timestamp) {
        guard var state = registrations[id] else { return }
        state.key = nil
        if state.isLeaving {
            registrations[id] = nil
            return
        }
        let limits = configuration.limits
        // RFC 5626 section 4.5: doubled with each failure, and any time in the upper half of that.
        let doublings = min(state.failures, 30)
        let bound = min(limits.registerPauseMin.microseconds << doublings, limits.registerPauseMax.microseconds)
        state.failures += 1
        var pause = Duration.microseconds(Int64(Double(bound) * (0.5 + 0.5 * random.fraction())))
        if let retryAfter { pause = max(pause, .seconds(Int64(min(retryAfter, UInt64(limits.retryAfterMax))))) }
        let retryAt = now + pause
        state.nextAt = retryAt
        registrations[id] = state
        deadlines.set(.registration(id), at: retryAt)
        report(.trunkFailed(id, status: status, retryAt: retryAt))
    }

    /// The way by which a provider reached us is gone (RFC 5626 section 4.4.1): it must learn of a new one.
    mutating func registrationLost(at hop: Hop, at now: Timestamp) {
        for id in registrations.keys.sorted() {
            guard let state = registrations[id], state.hop == hop, state.key == nil, state.until != nil, !state.isLeaving else { continue }
            let pause = Duration.microseconds(Int64(Double(configuration.limits.registerPauseMin.microseconds) * random.fraction()))
            registrations[id]?.nextAt = now + pause
            deadlines.set(.registration(id), at: now + pause)
        }
    }

    mutating func wakeRegistration(_ id: ID<SIPTrunk>, at now: Timestamp) {
        guard let state = registrations[id], let due = state.nextAt, due <= now else { return }
        register(id, at: now)
    }

    /// What was granted: the parameter of our own Contact, else Expires, else what we asked for.
    private func grantedSeconds(_ message: Message, _ state: OwnRegistration) -> Int {
        let contacts = message.addresses(.contact) ?? []
        let own = contacts.first { contact in
            (try? SIPURI(parsing: message.bytes.part(contact.uri)))?.user == state.rules.user
        }
        let named = (own ?? contacts.first)?.parameters.value(of: "expires", in: message.bytes).flatMap { decimal(message.bytes, $0) }
        let seconds = named ?? message.number(.expires) ?? UInt64(state.expires)
        return Int(min(seconds, UInt64(configuration.limits.ownExpiresMax)))
    }
}
