import Operation
import Organization
import Primitives

extension Store {
    /// As many alerts are kept; older ones are forgotten, but not those that go on.
    package static let alertsMax = 5000

    /// Keeps what has become of alerts, and what is to be told of it: all of it or nothing.
    package func keep(_ changes: AlertChanges) async throws {
        try await writer.write { connection -> Void in
            for raised in changes.began {
                let alert = raised.alert
                try connection.run(
                    AlertStatements.begin,
                    [
                        "alert": .of(alert.id), "since": .of(raised.since), "project": .of(alert.place.project),
                        "queue": .of(alert.place.queue), "measure": .of(alert.measure.rawValue), "side": .of(alert.side.rawValue),
                        "threshold": .of(alert.threshold), "clears": .of(alert.clears), "lasting": .of(alert.lasting),
                        "at": .of(raised.began.at), "value": .of(tenths(raised.began.value)),
                    ])
            }
            for ending in changes.ended {
                try connection.run(
                    AlertStatements.end,
                    [
                        "alert": .of(ending.alert), "since": .of(ending.since), "at": .of(ending.turn.at),
                        "value": .of(tenths(ending.turn.value)),
                    ])
            }
            for message in changes.messages {
                try connection.run(
                    AlertStatements.wait,
                    ["id": .of(message.id), "alert": .of(message.alert), "body": .of(message.body), "made_at": .of(message.madeAt)])
            }
            if !changes.began.isEmpty { try connection.run(AlertStatements.forget, ["kept": .of(Self.alertsMax - 1)]) }
        }
    }

    /// The alerts that have begun and not ended, and since when.
    package func raisedAlerts() async throws -> [AlertID: Timestamp] {
        let found = try await readers.read { connection in
            try connection.all(AlertStatements.raised) { (try $0.id() as AlertID, try $0.time()) }
        }
        return Dictionary(found, uniquingKeysWith: max)
    }

    /// The newest alerts, the last to begin first.
    package func alerts(limit: Int) async throws -> [RaisedAlert] {
        try await readers.read { connection in
            try connection.all(AlertStatements.newest, ["limit": .of(limit)]) { row in
                let id: AlertID = try row.id()
                let since = try row.time()
                let place = MeasuredPlace(project: try row.id(), queue: try row.idOrNil())
                let alert = Alert(
                    id: id, place: place, measure: try row.choice(), side: try row.choice(), threshold: try row.number(),
                    clears: try row.number(), lasting: try row.span())
                let began = RaisedAlert.Turn(at: try row.time(), value: whole(try row.integerOrNil()))
                let (end, value) = (try row.timeOrNil(), try row.integerOrNil())
                return RaisedAlert(alert: alert, since: since, began: began, ended: end.map { .init(at: $0, value: whole(value)) })
            }
        }
    }

    /// What other programs were to be told and were not, the oldest first.
    package func waitingMessages() async throws -> [WaitingMessage] {
        try await readers.read { connection in
            try connection.all(AlertStatements.waiting) { row in
                WaitingMessage(id: try row.text(), alert: try row.id(), body: try row.text(), madeAt: try row.time())
            }
        }
    }

    /// It was told, or given up.
    package func forgetMessage(_ id: String) async throws {
        try await writer.write { connection -> Void in try connection.run(AlertStatements.told, ["id": .of(id)]) }
    }
}

private func tenths(_ value: Double?) -> Int64? { value.flatMap { Int64(exactly: ($0 * 10).rounded()) } }
private func whole(_ tenths: Int64?) -> Double? { tenths.map { Double($0) / 10 } }

private enum AlertStatements {
    static let begin = Statement(
        """
        INSERT INTO raised_alert (alert, since, project, queue, measure, side, threshold, clears, lasting, began_at, began_value)
        VALUES ($alert, $since, $project, $queue, $measure, $side, $threshold, $clears, $lasting, $at, $value)
        ON CONFLICT (alert, since) DO NOTHING
        """)
    static let end = Statement(
        "UPDATE raised_alert SET ended_at = $at, ended_value = $value WHERE alert = $alert AND since = $since AND ended_at IS NULL")
    static let forget = Statement(
        """
        DELETE FROM raised_alert WHERE ended_at IS NOT NULL
            AND began_at < (SELECT began_at FROM raised_alert ORDER BY began_at DESC LIMIT 1 OFFSET $kept)
        """)
    static let raised = Statement("SELECT alert, since FROM raised_alert WHERE ended_at IS NULL")
    static let newest = Statement(
        """
        SELECT alert, since, project, queue, measure, side, threshold, clears, lasting, began_at, began_value, ended_at, ended_value
        FROM raised_alert ORDER BY began_at DESC, alert LIMIT $limit
        """)
    static let wait = Statement(
        "INSERT INTO webhook_message (id, alert, body, made_at) VALUES ($id, $alert, $body, $made_at) ON CONFLICT (id) DO NOTHING")
    static let waiting = Statement("SELECT id, alert, body, made_at FROM webhook_message ORDER BY made_at, id")
    static let told = Statement("DELETE FROM webhook_message WHERE id = $id")
}
