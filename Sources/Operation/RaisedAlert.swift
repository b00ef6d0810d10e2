import Organization
import Primitives

/// An alert from its beginning to its end, as it was set up then: what was shown and told stays true when the set-up changes.
package struct RaisedAlert: Hashable, Sendable {
    package var alert: Alert
    /// Since when its measure was beyond the threshold; with the alert's id it names this one.
    package var since: Timestamp
    package var began: Turn
    /// Nil: it goes on.
    package var ended: Turn?

    package init(alert: Alert, since: Timestamp, began: Turn, ended: Turn? = nil) {
        self.alert = alert
        self.since = since
        self.began = began
        self.ended = ended
    }

    /// When it began or ended, and the measure's value then, in its unit.
    package struct Turn: Hashable, Sendable {
        package var at: Timestamp
        package var value: Double?

        package init(at: Timestamp, value: Double?) {
            self.at = at
            self.value = value
        }
    }
}

/// What has become of alerts and is to be kept.
package struct AlertChanges: Hashable, Sendable {
    package var began: [RaisedAlert]
    package var ended: [Ending]
    /// What other programs are to be told of it.
    package var messages: [WaitingMessage]

    package init(began: [RaisedAlert] = [], ended: [Ending] = [], messages: [WaitingMessage] = []) {
        self.began = began
        self.ended = ended
        self.messages = messages
    }

    package var isEmpty: Bool { began.isEmpty && ended.isEmpty && messages.isEmpty }

    /// Of an alert that the set-up may have forgotten.
    package struct Ending: Hashable, Sendable {
        package var alert: AlertID
        package var since: Timestamp
        package var turn: RaisedAlert.Turn

        package init(alert: AlertID, since: Timestamp, turn: RaisedAlert.Turn) {
            self.alert = alert
            self.since = since
            self.turn = turn
        }
    }
}

/// What another program is still to be told of an alert.
package struct WaitingMessage: Hashable, Sendable {
    package var id: String
    package var alert: AlertID
    package var body: String
    package var madeAt: Timestamp

    package init(id: String, alert: AlertID, body: String, madeAt: Timestamp) {
        self.id = id
        self.alert = alert
        self.body = body
        self.madeAt = madeAt
    }
}
