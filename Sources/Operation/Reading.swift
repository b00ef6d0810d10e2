import Centre
import Organization
import Primitives
import Reporting
import Routing

/// How a place stands: what the engine has of it now, and what its day has come to.
package struct Reading: Hashable, Sendable {
    package var waiting = 0
    /// Since when whoever waits longest does.
    package var oldestSince: Timestamp?
    package var ready = 0
    package var signedIn = 0
    package var day = QueueFigures()
    /// The service level's target; nil: the queues of the place have different ones.
    package var within: Duration?

    package init() {}

    /// In the measure's unit, as people read it: percent to a tenth, seconds cut off. Nil while there is nothing to reckon it from.
    package func value(of measure: Measure, at now: Timestamp) -> Double? {
        switch measure {
        case .waiting: Double(waiting)
        case .waitingLongest: oldestSince.map { Self.seconds(max(.zero, now - $0)) } ?? 0
        case .ready: Double(ready)
        case .signedIn: Double(signedIn)
        case .offered: Double(day.offered)
        case .answered: Double(day.answered)
        case .abandoned: Double(day.abandoned)
        case .shortAbandons: Double(day.shortAbandons)
        case .answeredOfOffered: percent(.answeredOfOffered)
        case .abandonedInTimeIgnored: percent(.abandonedInTimeIgnored)
        case .abandonedInTimeCounted: percent(.abandonedInTimeCounted)
        case .averageSpeedOfAnswer: day.averageSpeedOfAnswer.map(Self.seconds)
        case .longestWait: day.answered + day.abandoned > 0 ? Self.seconds(day.waitLongest) : nil
        }
    }

    private func percent(_ variant: ServiceLevelVariant) -> Double? { day.serviceLevel(variant).map { ($0 * 1000).rounded() / 10 } }

    private static func seconds(_ span: Duration) -> Double { Double(span.components.seconds) }
}

extension CentreEngine {
    /// How places stand now, without their days. Whoever serves several queues of a project is one agent in it.
    package func readings(of places: Set<MeasuredPlace>) -> [MeasuredPlace: Reading] {
        Dictionary(uniqueKeysWithValues: places.map { ($0, reading(of: $0)) })
    }

    private func reading(of place: MeasuredPlace) -> Reading {
        var reading = Reading()
        var ready: Set<AgentID> = []
        var signedIn: Set<AgentID> = []
        var targets: Set<Duration> = []
        for id in queues(of: place) {
            guard let queue = organization.queues[id] else { continue }
            let waiting = routing.waiting(in: id)
            reading.waiting += waiting.count
            if let oldest = waiting.first?.since { reading.oldestSince = min(oldest, reading.oldestSince ?? oldest) }
            for place in routing.free(in: id) { ready.insert(place.agent) }
            for agent in routing.members(of: id) where routing.agents[agent]?.state.routing != .off { signedIn.insert(agent) }
            targets.insert(queue.serviceLevelTarget)
        }
        reading.ready = ready.count
        reading.signedIn = signedIn.count
        reading.within = targets.count == 1 ? targets.first : nil
        return reading
    }

    /// The queues of which a place consists.
    package func queues(of place: MeasuredPlace) -> [QueueID] {
        if let queue = place.queue { return [queue] }
        return organization.queues.values.filter { $0.project == place.project }.map(\.id).sorted()
    }
}
