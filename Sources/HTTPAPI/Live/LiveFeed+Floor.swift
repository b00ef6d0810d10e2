import Centre
import NIOCore
import Operation
import Organization
import Primitives
import Routing

/// The floor: rows of queues and agents, all at first and then those that have changed.
extension LiveFeed {
    /// Everything an audience may see, as it is now.
    func floor(for audience: FloorAudience) async -> FloorWire {
        let now = now()
        return wire(await centre.read { FloorRows(of: $0, at: now) }, for: audience, whole: true)
    }

    func sendFloor(to audience: FloorAudience, only: Int? = nil) async {
        let now = now()
        let rows = await centre.read { FloorRows(of: $0, at: now) }
        let readers = floorReaders[audience, default: []].filter { (only ?? $0.id) == $0.id }
        write(wire(rows, for: audience, whole: true), at: rows.position, to: readers)
        for reader in readers { reader.stream.flush() }
        sendAlerts(to: audience, only: only)
    }

    /// Writes the rows that have changed.
    func writeFloors(_ rows: FloorRows) {
        for (audience, readers) in floorReaders {
            let change = wire(rows, for: audience, whole: false)
            let isNews = shownGroups.updateValue(change.quotas, forKey: audience) ?? [] != change.quotas
            guard isNews || !change.queues.isEmpty || !change.agents.isEmpty else { continue }
            write(change, at: rows.position, to: readers)
        }
    }

    private func wire(_ rows: FloorRows, for audience: FloorAudience, whole: Bool) -> FloorWire {
        let names = self.names.current
        let now = self.now()
        let sight = sights[audience.reach] ?? FloorSight(audience.reach, names)
        sights[audience.reach] = sight
        return FloorWire(
            position: rows.position.number, now: now.milliseconds, whole: whole,
            queues: rows.queues.filter { sight.queues.contains($0.id) }.map {
                FloorWire.QueueWire(
                    $0, isClosed: rows.closed.contains($0.id), figures: figures[$0.id, at: now], day: figures.day(of: $0.id, at: now),
                    names: names, language: audience.language)
            },
            agents: rows.agents.filter { sight.agents.contains($0.id) }.map {
                FloorWire.AgentWire(
                    $0, quotas: own(of: $0, sight, names, audience.language, at: now), voice: announcements.voice(of: $0.id), sight: sight,
                    names: names, language: audience.language)
            },
            quotas: names.quotas.isEmpty ? [] : quotas.wires(for: sight, at: now, names: names, language: audience.language), gone: [])
    }

    /// What an agent at work is to reach himself, in projects of which the audience may be told.
    private func own(of agent: FloorAgent, _ sight: FloorSight, _ names: Names, _ language: Language, at now: Timestamp) -> [QuotaWire] {
        guard !names.quotas.isEmpty, agent.state.routing != .off else { return [] }
        let told = Set(names.quotas.filter { sight.tells($0.quota.project) && $0.quota.by == .agent }.map(\.quota.id.description))
        return quotas.wires(for: agent.id, at: now, names: names, language: language).filter { told.contains($0.id) }
    }

    private func write(_ floor: FloorWire, at position: LogPosition, to readers: [Reader]) {
        let bytes = ServerSentEvent.bytes("floor", id: position.number, floor)
        for reader in readers {
            if !floor.whole, reader.floorPosition == nil {
                reader.missedFloor = max(reader.missedFloor, position)
            } else if reader.floorPosition ?? .start <= position {
                reader.floorPosition = position
                reader.stream.write(bytes)
            }
        }
    }
}
