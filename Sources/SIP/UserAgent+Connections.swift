import Primitives

// What becomes of messages and phones whose connection is gone, and which connections are needed.
extension UserAgent {
    /// A connection broke, or could not be made: what was to go or to come by it is lost.
    package mutating func connectionLost(_ hop: Hop, at now: Timestamp) -> [Action] {
        if connectionUses[hop] != nil {
            // RFC 3261 section 18.2.2: an answer whose connection is gone goes to where the Via says, by a new one.
            for key in servers.filter({ $0.value.destination == hop }).keys {
                guard let fallback = servers[key]?.fallback, fallback != hop else { continue }
                servers[key]?.destination = fallback
                holdConnection(fallback)
                releaseConnection(hop)
            }

            let waiting = clients.filter { $0.value.destination == hop && $0.value.isWaiting }
            for key in waiting.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                guard var entry = clients[key] else { continue }
                if !retryElsewhere(key, &entry, at: now) { fail(key, entry, with: 503, at: now) }
            }
        }
        registrationLost(at: hop, at: now)
        for phone in directory.phones(at: hop) { bindingLost(of: phone, at: hop) }
        return taken()
    }

    /// Ends a transaction of ours that has no answer to come.
    mutating func fail(_ key: [UInt8], _ entry: ClientEntry, with status: Int, at now: Timestamp) {
        close(client: key, entry)
        if let retries = entry.retries, retries.registers, let trunk = retries.trunk {
            guard registrations[trunk]?.key == key else { return }
            return registrationFailed(trunk, status: status, retryAfter: nil, at: now)
        }
        if let inquiry = entry.inquiry { return receiveReply(status, to: inquiry, branch: key, nil, from: entry.destination, at: now) }
        guard let invite = entry.invite else { return }
        if invite.isReoffer { return reofferTimedOut(invite, at: now) }
        // Of what makes calls only an INVITE has somebody who waits for its answer.
        if let leg = legs[invite.leg], case .calling = leg.stage {
            forget(invite.leg)
            if !leg.isAbandoned { report(.refused(invite.leg, status: status)) }
        }
    }

    /// A phone that was reached by a connection of its own is reached no more (RFC 5626 section 4.2), unless it told an address where a new
    /// one can be made.
    private mutating func bindingLost(of phone: ID<SIPPhone>, at hop: Hop) {
        let old = registrar.bindings(of: phone).map(\.source)
        registrar.lose(phone, at: hop)
        let new = registrar.bindings(of: phone).map(\.source)
        directory.move(phone, from: old, to: new)
        if !old.isEmpty, new.isEmpty { report(.unregistered(phone)) }
    }

    /// Whether a connection is to be kept open although nothing goes over it now.
    package func keeps(_ hop: Hop) -> Bool {
        connectionUses[hop] != nil || !directory.phones(at: hop).isEmpty || legsByHost[hop.host] != nil || directory.isTrunk(hop)
    }

    /// Whether somebody of ours sends from `host`: the others' connections come second.
    package func knows(_ host: IPAddress) -> Bool {
        configuration.acceptsAnyone || directory.knows(host) || legsByHost[host] != nil
    }

    mutating func holdConnection(_ hop: Hop) { connectionUses[hop, default: 0] += 1 }

    mutating func releaseConnection(_ hop: Hop) {
        let others = (connectionUses[hop] ?? 1) - 1
        connectionUses[hop] = others > 0 ? others : nil
    }
}
