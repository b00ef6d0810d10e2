import Primitives

// What becomes of messages and phones whose connection is gone, and which connections are needed.
extension UserAgent {
    /// A connection broke, or could not be made. What was to make a call by it is lost; what is said within one waits for another.
    package mutating func connectionLost(_ hop: Hop, at now: Timestamp) -> [Action] {
        if connectionUses[hop] != nil {
            // RFC 3261 section 18.2.2: an answer whose connection is gone goes to where the Via says, by a new one. Where nobody listens
            // there either, as with callers who write the port of their connection, it goes where the Contact leads.
            for (key, entry) in servers where entry.destination == hop {
                let place = entry.leg.flatMap { legs[$0]?.dialog.place }
                guard let next = [entry.fallback, place].lazy.compactMap(\.self).first(where: { $0 != hop }) else { continue }
                lead(server: key, to: next)
            }
            let waiting = clients.filter { $0.value.destination == hop && $0.value.isWaiting }
            for key in waiting.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                guard var entry = clients[key] else { continue }
                if retryElsewhere(key, &entry, at: now) || outlast(key, &entry, at: now) { continue }
                if !takeBackUnheard(key, &entry, at: now) { fail(key, entry, with: 503, at: now) }
            }
        }
        for (id, leg) in legs where leg.dialog.peer == hop && leg.dialog.phone != nil { legs[id]?.dialog.loseConnection() }
        registrationLost(at: hop, at: now)
        for phone in directory.phones(at: hop) { bindingLost(of: phone, at: hop) }
        return taken()
    }

    /// Lets a request within a call wait for another connection, by which it goes again as it is: whoever has it already knows its branch.
    /// To a place where one can be made it is sent as over UDP; a phone that has none has to come back. False if there was no call.
    private mutating func outlast(_ key: [UInt8], _ entry: inout ClientEntry, at now: Timestamp) -> Bool {
        guard var farEnd = entry.farEnd else { return false }
        let until = entry.waitsUntil ?? now + configuration.limits.strandedMax
        guard until > now else { return false }
        let next = farEnd.phone == nil ? nextPlace(of: farEnd, after: entry.destination) : farEnd.place
        farEnd.isStranded = next == nil || farEnd.phone != nil && next == entry.destination
        entry.farEnd = farEnd
        entry.waitsUntil = until
        lead(&entry, to: next ?? entry.destination)
        switch entry.machine {
        case .invite(var machine):
            // A call that is taken back only waits for its end.
            machine.outlast(until: until, isSentAgain: !farEnd.isStranded && entry.invite?.isReoffer == true, at: now)
            entry.machine = .invite(machine)
        case .request(var machine):
            machine.outlast(until: until, isSentAgain: !farEnd.isStranded, at: now)
            entry.machine = .request(machine)
        }
        arm(client: key, &entry)
        clients[key] = entry
        return true
    }

    /// Where else the other side may be reached: where its Contact leads, and the places of its trunk, in turn.
    private func nextPlace(of farEnd: FarEnd, after hop: Hop) -> Hop {
        var places = farEnd.place.map { [$0] } ?? []
        for server in farEnd.trunk.flatMap({ directory.trunk($0)?.servers }) ?? [] {
            places += locator.hops(of: server).filter { !places.contains($0) }
        }
        // The request names what carries it.
        places.removeAll { $0.transport != hop.transport }
        guard let index = places.firstIndex(of: hop) else { return places.first ?? hop }
        return places[(index + 1) % places.count]
    }

    /// A phone that rang is not there any more: its call is refused, but it must not ring on when it comes back. False for all else.
    private mutating func takeBackUnheard(_ key: [UInt8], _ entry: inout ClientEntry, at now: Timestamp) -> Bool {
        guard let invite = entry.invite, invite.dialog.phone != nil, var leg = legs[invite.leg], case .calling(var calling) = leg.stage,
            calling.isProceeding
        else { return false }
        let wasWanted = !leg.isAbandoned
        leg.isAbandoned = true
        leg.dialog.loseConnection()
        entry.farEnd = leg.dialog.farEnd
        entry.invite?.dialog.isStranded = leg.dialog.isStranded
        calling.cancel = .sent
        leg.stage = .calling(calling)
        store(leg, as: invite.leg)
        guard outlast(key, &entry, at: now) else { return false }
        cancel(key, at: now)
        if wasWanted { report(.refused(invite.leg, status: 503)) }
        return true
    }

    /// A phone speaks from `hop` now: its calls follow it from the connections it has left, with what was to be said to it. If it is back
    /// (RFC 5626 section 4.2: by a connection that was not known before), so do those that had lost theirs.
    mutating func follow(_ phone: ID<SIPPhone>, to hop: Hop, leaving left: [Hop], isBack: Bool, at now: Timestamp) {
        guard isBack || !left.isEmpty else { return }
        func follows(_ place: Hop, isStranded: Bool) -> Bool { isStranded ? isBack : place != hop && left.contains(place) }
        for id in legs.filter({ $0.value.dialog.phone == phone }).keys.sorted() {
            guard let dialog = legs[id]?.dialog, follows(dialog.peer, isStranded: dialog.isStranded) else { continue }
            legs[id]?.dialog.hear(from: hop)
            for (key, entry) in servers where entry.leg == id && entry.destination.transport == hop.transport { lead(server: key, to: hop) }
        }
        let waiting = clients.filter { $0.value.farEnd?.phone == phone && $0.value.isWaiting }
        for key in waiting.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard var entry = clients[key], entry.destination.transport == hop.transport,
                follows(entry.destination, isStranded: entry.farEnd?.isStranded == true)
            else { continue }
            lead(&entry, to: hop)
            goOn(key, &entry, at: now)
        }
    }

    /// What waited for the answer of DNS where the trunk is.
    mutating func trunkFound(_ trunk: ID<SIPTrunk>, at now: Timestamp) {
        let place = directory.trunk(trunk)?.servers.first.flatMap { locator.hops(of: $0).first }
        for (id, leg) in legs where leg.dialog.trunk == trunk && leg.dialog.isStranded {
            legs[id]?.dialog.hear(from: place ?? leg.dialog.peer)
        }
        let waiting = clients.filter { $0.value.farEnd?.trunk == trunk && $0.value.farEnd?.isStranded == true && $0.value.isWaiting }
        for key in waiting.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard var entry = clients[key] else { continue }
            if entry.farEnd?.place == nil, let place, place.transport == entry.destination.transport { lead(&entry, to: place) }
            goOn(key, &entry, at: now)
        }
    }

    /// Says again what waited, now that there is a way.
    private mutating func goOn(_ key: [UInt8], _ entry: inout ClientEntry, at now: Timestamp) {
        entry.farEnd?.isStranded = false
        entry.waitsUntil = nil
        let isReliable = entry.destination.transport.isReliable
        var isSentAgain = true
        switch entry.machine {
        case .invite(var machine):
            if entry.invite?.isReoffer == true {
                machine.restart(isReliable: isReliable, patience: Timing.giveUp, at: now)
            } else {
                machine.cancelled(at: now)
                isSentAgain = false
            }
            entry.machine = .invite(machine)
        case .request(var machine):
            machine.restart(isReliable: isReliable, patience: Timing.giveUp, at: now)
            entry.machine = .request(machine)
        }
        if isSentAgain { sendAgain(entry.request, to: entry.destination) }
        arm(client: key, &entry)
        clients[key] = entry
    }

    private mutating func lead(server key: [UInt8], to hop: Hop) {
        guard let old = servers[key]?.destination, old != hop else { return }
        servers[key]?.destination = hop
        holdConnection(hop)
        releaseConnection(old)
    }

    private mutating func lead(_ entry: inout ClientEntry, to hop: Hop) {
        guard hop != entry.destination else { return }
        if hop.transport.isReliable { holdConnection(hop) }
        if entry.destination.transport.isReliable { releaseConnection(entry.destination) }
        entry.destination = hop
    }

    /// Ends a transaction of ours that has no answer to come.
    mutating func fail(_ key: [UInt8], _ entry: ClientEntry, with status: Int, at now: Timestamp) {
        close(client: key, entry)
        if let retries = entry.retries, retries.registers, let trunk = retries.trunk {
            guard registrations[trunk]?.key == key else { return }
            finishTest(trunk, status == 408 ? .silent : .notConnected, at: now)
            return registrationFailed(trunk, status: status, retryAfter: nil, at: now)
        }
        if let retries = entry.retries, retries.tests, let trunk = retries.trunk, tests[trunk]?.key == key {
            return finishTest(trunk, status == 408 ? .silent : .notConnected, at: now)
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
