import Operation
import Organization
import Primitives

/// An alert that has begun and not ended, as screens show it.
package struct ShownAlert: Hashable, Sendable {
    package var named: NamedAlert
    /// Since when its measure is beyond the threshold.
    package var since: Timestamp
}

/// That an alert has begun or ended, for other programs: with keys and without names, which may change.
package struct AlertNews: Hashable, Sendable {
    package var named: NamedAlert
    package var project: String
    package var queue: String?
    package var hasBegun: Bool
    package var since: Timestamp
    package var at: Timestamp
    /// The measure's, in its unit.
    package var value: Double?

    package init(
        named: NamedAlert, project: String, queue: String?, hasBegun: Bool, since: Timestamp, at: Timestamp, value: Double?
    ) {
        self.named = named
        self.project = project
        self.queue = queue
        self.hasBegun = hasBegun
        self.since = since
        self.at = at
        self.value = value
    }
}
