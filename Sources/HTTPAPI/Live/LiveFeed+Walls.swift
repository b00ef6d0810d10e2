import NIOCore
import Operation
import Organization
import Primitives
import Reporting

/// What wallboards show and alerts watch, read where the floor reads it; and the alerts on the floor.
extension LiveFeed {
    /// How places stand now, with their days: the same figures that the floor shows.
    func readings(of places: Set<MeasuredPlace>) async -> [MeasuredPlace: Reading] {
        let now = now()
        var (readings, queues) = await centre.read { engine in
            (engine.readings(of: places), Dictionary(uniqueKeysWithValues: places.map { ($0, engine.queues(of: $0)) }))
        }
        for (place, queues) in queues {
            readings[place]?.day = queues.reduce(QueueFigures()) { $0 + figures[$1, at: now] }
        }
        return readings
    }

    /// Shows the alerts of now on every floor.
    func sendAlerts() {
        for audience in floorReaders.keys { sendAlerts(to: audience) }
    }

    func sendAlerts(to audience: FloorAudience, only: Int? = nil) {
        let names = self.names.current
        let sight = sights[audience.reach] ?? FloorSight(audience.reach, names)
        let seen = announcements.alerts.filter { sight.tells($0.named.alert.place, names) }
        let wire = AlertsWire(alerts: seen.map { AlertWire($0, names: names, language: audience.language) })
        let bytes = ServerSentEvent.bytes("alerts", id: nil, wire)
        for reader in floorReaders[audience, default: []] where (only ?? reader.id) == reader.id { reader.stream.send(bytes) }
    }
}
