import Primitives

// Calls that outlive the process that made them.
extension UserAgent {
    /// What to file of a leg so that `restore` can put it back; nil for a leg that is not known or that we have hung up. A record of any
    /// moment will do: what has happened since then is found out by asking the other side.
    package func record(of id: ID<SIPLeg>) -> DialogRecord? {
        guard let leg = legs[id] else { return nil }
        var dialog = leg.dialog
        var session = leg.session
        var description = leg.description
        let stage: DialogRecord.Stage
        switch leg.stage {
        case .arrived(let arrival):
            session = arrival.session
            stage = .arrived(
                DialogRecord.Arrival(
                    transaction: arrival.transaction, path: arrival.path, sequence: arrival.sequence,
                    demand: arrival.reliability.demand, number: arrival.reliability.number, isRinging: arrival.isRinging,
                    isAnswered: arrival.reliability.answer != nil, wantsOffer: leg.wantsOffer && !arrival.reliability.isAgreed))
            description = arrival.reliability.answer ?? description
        case .calling(let calling):
            guard let entry = clients[calling.branch], let invite = entry.invite else { return nil }
            // As the INVITE had it: of whatever phone has said something since then, the CANCEL knows nothing.
            dialog = invite.dialog
            // Sent again, with a password or elsewhere, it has another branch than the first.
            let branch = entry.wireBranch ?? calling.branch
            stage = .calling(DialogRecord.Calling(branch: branch, uri: invite.uri, destination: entry.destination))
        case .established:
            guard !leg.isAbandoned else { return nil }
            if let answer = leg.answer, answer.isFirst {
                stage = .arrived(
                    DialogRecord.Arrival(
                        transaction: answer.transaction, path: answer.path, sequence: answer.sequence, isAnswered: true,
                        wantsOffer: answer.isOffer))
            } else {
                stage = .established
                // A re-INVITE that is not done comes again: it must not be too old then.
                if let open = leg.reoffer?.sequence ?? leg.answer?.sequence { dialog.remoteSequence = open &- 1 }
            }
        }
        return DialogRecord(
            host: leg.host, dialog: dialog, stage: stage, description: description, session: session?.stopped,
            allowsUpdate: leg.abilities.contains(.update))
    }

    /// Puts back a leg after a restart.
    ///
    /// - A call in talk goes on; to hear it again, `Order.reoffer` a new session.
    /// - A call that had arrived waits for `Order.answer` again. With `answering`, the description of the 2xx that was promised, or if
    ///   the record says that it was answered, the 2xx goes out (again) until its ACK comes; then `Report.confirmed`.
    /// - A call of ours that was still ringing is taken back: CANCEL, or BYE if the answer is faster. Nothing is reported of it.
    package mutating func restore(
        _ id: ID<SIPLeg>, _ record: DialogRecord, answering body: [UInt8]?, at now: Timestamp
    ) -> [Action] {
        guard legs[id] == nil, legsByTag[record.dialog.localTag] == nil else { return [] }
        var dialog = record.dialog
        switch record.stage {
        case .established:
            dialog.leap(id, at: now)
            findWay(&dialog, at: now)
            var leg = Leg(host: record.host, dialog: dialog, stage: .established)
            leg.description = record.description
            if record.allowsUpdate { leg.abilities.insert(.update) }
            leg.session = record.session?.restarted(at: now)
            add(leg, as: id)
        case .arrived(let arrival):
            dialog.leap(id, at: now)
            findWay(&dialog, at: now)
            restore(id, record, dialog, arrival, answering: body, at: now)
        case .calling(let calling):
            takeBack(id, record, calling, at: now)
        }
        return taken()
    }

    /// No connection outlives the process. A phone is reached where its Contact leads, or has to come back; a trunk can be connected to, as
    /// soon as DNS has said where it is: by that name its certificate is judged.
    private mutating func findWay(_ dialog: inout Dialog, at now: Timestamp) {
        guard dialog.destination.transport.isReliable else { return }
        if dialog.phone != nil {
            dialog.loseConnection()
        } else if let server = dialog.trunk.flatMap({ directory.trunk($0)?.servers.first }) {
            switch locate(server, at: now) {
            case .found(let hops): if dialog.place == nil, let first = hops.first { dialog.peer = first }
            case .asked: dialog.isStranded = true
            }
        }
    }

    private mutating func restore(
        _ id: ID<SIPLeg>, _ record: DialogRecord, _ dialog: Dialog, _ arrival: DialogRecord.Arrival, answering body: [UInt8]?,
        at now: Timestamp
    ) {
        var leg = Leg(
            host: record.host, dialog: dialog,
            stage: .arrived(
                Leg.Arrival(
                    transaction: arrival.transaction, path: arrival.path, sequence: arrival.sequence,
                    repeatAt: now + Timing.provisionalRepeat,
                    session: record.session ?? SessionTimer(interval: configuration.limits.sessionExpires),
                    reliability: Leg.Reliability(demand: arrival.demand, number: arrival.number))))
        if record.allowsUpdate { leg.abilities.insert(.update) }
        leg.wantsOffer = arrival.wantsOffer
        leg.description = record.description
        let merge = Self.mergeKey(
            tag: dialog.remoteTag, callID: dialog.callID, sequence: arrival.sequence, method: "INVITE".utf8)
        open(.invite(InviteServerTransaction()), arrival.transaction, path: arrival.path, merge: merge, leg: id)
        add(leg, as: id)
        if let body {
            answer(id, body: body, at: now)
        } else if arrival.isAnswered {
            answer(id, body: record.description, at: now)
        } else if arrival.isRinging {
            ring(id, at: now)
        } else {
            respond(100, arrival.path.response(100, tag: dialog.localTag), through: arrival.transaction, at: now)
        }
    }

    private mutating func takeBack(_ id: ID<SIPLeg>, _ record: DialogRecord, _ calling: DialogRecord.Calling, at now: Timestamp) {
        guard clients[calling.branch] == nil else { return }
        var dialog = record.dialog
        findWay(&dialog, at: now)
        let destination = dialog.phone == nil ? calling.destination : dialog.peer
        // The phone rings, so it has answered provisionally: what is left is to wait for the end of the INVITE.
        var machine = InviteClientTransaction(at: now)
        _ = machine.receive(status: 180, at: now)
        var entry = ClientEntry(
            machine: .invite(machine), request: [], destination: destination,
            invite: ClientEntry.Invite(leg: id, dialog: dialog, uri: calling.uri, branch: calling.branch), farEnd: dialog.farEnd)
        if destination.transport.isReliable { holdConnection(destination) }
        arm(client: calling.branch, &entry)
        clients[calling.branch] = entry
        var leg = Leg(
            host: record.host, dialog: dialog,
            stage: .calling(Leg.Calling(branch: calling.branch, isProceeding: true, cancel: .sent, giveUpAt: now)))
        leg.isAbandoned = true
        leg.dialog.leap(id, at: now)
        add(leg, as: id)
        cancel(calling.branch, at: now)
    }
}

extension Dialog {
    fileprivate mutating func leap(_ leg: ID<SIPLeg>, at now: Timestamp) {
        // RFC 3261 section 8.1.1.5: below 2**31.
        localSequence = min(localSequence &+ DialogRecord.sequenceLeap(after: now - leg.madeAt), 1 << 31 - 1)
    }
}
