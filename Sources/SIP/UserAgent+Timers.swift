import Primitives

extension UserAgent {
    // MARK: Server transactions

    /// Opens a transaction for a request that is to be answered once.
    mutating func open(
        _ machine: ServerEntry.Machine, _ key: [UInt8], path: ReplyPath, merge: [UInt8], leg: ID<SIPLeg>?
    ) {
        figures.serverTransactions += 1
        var machine = machine
        if path.destination.transport.isReliable {
            switch machine {
            case .invite(var invite):
                invite.isReliable = true
                machine = .invite(invite)
            case .request(var request):
                request.isReliable = true
                machine = .request(request)
            }
        }
        servers[key] = ServerEntry(machine: machine, destination: path.destination, fallback: path.fallback, merge: merge, leg: leg)
        if path.destination.transport.isReliable { holdConnection(path.destination) }
        if !merge.isEmpty { merges[merge] = key }
    }

    /// Sends an answer through its transaction; nothing if it has had its final one.
    mutating func respond(_ status: Int, _ bytes: [UInt8], through key: [UInt8], isHeld: Bool = false, at now: Timestamp) {
        guard var entry = servers[key] else { return }
        let isAllowed: Bool
        switch entry.machine {
        case .invite(var machine):
            isAllowed = machine.respond(status: status, at: now)
            entry.machine = .invite(machine)
        case .request(var machine):
            isAllowed = machine.respond(status: status, at: now)
            entry.machine = .request(machine)
        }
        guard isAllowed else { return }
        entry.response = bytes
        if !isHeld { send(bytes, to: entry.destination) }
        arm(server: key, &entry)
        servers[key] = entry
    }

    mutating func arm(server key: [UInt8], _ entry: inout ServerEntry) {
        let deadline: Timestamp? =
            switch entry.machine {
            case .invite(let machine): machine.deadline
            case .request(let machine): machine.deadline
            }
        guard let deadline, entry.armed.map({ deadline < $0 }) ?? true else { return }
        entry.armed = deadline
        deadlines.set(.server(key), at: deadline)
    }

    mutating func wakeServer(_ key: [UInt8], setFor time: Timestamp, at now: Timestamp) {
        guard var entry = servers[key], entry.armed == time else { return }
        entry.armed = nil
        let duty: TransactionDuty
        switch entry.machine {
        case .invite(var machine):
            duty = machine.timePassed(at: now)
            entry.machine = .invite(machine)
        case .request(let machine): duty = machine.timePassed(at: now)
        }
        if duty.contains(.send) { sendAgain(entry.response, to: entry.destination) }
        if duty.contains(.end) {
            servers[key] = nil
            if entry.destination.transport.isReliable { releaseConnection(entry.destination) }
            if !entry.merge.isEmpty, merges[entry.merge] == key { merges[entry.merge] = nil }
        } else {
            arm(server: key, &entry)
            servers[key] = entry
        }
    }

    // MARK: Client transactions

    /// Sends a request of ours and sees to its answer.
    mutating func start(
        _ machine: ClientEntry.Machine, _ key: [UInt8], request: [UInt8], to destination: Hop, invite: ClientEntry.Invite? = nil,
        inquiry: ClientEntry.Inquiry? = nil, farEnd: FarEnd? = nil, retries: Retries? = nil
    ) {
        figures.clientTransactions += 1
        var machine = machine
        let isStranded = farEnd?.isStranded == true
        let patience = isStranded ? configuration.limits.strandedMax : self.patience(retries)
        if destination.transport.isReliable { holdConnection(destination) }
        if destination.transport.isReliable || patience < Timing.giveUp {
            switch machine {
            case .invite(var invite):
                invite.hurry(isReliable: destination.transport.isReliable, patience: patience)
                machine = .invite(invite)
            case .request(var request):
                request.hurry(isReliable: destination.transport.isReliable, patience: patience)
                machine = .request(request)
            }
        }
        var entry = ClientEntry(
            machine: machine, request: request, destination: destination, invite: invite, inquiry: inquiry, farEnd: farEnd,
            retries: retries)
        // Whoever comes back gets it: see `follow`.
        if !isStranded { send(request, to: destination) }
        arm(client: key, &entry)
        clients[key] = entry
    }

    mutating func arm(client key: [UInt8], _ entry: inout ClientEntry) {
        let deadline: Timestamp? =
            switch entry.machine {
            case .invite(let machine): machine.deadline
            case .request(let machine): machine.deadline
            }
        guard let deadline, entry.armed.map({ deadline < $0 }) ?? true else { return }
        entry.armed = deadline
        deadlines.set(.client(key), at: deadline)
    }

