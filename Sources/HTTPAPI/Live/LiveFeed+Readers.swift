import Centre
import NIOCore
import Operation
import Organization
import Primitives

/// Who reads, and what of it: from a stream's opening to its end.
extension LiveFeed {
    /// One open stream and what it may see.
    final class Reader {
        let id: Int
        let stream: LiveStream
        /// His language stays that of the stream's beginning.
        var caller: Caller
        /// The position of the last desk that was sent: nothing older follows.
        var deskPosition = LogPosition.start
        /// The position of the last rows that were sent; nil until the whole floor was.
        var floorPosition: LogPosition?
        /// Rows that came before the whole floor.
        var missedFloor = LogPosition.start

        init(id: Int, stream: LiveStream, caller: Caller) {
            self.id = id
            self.stream = stream
            self.caller = caller
        }

        var agent: AgentID? { caller.scope(of: .handleContacts) == nil ? nil : caller.account.user.agent }
        var floor: FloorAudience? { FloorReach(caller).map { FloorAudience(reach: $0, language: caller.language) } }
    }

    /// An agent's desk that is open somewhere, as it was shown last: so a change of a line needs no reading of all desks.
    final class OpenDesk {
        var readers: [Reader] = []
        /// Nil until it was read.
        private(set) var desk: Desk?
        /// When the agent's own state was read; a desk must not claim to know of a command that it has not read.
        private(set) var position = LogPosition.start
        /// When its lines were.
        private var linesPosition = LogPosition.start
        private(set) var quotas: [QuotaWire] = []

        /// Takes the desk as it was read at `position`, unless something newer was meanwhile.
        ///
        /// - Parameter keepingLines: whether its lines stay as they were shown, because not every reader is told of it.
        func take(_ desk: Desk, at position: LogPosition, keepingLines: Bool) {
            guard self.desk == nil || self.position <= position else { return }
            var desk = desk
            if keepingLines || linesPosition > position, let shown = self.desk?.queues, shown.map(\.id) == desk.queues.map(\.id) {
                desk.queues = shown
            } else {
                linesPosition = position
            }
            self.desk = desk
            self.position = position
        }

        /// Takes lines that were read at `position`.
        ///
        /// - Returns: those that show otherwise than before, in their order on the desk.
        func take(_ lines: [QueueID: FloorQueue], at position: LogPosition) -> [QueueID] {
            guard desk != nil, linesPosition <= position else { return [] }
            linesPosition = position
            var changed: [QueueID] = []
            for index in desk?.queues.indices ?? 0..<0 {
                guard let shown = desk?.queues[index], let line = lines[shown.id] else { continue }
                if shown.waiting != line.waiting || shown.oldestSince != line.oldestSince { changed.append(line.id) }
                desk?.queues[index] = line
            }
            return changed
        }

        /// - Returns: whether these are others than were shown before.
        func take(_ quotas: [QuotaWire]) -> Bool {
            defer { self.quotas = quotas }
            return self.quotas != quotas
        }

        /// It is to be read anew, also if positions have gone back.
        func forget() {
            desk = nil
            (position, linesPosition) = (.start, .start)
        }
    }

    /// What a monitoring system reads here.
    var reading: (counters: CentreCounters, streams: Int, sessions: Int) {
        (counters, readers.count, Set(readers.values.map(\.caller.session)).count)
    }

    var hasReaders: Bool { !readers.isEmpty }
    /// False while there are too many, or the server stops.
    var hasRoom: Bool { !isClosed && readers.count < Limits.streamsMax }

    /// Takes a new reader and sends him the whole state.
    ///
    /// - Throws: `unavailable` if there are too many or the server is stopping.
    /// - Returns: what `drop` wants.
    func open(_ stream: LiveStream, for caller: Caller) async throws -> Int {
        guard hasRoom else { throw Problem(.unavailable, retryAfter: 5) }
        let same = readers.values.filter { $0.caller.account.user.id == caller.account.user.id }.map(\.id).sorted()
        for id in same.dropLast(Limits.streamsOfUserMax - 1) { drop(id) }
        nextReader += 1
        let reader = Reader(id: nextReader, stream: stream, caller: caller)
        readers[reader.id] = reader
        list(reader)
        sendTroubles(to: [reader])
        if let agent = reader.agent {
            await sendDesks(of: [agent], only: reader.id)
            sendVoice(to: reader, of: agent)
        }
        while let floor = reader.floor, readers[reader.id] != nil {
            await sendFloor(to: floor, only: reader.id)
            // Rows that changed between the reading and the sending of the whole were kept from him: once more.
            if reader.missedFloor <= reader.floorPosition ?? .start { break }
        }
        return reader.id
    }

    /// The connection is gone.
    func drop(_ id: Int) {
        guard let reader = readers.removeValue(forKey: id) else { return }
        reader.stream.finish()
        unlist(reader)
    }

    /// Somebody signed out: his streams say so and end.
    func end(_ session: SessionToken.Hash) {
        for reader in Array(readers.values) where reader.caller.session == session { end(reader.id) }
    }

    /// Somebody was signed out by another.
    func end(sessionsOf user: UserID) {
        for reader in Array(readers.values) where reader.caller.account.user.id == user { end(reader.id) }
    }

    func end(_ id: Int) {
        readers[id]?.stream.send(ServerSentEvent.ended)
        drop(id)
    }

    func list(_ reader: Reader) {
        if let agent = reader.agent {
            let desk = openDesks[agent] ?? OpenDesk()
            desk.readers.append(reader)
            openDesks[agent] = desk
        }
        if let floor = reader.floor { floorReaders[floor, default: []].append(reader) }
    }

    func unlist(_ reader: Reader) {
        if let agent = reader.agent, let desk = openDesks[agent] {
            desk.readers.removeAll { $0.id == reader.id }
            if desk.readers.isEmpty { openDesks[agent] = nil }
        }
        if let floor = reader.floor {
            floorReaders[floor]?.removeAll { $0.id == reader.id }
            if floorReaders[floor]?.isEmpty == true { floorReaders[floor] = nil }
        }
    }
}
