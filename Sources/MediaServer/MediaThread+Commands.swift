import CNetwork
import Primitives
import RTP

extension MediaThread {
    /// Carries out one command, or lets it wait while a session is on its way here.
    func take(_ command: Command) {
        if case .adopt(let id, let session) = command {
            if let session { add(session) }
            // It may come before we are told to expect it: that command may itself be waiting for another session.
            if expected.remove(id) == nil { early.insert(id) }
            resume()
        } else if case .stop = command {
            isStopping = true
        } else if expected.isEmpty {
            perform(command)
        } else {
            deferred.append(command)
        }
    }

    /// What waited for a session, until the next one is missing.
    private func resume() {
        guard expected.isEmpty, !deferred.isEmpty else { return }
        let waiting = deferred
        deferred = []
        for command in waiting { take(command) }
    }

    private func perform(_ command: Command) {
        switch command {
        case .open(let session): add(session)
        case .connect(let id, let remote): sessions[id]?.connect(to: remote, at: now)
        case .connectBrowser(let id, let agreed):
            guard let session = sessions[id] else { return }
            session.connect(to: agreed, at: now)
            arrangeBridge(of: session)
        case .restartBrowser(let id, let credentials): sessions[id]?.browser?.ice.restart(credentials, at: now.timestamp)
        case .play(let id, let clips):
            guard let session = sessions[id] else { return }
            part(session, leaving: .partner)
            leaveRoom(session)
            session.play(clips)
        case .bridge(let first, let second):
            guard let first = sessions[first], let second = sessions[second] else { return }
            join(first, second)
        case .unbridge(let id):
            guard let session = sessions[id] else { return }
            part(session, leaving: .both)
        case .hear(let id, let direction):
            guard let session = sessions[id] else { return }
            session.direction = direction
            // Whoever was told not to send must not be called silent for it.
            session.heardAt = now
            session.silenceToldAt = 0
            session.outgoing.switchSource()
        case .join(let id, let room, let hears, let heardBy):
            guard let session = sessions[id] else { return }
            join(session, room: room, hears: hears, heardBy: heardBy)
        case .leave(let id):
            guard let session = sessions[id], session.room?.id != nil else { return }
            leaveRoom(session)
            session.play([.silence])
        case .echo(let id, let echo):
            guard let session = sessions[id] else { return }
            if let echo { begin(echo, of: session) } else if session.echo != nil { session.play([.silence]) }
        case .hearing(let listener, let speaker, let hears):
            guard let session = sessions[listener], session.room?.id != nil else { return }
            session.room?.hearing(session, of: speaker, hears)
        case .press(let id, let key, let duration): sessions[id]?.dialling.press(key, duration: duration)
        case .listen(let id, let listener, let tap):
            guard let session = sessions[id] else { return listener.end() }
            listen(to: session, by: listener, through: tap)
        case .stopListening(let id, let listener):
            guard let session = sessions[id] else { return }
            stopListening(to: session, by: listener)
        case .keepPrivate(let id, let isWanted):
            guard let session = sessions[id] else { return }
            keepPrivate(session, isWanted)
        case .describe(let id, let tell): tell(sessions[id].map(describe))
        case .close(let id):
            guard let session = sessions[id] else { return }
            end(session)
        case .surrender(let id, let other):
            let session = sessions[id]
            if let session {
                part(session, leaving: .both)
                if session.room != nil {
                    leaveRoom(session)
                    session.play([.silence])
                }
                remove(session)
            }
            // Also if it is not here: the other thread waits for an answer.
            other.mailbox.post(.adopt(id, session))
        case .expect(let id): if early.remove(id) == nil { expected.insert(id) }
        case .adopt, .stop: break  // taken before anything waits
        }
    }

    private func add(_ session: Session) {
        session.slot = freeSlots.popLast() ?? slots.count
        if session.slot == slots.count { slots.append(session) } else { slots[session.slot] = session }
        sessions[session.id] = session
        session.phase = lightestPhase
        phases[session.phase].append(session)
        watch(session)
    }

    private func remove(_ session: Session) {
        unwatch(session)
        phases[session.phase].removeAll { $0 === session }
        sessions[session.id] = nil
        slots[session.slot] = nil
        freeSlots.append(session.slot)
    }

    private func join(_ first: Session, _ second: Session) {
        part(first, leaving: .both)
        part(second, leaving: .both)
        leaveRoom(first)
        leaveRoom(second)
        for session in [first, second] {
            session.play([])
            session.partner = session === first ? second : first
        }
        arrangeBridge(of: first)
    }

    /// A bridge is relayed packet by packet; where one side's sound is Opus it is mixed by the clock, as a room of two.
    func arrangeBridge(of session: Session) {
        guard let partner = session.partner else { return }
        if session.isOpus || partner.isOpus {
            guard session.room == nil, partner.room == nil else { return }
            let room = Room(nil, phase: lightestPhase)
            roomPhases[room.phase].append(room)
            for party in [session, partner] {
                move(party, toPhase: room.phase)
                room.join(party, hears: .everyone, heardBy: .everyone)
                party.outgoing.switchSource()
            }
        } else if session.room != nil {
            for party in [session, partner] {
                leaveRoom(party)
                party.outgoing.switchSource()
            }
        }
    }

    private func begin(_ echo: Echo, of session: Session) {
        part(session, leaving: .partner)
        leaveRoom(session)
        session.play([])
        session.jitter = JitterBuffer()
        session.echo = echo
    }

    var lightestPhase: Int { phases.indices.min { phases[$0].count < phases[$1].count } ?? 0 }

    func move(_ session: Session, toPhase phase: Int) {
        guard session.phase != phase else { return }
        phases[session.phase].removeAll { $0 === session }
        session.phase = phase
        phases[phase].append(session)
    }

    enum Leaving { case partner, both }

    /// Ends a bridge; those left in it hear silence.
    func part(_ session: Session, leaving: Leaving) {
        guard let partner = session.partner else { return }
        session.partner = nil
        partner.partner = nil
        // A bridge that was mixed.
        leaveRoom(session)
        leaveRoom(partner)
        partner.play([.silence])
        if leaving == .both { session.play([.silence]) }
    }

    private func describe(_ session: Session) -> SessionStatistics {
        var statistics = SessionStatistics()
        statistics.packetsIn = session.packetsTaken
        statistics.packetsOut = UInt64(session.outgoing.packets)
        if let reception = session.reception {
            statistics.expected = UInt64(reception.expected)
            statistics.lost = reception.lost
            statistics.jitter = .microseconds(Int64(reception.jitter) * 125)
        }
        if session.packetAt > 0 { statistics.heardAgo = .nanoseconds(Int64(clamping: now &- min(now, session.packetAt))) }
        statistics.buffer = session.jitter?.figures
        statistics.recovered = session.opus?.recovered ?? 0
        statistics.lostShare = session.lostShare
        statistics.there = session.farReport
        statistics.dropped = session.dropped
        statistics.coding = session.remote?.sending
        return statistics
    }

    func end(_ session: Session) {
        part(session, leaving: .partner)
        leaveRoom(session)
        report(session, goodbye: true)
        takeLeave(of: session)
        session.tap?.end()
        remove(session)
        ports.give(back: session.sockets)
    }
}
