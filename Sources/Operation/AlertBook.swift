import Organization
import Primitives

/// Which alerts have begun. A value: each look brings how things stand, and what it returns has just begun or ended.
package struct AlertBook: Hashable, Sendable {
    /// Since when a measure is beyond its threshold, also of those that have not lasted long enough yet.
    private var crossedSince: [AlertID: Timestamp] = [:]
    /// Those that have begun, with the time since which their measure is beyond the threshold.
    package private(set) var raised: [AlertID: Timestamp]

    /// - Parameter raised: what had begun before a restart.
    package init(raised: [AlertID: Timestamp] = [:]) {
        self.raised = raised
    }

    package enum Change: Hashable, Sendable {
        case began(AlertID, since: Timestamp)
        case ended(AlertID, since: Timestamp)
    }

    /// - Parameter alerts: all there are, each with its measure's value now. What is not among them is over.
    package mutating func look(at alerts: [(alert: Alert, value: Double?)], now: Timestamp) -> [Change] {
        var changes: [Change] = []
        let known = Set(alerts.map(\.alert.id))
        for (id, since) in raised.sorted(by: { $0.key < $1.key }) where !known.contains(id) {
            raised[id] = nil
            changes.append(.ended(id, since: since))
        }
        crossedSince = crossedSince.filter { known.contains($0.key) }
        for (alert, value) in alerts {
            if let since = raised[alert.id] {
                guard alert.isCleared(by: value) else { continue }
                raised[alert.id] = nil
                crossedSince[alert.id] = nil
                changes.append(.ended(alert.id, since: since))
            } else if alert.isCrossed(by: value) {
                let since = crossedSince[alert.id] ?? now
                crossedSince[alert.id] = since
                guard now - since >= alert.lasting else { continue }
                raised[alert.id] = since
                changes.append(.began(alert.id, since: since))
            } else {
                crossedSince[alert.id] = nil
            }
        }
        return changes
    }
}
