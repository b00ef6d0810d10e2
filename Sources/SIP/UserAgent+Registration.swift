import Primitives

extension UserAgent {
    mutating func receiveRegister(_ request: Incoming, at now: Timestamp) {
        let message = request.message
        let uri: SIPURI
        do {
            uri = try SIPURI(parsing: message.bytes.part(request.to.uri))
        } catch {
            guard request.origin != nil else { return }
            return reply(to: request, with: error == .unknownScheme ? 416 : 400)
        }
        guard let account = uri.user.flatMap(directory.phone(named:)) else {
            guard request.origin != nil else { return }
            return reply(to: request, with: 404)
        }
        guard case .registered = account.credentials else {
            guard request.origin != nil else { return }
            return reply(to: request, with: 403)
        }
        if request.origin != nil, !Registrar.canRead(message) { return reply(to: request, with: 400, reason: "Malformed Contact") }
        guard let phone = authenticated(request, user: account.user, at: now) else { return }
        if let lines = unsupportedExtensions(message) { return reply(to: request, with: 420, lines: lines) }
        guard servers.count < configuration.limits.transactionsMax else {
            return reply(to: request, with: 503, lines: Self.comeBackLine)
        }
        let old = registrar.bindings(of: phone)
        do {
            try registrar.update(phone, with: message, from: request.source, limits: configuration.limits, at: now)
        } catch {
            switch error {
            case .malformed: return reply(to: request, with: 400, reason: "Malformed Contact or Expires")
            case .tooBrief:
                var lines: [UInt8] = []
                lines.append("Min-Expires: \(configuration.limits.expiresMin)\r\n")
                return reply(to: request, with: 423, lines: lines)
            case .outOfOrder: return reply(to: request, with: 500)
            }
        }
        let new = registrar.bindings(of: phone)
        directory.move(phone, from: old.map(\.source), to: new.map(\.source))
        arm(phone: phone)
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: mergeKey(request), leg: nil)
        let lines = registrar.lines(of: phone, at: now) + serverLine
        respond(200, request.path.response(200, tag: Array(tokens.next()), lines: lines), through: request.key, at: now)
        // A REGISTER without Contact only asks.
        guard message.value(of: .contact) != nil else { return }
        if let newest = new.first {
            report(.registered(phone, contact: newest.contact, source: newest.source, until: newest.until))
            // RFC 3261 section 10.2: a phone registers under one Call-ID. What is told by another connection now has left the old one.
            let left = old.filter { $0.contact.means(newest.contact) || $0.callID == newest.callID }.map(\.source)
            follow(
                phone, to: newest.source, leaving: left.filter { $0 != newest.source },
                isBack: !old.contains { $0.source == newest.source }, at: now)
        } else if !old.isEmpty {
            report(.unregistered(phone))
        }
    }

    /// The phone that proves to be `user`; nil after the challenge or the silence that fits.
    mutating func authenticated(_ request: Incoming, user: String?, at now: Timestamp) -> ID<SIPPhone>? {
        guard let account = user.flatMap(directory.phone(named:)), case .registered(let secret) = account.credentials else { return nil }
        let message = request.message
        let limits = configuration.limits
        let host = request.source.host
        let isKnown = directory.knows(host)
        guard !admission.isSilenced(host, phone: account.id, isKnown: isKnown, limits: limits, at: now) else {
            figures.silenced += 1
            return nil
        }
        var isStale = false
        for field in message.fields where field.name == .authorization {
            guard let credentials = DigestCredentials(message.bytes, field.value), credentials.realm == configuration.realm else {
                continue
            }
            let verdict = authentication.check(
                credentials, of: secret, user: account.user, realm: configuration.realm, method: message.text(message.methodName), at: now)
            switch verdict {
            case .accepted:
                admission.trust(host, phone: account.id, limits: limits, at: now)
                return account.id
            case .stale: isStale = true
            case .wrong:
                figures.wrongPasswords += 1
                admission.wrongPassword(host, phone: account.id, isKnown: isKnown, limits: limits, at: now)
            }
        }
        figures.challenges += 1
        let lines = authentication.challenge(secret, realm: configuration.realm, stale: isStale, at: now)
        reply(to: request, with: 401, lines: lines)
        return nil
    }
}