    mutating func wakeClient(_ key: [UInt8], setFor time: Timestamp, at now: Timestamp) {
        guard var entry = clients[key], entry.armed == time else { return }
        entry.armed = nil
        let duty: TransactionDuty
        switch entry.machine {
        case .invite(var machine):
            duty = machine.timePassed(at: now)
            entry.machine = .invite(machine)
        case .request(var machine):
            duty = machine.timePassed(at: now)
            entry.machine = .request(machine)
        }
        if duty.contains(.send) { sendAgain(entry.request, to: entry.destination) }
        if duty.contains(.timedOut) {
            // RFC 3261 section 8.1.3.1: what never got there is like a 503, which ends no call.
            let status = entry.waitsUntil == nil && entry.farEnd?.isStranded != true ? 408 : 503
            if !retryElsewhere(key, &entry, at: now) { fail(key, entry, with: status, at: now) }
        } else if duty.contains(.end) {
            close(client: key, entry)
        } else {
            arm(client: key, &entry)
            clients[key] = entry
        }
    }

    // MARK: Legs

    /// Stores `leg` and sees to its next deadline.
    mutating func store(_ leg: Leg, as id: ID<SIPLeg>) {
        var leg = leg
        if let deadline = leg.deadline, leg.armed.map({ deadline < $0 }) ?? true {
            leg.armed = deadline
            deadlines.set(.leg(id), at: deadline)
        }
        legs[id] = leg
    }

    mutating func forget(_ id: ID<SIPLeg>) {
        guard let leg = legs.removeValue(forKey: id) else { return }
        // An UPDATE or REFER that nobody will answer now: its next copy finds no such call.
        for transaction in [leg.reoffer?.transaction, leg.transfer?.transaction] {
            guard let transaction, let entry = servers[transaction], entry.response.isEmpty else { continue }
            servers[transaction] = nil
            if entry.destination.transport.isReliable { releaseConnection(entry.destination) }
        }
        legsByTag[leg.dialog.localTag] = nil
        let others = (legsByHost[leg.host] ?? 1) - 1
        legsByHost[leg.host] = others > 0 ? others : nil
    }

    mutating func wakeLeg(_ id: ID<SIPLeg>, setFor time: Timestamp, at now: Timestamp) {
        guard var leg = legs[id], leg.armed == time else { return }
        leg.armed = nil
        switch leg.stage {
        case .arrived(var arrival):
            if arrival.repeatAt <= now {
                if let entry = servers[arrival.transaction] { send(entry.response, to: entry.destination) }
                arrival.repeatAt = now + Timing.provisionalRepeat
                leg.stage = .arrived(arrival)
            }
            guard repeatReliably(&leg, id, at: now) else { return }
        case .calling(let calling):
            if calling.cancel == .notWanted, calling.giveUpAt <= now {
                store(leg, as: id)
                end(id, at: now)
                report(.refused(id, status: 408))
                return
            }
        case .established: break
        }
        if var answer = leg.answer {
            if answer.giveUpAt <= now {
                leg.answer = nil
                sendBye(&leg, at: now)
                store(leg, as: id)
                forget(id)
                if !leg.isAbandoned { report(.ended(id, .ackMissing)) }
                return
            }
            if answer.resendAt <= now {
                // Its connection may be gone: the transaction knows what comes instead.
                sendAgain(answer.bytes, to: servers[answer.transaction]?.destination ?? answer.destination)
                answer.pause = min(answer.pause + answer.pause, Timing.t2)
                answer.resendAt = now + answer.pause
                leg.answer = answer
            }
        }
        if let until = leg.probeUntil, !leg.isAbandoned, until <= now { return lose(id, leg, at: now) }
        if let session = leg.session, !leg.isAbandoned, session.endsAt <= now { return lose(id, leg, as: .expired, at: now) }
        advance(&leg, id, at: now)
        refreshIfDue(&leg, id, at: now)
        store(leg, as: id)
    }

    // MARK: Phones

    mutating func arm(phone id: ID<SIPPhone>) {
        guard let expiry = registrar.nextExpiry(of: id), phonesArmed[id].map({ expiry < $0 }) ?? true else { return }
        phonesArmed[id] = expiry
        deadlines.set(.phone(id), at: expiry)
    }

    mutating func wakePhone(_ id: ID<SIPPhone>, setFor time: Timestamp, at now: Timestamp) {
        guard phonesArmed[id] == time else { return }
        phonesArmed[id] = nil
        let old = registrar.bindings(of: id).map(\.source)
        registrar.expire(id, at: now)
        let new = registrar.bindings(of: id).map(\.source)
        directory.move(id, from: old, to: new)
        arm(phone: id)
        if !old.isEmpty, new.isEmpty { report(.unregistered(id)) }
    }
}
