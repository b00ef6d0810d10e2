import Primitives

/// A call by a trunk whose server is being looked for.
struct WaitingCall: Sendable {
    let target: Target
    let callerUser: String?
    let callerName: String?
    let body: [UInt8]
    let server: RemoteServer
}

extension UserAgent {
    /// Where the trunk's server is; nil after the call has been put aside or refused.
    mutating func places(
        of account: TrunkAccount?, for id: ID<SIPLeg>, _ target: Target, callerUser: String?, callerName: String?, body: [UInt8],
        at now: Timestamp
    ) -> [Hop]? {
        guard let server = account?.server else {
            report(.refused(id, status: 503))
            return nil
        }
        switch locate(server, at: now) {
        case .found(let hops) where !hops.isEmpty: return hops
        case .found:
            report(.refused(id, status: 503))
            return nil
        case .asked:
            waitingCalls[id] = WaitingCall(target: target, callerUser: callerUser, callerName: callerName, body: body, server: server)
            return nil
        }
    }

    mutating func locate(_ server: RemoteServer, at now: Timestamp) -> Locator.Place {
        let place = locator.locate(server, using: &random, limits: configuration.limits, at: now)
        if case .asked(let number, isNew: true) = place {
            actions.append(.resolve(number, name: server.host, port: server.port, transport: server.transport))
            deadlines.set(.location(number), at: now + configuration.limits.locationTimeout)
        }
        return place
    }

    /// Asks where the servers of a trunk are, as soon as the last answer is too old, and again after a while.
    mutating func lookUp(_ id: ID<SIPTrunk>, at now: Timestamp) {
        let names = (directory.trunk(id)?.servers ?? []).filter { IPAddress($0.host) == nil }
        guard !names.isEmpty else {
            placesArmed[id] = nil
            return
        }
        for server in names { _ = locate(server, at: now) }
        let next = now + configuration.limits.locationPause
        placesArmed[id] = next
        deadlines.set(.places(id), at: next)
    }

    /// The answer to `Action.resolve`: where the server may be, none if there is no such name; and how long that is true.
    package mutating func resolved(_ number: UInt64, _ candidates: [Candidate], lifetime: Duration, at now: Timestamp) -> [Action] {
        located(number, candidates, lifetime: lifetime, at: now)
        return taken()
    }

    mutating func located(_ number: UInt64, _ candidates: [Candidate], lifetime: Duration, at now: Timestamp) {
        let limits = configuration.limits
        guard let server = locator.resolved(number, candidates, lifetime: lifetime, limits: limits, at: now) else { return }
        for trunk in configuration.trunks where trunk.servers.contains(server) {
            directory.place(trunk.id, at: locator.hops(of: server))
            trunkFound(trunk.id, at: now)
        }
        for (id, call) in waitingCalls.filter({ $0.value.server == server }).sorted(by: { $0.key < $1.key }) {
            waitingCalls[id] = nil
            if candidates.isEmpty {
                report(.refused(id, status: 503))
            } else {
                invite(id, to: call.target, callerUser: call.callerUser, callerName: call.callerName, body: call.body, at: now)
            }
        }
        for id in registrations.filter({ $0.value.awaits == server }).keys.sorted() {
            registrations[id]?.awaits = nil
            if candidates.isEmpty {
                finishTest(id, .nameUnknown, at: now)
                registrationFailed(id, status: 503, retryAfter: nil, at: now)
            } else {
                register(id, at: now)
            }
        }
        wakeTests(waitingFor: server, isThere: !candidates.isEmpty, at: now)
    }

