import Primitives
import RTP
import Synchronization

/// Rooms, keys that are pressed towards a party, and what is known of one.
extension MediaServer {
    /// Brings a party into a room, out of its bridge, its room or its sound. The room is there as long as anybody is in it;
    /// each hears the others mixed, without himself. Joining the room it is in already changes its rules.
    ///
    /// A hears B if both agree: A `hears` B, and B is `heardBy` A. So a supervisor who listens in is heard by nobody, one who
    /// whispers is heard by the agent only, and neither is heard by those who come later.
    ///
    /// - Throws: `roomFull`.
    package func join(
        _ session: ID<MediaSession>, room: ID<MediaRoom>, hears: Parties = .everyone, heardBy: Parties = .everyone
    ) throws {
        try directory.withLock { directory in
            guard let thread = directory.threads[session] else { return }
            if directory.places[session] != room {
                let parties = directory.rooms[room]?.parties ?? 0
                guard parties < Room.partiesMax else { throw MediaServerError.roomFull }
                directory.leaveRoom(session)
                let home = directory.rooms[room]?.thread ?? thread
                directory.rooms[room] = (home, parties + 1)
                directory.places[session] = room
                move(session, from: thread, to: home, in: &directory)
            }
            guard let home = directory.rooms[room]?.thread else { return }
            threads[home].mailbox.post(.join(session, room: room, hears: hears, heardBy: heardBy))
        }
    }

    /// A party of a room, by its rules.
    package struct RoomParty: Sendable {
        package let session: ID<MediaSession>
        package let hears: Parties
        package let heardBy: Parties

        package init(session: ID<MediaSession>, hears: Parties = .everyone, heardBy: Parties = .everyone) {
            self.session = session
            self.hears = hears
            self.heardBy = heardBy
        }
    }

    /// Makes these, and nobody else, the parties of a room; whoever else was in it hears silence.
    ///
    /// - Throws: `roomFull`.
    package func confer(_ parties: [RoomParty], in room: ID<MediaRoom>) throws {
        // Who goes is gone before anybody comes whom he must not hear.
        let staying = Set(parties.map(\.session))
        let others = directory.withLock { directory in
            guard directory.rooms[room] != nil else { return [ID<MediaSession>]() }
            return directory.places.filter { $0.value == room && !staying.contains($0.key) }.keys.sorted()
        }
        for session in others { leave(session) }
        for party in parties { try join(party.session, room: room, hears: party.hears, heardBy: party.heardBy) }
    }

    /// The party leaves its room and hears silence.
    package func leave(_ session: ID<MediaSession>) {
        directory.withLock { directory in
            guard let thread = directory.threads[session] else { return }
            directory.leaveRoom(session)
            threads[thread].mailbox.post(.leave(session))
        }
    }

    /// Whether one party of a room hears another one from now on, whatever the rules say with which they joined.
    package func hearing(_ listener: ID<MediaSession>, of speaker: ID<MediaSession>, _ hears: Bool) {
        post(.hearing(listener, of: speaker, hears), for: listener)
    }

    /// Presses a key towards a party, after those that are on their way already: as telephone events, or as a tone if its
    /// phone negotiated none. Meanwhile it hears nothing else.
    ///
    /// - Parameter duration: held to 80 ms at least and 5 s at most.
    /// - Throws: `notAKey`.
    package func press(_ session: ID<MediaSession>, _ key: Character, for duration: Duration = .milliseconds(100)) throws {
        guard TelephoneEvents.keys.contains(key) else { throw MediaServerError.notAKey(key) }
        post(.press(session, key, duration: UInt32(clamping: duration.nanoseconds / 125_000)), for: session)
    }

    /// Asks for a party's figures.
    ///
    /// - Parameter tell: called once, on a media thread or at once: it must return at once. Nil if the party is not there.
    package func statistics(of session: ID<MediaSession>, tell: @escaping @Sendable (SessionStatistics?) -> Void) {
        let isAsked = directory.withLock { directory in
            guard let thread = directory.threads[session] else { return false }
            threads[thread].mailbox.post(.describe(session, tell))
            return true
        }
        if !isAsked { tell(nil) }
    }
}

extension MediaServer.Directory {
    mutating func leaveRoom(_ session: ID<MediaSession>) {
        guard let room = places.removeValue(forKey: session), let entry = rooms[room] else { return }
        rooms[room] = entry.parties > 1 ? (entry.thread, entry.parties - 1) : nil
    }
}