    /// From, and the lines that go with it, as the trunk shows callers.
    func shown(_ callerUser: String?, _ callerName: String?, by account: TrunkAccount) -> (from: [UInt8], lines: [UInt8]) {
        let rules = account.presentation
        let number = (rules.number ?? callerUser).map(rules.written)
        let domain = account.domainName
        let asserted = number.map { SIPURI(user: $0, host: domain) }
        var from: [UInt8] = []
        var lines: [UInt8] = []
        if callerUser == nil {
            // RFC 3323 section 4.1.1.3; who pays for the call is told to the network alone (RFC 3325 section 9.3).
            from.append("\"Anonymous\" <sip:anonymous@anonymous.invalid>")
            switch rules.shown {
            case .from: lines.append("Privacy: id\r\n")
            case .asserted:
                lines.append("Privacy: id\r\n")
                if let asserted { lines.append("P-Asserted-Identity: <\(asserted)>\r\n") }
            case .remoteParty:
                let party = asserted ?? SIPURI(user: "anonymous", host: domain)
                lines.append("Remote-Party-ID: <\(party)>;party=calling;screen=yes;privacy=full\r\n")
            }
            return (from, lines)
        }
        if let callerName { from.append(Self.quoted(callerName)) }
        let account = account.registration?.user ?? number ?? ""
        switch rules.shown {
        case .from: from.append("<\(SIPURI(user: number, host: domain))>")
        case .asserted:
            from.append("<\(SIPURI(user: account, host: domain))>")
            if let asserted { lines.append("P-Asserted-Identity: \(callerName.map(Self.quoted) ?? "")<\(asserted)>\r\n") }
        case .remoteParty:
            from.append("<\(SIPURI(user: account, host: domain))>")
            if let asserted {
                lines.append("Remote-Party-ID: \(callerName.map(Self.quoted) ?? "")<\(asserted)>;party=calling;screen=yes;privacy=off\r\n")
            }
        }
        return (from, lines)
    }

    // MARK: Who calls

    /// Who calls, as far as the trunk or phone is believed. A caller who wants to be hidden is nobody, here and in all that follows.
    func caller(of request: Incoming, from origin: Invitation.Source) -> (user: String?, name: String?, isPrivate: Bool) {
        let message = request.message
        var believed: NameAddress?
        var hides = false
        if case .trunk(let trunk) = origin {
            let rule = directory.trunk(trunk)?.presentation.believed ?? .asserted
            switch rule {
            case .from: break
            case .asserted:
                // A sip: and a tel: may stand there (RFC 3325 section 9.1); the first that has a user.
                believed = message.addresses(.assertedIdentity)?.first { user(of: $0, in: message) != nil }
            case .remoteParty:
                believed = message.addresses(.remotePartyID)?.first { user(of: $0, in: message) != nil }
                let privacy = believed?.parameters.value(of: "privacy", in: message.bytes).map { message.bytes.part($0) }
                hides = privacy.map { !$0.equalsIgnoringCase("off") } ?? false
            }
        }
        hides = hides || Self.asksForPrivacy(message)
        if hides { return (nil, nil, true) }
        if let believed, let user = user(of: believed, in: message) {
            if let name = believed.name(in: message.bytes) { return (user, name, false) }
            let from = try? SIPURI(parsing: message.bytes.part(request.from.uri))
            return (user, from.map(Self.isAnonymous) ?? true ? nil : request.from.name(in: message.bytes), false)
        }
        guard let from = try? SIPURI(parsing: message.bytes.part(request.from.uri)) else { return (nil, nil, false) }
        if Self.isAnonymous(from) { return (nil, nil, true) }
        return (from.user, from.user.flatMap { _ in request.from.name(in: message.bytes) }, false)
    }

    /// RFC 3323 section 4.2, RFC 3325 section 9.3: any of these values asks that the caller be not shown.
    private static func asksForPrivacy(_ message: Message) -> Bool {
        for field in message.fields where field.name == .privacy {
            for word in message.bytes.part(field.value).split(whereSeparator: {
                $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") || $0.isSpace
            }) {
                if word.equalsIgnoringCase("id") || word.equalsIgnoringCase("header") || word.equalsIgnoringCase("user") { return true }
            }
        }
        return false
    }

    /// RFC 3323 section 4.1.1.3.
    private static func isAnonymous(_ uri: SIPURI) -> Bool {
        uri.host.utf8.elementsEqual("anonymous.invalid".utf8) { $0.lowercased == $1 }
            || uri.user?.utf8.elementsEqual("anonymous".utf8) { $0.lowercased == $1 } ?? false
    }
}
